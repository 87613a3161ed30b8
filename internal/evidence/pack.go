// Package evidence puts together what an auditor needs to see of one finding:
// when it was found, who was asked and decided what, what was changed, and
// whether the log of it all is whole. It is pure.
package evidence

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Pack is all that is kept of one finding.
type Pack struct {
	Record     lifecycle.Record
	Control    *control.Control // nil where this kumoban does not have it
	Events     []lifecycle.Event
	Exceptions []lifecycle.Exception
	Questions  []ask.Question
	Runs       []store.Run    // with plans and journals
	Entries    []audit.Entry  // of the audit log, about the finding and the above
	Audit      audit.Report   // of the whole log
	Compared   store.Compared // of the whole store
	// Differences between the store and the log that concern the finding.
	Differences []store.Difference
	Version     string // of kumoban
	MadeAt      time.Time
	Zone        *time.Location // by which people read times; nil: UTC
}

// Concerns tells whether a difference between the store and the audit log is
// about the finding, or about the log itself.
func (p *Pack) Concerns(d *store.Difference) bool {
	return d.Table == "sealed" || d.Table == "audit" || slices.Contains(d.About, p.Record.ID)
}

// forged tells whether what a moment is about is not as the audit log has it.
func (p *Pack) forged(m *Moment) bool {
	return m.Ref != "" && slices.ContainsFunc(p.Differences, func(d store.Difference) bool { return d.ID == m.Ref })
}

// Moment is one part of the story.
type Moment struct {
	At      time.Time
	Kind    string // "found", or a lifecycle.EventKind
	Says    string
	By      string
	Reason  string
	Ref     string  // the id of the question, exception or run, or ""
	Steps   []Step  // of a fix
	Replies []Reply // of an answer
	Forged  bool    // what Ref names is not as the audit log has it

	state string // of a fix, when it was told
	again bool   // of a fix that was told before
}

// Reply is what an owner said to one of the control's questions, in words.
type Reply struct {
	Key      string `json:"key"`
	Question string `json:"question"`
	Value    string `json:"value"`
}

// teller tells a pack's story in one language.
type teller struct {
	*Pack
	catalog *locale.Catalog
	texts   locale.Texts // of the control
}

func newTeller(p *Pack, catalog *locale.Catalog) (*teller, error) {
	t := &teller{Pack: p, catalog: catalog}
	if p.Control == nil {
		return t, nil
	}
	var err error
	t.texts, err = p.Control.Messages(catalog.Lang)
	return t, err
}

func (t *teller) text(key string, args ...locale.Arg) string {
	return locale.Clean(t.catalog.Text("audit.pack."+key, args...))
}

// story is what happened, in order. What has no event of its own, because it
// was lost or never written, is told all the same.
func (t *teller) story() []Moment {
	r := &t.Record
	list := []Moment{{
		At: r.FirstSeen, Kind: "found", By: t.by(lifecycle.ByScan),
		Says: t.text("event.found", locale.A("status", r.First.String())),
	}}
	told := map[string]bool{}
	for i := range t.Events {
		m := t.moment(&t.Events[i])
		told[m.Kind+" "+t.Events[i].To] = true
		list = append(list, m)
	}
	untold := func(e lifecycle.Event) {
		if m := t.moment(&e); !told[m.Kind+" "+m.Ref] {
			list = append(list, m)
		}
	}
	for i := range t.Questions {
		q := &t.Questions[i]
		untold(lifecycle.Event{At: q.AskedAt, Kind: lifecycle.EventAsked, To: q.ID, By: q.AskedBy})
	}
	for i := range t.Exceptions {
		x := &t.Exceptions[i]
		if x.Proposal {
			untold(lifecycle.Event{At: x.CreatedAt, Kind: lifecycle.EventProposed, To: x.ID, By: x.By, Reason: x.Reason})
		}
		switch {
		case !x.Proposal:
			untold(lifecycle.Event{At: x.CreatedAt, Kind: lifecycle.EventExcepted, To: x.ID, By: x.By, Reason: x.Reason})
		case !x.ApprovedAt.IsZero():
			untold(lifecycle.Event{At: x.ApprovedAt, Kind: lifecycle.EventExcepted, To: x.ID, By: x.ApprovedBy, Reason: x.Reason})
		}
	}
	for i := range t.Runs {
		run := &t.Runs[i]
		untold(lifecycle.Event{At: run.Started, Kind: lifecycle.EventFixed, To: run.ID, By: run.By})
	}
	slices.SortStableFunc(list, func(a, b Moment) int { return a.At.Compare(b.At) })
	list = t.again(list)
	for i := range list {
		list[i].Forged = t.forged(&list[i])
	}
	return list
}

