package ask

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

var now = time.Date(2026, 11, 2, 3, 4, 5, 6789, time.UTC)

// key is the key of an error for users, "" for none.
func key(t *testing.T, err error) string {
	t.Helper()
	var e *locale.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &e):
		t.Fatalf("%v is no sentence", err)
	case e.Error() == e.Key || strings.Contains(e.Error(), "{") || len(e.Error()) > 400:
		t.Errorf("%s: %q", e.Key, e.Error())
	}
	return e.Key
}

func TestCheckQuestion(t *testing.T) {
	for want, change := range map[string]func(*Question){
		"":                    func(*Question) {},
		"ask.noFindings":      func(q *Question) { q.Findings = nil },
		"ask.tooManyFindings": func(q *Question) { q.Findings = make([]string, MostAsked+1) },
		"ask.noOwner":         func(q *Question) { q.Owner = " \t" },
		"ask.longName":        func(q *Question) { q.Owner = strings.Repeat("花", MostName+1) },
		"ask.noDue":           func(q *Question) { q.Due = time.Time{} },
		"ask.pastDue":         func(q *Question) { q.Due = now },
	} {
		q := question()
		change(q)
		if got := key(t, q.Check(now)); got != want {
			t.Errorf("%s, want %q", got, want)
		}
	}
}

func TestCheckAnswer(t *testing.T) {
	later := now.AddDate(0, 3, 0)
	for _, c := range []struct {
		want string
		a    Answer
	}{
		{"", Answer{By: "a", Choice: Fix}},
		{"", Answer{By: "a", Choice: FixBy, Until: later}},
		{"", Answer{By: "a", Choice: Accept, Until: later, Words: strings.Repeat("理", MostWords)}},
		{"ask.badChoice", Answer{By: "a", Choice: "perhaps\x1b"}},
		{"ask.badChoice", Answer{By: "a", Choice: Choice(strings.Repeat("x", 1<<20))}},
		{"ask.badChoice", Answer{By: "a"}},
		{"ask.noAnswerer", Answer{By: " ", Choice: Fix}},
		{"ask.longName", Answer{By: strings.Repeat("x", 1<<20), Choice: Fix}},
		{"ask.longWords", Answer{By: "a", Choice: Fix, Words: strings.Repeat("x", 1<<20)}},
		{"ask.longWords", Answer{By: "a", Choice: Accept, Until: later, Words: strings.Repeat("理", MostWords+1)}},
		{"ask.dateOfFix", Answer{By: "a", Choice: Fix, Until: later}},
		{"ask.noDate", Answer{By: "a", Choice: FixBy}},
		{"ask.noDate", Answer{By: "a", Choice: Accept, Words: "x"}},
		{"ask.pastDate", Answer{By: "a", Choice: FixBy, Until: now}},
		{"ask.pastDate", Answer{By: "a", Choice: Accept, Until: now.Add(-1), Words: "x"}},
		{"ask.noReason", Answer{By: "a", Choice: Accept, Until: later, Words: " \n"}},
	} {
		if got := key(t, c.a.Check(now)); got != c.want {
			t.Errorf("%.60v: %q, want %q", c.a, got, c.want)
		}
	}
}

