package terraform

import (
	"bytes"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// ofRoom writes what changes of a thing by the room of its type. A resource that is
// nothing but what the plan knows is written as it is; of any other the arguments
// that change are shown in a comment, for whatever a resource leaves out the provider
// would reset.
func ofRoom(s *Source, m *part.Merged) error {
	e := catalog.Find(m.Thing.Type)
	d, err := part.Declare(e, room.Terraform, m.Changes)
	if err != nil {
		return err
	}
	if len(d.Lacks) > 0 {
		s.Comment(s.Words.Say("terraform.lacks", locale.A("properties", s.Words.Properties(d.Lacks))))
	}
	names := e.Room.Names(s.scope, m.Thing.ARN)
	whole := m.Make || !d.Keyed && len(d.Gone) == 0 && part.Whole(e, m.Changes, m.With)
	main := room.Tree{}
	if m.Make {
		s.Address[m] = e.Room.TF[0] + "." + s.Label(e.Room.TF[0], part.Called(m.Thing))
	}
	for _, name := range sorted(d.Values) {
		beside, is := d.Values[name].([]any)
		if !is || !strings.HasPrefix(name, "aws_") {
			main[name] = d.Values[name]
			continue
		}
		for _, values := range beside {
			values, _ := values.(room.Tree)
			s.piece(m, e, name, values, names, whole)
		}
	}
	if len(main) > 0 || len(d.Gone) > 0 {
		s.piece(m, e, e.Room.TF[0], main, names, m.Make || whole && e.Room.Setting)
	}
	return nil
}

// piece writes what one resource has of the changes.
func (s *Source) piece(m *part.Merged, e *catalog.Entry, kind string, values room.Tree, names map[string]string, whole bool) {
	address := s.Owner(m, m.Changes)
	has := address != ""
	if !has && !whole {
		address = kind + "." + s.Label(kind, part.Called(m.Thing))
	}
	if !whole || has {
		b := &Block{}
		s.body(b, values)
		var text bytes.Buffer
		b.write(&text, "")
		lines := strings.Split(strings.TrimSpace(text.String()), "\n")
		s.insideLines(m, address, has, lines[1:len(lines)-1], s.gone(m))
		return
	}
	if m.Make && kind == e.Room.TF[0] {
		b := Open(s.Address[m])
		s.body(b, values)
		s.Close(b, m, s.Address[m], "")
		return
	}
	b := Open(kind + "." + s.Label(kind, part.Called(m.Thing)))
	declared := e.Room.Declared[kind]
	for _, arguments := range []map[string]string{declared.Only, declared.Whose} {
		for _, argument := range sorted(arguments) {
			if _, changes := values[argument]; changes {
				continue
			}
			text, _ := room.Expand(arguments[argument], func(path string) string { return names[path] })
			b.Set(argument, Quoted(text))
			values = room.With(values, argument, nil) // it says the same
			delete(values, argument)
		}
	}
	s.body(b, values)
	if m.Make {
		b.Set("depends_on", "["+s.Address[m]+"]")
	}
	b.write(&s.text, "")
}

// gone lists what is to be taken out, by the names of Terraform.
func (s *Source) gone(m *part.Merged) []string {
	e := catalog.Find(m.Thing.Type)
	var names []string
	for _, c := range m.Changes {
		if plan.Normal(c.Will) != nil {
			continue
		}
		var path []string
		properties, key := e.Room.Properties, ""
		for _, step := range room.Steps(c.Property) {
			p := room.Find(properties, step.Name)
			if p == nil {
				break
			}
			if at := p.Path(room.Terraform); at != room.Here {
				path = append(path, at)
			}
			if o := e.Service.Object(p.Of); o != nil {
				properties = o.Properties
			}
			key = step.Key
		}
		name := strings.Join(path, ".")
		if key != "" {
			name += " (" + key + ")"
		}
		names = append(names, name)
	}
	return names
}

// body writes values: arguments first, then blocks. What the provider has as yes or
// no, AWS may have as a word, for which the room has these texts.
func (s *Source) body(b *Block, values room.Tree) {
	var blocks []string
	for _, name := range sorted(values) {
		v := values[name]
		if list, is := v.([]any); is && len(list) > 0 {
			if _, nested := list[0].(room.Tree); nested {
				blocks = append(blocks, name)
				continue
			}
		}
		if v == "true" || v == "false" {
			v = v == "true"
		}
		if text, err := s.Value(v); err == nil {
			b.Set(name, text)
		}
	}
	for _, name := range blocks {
		list, _ := values[name].([]any)
		for _, item := range list {
			inner := &Block{Head: name}
			item, _ := item.(room.Tree)
			s.body(inner, item)
			b.Items = append(b.Items, inner)
		}
	}
}

func scopeOf(p *plan.Plan) resource.Scope {
	return resource.Scope{Partition: p.Partition, Account: p.Account, Region: p.Region}
}
