// Package ask is the question to the owner of a resource: may it be changed,
// by when, or shall the finding be accepted. It is pure.
package ask

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// Choice is what an owner can answer.
type Choice string

// The choices.
const (
	Fix    Choice = "fix"    // now
	FixBy  Choice = "fix-by" // by a date
	Accept Choice = "accept" // leave it, until a date
)

// Choices lists the choices as a question offers them.
func Choices() []Choice { return []Choice{Fix, FixBy, Accept} }

// Dated tells whether an answer with this choice names a date.
func (c Choice) Dated() bool { return c == FixBy || c == Accept }

// Question asks one owner about findings.
type Question struct {
	ID        string
	Findings  []string // records' ids
	Owner     string
	OwnerFrom string // how the owner was found: see [Candidate]
	Due       time.Time
	Lang      locale.Lang
	AskedBy   string
	AskedAt   time.Time
	Channel   string // one of Channels
	Text      string // as it was sent
	Answer    *Answer
	Address   string `json:",omitempty"` // of the owner, for mail
	Deputy    string `json:",omitempty"` // who may answer for the owner
	Sent      *Sent  `json:",omitempty"` // nil: nobody said that it was
	Withdrawn *Sent  `json:",omitempty"` // nil: it was not

	Remarks []Remark                            `json:",omitempty"` // what was said without an answer, in order
	Costs   map[string]map[locale.Lang][]string `json:",omitempty"` // what fixes cost, by finding, as estimated when it was asked

	Link   *Link     `json:"-"` // that was made with it; nil: none was
	Latest time.Time `json:"-"` // the last day that an acceptance may name; zero: not known
}

// Closed tells whether nobody waits for an answer any more.
func (q *Question) Closed() bool { return q.Answer != nil || q.Withdrawn != nil }

// Withdraw takes a question back that nobody has answered.
func (q *Question) Withdraw(by, why string, at time.Time) error {
	switch {
	case q.Withdrawn != nil:
		return q.withdrawn()
	case q.Answer != nil:
		return locale.Errorf("ask.answered", locale.A("id", q.ID), locale.A("by", locale.Clean(q.Answer.By)), locale.A("date", day(q.Answer.At)))
	case utf8.RuneCountInString(why) > MostWords:
		return locale.Errorf("ask.longWords", locale.A("n", utf8.RuneCountInString(why)), locale.A("most", MostWords))
	}
	q.Withdrawn = &Sent{By: kept(by), At: at.UTC().Truncate(time.Microsecond), Why: kept(why)}
	return nil
}

func (q *Question) withdrawn() error {
	return locale.Errorf("ask.withdrawn", locale.A("id", q.ID), locale.A("by", locale.Clean(q.Withdrawn.By)), locale.A("date", day(q.Withdrawn.At)))
}

// Sent is when a question went out to the owner, or was taken back, and who said so.
type Sent struct {
	By  string
	At  time.Time
	Why string `json:",omitempty"` // in the words of who took it back
}

// Answer is what the owner said.
type Answer struct {
	By         string
	At         time.Time
	Choice     Choice
	Until      time.Time // of FixBy and Accept
	While      []string  `json:",omitempty"` // of Accept: what must hold, see package condition
	Words      string
	RecordedBy string
	Replies    []Reply `json:",omitempty"` // to what the controls ask of owners
	Apart      []Part  `json:",omitempty"` // findings that have an answer of their own
	Link       string  `json:",omitempty"` // the id of the link by which it came; "": somebody wrote it down
}

// The most characters of what people write.
const (
	MostWords = 4096 // of an answer
	MostName  = 256  // of an owner, or of who answers
	MostAsked = 500  // findings of one question
)

// MarkSent notes that the question went out, unless that was noted before: then
// it is told.
func (q *Question) MarkSent(by string, at time.Time) bool {
	if q.Sent != nil {
		return false
	}
	q.Sent = &Sent{By: kept(by), At: at.UTC().Truncate(time.Microsecond)}
	return true
}

// Overdue tells whether nobody answered in time.
func (q *Question) Overdue(now time.Time) bool { return !q.Closed() && now.After(q.Due) }

