// Package summary says to people, before they approve a plan, what it will do
// and what it costs, who else owns what it changes, and what its undo keeps.
package summary

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render/internal/terraform"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/room"
)

// Writer writes the summary, with what to write into resources of Terraform; brief cuts
// long texts short.
func Writer(kinds terraform.Kinds, brief bool) func(*bytes.Buffer, *plan.Plan, *words.Words) error {
	return func(b *bytes.Buffer, p *plan.Plan, w *words.Words) error { return write(b, p, w, kinds, brief) }
}

func write(b *bytes.Buffer, p *plan.Plan, w *words.Words, kinds terraform.Kinds, brief bool) error {
	line(b, "", w.Say("summary.title", locale.A("account", p.Account), locale.A("region", p.Region)))
	line(b, "", w.Say("summary.made", locale.A("time", p.MadeAt.UTC().Format("2006-01-02T15:04:05Z")), locale.A("version", p.Kumoban)))
	if len(p.Fixes) > 1 {
		overview(b, p, w)
	}
	insides, err := kinds.Insides(p, w)
	if err != nil {
		return err
	}
	for i := range p.Fixes {
		fix(b, p, w, i, brief)
		insides = inside(b, w, &p.Fixes[i], insides, brief)
	}
	for i := range p.Steps {
		step(b, p, w, &p.Steps[i], brief)
	}
	b.WriteString("\n")
	if len(p.Steps) == 0 {
		line(b, "", w.Say("summary.nothing"))
	} else {
		line(b, "", w.Say("summary.drift"))
	}
	line(b, "", w.Say("summary.digest", locale.A("digest", p.Digest)))
	return nil
}

func line(b *bytes.Buffer, indent, text string) { b.WriteString(indent + text + "\n") }

// overview counts: who approves many findings wants to know how many first.
func overview(b *bytes.Buffer, p *plan.Plan, w *words.Words) {
	made := 0
	var controls []string
	for i := range p.Steps {
		if p.Steps[i].Make {
			made++
		}
	}
	for i := range p.Fixes {
		if c := p.Fixes[i].Control; !slices.Contains(controls, c) {
			controls = append(controls, c)
		}
	}
	defer total(b, p, w)
	line(b, "", w.Say("summary.overview", locale.A("fixes", len(p.Fixes)), locale.A("controls", controls), locale.A("steps", len(p.Steps)),
		locale.A("make", made), locale.A("change", len(p.Steps)-made)))
}

// total sums up what the fixes cost, where somebody asked for it.
func total(b *bytes.Buffer, p *plan.Plan, w *words.Words) {
	all := &plan.Cost{Whole: true}
	sum, asked := 0.0, false
	for i := range p.Fixes {
		c := p.Fixes[i].Cost
		if c == nil {
			continue
		}
		asked = true
		all.Currency, all.Prices, all.Whole = c.Currency, c.Prices, all.Whole && c.Whole
		if c.Month != nil {
			sum += *c.Month
			all.Month = &sum
		}
	}
	if asked {
		m := all.Headline(p.Region)
		line(b, "", w.Say("summary.estimates", locale.A("estimate", w.Catalog.Text(m.Key, m.Args...))))
	}
}

// saidOf is the fix before this one that said already what its remedy costs.
func saidOf(p *plan.Plan, i int) *plan.Fix {
	for j := range i {
		if p.Fixes[j].Control == p.Fixes[i].Control && p.Fixes[j].Remedy == p.Fixes[i].Remedy {
			return &p.Fixes[j]
		}
	}
	return nil
}

func fix(b *bytes.Buffer, p *plan.Plan, w *words.Words, i int, brief bool) {
	f := &p.Fixes[i]
	b.WriteString("\n")
	line(b, "", fmt.Sprintf("%s: %s", locale.Clean(f.Control), w.Title(f.Control)))
	say := func(key string, args ...locale.Arg) { line(b, "  ", w.Say("summary."+key, args...)) }
	say("resource", locale.A("thing", w.Thing(f.Resource)))
	if f.Resource.ARN != "" {
		line(b, "    ", locale.Clean(f.Resource.ARN))
	}
	say("remedy", locale.A("remedy", w.Of(f.Control, "remedy."+f.Remedy)))
	if before := saidOf(p, i); before != nil {
		say("sameCost", locale.A("thing", w.Thing(before.Resource)))
	} else {
		say("cost", locale.A("cost", w.Of(f.Control, "remedy."+f.Remedy+".cost")))
	}
	costs(b, p, w, f)
	var inputs []string
	for _, name := range slices.Sorted(maps.Keys(f.Inputs)) {
		value := f.Inputs[name]
		if brief {
			value = words.Shorten(value)
		}
		inputs = append(inputs, name+"="+value)
	}
	if len(inputs) > 0 {
		say("inputs", locale.A("inputs", inputs))
	}
	if f.Managed != nil {
		say("managed", locale.A("owner", w.Owner(f)))
	}
	for i := range f.Notes {
		m := f.Notes[i].Message()
		say("note", locale.A("note", w.Catalog.Text(m.Key, m.Args...)))
	}
	if len(f.Steps) > 0 {
		say("steps", locale.A("steps", f.Steps))
	}
}