// TestReply: a second answer replaces the first, which stays in the history.
func TestReply(t *testing.T) {
	q := question()
	q.Findings = []string{"f1", "f2"}
	if _, err := q.Reply(Answer{By: "x", Choice: "no"}, now); err == nil || q.Answer != nil {
		t.Fatal("a bad answer was kept")
	}
	until := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	events, err := q.Reply(Answer{By: "kenji", Choice: Accept, Until: until, Words: "検証環境\x00\xff", RecordedBy: "hana"}, now)
	if err != nil {
		t.Fatal(err)
	}
	at := now.Truncate(time.Microsecond)
	want := []lifecycle.Event{
		{Finding: "f1", At: at, Kind: lifecycle.EventAnswered, To: "accept 2027-03-31", By: "kenji", Reason: "検証環境\uFFFD\uFFFD"},
		{Finding: "f2", At: at, Kind: lifecycle.EventAnswered, To: "accept 2027-03-31", By: "kenji", Reason: "検証環境\uFFFD\uFFFD"},
	}
	if !reflect.DeepEqual(events, want) || q.Overdue(q.Due.Add(1)) {
		t.Errorf("%+v", events)
	}
	if _, err := q.Reply(Answer{By: "kenji", Choice: Accept}, now); err == nil || q.Answer.Words != "検証環境\uFFFD\uFFFD" {
		t.Error("a bad second answer changed the first")
	}
	events, err = q.Reply(Answer{By: "aya", Choice: Fix}, now.Add(time.Hour))
	if err != nil || len(events) != 2 || events[0].From != "accept 2027-03-31" || events[0].To != "fix" || q.Answer.By != "aya" {
		t.Errorf("%+v, %v", events, err)
	}
}

func TestOverdue(t *testing.T) {
	q := question()
	if q.Overdue(q.Due) || !q.Overdue(q.Due.Add(1)) {
		t.Error("overdue begins after the due time")
	}
}

func TestCandidates(t *testing.T) {
	for name, c := range map[string]struct {
		hints Hints
		want  []Candidate
	}{
		"nothing": {Hints{Tags: map[string]string{"Owner": " ", "Name": "x"}}, nil},
		"all, in order": {
			Hints{Named: "hana", Listed: &Listing{Team: "listed", Contact: Contact{Channel: "mail", Address: "l@example.com", Lang: locale.Japanese}}, Tags: map[string]string{"team": "b", "Owner": "a", "aws:cloudformation:stack-name": "shop"}, Changer: "kenji"},
			[]Candidate{{"hana", "named", Contact{}}, {"listed", "directory", Contact{Address: "l@example.com", Channel: "mail", Lang: locale.Japanese}}, {"a", "tag:Owner", Contact{}}, {"b", "tag:team", Contact{}}, {"shop", "stack", Contact{}}, {"kenji", "cloudtrail", Contact{}}},
		},
		"own keys":          {Hints{Tags: map[string]string{"Owner": "a", "所有者": "b"}, Keys: []string{"所有者"}}, []Candidate{{"b", "tag:所有者", Contact{}}}},
		"no keys wanted":    {Hints{Tags: map[string]string{"Owner": "a"}, Keys: []string{}}, nil},
		"control character": {Hints{Tags: map[string]string{"Owner": "a\x1b[2Jb"}}, []Candidate{{`a\x1b[2Jb`, "tag:Owner", Contact{}}}},
	} {
		if got := c.hints.Candidates(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	long := Hints{Named: strings.Repeat("花", 1<<16)}
	if got := long.Candidates(); len([]rune(got[0].Owner)) != MostName {
		t.Error("a long name stays long")
	}
}

func TestGroup(t *testing.T) {
	owners := map[string]string{"f1": "a", "f2": "b", "f3": "a", "f4": ""}
	groups, unowned := Group([]string{"f1", "f2", "f3", "f4"}, func(id string) Hints { return Hints{Tags: map[string]string{"Owner": owners[id]}} })
	want := []Owned{{Candidate{"a", "tag:Owner", Contact{}}, []string{"f1", "f3"}}, {Candidate{"b", "tag:Owner", Contact{}}, []string{"f2"}}}
	if !reflect.DeepEqual(groups, want) || !reflect.DeepEqual(unowned, []string{"f4"}) {
		t.Errorf("%v, %v", groups, unowned)
	}
	many := make([]string, 2*MostAsked+1)
	groups, _ = Group(many, func(string) Hints { return Hints{Named: "a"} })
	if len(groups) != 3 || len(groups[0].Findings) != MostAsked || len(groups[2].Findings) != 1 {
		t.Errorf("%d groups", len(groups))
	}
}
