package owner

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// paper is what a page shows.
type paper struct {
	Lang   locale.Lang
	Title  string
	Shown  string // the language, to compare with
	Wrong  string // one sentence: why something was not taken, or there is no question
	Intro  string
	By     string // who asks
	Owner  string // who is asked
	Due    string
	Facts  []fact // who asks, until when
	Topics []topic
	Open   bool // it takes an answer
	Over   bool // the link is over: another can be asked for
	Wanted bool // another was asked for
	State  string
	Answer *said
	Others []said // what was said without an answer
	Fields fields
	Asked  bool // replies were written before
	Parted bool // findings had answers of their own before
}

type fact struct{ Name, Value string }

// topic is one control with its findings.
type topic struct {
	ID, Title, Severity, Risk, Affected, Proper, Never string
	Findings                                           []found
	Fixes                                              []fix
}

// fix is one way to fix, what it changes and costs.
type fix struct{ Way, Change, Cost string }

type found struct {
	Name, Where, Ref, Says, Status, Since string
	Notes, Costs                          []string
}

// said is an answer or a remark in words.
type said struct {
	By, At, What, Words string
	Parts               []fact
	Effects             []string
}

// paper puts a question on a page, in the language that was asked for, or else the
// question's.
func (h *Handler) paper(r *http.Request, d *desk.Desk, o *asking.Opened, written form) *paper {
	lang := o.Lang
	if asked, err := locale.Parse(r.URL.Query().Get("lang")); err == nil {
		lang = asked
	}
	w := writer{h.catalogs[lang], d.Zone(), o}
	m := o.Messages[lang]
	p := &paper{
		Lang: lang, Shown: string(lang), Title: w.say("title", "id", o.ID), By: locale.Clean(o.AskedBy), Owner: locale.Clean(o.Owner), Due: w.day(o.Due),
		Asked: len(written.replies()) > 0, Parted: len(written.apart()) > 0,
	}
	p.Intro = w.say("intro", "by", p.By, "owner", p.Owner)
	p.Facts = []fact{{w.say("askedBy"), p.By}, {w.say("askedOf"), p.Owner}, {w.say("askedAt"), w.day(o.AskedAt)}, {w.say("due"), p.Due}}
	if o.Deputy != "" {
		p.Facts = append(p.Facts, fact{w.say("deputy"), locale.Clean(o.Deputy)})
	}
	for i := range m.Topics {
		p.Topics = append(p.Topics, w.topic(m, &m.Topics[i]))
	}
	w.state(p)
	if p.Open {
		p.Fields = w.fields(m, written)
	}
	return p
}

// writer writes in one language.
type writer struct {
	catalog *locale.Catalog
	zone    *time.Location
	o       *asking.Opened
}

func (w *writer) say(key string, args ...string) string {
	var list []locale.Arg
	for i := 0; i+1 < len(args); i += 2 {
		list = append(list, locale.A(args[i], args[i+1]))
	}
	return w.catalog.Text("ownerpage."+key, list...)
}

func (w *writer) day(t time.Time) string { return t.In(w.zone).Format(time.DateOnly) }

// last is the last day before an exclusive end.
func (w *writer) last(t time.Time) string { return w.day(t.Add(-1)) }

func (w *writer) minute(t time.Time) string { return t.In(w.zone).Format("2006-01-02 15:04 MST") }

// who names whoever said something; of the holder of a link it says that.
func (w *writer) who(by string) string {
	if to, ok := strings.CutPrefix(by, lifecycle.ByLink); ok {
		return w.say("holder", "recipient", locale.Clean(to))
	}
	return locale.Clean(by)
}

func (w *writer) topic(m *ask.Message, t *ask.Topic) topic {
	out := topic{ID: t.Control, Title: t.Title, Severity: w.catalog.Text("console.severity." + t.Severity), Risk: t.Risk, Affected: t.Affected, Proper: t.Proper, Never: t.Never}
	for _, e := range t.Findings {
		f := found{Name: e.Resource, Where: e.Where, Ref: e.Ref, Says: e.Finding.Message.Text, Since: e.Since, Costs: e.Costs}
		f.Status = w.catalog.Text("console.status." + e.Record.Status.String())
		if e.Record.State == lifecycle.Archived {
			f.Status = w.catalog.Text("console.status.ARCHIVED")
		}
		for _, n := range e.Finding.Notes {
			f.Notes = append(f.Notes, n.Text)
		}
		out.Findings = append(out.Findings, f)
	}
	for i, f := range t.Fixes {
		one := fix{Change: f.Change, Cost: f.Cost}
		if len(t.Fixes) > 1 {
			one.Way = m.FixLabel(t, i)
		}
		out.Fixes = append(out.Fixes, one)
	}
	return out
}

