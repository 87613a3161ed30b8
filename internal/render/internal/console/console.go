// Package console writes a plan as steps that a person follows in the AWS
// Management Console. Labels are those of the console in English, in Japanese
// with those of the Japanese console before them, where they are known.
package console

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
)

// Page collects the instructions of one step.
type Page struct {
	Words *words.Words
	Step  *plan.Step
	lines []string
	count int
}

// Kind says how steps about things of one type are told.
type Kind struct {
	Write func(*Page)
	Rooms bool // what the type's room can write is left to that
	Shown bool // the console shows long texts itself, and nobody enters them
}

// Kinds are those of what rooms cannot say, by type.
type Kinds map[resource.Type]Kind

// Write writes the steps.
func (k Kinds) Write(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	for _, line := range append(w.Head(p), w.Say("console.use")) {
		b.WriteString(line + "\n")
	}
	for _, line := range w.Managed(p, "") {
		b.WriteString(line + "\n")
	}
	for i := range p.Steps {
		st := &p.Steps[i]
		kind, ok := k[st.Thing.Type]
		if part.OfRoom(st) && (!ok || kind.Rooms) {
			kind, ok = Kind{Write: func(s *Page) { ofRoom(s, p) }}, true
		}
		if !ok {
			return part.Unwritten(w.Thing(st.Thing), st.Thing.Type)
		}
		b.WriteString("\n" + w.Step(st) + "\n")
		for j := range st.Changes {
			text := w.Brief(&st.Changes[j])
			if kind.Shown {
				text = w.Change(&st.Changes[j])
			}
			b.WriteString("   " + text + "\n")
		}
		s := &Page{Words: w, Step: st}
		s.first(p)
		kind.Write(s)
		for _, line := range s.lines {
			b.WriteString(line + "\n")
		}
	}
	b.WriteString("\n" + w.Say("console.end", locale.A("commands", words.Scans(p))) + "\n")
	return nil
}

// Do adds a numbered instruction.
func (s *Page) Do(key string, args ...locale.Arg) {
	s.count++
	s.lines = append(s.lines, fmt.Sprintf("%3d. %s", s.count, s.Words.Say("console."+key, args...)))
}

// Lead begins a list of its own with a line.
func (s *Page) Lead(key string) {
	s.count = 0
	s.lines = append(s.lines, "   "+s.Words.Say("console."+key))
}

// first says what to look at before: the values that the plan found, what must
// be true, and what to wait for.
func (s *Page) first(p *plan.Plan) {
	if s.Step.Make {
		s.Do("absent", locale.A("thing", s.Words.Thing(s.Step.Thing)))
	} else {
		s.Do("asPlanned")
	}
	for i := range s.Step.Guards {
		g := &s.Step.Guards[i]
		if s.Step.Make {
			continue // it is about what exists
		}
		s.Do("guard", locale.A("property", s.Words.Property(g.Property)), locale.A("values", s.Words.Values(g.OneOf)), locale.A("why", s.Words.Why(p, s.Step, g)))
	}
	if wait := "wait." + string(s.Step.Wait); s.Words.Catalog.Has("render.console." + wait) {
		s.Do(wait)
	}
}

// Other is for a change that the console has no words for here.
func (s *Page) Other(c *plan.Change) {
	s.Do("other", locale.A("change", s.Words.Change(c)))
}

// Value shows what a step knows of a property.
func (s *Page) Value(property string) string {
	v, _ := part.Known(s.Step, property)
	return s.Words.Inline(v)
}

// Now is what a property was.
func (s *Page) Now(property string) locale.Arg {
	for i := range s.Step.Changes {
		if s.Step.Changes[i].Property == property {
			return locale.A("was", s.Words.Inline(s.Step.Changes[i].Was))
		}
	}
	return locale.A("was", s.Value(property))
}

// Changes tells whether something under a prefix changes.
func (s *Page) Changes(prefix string) bool { return len(part.Under(s.Step.Changes, prefix)) > 0 }

// Short is the last part of an ARN's or alias's name.
func Short(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
