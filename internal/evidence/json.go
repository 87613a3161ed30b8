package evidence

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// schemaVersion grows when a reader of the version before would misread a pack.
const schemaVersion = 2

type packJSON struct {
	SchemaVersion int             `json:"schemaVersion"`
	Kind          string          `json:"kind"`
	Kumoban       string          `json:"kumoban"`
	MadeAt        time.Time       `json:"madeAt"`
	Lang          string          `json:"lang"`
	Finding       findingJSON     `json:"finding"`
	Story         []momentJSON    `json:"story"`
	Events        []eventJSON     `json:"events"`
	Exceptions    []exceptionJSON `json:"exceptions"`
	Questions     []questionJSON  `json:"questions"`
	Runs          []runJSON       `json:"runs"`
	Audit         auditJSON       `json:"audit"`
}

type findingJSON struct {
	lifecycle.JSON
	Title string `json:"title"` // of the control
}

type momentJSON struct {
	At      *time.Time `json:"at"`
	Kind    string     `json:"kind"`
	Says    string     `json:"says"`
	By      string     `json:"by,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	Ref     string     `json:"ref,omitempty"`
	Replies []Reply    `json:"replies,omitempty"`
	Forged  bool       `json:"forged,omitempty"`
}

type eventJSON struct {
	At     *time.Time `json:"at"`
	Kind   string     `json:"kind"`
	From   string     `json:"from,omitempty"`
	To     string     `json:"to,omitempty"`
	By     string     `json:"by"`
	Reason string     `json:"reason,omitempty"`
	Scan   int64      `json:"scan,omitempty"`
}

type exceptionJSON struct {
	ID         string     `json:"id"`
	Reason     string     `json:"reason"`
	Until      *time.Time `json:"until"`
	By         string     `json:"by"`
	ApprovedBy string     `json:"approvedBy,omitempty"`
	Question   string     `json:"question,omitempty"`
	CreatedAt  *time.Time `json:"createdAt"`
	EndedAt    *time.Time `json:"endedAt"`
	EndedBy    string     `json:"endedBy,omitempty"`
	Proposal   bool       `json:"proposal,omitempty"`
	ApprovedAt *time.Time `json:"approvedAt,omitempty"`

	While  []string    `json:"while,omitempty"`
	Unread *unreadJSON `json:"unread,omitempty"`
}

// unreadJSON is a condition that scans could not look at.
type unreadJSON struct {
	Condition string     `json:"condition"`
	Since     *time.Time `json:"since"`
	Why       string     `json:"why"`
}

type questionJSON struct {
	ID        string      `json:"id"`
	Owner     string      `json:"owner"`
	OwnerFrom string      `json:"ownerFrom"`
	Due       *time.Time  `json:"due"`
	AskedBy   string      `json:"askedBy"`
	AskedAt   *time.Time  `json:"askedAt"`
	Channel   string      `json:"channel"`
	Text      string      `json:"text"`
	Sent      *sentJSON   `json:"sent"` // null: nobody said that it was
	Answer    *answerJSON `json:"answer"`
}

type sentJSON struct {
	By string     `json:"by"`
	At *time.Time `json:"at"`
}

type answerJSON struct {
	By         string      `json:"by"`
	At         *time.Time  `json:"at"`
	Choice     string      `json:"choice"`
	Until      *time.Time  `json:"until"`
	While      []string    `json:"while,omitempty"`
	Words      string      `json:"words"`
	RecordedBy string      `json:"recordedBy"`
	Replies    []replyJSON `json:"replies"`
}

// replyJSON is a reply as it is kept; those to other controls' questions are
// among them.
type replyJSON struct {
	Key     string       `json:"key"`
	Control string       `json:"control,omitempty"` // the one that it is for alone
	Kind    control.Kind `json:"kind"`
	Unit    control.Unit `json:"unit,omitempty"`
	Value   string       `json:"value"`
}

type runJSON struct {
	ID          string          `json:"id"`
	Digest      string          `json:"digest"`
	DigestHolds bool            `json:"digestHolds"` // the plan has the digest
	State       string          `json:"state"`
	By          string          `json:"by"`
	Started     *time.Time      `json:"started"`
	Updated     *time.Time      `json:"updated"`
	Plan        json.RawMessage `json:"plan"` // null where it cannot be read
	Journal     []string        `json:"journal"`
}

type auditJSON struct {
	Entries      []audit.Entry `json:"entries"`
	Head         string        `json:"head"`
	Verification verifiedJSON  `json:"verification"`
	Store        comparedJSON  `json:"store"`
}

// comparedJSON is what came of holding the store to the log.
type comparedJSON struct {
	Rows        int64            `json:"rows"`
	Differences int64            `json:"differences"` // in the whole store
	Says        string           `json:"says"`
	NotVouched  string           `json:"notVouched,omitempty"`
	OfThis      []differenceJSON `json:"ofThisFinding"`
}

type differenceJSON struct {
	Kind   string `json:"kind"`
	Table  string `json:"table"`
	ID     string `json:"id"`
	Column string `json:"column,omitempty"`
	Log    string `json:"log"`
	Row    string `json:"row"`
	Entry  int64  `json:"entry,omitempty"`
	Says   string `json:"says"`
}

type verifiedJSON struct {
	Whole   bool   `json:"whole"`
	Held    bool   `json:"heldToHead"`
	Entries int64  `json:"entries"`
	Fault   string `json:"fault,omitempty"`
	Seq     int64  `json:"seq,omitempty"`
	Says    string `json:"says"`
}

// JSON is the pack as docs/schemas/evidence.schema.json describes it. Its
// sentences are in the catalogue's language; all else is as it is kept.
func (p *Pack) JSON(catalog *locale.Catalog) ([]byte, error) {
	t, err := newTeller(p, catalog)
	if err != nil {
		return nil, err
	}
	out := packJSON{
		SchemaVersion: schemaVersion, Kind: "evidence", Kumoban: p.Version, MadeAt: p.MadeAt.UTC(), Lang: string(catalog.Lang), Finding: t.finding(),
		Story: []momentJSON{}, Events: []eventJSON{}, Exceptions: []exceptionJSON{}, Questions: []questionJSON{}, Runs: []runJSON{},
		Audit: auditJSON{Entries: append([]audit.Entry{}, p.Entries...), Head: p.Audit.Last, Verification: t.verified(), Store: t.compared()},
	}
	for _, m := range t.story() {
		out.Story = append(out.Story, momentJSON{moment(m.At), m.Kind, m.Says, m.By, m.Reason, m.Ref, m.Replies, m.Forged})
	}
	for _, e := range p.Events {
		out.Events = append(out.Events, eventJSON{moment(e.At), string(e.Kind), e.From, e.To, e.By, e.Reason, e.Scan})
	}
	for _, x := range p.Exceptions {
		out.Exceptions = append(out.Exceptions, exceptionOf(x))
	}
	for i := range p.Questions {
		out.Questions = append(out.Questions, questionOf(&p.Questions[i]))
	}
	for i := range p.Runs {
		out.Runs = append(out.Runs, runOf(&p.Runs[i]))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	err = e.Encode(out)
	return b.Bytes(), err
}

func (t *teller) finding() findingJSON {
	return findingJSON{
		lifecycle.NewJSON(&t.Record, func(m locale.Message) string { return clean(t.catalog.Render(t.texts, m)) }), t.texts["title"],
	}
}

func (t *teller) verified() verifiedJSON {
	m := t.Audit.Message()
	v := verifiedJSON{Whole: t.Audit.Problem == nil, Held: t.Audit.Held, Entries: t.Audit.Entries, Says: clean(t.catalog.Text(m.Key, m.Args...))}
	if p := t.Audit.Problem; p != nil {
		v.Fault, v.Seq = string(p.Fault), p.Seq
	}
	return v
}

func (t *teller) compared() comparedJSON {
	c := comparedJSON{Rows: t.Compared.Rows, Differences: t.Compared.Differences, Says: t.render(t.Compared.Message()), OfThis: []differenceJSON{}}
	if m, some := t.Compared.Before(); some {
		c.NotVouched = t.render(m)
	}
	for i := range t.Differences {
		d := &t.Differences[i]
		c.OfThis = append(c.OfThis, differenceJSON{string(d.Sort), d.Table, d.ID, d.Column, d.Log, d.Row, d.Entry, t.render(d.Message())})
	}
	return c
}

func (t *teller) render(m locale.Message) string { return clean(t.catalog.Text(m.Key, m.Args...)) }

func exceptionOf(x lifecycle.Exception) exceptionJSON {
	out := exceptionJSON{
		ID: x.ID, Reason: x.Reason, Until: moment(x.Until), By: x.By, ApprovedBy: x.ApprovedBy, Question: x.Question,
		CreatedAt: moment(x.CreatedAt), EndedAt: moment(x.EndedAt), EndedBy: x.EndedBy,
		Proposal: x.Proposal, ApprovedAt: moment(x.ApprovedAt), While: x.While,
	}
	if !x.UnreadSince.IsZero() {
		out.Unread = &unreadJSON{x.Unread, moment(x.UnreadSince), x.UnreadWhy}
	}
	return out
}

func questionOf(q *ask.Question) questionJSON {
	out := questionJSON{q.ID, q.Owner, q.OwnerFrom, moment(q.Due), q.AskedBy, moment(q.AskedAt), q.Channel, q.Text, nil, nil}
	if q.Sent != nil {
		out.Sent = &sentJSON{q.Sent.By, moment(q.Sent.At)}
	}
	if a := q.Answer; a != nil {
		out.Answer = &answerJSON{a.By, moment(a.At), string(a.Choice), moment(a.Until), a.While, a.Words, a.RecordedBy, []replyJSON{}}
		for i := range a.Replies {
			r := &a.Replies[i]
			one := replyJSON{r.Key, "", r.Kind, r.Unit, r.Value}
			if r.Only {
				one.Control = r.Control
			}
			out.Answer.Replies = append(out.Answer.Replies, one)
		}
	}
	return out
}

func runOf(r *store.Run) runJSON {
	out := runJSON{ID: r.ID, Digest: r.Digest, DigestHolds: digestHolds(r), State: r.State, By: r.By, Started: moment(r.Started), Updated: moment(r.Updated), Journal: []string{}}
	if json.Valid(r.Plan) {
		out.Plan = r.Plan
	}
	for line := range bytes.Lines(r.Journal) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			out.Journal = append(out.Journal, string(line))
		}
	}
	return out
}

// digestHolds tells whether the plan that is kept is the one that was approved.
func digestHolds(r *store.Run) bool {
	p, ok := readPlan(r.Plan)
	if !ok {
		return false
	}
	sum, err := p.Sum()
	return err == nil && sum == p.Digest && sum == r.Digest
}

// moment is a time, or nothing where it is zero.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