// inside shows what to write into the Terraform resources that a fix changes, and
// returns those that are not shown yet.
func inside(b *bytes.Buffer, w *words.Words, f *plan.Fix, all []terraform.Inside, brief bool) []terraform.Inside {
	return slices.DeleteFunc(all, func(in terraform.Inside) bool {
		if !slices.ContainsFunc(in.Steps, func(id string) bool { return slices.Contains(f.Steps, id) }) {
			return false
		}
		line(b, "  ", w.Say("summary.inside", locale.A("address", in.Address)))
		for _, text := range in.Lines {
			if brief {
				text = words.Shorten(text)
			}
			line(b, "    ", text)
		}
		return true
	})
}

// costs says what the fix adds to a month's bill.
func costs(b *bytes.Buffer, p *plan.Plan, w *words.Words, f *plan.Fix) {
	if f.Cost == nil {
		return
	}
	text := func(m locale.Message) string { return locale.Clean(w.Catalog.Text(m.Key, m.Args...)) }
	line(b, "  ", w.Say("summary.estimate", locale.A("estimate", text(f.Cost.Headline(p.Region)))))
	for i := range f.Cost.Lines {
		line(b, "    ", text(f.Cost.Lines[i].Message()))
	}
}

func step(b *bytes.Buffer, p *plan.Plan, w *words.Words, s *plan.Step, brief bool) {
	b.WriteString("\n")
	key := "summary.change"
	if s.Make {
		key = "summary.make"
	}
	line(b, "", w.Say(key, locale.A("step", s.ID), locale.A("thing", w.Thing(s.Thing))))
	for i := range s.Changes {
		text := w.Change(&s.Changes[i])
		if brief {
			text = w.Short(&s.Changes[i])
		}
		line(b, "  ", text)
	}
	var sent []string
	for i := range s.With {
		if w.About(s.Thing.Type, s.With[i].Property) {
			continue
		}
		sent = append(sent, w.Property(s.With[i].Property)+" = "+w.Value(s.With[i].Will))
	}
	if len(sent) > 0 {
		line(b, "  ", w.Say("summary.with", locale.A("values", sent)))
	}
	if len(s.After) > 0 {
		line(b, "  ", w.Say("summary.after", locale.A("steps", s.After)))
	}
	if s.Wait != remedy.NoWait && w.Catalog.Has("render.summary.wait."+string(s.Wait)) {
		line(b, "  ", w.Say("summary.wait."+string(s.Wait)))
	}
	for i := range s.Guards {
		g := &s.Guards[i]
		key := "summary.guard"
		if w.Catalog.Has("render." + key + "." + g.Property) {
			key += "." + g.Property
		}
		line(b, "  ", w.Say(key, locale.A("property", w.Property(g.Property)), locale.A("values", w.Values(g.OneOf)), locale.A("why", w.Why(p, s, g))))
	}
	line(b, "  ", w.Say("summary.undo", locale.A("undo", w.Say(undo(s)))))
}

// back is what taking the step back would do beside.
func back(s *plan.Step) room.Back {
	worst := room.Restores
	if e := catalog.Find(s.Thing.Type); e != nil {
		for _, c := range s.Changes {
			worst = max(worst, e.Room.Back(c.Property, c.Will))
		}
	}
	return worst
}

// kept tells whether the room of a thing says how to make it, and not how to take it
// away.
func kept(s *plan.Step) bool {
	e := catalog.Find(s.Thing.Type)
	return e != nil && e.Room.Make != nil && e.Room.Make.Unmake.Call == ""
}

// undo says what the way back does to a thing. It never destroys.
func undo(s *plan.Step) string {
	switch {
	case s.Make && s.Shared:
		return "summary.undo.shared"
	case s.Make && s.Data && kept(s):
		return "summary.undo.kept"
	case s.Make && s.Data:
		return "summary.undo.data"
	case s.Make:
		return "summary.undo.remove"
	case s.Shared:
		return "summary.undo.sharedValues"
	}
	switch back(s) {
	case room.Destroys:
		return "summary.undo.never"
	case room.Exposes:
		return "summary.undo.exposes"
	}
	return "summary.undo.restore"
}
