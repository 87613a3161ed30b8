// Package cloudformation writes a plan as a CloudFormation template: whole
// resources for what is new, and the properties to put into the resource that
// declares what exists.
package cloudformation

import (
	"bytes"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
)

// Template is a template in the making.
type Template struct {
	Words     *words.Words
	things    []*part.Merged
	ids       map[*part.Merged]string // logical ids
	resources Mapping
	kinds     Kinds
	together  map[string]int // indexes of resources that several things write into, by what they are for
	notes     []string       // what has no form here
	outline   bool           // no plan is named
}

// Kind says how the things of one type are written.
type Kind struct {
	ID    string // what their logical ids begin with
	Write func(*Template, *part.Merged) (Mapping, error)
	Rooms bool // what the type's room can write is left to that
	// Exists tells whether some resource may declare the thing already; nil: all but
	// what is made.
	Exists func(*part.Merged) bool
	// Outputs are what others use of it: an intrinsic function, by the logical id.
	Outputs map[string]func(id string) Intrinsic
	// Undeclared tells whether no template can declare the thing itself; Instead then
	// writes what can be.
	Undeclared func(*part.Merged) bool
	Instead    func(*Template, *part.Merged) error
	// Beside is what is declared with a thing that is made, by its logical id.
	Beside func(t *Template, m *part.Merged, id string)
}

func (k *Kind) undeclared(m *part.Merged) bool { return k.Undeclared != nil && k.Undeclared(m) }

func (k *Kind) exists(m *part.Merged) bool {
	if k.Exists != nil {
		return k.Exists(m)
	}
	return !m.Make
}

// Kinds are those of what rooms cannot say, by type.
type Kinds map[resource.Type]Kind

// Write writes the template.
func (k Kinds) Write(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	return k.write(b, p, w, false)
}

// Outline writes the template without what it says of the plan.
func (k Kinds) Outline(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	return k.write(b, p, w, true)
}

func (k Kinds) write(b *bytes.Buffer, p *plan.Plan, w *words.Words, outline bool) error {
	t := &Template{outline: outline, Words: w, things: part.Merge(p.Steps), ids: map[*part.Merged]string{}, kinds: k, together: map[string]int{}}
	for _, m := range t.things {
		kind, ok := k[m.Thing.Type]
		switch {
		case part.OfRoom(&m.Step) && (!ok || kind.Rooms):
			t.ids[m] = catalog.Find(m.Thing.Type).Room.GoName() + m.IDs[0]
		case ok:
			t.ids[m] = kind.ID + m.IDs[0]
		default:
			return part.Unwritten(w.Thing(m.Thing), m.Thing.Type)
		}
	}
	for _, m := range t.things {
		if err := t.thing(m); err != nil {
			return err
		}
	}
	above := [][]string{w.Head(p), {w.Say("cloudformation.use")}, w.Along(p), w.Managed(p, "cloudformation"), t.notes}
	if outline {
		above = [][]string{t.notes}
	}
	for _, lines := range above {
		for _, line := range lines {
			b.WriteString("# " + line + "\n")
		}
	}
	if len(t.resources) == 0 {
		return nil
	}
	whole := Mapping{{Name: "AWSTemplateFormatVersion", Value: "2010-09-09"}, {Name: "Resources", Value: t.resources}}
	var text bytes.Buffer
	writeEntries(&text, whole, "")
	// Everywhere in a template, in quotes too, this asks CloudFormation to look a secret up.
	if strings.Contains(text.String(), "{{resolve:") {
		return locale.Errorf("render.error.dynamicReference")
	}
	b.Write(text.Bytes())
	return nil
}

// Heading says which steps and changes a resource is for.
func (t *Template) Heading(m *part.Merged) []string {
	if t.outline {
		return nil
	}
	lines := []string{t.Words.Say("step", locale.A("step", m.IDs), locale.A("thing", t.Words.Thing(m.Thing)))}
	for i := range m.Changes {
		lines = append(lines, "  "+t.Words.Brief(&m.Changes[i]))
	}
	return lines
}

