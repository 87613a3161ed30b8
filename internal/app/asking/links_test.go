package asking_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/auditing"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/rulings"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// linked asks hana about two findings, with a link, and returns its token.
func linked(t *testing.T) (h *desktest.House, d *desk.Desk, ids []string, token string) {
	t.Helper()
	h = desktest.New(t)
	d = h.Desk(access.Admin("kei"))
	ids = h.Scan(d, control.Failed, control.Failed)
	public, err := asking.Public("https://ask.example.com/")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	asked, err := asking.Ask(t.Context(), d, silent(&told), asking.Request{Findings: ids, Owner: "hana", Due: "14d", Lang: locale.English, Public: public})
	if err != nil || len(asked) != 1 {
		t.Fatalf("%+v, %v", asked, err)
	}
	token, ok := strings.CutPrefix(asked[0].Link, "https://ask.example.com/a/")
	if !ok || !ask.Token(token) || strings.Contains(asked[0].Text, token) || !strings.Contains(asked[0].Text, "https://ask.example.com/a/…") {
		t.Fatalf("%s\n%s", asked[0].Link, asked[0].Text)
	}
	return h, d, ids, token
}

func holder(d *desk.Desk) *desk.Desk { return d.For(asking.Holder()) }

func is(err error, key string) bool {
	var said *locale.Error
	return errors.As(err, &said) && said.Key == key
}

// TestLink: a link answers its question once, as its holder and nobody else; what was
// said just so is the same answer; of the token the store knows nothing.
func TestLink(t *testing.T) {
	h, d, ids, token := linked(t)
	ctx := t.Context()
	opened, err := asking.Open(ctx, holder(d), token)
	if err != nil || opened.State != ask.LinkOpen || opened.ID != "q1" || len(opened.Records) != 2 || len(opened.Messages) != 2 || len(opened.Messages[locale.Japanese].Topics) != 1 {
		t.Fatalf("%+v, %v", opened, err)
	}
	accepts := asking.Reply{By: "somebody else", Choice: ask.Fix, Words: "partners use it", Apart: []string{ids[1][:12] + "=accept@30d"}}
	for range 2 {
		a, err := asking.AnswerByLink(ctx, holder(d), token, accepts)
		if err != nil || a.Question.Answer.By != "holder of the link sent to hana" || a.Question.Answer.RecordedBy != a.Question.Answer.By {
			t.Fatalf("%+v, %v", a, err)
		}
		if a.Records[0].Workflow != "NEW" || a.Records[1].Workflow != "SUPPRESSED" || len(a.Exceptions) != 1 || a.Exceptions[0].ApprovedBy != a.Question.Answer.By {
			t.Errorf("%+v, %+v", a.Records, a.Exceptions)
		}
	}
	if _, err := asking.AnswerByLink(ctx, holder(d), token, asking.Reply{Choice: ask.FixBy, Until: "3d"}); !is(err, asking.LinkUsed) {
		t.Errorf("another answer by a link that was used: %v", err)
	}
	if _, err := asking.AnswerByLink(ctx, holder(d), token, asking.Reply{Choice: ask.Back, Words: "why?"}); !is(err, asking.LinkAnswered) {
		t.Errorf("a question back after the answer: %v", err)
	}
	if opened, err = asking.Open(ctx, holder(d), token); err != nil || opened.State != ask.LinkUsed || opened.Answer.Choice != ask.Fix {
		t.Errorf("%+v, %v", opened, err)
	}
	if _, _, err := asking.RevokeLinks(ctx, d, "q1", ""); !is(err, "ask.link.none") {
		t.Errorf("nothing is left to revoke: %v", err)
	}
	audit(t, h, d, token)
}

// audit looks for what the log says of the answer, and for a token where none is to be.
func audit(t *testing.T, h *desktest.House, d *desk.Desk, token string) {
	t.Helper()
	actors := map[string]string{}
	var log strings.Builder
	if err := auditing.Export(t.Context(), d, &log); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(log.String()) {
		var e struct{ Action, Actor string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		actors[e.Action] = e.Actor
	}
	if strings.Contains(log.String(), token) {
		t.Error("the audit log has the token")
	}
	if actors["answer"] != "holder of the link sent to hana" || actors["link.use"] != actors["answer"] || actors["link.make"] != "kei" {
		t.Errorf("%v", actors)
	}
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(h.Path + end)
		if err == nil && strings.Contains(string(data), token) {
			t.Errorf("the store's file %s has the token", h.Path+end)
		}
	}
}

