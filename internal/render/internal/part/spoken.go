package part

import (
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Spoken is what people call elements of lists and maps in some steps, where their
// room has a label for their keys. Where two keys of one thing have one label, each
// has its key beside it.
type Spoken struct {
	elements map[string]string // by the name up to the element: `MethodSettings["*/*"]`
	shared   map[string]bool   // labels that do not tell which element is meant
}

// Speak gathers what the elements that some steps are about are called.
func Speak(steps ...plan.Step) Spoken {
	s, keys := Spoken{map[string]string{}, map[string]bool{}}, map[[2]string]string{} // keys by thing and label
	for i := range steps {
		step := &steps[i]
		for _, list := range [][]plan.Change{step.Changes, step.With} {
			for i := range list {
				name, key, _, ok := Element(list[i].Property)
				label := labels(step.Thing.Type, name)
				if !ok || label == nil {
					continue
				}
				text := label(key)
				at := [2]string{step.Thing.ARN, text}
				if first, named := keys[at]; named && first != key {
					s.shared[text] = true
				}
				keys[at] = key
				s.elements[name+"["+strconv.Quote(key)+"]"] = text
			}
		}
	}
	return s
}

// labels is what a type's room has to name the elements of a property, or nil.
func labels(t resource.Type, name string) func(key string) string {
	e := catalog.Find(t)
	if e == nil {
		return nil
	}
	p := room.Find(e.Room.Properties, name)
	if p == nil || e.Service.Object(p.Of) == nil {
		return nil
	}
	return e.Service.Object(p.Of).Label
}

// Element splits `MethodSettings["~1orders/GET"].CachingEnabled`.
func Element(property string) (name, key, field string, ok bool) {
	name, rest, ok := strings.Cut(property, "[")
	if !ok {
		return "", "", "", false
	}
	quoted, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return "", "", "", false
	}
	field, ok = strings.CutPrefix(rest[len(quoted):], "].")
	if !ok {
		return "", "", "", false
	}
	key, err = strconv.Unquote(quoted)
	return name, key, field, err == nil
}

// Property is what people call a property.
func (s Spoken) Property(property string) string {
	name, key, field, ok := Element(property)
	label, named := s.elements[name+"["+strconv.Quote(key)+"]"]
	if !ok || !named {
		return property
	}
	return s.Label(label, key) + " " + field
}

// Label is the label of an element, with its key where another has the same.
func (s Spoken) Label(label, key string) string {
	if s.shared[label] {
		return label + " [" + key + "]"
	}
	return label
}
