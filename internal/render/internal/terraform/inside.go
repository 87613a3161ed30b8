package terraform

import (
	"bytes"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
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
func (k Kinds) Insides(p *plan.Plan, w *words.Words) ([]Inside, error) {
	s := &Source{kinds: k}
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

// Setter is the address of the resource that sets a property of a thing; "": none.
func (s *Source) Setter(m *part.Merged, property string) string { return s.sets[m][property] }

// Owner is the address of the resource in which a configuration has some changes of a
// thing; "" where it has none.
func (s *Source) Owner(m *part.Merged, changes []plan.Change) string {
	for _, c := range changes {
		if address := s.Setter(m, c.Property); address != "" {
			return address
		}
	}
	return ""
}

// Inside writes, as a comment, what is to be put into a resource that there is;
// gone are arguments that are to be taken out.
func (s *Source) Inside(m *part.Merged, address string, b *Block, gone []string) {
	b.Items = slices.DeleteFunc(b.Items, func(item any) bool {
		a, ok := item.(attribute)
		return ok && a.names
	})
	if after := s.after(m); len(after) > 0 {
		b.Set("depends_on", "["+strings.Join(after, ", ")+"]")
	}
	var text bytes.Buffer
	b.write(&text, "")
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	s.insideLines(m, address, true, lines[1:len(lines)-1], gone) // without the resource's own
}

// insideLines is inside for lines that are written already; has says that the
// configuration is known to have the resource.
func (s *Source) insideLines(m *part.Merged, address string, has bool, lines, gone []string) {
	address = locale.Clean(address)
	in := Inside{Address: address, Steps: m.IDs}
	say := "terraform.inside"
	if !has {
		say = "terraform.put"
	}
	if !s.outline {
		s.Comment(s.Words.Say(say, locale.A("address", address)))
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
		text := s.Words.Say("terraform.takeOut", locale.A("argument", name))
		in.Lines = append(in.Lines, "# "+text)
		s.Comment("  " + text)
	}
	if say == "terraform.put" {
		s.Comment("}")
		s.insides = append(s.insides, in)
		return
	}
	if module, _, nested := strings.Cut(strings.TrimPrefix(address, "module."), "."); nested && strings.HasPrefix(address, "module.") && strings.Contains(strings.Join(lines, "\n"), " aws_") {
		text := s.Words.Say("terraform.module", locale.A("module", "module."+module))
		in.Lines = append(in.Lines, "# "+text)
		s.Comment("  " + text)
	}
	s.insides = append(s.insides, in)
}

// plainly writes what goes into a resource as it stands there.
func (s *Source) plainly(address string, lines, gone []string) {
	kind, label, _ := strings.Cut(address, ".")
	s.text.WriteString("resource \"" + kind + "\" \"" + label + "\" {\n  # " + s.Words.Say("terraform.keep") + "\n")
	for _, l := range lines {
		s.text.WriteString(l + "\n")
	}
	for _, name := range gone {
		s.text.WriteString("  # " + s.Words.Say("terraform.takeOut", locale.A("argument", name)) + "\n")
	}
	s.text.WriteString("}\n")
}