// TestLinkIsNoSecondPair: under four eyes what a holder accepts waits for an approver,
// who is neither who asked nor who made a link: both could have used it.
func TestLinkIsNoSecondPair(t *testing.T) {
	_, d, ids, token := linked(t)
	ctx := t.Context()
	if _, err := rulings.Set(ctx, d, "four-eyes", "on", ""); err != nil {
		t.Fatal(err)
	}
	a, err := asking.AnswerByLink(ctx, holder(d), token, asking.Reply{Choice: ask.Accept, Until: "30d", Words: "partners use it"})
	if err != nil || a.Records[0].Workflow == "SUPPRESSED" {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := findings.Approve(ctx, d, ids[:1], ""); err == nil || !strings.Contains(err.Error(), "kei") {
		t.Errorf("who asked approves: %v", err)
	}
	if done, err := findings.Approve(ctx, d.For(access.Admin("mina")), ids[:1], ""); err != nil || done.Records[0].Workflow != "SUPPRESSED" {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestLinkIsOver: what is guessed, revoked, replaced, changed in the store or too old
// opens nothing; who holds one that is too old may ask for another, and nothing else.
func TestLinkIsOver(t *testing.T) {
	h, d, _, token := linked(t)
	ctx := t.Context()
	public, err := asking.Public("http://127.0.0.1:8700")
	if err != nil {
		t.Fatal(err)
	}
	guess := strings.Repeat("A", len(token))
	for _, bad := range []string{"", "x", guess, token + "A", token[:len(token)-1], strings.ToUpper(token)} {
		if _, err := asking.Open(ctx, holder(d), bad); !is(err, asking.LinkUnknown) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	second, err := asking.MakeLink(ctx, d, "Q1", public)
	if err != nil || second.Owner != "hana" {
		t.Fatalf("%+v, %v", second, err)
	}
	if _, err := asking.AnswerByLink(ctx, holder(d), token, asking.Reply{Choice: ask.Fix}); !is(err, asking.LinkRevoked) {
		t.Errorf("a link that another took the place of: %v", err)
	}
	newer := second.URL[strings.LastIndex(second.URL, "/")+1:]
	said, err := asking.AnswerByLink(ctx, holder(d), newer, asking.Reply{Choice: ask.NewLink})
	if !is(err, "ask.link.works") {
		t.Errorf("%+v, %v", said, err)
	}
	h.Time = h.Time.AddDate(0, 0, 30)
	if opened, err := asking.Open(ctx, holder(d), newer); err != nil || opened.State != ask.LinkExpired {
		t.Errorf("%+v, %v", opened, err)
	}
	for _, choice := range []ask.Choice{ask.Fix, ask.Done} {
		if _, err := asking.AnswerByLink(ctx, holder(d), newer, asking.Reply{Choice: choice}); !is(err, asking.LinkOver) {
			t.Errorf("%s by a link that is over: %v", choice, err)
		}
	}
	if _, err := asking.LookAgain(ctx, holder(d), silent(&[]string{}), app.FixOptions{}, newer); !is(err, asking.LinkOver) {
		t.Errorf("a look by a link that is over: %v", err)
	}
	for range 2 {
		said, err := asking.AnswerByLink(ctx, holder(d), newer, asking.Reply{Choice: ask.NewLink})
		if err != nil || len(said.Question.Remarks) != 1 || said.Question.Remarks[0].Choice != ask.NewLink {
			t.Errorf("%+v, %v", said, err)
		}
	}
	if _, _, err := asking.RevokeLinks(ctx, d, "q1", "wrong list"); err != nil {
		t.Error(err)
	}
	if _, err := asking.Open(ctx, holder(d), newer); !is(err, asking.LinkRevoked) {
		t.Errorf("a link that was taken back: %v", err)
	}
}

// TestLinkIsBound: a link that somebody changed in the store, so that it is for another
// or lasts longer, fits no token.
func TestLinkIsBound(t *testing.T) {
	q := ask.Question{ID: "q1", Owner: "hana", Due: desktest.New(t).Time}
	l, token := ask.MakeLink(&q, "kei", q.Due)
	for name, change := range map[string]func(*ask.Link){
		"question": func(l *ask.Link) { l.Question = "q2" }, "recipient": func(l *ask.Link) { l.Recipient = "mina" }, "address": func(l *ask.Link) { l.Address = "mina@example.com" },
		"expires": func(l *ask.Link) { l.Expires = l.Expires.AddDate(1, 0, 0) },
	} {
		changed := l
		if change(&changed); changed.Fits(token) || !l.Fits(token) {
			t.Errorf("%s: a changed link fits", name)
		}
	}
	for _, bad := range []string{"", "ask.example.com", "http://ask.example.com", "https://", "https://u:p@ask.example.com", "https://ask.example.com/x", "https://ask.example.com?x", "javascript:alert(1)", "https://ask.example.com#x"} {
		if u, err := ask.ParsePublic(bad); err == nil {
			t.Errorf("%q is %s", bad, u)
		}
	}
}

// TestRemarks leave the question open, once each, wherever they come from.
func TestRemarks(t *testing.T) {
	_, d, _, token := linked(t)
	ctx := t.Context()
	whose := asking.Reply{By: "hana", Choice: ask.NotMine, Owner: "team-web", Words: "moved in May"}
	for want := range 2 {
		a, err := asking.Answer(ctx, d, "q1", whose)
		if err != nil || a.Same != (want == 1) || len(a.Question.Remarks) != 1 || a.Question.Closed() || a.Remark.Owner != "team-web" || a.Remark.RecordedBy != "kei" {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	for key, r := range map[string]asking.Reply{
		"ask.remark.noWords": {By: "hana", Choice: ask.Back},
		"ask.remark.owner":   {By: "hana", Choice: ask.Fix, Owner: "x"},
		"ask.remark.more":    {By: "hana", Choice: ask.Back, Words: "x", Until: "3d"},
		"ask.longWords":      {By: "hana", Choice: ask.Back, Words: strings.Repeat("x", 10<<20)},
		"ask.badChoice":      {By: "hana", Choice: "new-links"},
		"ask.part.malformed": {By: "hana", Choice: ask.Fix, Apart: []string{"x"}},
		"ask.part.other":     {By: "hana", Choice: ask.Fix, Apart: []string{"ffff=fix"}},
	} {
		if a, err := asking.Answer(ctx, d, "q1", r); !is(err, key) {
			t.Errorf("%s: %+v, %v", key, a, err)
		}
	}
	a, err := asking.AnswerByLink(ctx, holder(d), token, asking.Reply{Choice: ask.Done})
	if err != nil || len(a.Question.Remarks) != 2 {
		t.Fatalf("%+v, %v", a, err)
	}
	// What cannot be looked at is said, and nothing passes by it.
	env := silent(&[]string{})
	if env.Catalog, err = locale.New(locale.English); err != nil {
		t.Fatal(err)
	}
	saw, err := asking.LookAgain(ctx, holder(d), env, app.FixOptions{}, token)
	if err != nil || len(saw) != 2 || saw[0].Status != "" || saw[0].Why == nil {
		t.Errorf("%+v, %v", saw, err)
	}
	q, err := asking.Read(ctx, d, "q1")
	if err != nil || len(q.Remarks[1].Looked) != 2 || q.Records[0].Status != control.Failed || q.Closed() {
		t.Errorf("%+v, %v", q, err)
	}
	if of, err := auditing.Verify(ctx, d, ""); err != nil || len(of.Differences) > 0 {
		t.Errorf("the audit log does not vouch for remarks: %+v, %v", of.Differences, err)
	}
	if done, err := asking.Answer(ctx, d, "q1", asking.Reply{By: "hana", Choice: ask.Fix}); err != nil || len(done.Question.Remarks) != 2 {
		t.Errorf("%+v, %v", done, err)
	}
}
