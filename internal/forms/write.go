package forms

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/room"
)

// Write is what a form has of a resource with these properties, by their names as
// the room has them, in the shape that [Read] takes. What the form has no place
// for is left out. [room.Unknown] stays.
func Write(e *catalog.Entry, form room.Form, properties room.Tree) (room.Tree, error) {
	w := writer{e.Service, form}
	tree, err := w.object(room.Tree{}, e.Room.Properties, properties)
	if shape := e.Room.Shapes[form]; shape.Write != nil && err == nil {
		tree = shape.Write(tree)
	}
	return tree, err
}

type writer struct {
	service *room.Service
	form    room.Form
}

func (w writer) object(into room.Tree, properties []room.Property, values room.Tree) (room.Tree, error) {
	for name := range values {
		if room.Find(properties, name) == nil {
			return nil, fmt.Errorf("there is no property %s", name)
		}
	}
	for i := range properties {
		p := &properties[i]
		v, there := values[p.Name]
		path := p.Path(w.form)
		if !there || path == room.None {
			continue
		}
		if path == room.Here {
			inner, _ := v.(room.Tree)
			if _, unknown := v.(room.Unknown); unknown {
				inner = all(w.service.Object(p.Of).Properties, v)
			}
			var err error
			if into, err = w.object(into, w.service.Object(p.Of).Properties, inner); err != nil {
				return nil, err
			}
			continue
		}
		raw, err := w.value(p, v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		into = w.put(into, path, raw)
	}
	return into, nil
}

// all gives every property the same value.
func all(properties []room.Property, v any) room.Tree {
	out := room.Tree{}
	for _, p := range properties {
		out[p.Name] = v
	}
	return out
}

// value is a value in the way in which the form writes it.
func (w writer) value(p *room.Property, v any) (any, error) {
	if _, unknown := v.(room.Unknown); unknown || v == nil {
		return v, nil
	}
	switch p.Kind {
	case room.One:
		inner, ok := v.(room.Tree)
		if !ok {
			return nil, fmt.Errorf("%v is no object", v)
		}
		out, err := w.object(room.Tree{}, w.service.Object(p.Of).Properties, inner)
		if w.form == room.Terraform {
			return []any{out}, err // a block
		}
		return out, err
	case room.List, room.Map:
		return w.list(p, v)
	}
	return w.word(p, v), nil
}

func (w writer) list(p *room.Property, v any) (any, error) {
	items, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%v is no list", v)
	}
	properties := w.service.Object(p.Of).Properties
	list, byKey := make([]any, len(items)), room.Tree{}
	for i, item := range items {
		inner, ok := item.(room.Tree)
		if !ok {
			return nil, fmt.Errorf("%v is no object", item)
		}
		out, err := w.object(room.Tree{}, properties, inner)
		if err != nil {
			return nil, err
		}
		list[i] = out
		byKey[room.TextOf(inner, properties[0].Name)] = out
	}
	if p.Kind == room.Map && w.form == room.Answer {
		return byKey, nil
	}
	return list, nil
}

// word is the word that AWS has for a value. Those for yes and no are AWS's own;
// those for texts are of a form that writes them otherwise.
func (w writer) word(p *room.Property, v any) any {
	live := w.form == room.Answer || w.form == room.Item
	if live != (p.Kind == room.Bool) || w.form == room.Template {
		return v
	}
	var words []string
	for word, means := range p.Words {
		if means == v {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return v
	}
	slices.Sort(words)
	return words[0]
}

// put sets what a path leads to, and makes what lies on the way: objects, which
// Terraform has as blocks, and elements of lists that go by a key.
func (w writer) put(into room.Tree, path string, v any) room.Tree {
	name, rest, keyed := path, "", false
	if i := strings.IndexAny(path, ".["); i >= 0 {
		name, rest, keyed = path[:i], path[i:], path[i] == '['
	}
	switch {
	case rest == "":
		return room.With(into, name, v)
	case keyed:
		selector, rest, _ := strings.Cut(rest[1:], "]")
		key, is, _ := strings.Cut(selector, "=")
		list, _ := into[name].([]any)
		element := room.Tree{key: is}
		if rest = strings.TrimPrefix(rest, "."); rest != "" {
			element = w.put(element, rest, v)
		}
		return room.With(into, name, append(slices.Clone(list), any(element)))
	}
	inner, _ := into[name].(room.Tree)
	if w.form != room.Terraform {
		return room.With(into, name, w.put(inner, rest[1:], v))
	}
	if list, _ := into[name].([]any); len(list) == 1 {
		inner, _ = list[0].(room.Tree)
	}
	return room.With(into, name, []any{w.put(inner, rest[1:], v)})
}
