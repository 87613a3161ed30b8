package part

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/forms"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
)

// Declared is what a form that declares things says of what a step changes.
type Declared struct {
	Values room.Tree // in the form's own names
	Gone   []string  // the properties that are taken out
	Lacks  []string  // those that the form has no place for
	Keyed  bool      // elements of a list change, whose others stay
}

// Declare writes changes of a thing of a room in a form.
func Declare(e *catalog.Entry, form room.Form, changes []plan.Change) (Declared, error) {
	var d Declared
	tree := room.Tree{}
	for _, c := range changes {
		will := plan.Normal(c.Will)
		switch {
		case !forms.Has(e, form) || !holds(e, form, c.Property):
			d.Lacks = append(d.Lacks, c.Property)
			continue
		case will == nil:
			d.Gone = append(d.Gone, c.Property)
			d.Keyed = d.Keyed || strings.Contains(c.Property, "[")
			continue
		}
		d.Keyed = d.Keyed || strings.Contains(c.Property, "[")
		tree = put(e, e.Room.Properties, tree, room.Steps(c.Property), will)
	}
	var err error
	d.Values, err = forms.Write(e, form, tree)
	return d, err
}

// holds tells whether a form has a place for a property and all that it lies in.
func holds(e *catalog.Entry, form room.Form, name string) bool {
	properties := e.Room.Properties
	for _, step := range room.Steps(name) {
		p := room.Find(properties, step.Name)
		if p == nil || p.Path(form) == room.None {
			return false
		}
		if o := e.Service.Object(p.Of); o != nil {
			properties = o.Properties
		}
	}
	return true
}

// put sets a property in a tree by the room's own names, where elements of lists go
// by their key.
func put(e *catalog.Entry, properties []room.Property, tree room.Tree, steps []room.Step, v any) room.Tree {
	step, p := steps[0], room.Find(properties, steps[0].Name)
	if len(steps) == 1 && !step.Keyed {
		return room.With(tree, step.Name, room.Native(p, v))
	}
	object := e.Service.Object(p.Of)
	if !step.Keyed {
		inner, _ := tree[step.Name].(room.Tree)
		return room.With(tree, step.Name, put(e, object.Properties, inner, steps[1:], v))
	}
	list, _ := tree[step.Name].([]any)
	list = slices.Clone(list)
	at := slices.IndexFunc(list, func(item any) bool { return room.TextOf(item, object.Key) == step.Key })
	if at < 0 {
		at, list = len(list), append(list, room.Tree{object.Key: step.Key})
	}
	element, _ := list[at].(room.Tree)
	if whole, is := v.(room.Tree); is && len(steps) == 1 {
		element = named(e, object, whole)
	} else if len(steps) > 1 {
		element = put(e, object.Properties, element, steps[1:], v)
	}
	list[at] = element
	return room.With(tree, step.Name, list)
}

// named gives an element, as answers have it, the names of the room.
func named(e *catalog.Entry, object *room.Object, answer room.Tree) room.Tree {
	out := room.Tree{}
	for i := range object.Properties {
		p := &object.Properties[i]
		v, ok := room.Get(answer, p.Path(room.Answer))
		if !ok {
			continue
		}
		below := e.Service.Object(p.Of)
		switch v := v.(type) {
		case room.Tree:
			if below != nil {
				out[p.Name] = named(e, below, v)
				continue
			}
		case []any:
			if below != nil {
				list := make([]any, len(v))
				for i := range v {
					item, _ := v[i].(room.Tree)
					list[i] = named(e, below, item)
				}
				out[p.Name] = list
				continue
			}
		}
		out[p.Name] = v
	}
	return out
}

// Whole tells whether changes, with what goes along, have all that AWS takes
// together with them: only then a declaration of them alone loses nothing.
func Whole(e *catalog.Entry, changes, with []plan.Change) bool {
	for i := range e.Room.Writes {
		w := &e.Room.Writes[i]
		if !w.Whole || !slices.ContainsFunc(changes, func(c plan.Change) bool { return w.Gives(c.Property, plan.Normal(c.Will)) }) {
			continue
		}
		for _, name := range w.Sets {
			known := func(c plan.Change) bool { return c.Property == name }
			if !slices.ContainsFunc(changes, known) && !slices.ContainsFunc(with, known) {
				return false
			}
		}
	}
	return true
}