func (t *Template) thing(m *part.Merged) error {
	k, ok := t.kinds[m.Thing.Type]
	switch {
	case part.OfRoom(&m.Step) && (!ok || k.Rooms):
		return t.ofRoom(m)
	case k.undeclared(m):
		return k.Instead(t, m)
	}
	properties, err := k.Write(t, m)
	if err != nil {
		return err
	}
	heading := t.Heading(m)
	if k.exists(m) {
		heading = append(heading, t.Words.Say("cloudformation.existing"))
	}
	if gone := removed(m); len(gone) > 0 {
		heading = append(heading, t.Words.Say("cloudformation.remove", locale.A("properties", gone)))
	}
	body := Mapping{{Name: "Type", Value: string(m.Thing.Type)}}
	if after := t.After(m); len(after) > 0 {
		body.Set("DependsOn", after)
	}
	if m.Data || m.Shared {
		body.Set("DeletionPolicy", "Retain")
		body.Set("UpdateReplacePolicy", "Retain")
	}
	body.Set("Properties", properties)
	t.resources = append(t.resources, Entry{Name: t.ids[m], Value: body, Comments: heading})
	if k.Beside != nil && m.Make {
		k.Beside(t, m, t.ids[m])
	}
	return nil
}

// removed lists the properties that shall not be.
func removed(m *part.Merged) []string {
	var names []string
	for i := range m.Changes {
		if plan.Normal(m.Changes[i].Will) == nil {
			names = append(names, m.Changes[i].Property)
		}
	}
	return names
}

// After lists the resources that come first without being referred to.
func (t *Template) After(m *part.Merged) []any {
	var ids []string
	for _, step := range m.After {
		before := part.Made(t.things, step)
		if before == nil || before == m {
			continue
		}
		if k := t.kinds[before.Thing.Type]; k.undeclared(before) {
			continue
		}
		referred := slices.ContainsFunc(m.Changes, func(c plan.Change) bool {
			out, ok := part.Output(c.Will)
			return ok && slices.Contains(before.IDs, out.Of)
		})
		if !referred {
			ids = append(ids, t.ids[before])
		}
	}
	slices.Sort(ids)
	list := []any{}
	for _, id := range slices.Compact(ids) {
		list = append(list, id)
	}
	return list
}

// Value puts intrinsic functions in place of outputs.
func (t *Template) Value(v any) (any, error) {
	out, ok := part.Output(v)
	if !ok {
		return plan.Normal(v), nil
	}
	maker := part.Made(t.things, out.Of)
	if maker != nil {
		if function := t.kinds[maker.Thing.Type].Outputs[out.Name]; function != nil {
			return function(t.ids[maker]), nil
		}
	}
	return nil, locale.Errorf("render.error.noOutput", locale.A("output", out.Name), locale.A("step", out.Of))
}

// Fill writes the changed properties of these names; one that goes is left out.
func (t *Template) Fill(m *part.Merged, names ...string) (Mapping, error) {
	var properties Mapping
	for _, name := range names {
		v, ok := part.Find(m.Changes, name)
		if !ok || v == nil {
			continue
		}
		v, err := t.Value(v)
		if err != nil {
			return nil, err
		}
		properties.Set(name, v)
	}
	return properties, nil
}

// Shared is a resource that several things write into, made where it is not there yet.
func (t *Template) Shared(what string, make func() Entry) *Entry {
	i, ok := t.together[what]
	if !ok {
		i = len(t.resources)
		t.together[what] = i
		t.resources = append(t.resources, make())
	}
	return &t.resources[i]
}

// Beside adds a resource of its own.
func (t *Template) Beside(id string, body Mapping) { t.resources.Set(id, body) }

// Remark adds lines about what has no form in a template.
func (t *Template) Remark(lines ...string) { t.notes = append(t.notes, lines...) }

// Document writes JSON as YAML, and as a string where it is no JSON.
func Document(text string) any {
	v, err := part.Document(text)
	if err != nil {
		return text
	}
	return v
}

// Arn is the intrinsic function for the ARN of a resource, as most types have it.
func Arn(id string) Intrinsic { return Intrinsic("!GetAtt " + id + ".Arn") }
