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
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
)

// page collects the instructions of one step.
type page struct {
	words *words.Words
	step  *plan.Step
	lines []string
	count int
}

// Write writes the steps.
func Write(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	for _, line := range append(w.Head(p), w.Say("console.use")) {
		b.WriteString(line + "\n")
	}
	for _, line := range w.Managed(p, "") {
		b.WriteString(line + "\n")
	}
	for i := range p.Steps {
		st := &p.Steps[i]
		guide, ok := guides()[st.Thing.Type]
		if part.OfRoom(st) {
			guide, ok = func(s *page) { ofRoom(s, p) }, true
		}
		if !ok {
			return locale.Errorf("render.error.unknownType", locale.A("type", string(st.Thing.Type)))
		}
		b.WriteString("\n" + w.Step(st) + "\n")
		for j := range st.Changes {
			text := w.Brief(&st.Changes[j])
			if st.Thing.Type == part.Role {
				text = w.Change(&st.Changes[j]) // the console shows it, and nobody enters it
			}
			b.WriteString("   " + text + "\n")
		}
		s := &page{words: w, step: st}
		s.first(p)
		guide(s)
		for _, line := range s.lines {
			b.WriteString(line + "\n")
		}
	}
	b.WriteString("\n" + w.Say("console.end", locale.A("commands", words.Scans(p))) + "\n")
	return nil
}

func guides() map[resource.Type]func(*page) {
	return map[resource.Type]func(*page){
		part.RestStage: restStage, part.Stage: stage, part.Route: route, part.Integration: integration,
		part.DomainName: domainName, part.Account: account, part.Certificate: certificate, part.Association: association,
		part.LogGroup: logGroup, part.Role: role, part.Key: key,
	}
}

// do adds a numbered instruction.
func (s *page) do(key string, args ...locale.Arg) {
	s.count++
	s.lines = append(s.lines, fmt.Sprintf("%3d. %s", s.count, s.words.Say("console."+key, args...)))
}

// lead begins a list of its own with a line.
func (s *page) lead(key string) {
	s.count = 0
	s.lines = append(s.lines, "   "+s.words.Say("console."+key))
}

// first says what to look at before: the values that the plan found, what must
// be true, and what to wait for.
func (s *page) first(p *plan.Plan) {
	if s.step.Make {
		s.do("absent", locale.A("thing", s.words.Thing(s.step.Thing)))
	} else {
		s.do("asPlanned")
	}
	for i := range s.step.Guards {
		g := &s.step.Guards[i]
		if s.step.Make {
			continue // it is about what exists
		}
		s.do("guard", locale.A("property", s.words.Property(g.Property)), locale.A("values", s.words.Values(g.OneOf)), locale.A("why", s.words.Why(p, s.step, g)))
	}
	switch s.step.Wait {
	case remedy.CacheSettled:
		s.do("wait.cache")
	case remedy.DomainReady:
		s.do("wait.domain")
	}
}

// other is for a change that the console has no words for here.
func (s *page) other(c *plan.Change) {
	s.do("other", locale.A("change", s.words.Change(c)))
}

func (s *page) value(property string) string {
	v, _ := part.Known(s.step, property)
	return s.words.Inline(v)
}

// now is what a property was.
func (s *page) now(property string) locale.Arg {
	for i := range s.step.Changes {
		if s.step.Changes[i].Property == property {
			return locale.A("was", s.words.Inline(s.step.Changes[i].Was))
		}
	}
	return locale.A("was", s.value(property))
}

func (s *page) path() (api, name locale.Arg) {
	p, _ := part.Parse(s.step.Thing.ARN)
	return locale.A("api", p.API), locale.A("name", p.Name)
}

// level names a log level as the console does.
func (s *page) level(v any) string {
	label := "Off"
	switch part.Text(v) {
	case "ERROR":
		label = "Errors only"
	case "INFO":
		label = "Errors and info logs"
	}
	return locale.LabelIn(s.words.Catalog.Lang, label)
}

// changes tells whether something under a prefix changes.
func (s *page) changes(prefix string) bool { return len(part.Under(s.step.Changes, prefix)) > 0 }

// short is the last part of an ARN's or alias's name.
func short(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
