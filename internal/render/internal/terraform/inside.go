package terraform

import (
	"bytes"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/words"
)

// Inside is what is to be written into a resource that a configuration has.
type Inside struct {
	Address string
	Steps   []string
	Lines   []string // HCL, without the resource around it
}

// Insides lists what a plan wants of resources that a state has.
func Insides(p *plan.Plan, w *words.Words) ([]Inside, error) {
	s := &source{}
	if !slices.ContainsFunc(p.Fixes, func(f plan.Fix) bool { return f.Managed != nil && len(f.Managed.Sets) > 0 }) {
		return nil, nil
	}
	if err := s.make(p, w); err != nil {
		return nil, err
	}
	return s.insides, nil
}

// setters gathers, for the thing of some steps, which Terraform resource sets
// which property.
func setters(p *plan.Plan, m *part.Merged) map[string]string {
	all := map[string]string{}
	for i := range p.Fixes {
		f := &p.Fixes[i]
		if f.Managed == nil || f.Managed.By != "terraform" || !slices.ContainsFunc(m.IDs, func(id string) bool { return slices.Contains(f.Steps, id) }) {
			continue
		}
		for property, address := range f.Managed.Sets {
			all[property] = address
		}
	}
	return all
}

// owner is the address of the resource in which a configuration has what changes
// of a thing, its method settings apart; "" where it has none.
func (s *source) owner(m *part.Merged) string {
	for _, c := range part.Other(m.Changes) {
		if address := s.sets[m][c.Property]; address != "" {
			return address
		}
	}
	return ""
}

// settingOwner is the same of a method setting.
func (s *source) settingOwner(m *part.Merged, setting *part.Setting) string {
	for _, c := range setting.Changes {
		if address := s.sets[m][remedy.Key(setting.Key, c.Property)]; address != "" {
			return address
		}
	}
	return ""
}

// naming are arguments that say which thing a resource is: the resource has them.
func naming(name string) bool {
	return slices.Contains([]string{"api_id", "deployment_id", "integration_type", "method_path", "name", "rest_api_id", "route_key", "stage_name"}, name)
}

// inside writes, as a comment, what is to be put into a resource that there is;
// gone are arguments that are to be taken out.
func (s *source) inside(m *part.Merged, address string, b *block, gone []string) {
	b.items = slices.DeleteFunc(b.items, func(item any) bool {
		a, ok := item.(attribute)
		return ok && naming(a.name)
	})
	if after := s.after(m); len(after) > 0 {
		b.set("depends_on", "["+strings.Join(after, ", ")+"]")
	}
	var text bytes.Buffer
	b.write(&text, "")
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	s.insideLines(m, address, lines[1:len(lines)-1], gone) // without the resource's own
}

// insideLines is inside for lines that are written already.
func (s *source) insideLines(m *part.Merged, address string, lines, gone []string) {
	address = locale.Clean(address)
	in := Inside{Address: address, Steps: m.IDs}
	say := "terraform.inside"
	if s.owner(m) == "" && s.settingless(m) {
		say = "terraform.put"
	}
	if !s.outline {
		s.comment(s.words.Say(say, locale.A("address", address)))
	}
	if say == "terraform.put" && !s.outline {
		kind, label, _ := strings.Cut(address, ".")
		s.text.WriteString("# resource \"" + kind + "\" \"" + label + "\" {\n")
	}
	if s.outline {
		s.plainly(address, lines, gone)
		return
	}
	for _, l := range lines {
		in.Lines = append(in.Lines, strings.TrimPrefix(l, "  "))
		s.text.WriteString(strings.TrimRight("# "+l, " ") + "\n")
	}
	for _, name := range gone {
		text := s.words.Say("terraform.takeOut", locale.A("argument", name))
		in.Lines = append(in.Lines, "# "+text)
		s.comment("  " + text)
	}
	if say == "terraform.put" {
		s.comment("}")
		s.insides = append(s.insides, in)
		return
	}
	if module, _, nested := strings.Cut(strings.TrimPrefix(address, "module."), "."); nested && strings.HasPrefix(address, "module.") && strings.Contains(strings.Join(lines, "\n"), " aws_") {
		text := s.words.Say("terraform.module", locale.A("module", "module."+module))
		in.Lines = append(in.Lines, "# "+text)
		s.comment("  " + text)
	}
	s.insides = append(s.insides, in)
}

// plainly writes what goes into a resource as it stands there.
func (s *source) plainly(address string, lines, gone []string) {
	kind, label, _ := strings.Cut(address, ".")
	s.text.WriteString("resource \"" + kind + "\" \"" + label + "\" {\n")
	for _, l := range lines {
		s.text.WriteString(l + "\n")
	}
	for _, name := range gone {
		s.text.WriteString("  # " + s.words.Say("terraform.takeOut", locale.A("argument", name)) + "\n")
	}
	s.text.WriteString("}\n")
}

// settingless tells whether a thing is one of a room: those of API Gateway have
// method settings with owners of their own.
func (s *source) settingless(m *part.Merged) bool { return part.OfRoom(&m.Step) }

// gone lists the arguments whose properties the plan takes away.
func gone(m *part.Merged, arguments []argument) (names []string) {
	for _, a := range arguments {
		if v, ok := part.Find(m.Changes, a.property); ok && v == nil {
			names = append(names, a.name)
		}
	}
	return names
}