// Check refuses, with a [locale.Error], a question that cannot be asked.
func (q *Question) Check(now time.Time) error {
	switch {
	case len(q.Findings) == 0:
		return locale.Errorf("ask.noFindings")
	case len(q.Findings) > MostAsked:
		return locale.Errorf("ask.tooManyFindings", locale.A("n", len(q.Findings)), locale.A("most", MostAsked))
	case strings.TrimSpace(q.Owner) == "":
		return locale.Errorf("ask.noOwner")
	case utf8.RuneCountInString(q.Owner) > MostName:
		return locale.Errorf("ask.longName", locale.A("n", utf8.RuneCountInString(q.Owner)), locale.A("most", MostName))
	case q.Due.IsZero():
		return locale.Errorf("ask.noDue")
	case !q.Due.After(now):
		return locale.Errorf("ask.pastDue", locale.A("date", day(q.Due)))
	}
	return nil
}

// Check refuses, with a [locale.Error], an answer that means nothing.
func (a *Answer) Check(now time.Time) error {
	words := utf8.RuneCountInString(a.Words)
	switch {
	case !slices.Contains(Choices(), a.Choice):
		return badChoice(a.Choice)
	case strings.TrimSpace(a.By) == "":
		return locale.Errorf("ask.noAnswerer")
	case utf8.RuneCountInString(a.By) > MostName:
		return locale.Errorf("ask.longName", locale.A("n", utf8.RuneCountInString(a.By)), locale.A("most", MostName))
	case words > MostWords:
		return locale.Errorf("ask.longWords", locale.A("n", words), locale.A("most", MostWords))
	case !a.Choice.Dated() && !a.Until.IsZero():
		return locale.Errorf("ask.dateOfFix")
	case a.Choice.Dated() && a.Until.IsZero():
		return locale.Errorf("ask.noDate", locale.A("choice", string(a.Choice)))
	case a.Choice.Dated() && !a.Until.After(now):
		return locale.Errorf("ask.pastDate", locale.A("date", day(a.Until)))
	case !a.Accepts() && len(a.While) > 0:
		return locale.Errorf("ask.whileOfFix")
	case a.Accepts() && strings.TrimSpace(a.Words) == "":
		return locale.Errorf("ask.noReason")
	}
	if err := a.checkParts(now); err != nil {
		return err
	}
	_, err := condition.ParseAll(a.While)
	return err
}

func badChoice(c Choice) error {
	all := []string{}
	for _, one := range append(Choices(), Remarks()...) {
		all = append(all, string(one))
	}
	return locale.Errorf("ask.badChoice", locale.A("choice", locale.Clean(short(string(c)))), locale.A("choices", all))
}

// Reply records an answer. An earlier one is replaced; what was said stays in
// the findings' histories, through the events that Reply returns, one for each.
// A question that the answer does not fit is left as it was.
func (q *Question) Reply(a Answer, now time.Time) ([]lifecycle.Event, error) {
	if q.Withdrawn != nil {
		return nil, q.withdrawn()
	}
	if err := a.Check(now); err != nil {
		return nil, err
	}
	if err := a.about(q); err != nil {
		return nil, err
	}
	a.At, a.By, a.RecordedBy, a.Words = now.UTC().Truncate(time.Microsecond), kept(a.By), kept(a.RecordedBy), kept(a.Words)
	former := q.Answer
	q.Answer = &a
	var events []lifecycle.Event
	for _, id := range q.Findings {
		e := lifecycle.Event{Finding: id, At: a.At, Kind: lifecycle.EventAnswered, To: a.Of(id).said(), By: a.By, Reason: a.Words}
		if former != nil {
			e.From = former.Of(id).said()
		}
		events = append(events, e)
	}
	return events, nil
}

// said is the answer in a history: "fix", "accept 2027-03-31 production=no".
// [ParseSaid] reads it.
func (a *Answer) said() string {
	words := []string{string(a.Choice)}
	if a.Choice.Dated() {
		words = append(words, day(a.Until))
	}
	for i := range a.Replies {
		words = append(words, a.Replies[i].String())
	}
	return strings.Join(words, " ")
}

// kept is a text as every store can keep it.
func kept(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(strings.TrimSpace(s), "\uFFFD"), "\x00", "\uFFFD")
}

// day is a date as commands take it, in the zone that the time is in.
func day(t time.Time) string { return t.Format(time.DateOnly) }

// short cuts a text that stands in an error.
func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
