package terraform

import (
	"slices"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// Argument is an argument of a resource for a property.
type Argument struct{ Property, Name string }

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