// state says what became of the question and its link.
func (w *writer) state(p *paper) {
	o := w.o
	p.Open = !o.Closed() && o.State == ask.LinkOpen
	p.Over = !o.Closed() && o.State == ask.LinkExpired
	p.Wanted = len(o.Remarks) > 0 && o.Remarks[len(o.Remarks)-1].Choice == ask.NewLink
	switch {
	case o.Answer != nil:
		p.State, p.Answer = w.say("state.answered"), w.answer(o.Answer)
	case o.Withdrawn != nil:
		p.State = w.say("state.withdrawn", "by", locale.Clean(o.Withdrawn.By), "date", w.day(o.Withdrawn.At))
	case o.Ended != "":
		p.State = w.say("state.ended." + o.Ended)
	case p.Over:
		p.State = w.say("state.expired", "date", w.day(o.Expires), "recipient", locale.Clean(o.Owner))
	}
	for i := range o.Remarks {
		p.Others = append(p.Others, *w.remark(&o.Remarks[i]))
	}
}

// choice is one in words, with its last day.
func (w *writer) choice(c ask.Choice, until time.Time) string {
	if c.Dated() {
		return w.say("said."+string(c), "until", w.last(until))
	}
	return w.say("said." + string(c))
}

func (w *writer) answer(a *ask.Answer) *said {
	s := &said{By: w.who(a.By), At: w.minute(a.At), What: w.choice(a.Choice, a.Until), Words: a.Words}
	for i := range a.Replies {
		s.Parts = append(s.Parts, fact{w.asked(&a.Replies[i]), a.Replies[i].Shown(w.catalog)})
	}
	for _, p := range a.Apart {
		s.Parts = append(s.Parts, fact{w.name(p.Finding), w.choice(p.Choice, p.Until)})
	}
	if len(a.While) > 0 {
		s.Parts = append(s.Parts, fact{w.say("while"), locale.Clean(strings.Join(a.While, "; "))})
	}
	s.Effects = w.effects(a)
	return s
}

// effects are what came of an answer, as the store's policy says.
func (w *writer) effects(a *ask.Answer) (list []string) {
	fixes, holds, waits := false, false, false
	for i := range w.o.Records {
		r := &w.o.Records[i]
		switch {
		case a.Of(r.ID).Choice != ask.Accept:
			fixes = true
		case r.Workflow == lifecycle.Suppressed:
			holds = true
		case r.State == lifecycle.Active && (r.Status == control.Failed || r.Status == control.Unknown):
			waits = true
		}
	}
	for _, e := range []struct {
		is  bool
		key string
	}{{fixes, "effect.fix"}, {holds, "effect.accepted"}, {waits, "effect.proposed"}} {
		if e.is {
			list = append(list, w.say(e.key, "by", locale.Clean(w.o.AskedBy)))
		}
	}
	return list
}

// name is a finding's resource.
func (w *writer) name(id string) string {
	for i := range w.o.Records {
		if r := &w.o.Records[i]; r.ID == id {
			if r.Resource.Name != "" {
				return locale.Clean(r.Resource.Name) + " (" + r.Control + ")"
			}
			return locale.Clean(r.Resource.ID())
		}
	}
	return id
}

// asked is the question of a reply.
func (w *writer) asked(r *ask.Reply) string {
	for _, t := range w.o.Messages[w.catalog.Lang].Topics {
		for _, q := range t.Asks {
			if q.Key == r.Name() || q.Key == r.Key {
				return ask.Sentence(q.Text)
			}
		}
	}
	return r.Key
}

func (w *writer) remark(r *ask.Remark) *said {
	s := &said{By: w.who(r.By), At: w.minute(r.At), What: w.say("said." + string(r.Choice)), Words: r.Words}
	if r.Owner != "" {
		s.Parts = append(s.Parts, fact{w.say("whose"), locale.Clean(r.Owner)})
	}
	for _, l := range r.Looked {
		text := ""
		if l.Status != "" {
			text = w.catalog.Text("console.status." + l.Status)
		}
		if l.Why != nil {
			text = w.say("notLooked", "why", locale.Clean(w.catalog.Text(l.Why.Key, l.Why.Args...)))
		}
		s.Parts = append(s.Parts, fact{w.name(l.Finding), text})
	}
	return s
}
