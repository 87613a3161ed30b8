package ask

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// What an owner can say without answering: the question stays open.
const (
	NotMine Choice = "not-mine" // it is somebody else's
	Back    Choice = "back"     // a question to whoever asked
	Done    Choice = "done"     // it is fixed: look again
	// NewLink is asked for by whoever holds a link that is over.
	NewLink Choice = "new-link"
)

// Remarks lists what people can say without answering.
func Remarks() []Choice { return []Choice{NotMine, Back, Done} }

// Open tells whether a question stays open after such a choice.
func (c Choice) Open() bool { return c == NewLink || slices.Contains(Remarks(), c) }

// Remark is what was said about a question without answering it.
type Remark struct {
	Choice     Choice
	By         string
	At         time.Time
	RecordedBy string
	Owner      string `json:",omitempty"` // of NotMine: whose it is; "": they do not know
	Words      string `json:",omitempty"`
	Link       string `json:",omitempty"` // the id of the link by which it came
	Looked     []Saw  `json:",omitempty"` // of Done: what a look at once saw
}

// Saw is what a look saw of a finding.
type Saw struct {
	Finding string
	Status  string       // "" where it could not be looked at
	Why     *locale.Said `json:",omitempty"` // it could not
}

// The most remarks on one question, and how soon the same one again is a click too
// many.
const (
	mostRemarks = 50
	twice       = time.Minute
)

// check refuses, with a [locale.Error], a remark that means nothing.
func (r *Remark) check() error {
	words := utf8.RuneCountInString(r.Words)
	switch {
	case !r.Choice.Open():
		return badChoice(r.Choice)
	case strings.TrimSpace(r.By) == "":
		return locale.Errorf("ask.noAnswerer")
	case utf8.RuneCountInString(r.By) > MostName:
		return locale.Errorf("ask.longName", locale.A("n", utf8.RuneCountInString(r.By)), locale.A("most", MostName))
	case utf8.RuneCountInString(r.Owner) > MostName:
		return locale.Errorf("ask.longName", locale.A("n", utf8.RuneCountInString(r.Owner)), locale.A("most", MostName))
	case words > MostWords:
		return locale.Errorf("ask.longWords", locale.A("n", words), locale.A("most", MostWords))
	case r.Choice != NotMine && strings.TrimSpace(r.Owner) != "":
		return locale.Errorf("ask.remark.owner")
	case r.Choice == Back && strings.TrimSpace(r.Words) == "":
		return locale.Errorf("ask.remark.noWords")
	}
	return nil
}

// same tells whether a remark says what the last one said: a form was sent twice.
func (r *Remark) same(last *Remark) bool {
	soon := r.Choice != Done || r.At.Sub(last.At) < twice
	return soon && r.Choice == last.Choice && r.By == last.By && r.Owner == last.Owner && r.Words == last.Words
}

// Remark puts down what was said. The events are of the findings' histories; none
// where it was said just so before. A question that nobody waits for an answer to
// takes none.
func (q *Question) Remark(r Remark, now time.Time) (said *Remark, events []lifecycle.Event, err error) {
	if err := q.Waits(); err != nil {
		return nil, nil, err
	}
	if err := r.check(); err != nil {
		return nil, nil, err
	}
	r.At, r.By, r.RecordedBy, r.Owner, r.Words = now.UTC().Truncate(time.Microsecond), kept(r.By), kept(r.RecordedBy), kept(r.Owner), kept(r.Words)
	if n := len(q.Remarks); n > 0 && r.same(&q.Remarks[n-1]) {
		return &q.Remarks[n-1], nil, nil
	}
	if len(q.Remarks) >= mostRemarks {
		return nil, nil, locale.Errorf("ask.remark.many", locale.A("id", q.ID), locale.A("most", mostRemarks))
	}
	q.Remarks = append(slices.Clip(q.Remarks), r)
	for _, id := range q.Findings {
		events = append(events, lifecycle.Event{Finding: id, At: r.At, Kind: lifecycle.EventRemarked, From: q.ID, To: r.said(), By: r.By, Reason: r.Words})
	}
	return &q.Remarks[len(q.Remarks)-1], events, nil
}

// Waits refuses, with a [locale.Error], a question that was answered or withdrawn.
func (q *Question) Waits() error {
	switch {
	case q.Withdrawn != nil:
		return q.withdrawn()
	case q.Answer != nil:
		return locale.Errorf("ask.remark.answered", locale.A("id", q.ID), locale.A("by", locale.Clean(q.Answer.By)), locale.A("date", day(q.Answer.At)))
	}
	return nil
}

// Looked notes with the last remark that says so what a look saw.
func (q *Question) Looked(saw []Saw) {
	q.Remarks = slices.Clone(q.Remarks)
	for i := len(q.Remarks) - 1; i >= 0; i-- {
		if r := &q.Remarks[i]; r.Choice == Done {
			r.Looked = saw
			return
		}
	}
}

// said is the remark in a history: "not-mine team-web".
func (r *Remark) said() string { return strings.TrimSpace(string(r.Choice) + " " + r.Owner) }
