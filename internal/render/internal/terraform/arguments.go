package terraform

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Argument is an argument of a resource for a property.
type Argument struct{ Property, Name string }

// Arguments are those for properties of a type, by its room; of an object's or an
// element's properties, in is the way to it: "TlsConfig.", `MethodSettings["*"].`.
func Arguments(t resource.Type, in string, properties ...string) []Argument {
	e := catalog.Find(t)
	list := make([]Argument, len(properties))
	for i, property := range properties {
		list[i].Property = property
		if p := e.Service.Leaf(e.Room, in+property); p != nil {
			path := p.Path(room.Terraform)
			list[i].Name = path[strings.LastIndexByte(path, '.')+1:]
		}
	}
	return list
}

// Fill writes the changed arguments and returns the optional ones that are not
// written.
func (s *Source) Fill(b *Block, m *part.Merged, arguments []Argument, optional []string) ([]string, error) {
	rest := slices.Clone(optional)
	for _, a := range arguments {
		v, ok := part.Find(m.Changes, a.Property)
		if !ok {
			continue
		}
		rest = slices.DeleteFunc(rest, func(name string) bool { return name == a.Name })
		if v == nil {
			continue // left out, so that Terraform takes it away
		}
		text, err := s.Value(v)
		if err != nil {
			return nil, err
		}
		b.Set(a.Name, text)
	}
	return rest, nil
}

// Gone lists the arguments whose properties the plan takes away.
func Gone(m *part.Merged, arguments []Argument) (names []string) {
	for _, a := range arguments {
		if v, ok := part.Find(m.Changes, a.Property); ok && v == nil {
			names = append(names, a.Name)
		}
	}
	return names
}

// UnknownProperty is the error for a property that has no form here.
func UnknownProperty(name string) error {
	return locale.Errorf("render.error.unknownProperty", locale.A("property", name))
}