// moment is one event, with what the thing it names says of it.
func (t *teller) moment(e *lifecycle.Event) Moment {
	m := Moment{At: e.At, Kind: string(e.Kind), By: t.by(e.By), Reason: clean(e.Reason)}
	from, to := locale.A("from", clean(e.From)), locale.A("to", clean(e.To))
	m.Says = t.text("event."+string(e.Kind), from, to)
	switch e.Kind {
	case lifecycle.EventAsked:
		m.Ref = e.To
		if q := find(t.Questions, func(q *ask.Question) bool { return q.ID == e.To }); q != nil {
			m.Says = t.text("event.askedOf", to, locale.A("owner", clean(q.Owner)), locale.A("due", t.day(q.Due)))
			if m.Reason == clean(q.Owner) {
				m.Reason = "" // the owner is named already
			}
		}
	case lifecycle.EventAnswered:
		said := ask.ParseSaid(e.To)
		m.Says = t.word("event.answered.", string(said.Choice), m.Says, locale.A("until", clean(said.Until)))
		m.Replies = t.replies(said.Replies)
	case lifecycle.EventRemarked:
		choice, owner, _ := strings.Cut(e.To, " ")
		m.Ref = e.From
		if choice == string(ask.NotMine) && owner == "" {
			choice += ".nobody"
		}
		m.Says = t.word("event.remarked.", choice, m.Says, from, locale.A("owner", clean(owner)))
	case lifecycle.EventExcepted:
		m.Ref = cmp.Or(e.To, e.From)
		if e.To == "" {
			m.Says = t.text("event.unexcepted", from)
			break
		}
		if x := find(t.Exceptions, func(x *lifecycle.Exception) bool { return x.ID == e.To }); x != nil {
			m.Says = t.excepted(x)
			m.Reason = cmp.Or(m.Reason, clean(x.Reason))
		}
		if e.From != "" {
			m.Says += " " + t.text("event.replaced", from)
		}
	case lifecycle.EventProposed:
		m.Ref = e.To
		if x := find(t.Exceptions, func(x *lifecycle.Exception) bool { return x.ID == e.To }); x != nil && !x.Until.IsZero() {
			m.Says = t.text("event.proposedUntil", to, locale.A("until", t.stamp(x.Until)))
		}
	case lifecycle.EventExpired, lifecycle.EventRejected, lifecycle.EventWithdrawn, lifecycle.EventLapsed:
		m.Ref = e.From
	case lifecycle.EventFact:
		key := "event.fact"
		if e.To == "" {
			key = "event.gaveUp"
		}
		m.Says, m.Reason = t.text(key, from, locale.A("to", t.render(condition.Said(e.From, e.To, e.Reason)))), ""
	case lifecycle.EventFixed, lifecycle.EventUndone:
		m.Ref = cmp.Or(e.To, e.From)
		if e.Kind == lifecycle.EventFixed {
			t.fixed(&m, e)
		}
	}
	return m
}

// replies are those to the questions of the finding's control; an answer may be
// about other controls' findings, too.
func (t *teller) replies(texts []string) (list []Reply) {
	if t.Control == nil {
		return nil
	}
	for _, text := range texts {
		if parsed, err := ask.ParseReplies([]string{text}, []*control.Control{t.Control}); err == nil {
			r := &parsed[0]
			list = append(list, Reply{r.Key, clean(ask.Sentence(t.texts[r.Asked()])), clean(r.Shown(t.catalog))})
		}
	}
	return list
}

// word is the text of one of a few words, or other where it is not among them.
func (t *teller) word(prefix, word, other string, args ...locale.Arg) string {
	if !t.catalog.Has("audit.pack." + prefix + word) {
		return other
	}
	return t.text(prefix+word, args...)
}

func (t *teller) excepted(x *lifecycle.Exception) string {
	id := locale.A("to", clean(x.ID))
	s := t.text("event.exceptedForever", id)
	if !x.Until.IsZero() {
		s = t.text("event.exceptedUntil", id, locale.A("until", t.stamp(x.Until)))
	}
	if len(x.While) > 0 {
		s += " " + t.text("event.while", locale.A("conditions", clean(strings.Join(x.While, "; "))))
	}
	if x.ApprovedBy != "" {
		s += " " + t.text("event.approved", locale.A("by", clean(x.ApprovedBy)))
	}
	return s
}

// by is who did it; what no person did is said in words.
func (t *teller) by(who string) string {
	if rule, ok := strings.CutPrefix(who, lifecycle.ByRule); ok {
		return t.text("by.rule", locale.A("rule", clean(rule)))
	}
	if to, ok := strings.CutPrefix(who, lifecycle.ByLink); ok {
		return t.text("by.link", locale.A("recipient", clean(to)))
	}
	switch who {
	case lifecycle.ByScan, lifecycle.ByHub, lifecycle.ByTime, lifecycle.ByCondition:
		return t.text("by." + who)
	}
	return clean(who)
}

func find[T any](list []T, is func(*T) bool) *T {
	for i := range list {
		if is(&list[i]) {
			return &list[i]
		}
	}
	return nil
}

// clean is locale.Clean on a text as every format can hold it.
func clean(s string) string { return locale.Clean(s) }

// stamp is a moment by the zone's clock, "" for none.
func stamp(at time.Time, zone *time.Location) string {
	if at.IsZero() {
		return ""
	}
	return at.In(zone).Format("2006-01-02 15:04:05 MST")
}

func (t *teller) stamp(at time.Time) string { return stamp(at, t.zone()) }

func (t *teller) day(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(t.zone()).Format(time.DateOnly)
}

func (t *teller) zone() *time.Location { return cmp.Or(t.Zone, time.UTC) }

// Subjects are the ids that entries of the audit log about the finding have as
// their subject: its own, and those of its questions, exceptions and runs.
func (p *Pack) Subjects() []string {
	ids := []string{p.Record.ID}
	for i := range p.Questions {
		ids = append(ids, p.Questions[i].ID)
	}
	for i := range p.Exceptions {
		ids = append(ids, p.Exceptions[i].ID)
	}
	for i := range p.Runs {
		ids = append(ids, p.Runs[i].ID)
	}
	return ids
}
