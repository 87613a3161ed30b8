// Package terraform writes a plan as HCL for the AWS provider: a resource for
// each changed thing, and an import block for each that exists. What the plan
// does not know of a thing is left alone.
package terraform

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
)

// Provider is the version of hashicorp/aws that the resources are written for.
const Provider = "5.100.0"

// Source is a configuration in the making.
type Source struct {
	Words   *words.Words
	scope   resource.Scope
	outline bool // no plan is named, and what goes into a resource is no comment
	things  []*part.Merged
	Address map[*part.Merged]string // of its main resource
	kinds   Kinds
	labels  map[string]bool // those in use
	sets    map[*part.Merged]map[string]string
	insides []Inside
	text    bytes.Buffer
}

// Kind says how the things of one type are written.
type Kind struct {
	Resource string // Terraform's name of the main resource
	Write    func(*Source, *part.Merged) error
	Rooms    bool                                 // what the type's room can write is left to that
	Name     func(plan.Thing) string              // what labels are made of; nil: the thing's name
	Outputs  map[string]string                    // the attributes that are its outputs
	Parts    func(*Source, *part.Merged) []string // the addresses of what must be there with it; nil: its own
}

// Kinds are those of what rooms cannot say, by type.
type Kinds map[resource.Type]Kind

// Write writes the configuration.
func (k Kinds) Write(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	s := &Source{kinds: k}
	if err := s.make(p, w); err != nil {
		return err
	}
	head := append(w.Head(p), w.Say("terraform.use", locale.A("provider", Provider)))
	for _, line := range slices.Concat(head, w.Along(p), w.Managed(p, "terraform")) {
		b.WriteString("# " + line + "\n")
	}
	b.Write(s.text.Bytes())
	return nil
}

// make writes all resources.
func (s *Source) make(p *plan.Plan, w *words.Words) error {
	*s = Source{Words: w, kinds: s.kinds, outline: s.outline, scope: scopeOf(p), things: part.Merge(p.Steps), Address: map[*part.Merged]string{}, labels: map[string]bool{}, sets: map[*part.Merged]map[string]string{}}
	for _, m := range s.things {
		s.sets[m] = setters(p, m)
		k, ok := s.kinds[m.Thing.Type]
		switch {
		case s.ofRoom(m):
			continue
		case !ok:
			return part.Unwritten(w.Thing(m.Thing), m.Thing.Type)
		}
		name := m.Thing.Name
		if k.Name != nil {
			name = k.Name(m.Thing)
		}
		s.Address[m] = k.Resource + "." + s.Label(k.Resource, name)
	}
	for _, m := range s.things {
		if !s.outline {
			s.heading(m)
		}
		write := ofRoom
		if !s.ofRoom(m) {
			write = s.kinds[m.Thing.Type].Write
		}
		if err := write(s, m); err != nil {
			return err
		}
	}
	return nil
}

// ofRoom tells whether a thing is written by its type's room.
func (s *Source) ofRoom(m *part.Merged) bool {
	k, special := s.kinds[m.Thing.Type]
	return part.OfRoom(&m.Step) && (!special || k.Rooms)
}

func (s *Source) heading(m *part.Merged) {
	s.text.WriteString("\n")
	s.Comment(s.Words.Say("step", locale.A("step", m.IDs), locale.A("thing", s.Words.Thing(m.Thing))))
	for i := range m.Changes {
		s.Comment("  " + s.Words.Brief(&m.Changes[i]))
	}
}

// Outline writes what the changes are in Terraform, as one finds it in a
// configuration.
func (k Kinds) Outline(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	s := &Source{kinds: k, outline: true}
	if err := s.make(p, w); err != nil {
		return err
	}
	b.Write(s.text.Bytes())
	return nil
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Comment writes a line that is clean already: texts of words are.
func (s *Source) Comment(text string) { s.text.WriteString("# " + text + "\n") }

var notLabel = regexp.MustCompile(`[^A-Za-z0-9]+`)

// Word is a text as it may stand in a label.
func Word(text string) string { return strings.ToLower(notLabel.ReplaceAllString(text, "_")) }

// Label makes a label that no other resource of the type has.
func (s *Source) Label(resource, name string) string {
	label := strings.ToLower(strings.Trim(notLabel.ReplaceAllString(name, "_"), "_"))
	label = label[:min(len(label), 60)]
	if label == "" || unicode.IsDigit(rune(label[0])) {
		label = "r_" + label
	}
	free := label
	for i := 2; s.labels[resource+"."+free]; i++ {
		free = fmt.Sprintf("%s_%d", label, i)
	}
	s.labels[resource+"."+free] = true
	return free
}

// Open begins the block of a resource.
func Open(address string) *Block {
	kind, label, _ := strings.Cut(address, ".")
	return &Block{Head: fmt.Sprintf("resource %q %q", kind, label)}
}

// Close writes a resource and, where the thing exists, how to import it.
func (s *Source) Close(b *Block, m *part.Merged, address, id string, ignore ...string) {
	if after := s.after(m); len(after) > 0 {
		b.Set("depends_on", "["+strings.Join(after, ", ")+"]")
	}
	life := &Block{Head: "lifecycle"}
	if m.Make && (m.Data || m.Shared) {
		life.Set("prevent_destroy", "true")
	}
	if id != "" && len(ignore) > 0 {
		life.Set("ignore_changes", List(ignore))
	}
	if len(life.Items) > 0 {
		b.Items = append(b.Items, life)
	}
	b.write(&s.text, "")
	if id != "" {
		s.text.WriteString("\n")
		imported := &Block{Head: "import"}
		imported.Set("to", address)
		imported.Set("id", Quoted(id))
		imported.write(&s.text, "")
	}
}

// List writes names, each on a line where they are many.
func List(names []string) string {
	flat := strings.Join(names, ", ")
	if len(flat) < 60 {
		return "[" + flat + "]"
	}
	return "[\n  " + strings.Join(names, ",\n  ") + ",\n]"
}

// Missing says what the plan would have to know.
func (s *Source) Missing(property string) {
	s.Comment(s.Words.Say("terraform.missing", locale.A("property", property)))
}

// Value writes a value, and the attribute of another resource for an output.
func (s *Source) Value(v any) (string, error) {
	out, ok := part.Output(v)
	if !ok {
		return Literal(v), nil
	}
	maker := part.Made(s.things, out.Of)
	attribute := ""
	if maker != nil {
		attribute = s.kinds[maker.Thing.Type].Outputs[out.Name]
	}
	if attribute == "" {
		return "", locale.Errorf("render.error.noOutput", locale.A("output", out.Name), locale.A("step", out.Of))
	}
	return s.Address[maker] + "." + attribute, nil
}

// after lists the resources that come first without being referred to.
func (s *Source) after(m *part.Merged) []string {
	var addresses []string
	for _, id := range m.After {
		before := part.Made(s.things, id)
		if before == nil || before == m {
			continue
		}
		if parts := s.kinds[before.Thing.Type].Parts; parts != nil {
			addresses = append(addresses, parts(s, before)...)
		} else if !refers(m, before) {
			addresses = append(addresses, s.Address[before])
		}
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

func refers(m, to *part.Merged) bool {
	return slices.ContainsFunc(m.Changes, func(c plan.Change) bool {
		out, ok := part.Output(c.Will)
		return ok && out != remedy.Output{} && slices.Contains(to.IDs, out.Of)
	})
}

// Put writes a block.
func (s *Source) Put(b *Block) { b.write(&s.text, "") }

// Blank writes an empty line.
func (s *Source) Blank() { s.text.WriteString("\n") }
