package jmes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/room"
)

// change is what becomes of a part of an answer: a value, or changes below it.
type change struct {
	value any
	set   bool
	fresh bool // an element that is not there yet
	below map[string]*change
	// elements of a list, by the member that names them
	by       string
	elements map[string]*change
}

// nothing is the path of what is made anew.
const nothing = "`{}`"

func (c *change) child(name string) *change {
	if c.below == nil {
		c.below = map[string]*change{}
	}
	for known := range c.below {
		if strings.EqualFold(known, name) {
			name = known
		}
	}
	if c.below[name] == nil {
		c.below[name] = &change{}
	}
	return c.below[name]
}

// Edited is the part of an answer by a path with changes in it: was and will have
// the values, by property.
func (r *Read) Edited(path string, was, will map[string]any) (string, error) {
	root := &change{}
	for _, name := range sortedKeys(will) {
		if err := r.plan(root, name, was[name], will[name]); err != nil {
			return "", err
		}
	}
	at := root
	for name := range strings.SplitSeq(path, ".") {
		at = at.child(name)
	}
	place, ok := r.Find(path)
	if !ok {
		return "", fmt.Errorf("no answer has %s", path)
	}
	return r.edited(place, at)
}

// plan notes the change of one property by the names of answers.
func (r *Read) plan(at *change, name string, was, will any) error {
	properties := r.entry.Room.Properties
	for _, s := range room.Steps(name) {
		p := room.Find(properties, s.Name)
		if p == nil || p.Path(room.Answer) == room.None || strings.Contains(p.Path(room.Answer), "[") {
			return fmt.Errorf("%s cannot be edited", name)
		}
		for step := range strings.SplitSeq(p.Path(room.Answer), ".") {
			at = at.child(step)
		}
		object := r.entry.Service.Object(p.Of)
		if object != nil {
			properties = object.Properties
		}
		at.value = room.Native(p, will)
		if !s.Keyed {
			continue
		}
		at.value = nil
		by := room.Find(object.Properties, object.Key)
		if by == nil {
			return fmt.Errorf("%s cannot be edited", name)
		}
		if at.elements == nil {
			at.by, at.elements = by.Path(room.Answer), map[string]*change{}
		}
		if at.elements[s.Key] == nil {
			at.elements[s.Key] = &change{fresh: true}
		}
		at = at.elements[s.Key]
		at.fresh = at.fresh && was == nil
		at.value = will
	}
	at.set = true
	return nil
}

// edited writes what a place would be.
func (r *Read) edited(p Place, c *change) (string, error) {
	switch {
	case c.set && c.value == nil:
		return "", fmt.Errorf("%s cannot be taken away", p.Path)
	case c.set:
		return r.literal(c.value), nil
	case c.elements != nil && p.Shape.Kind == protocol.List:
		return r.editedList(p, c)
	case len(c.below) == 0:
		return p.Path, nil
	}
	var fields []string
	for _, name := range slices.Sorted(maps.Keys(c.below)) {
		below, ok := r.into(p, name)
		if p.Path == nothing {
			below.Path = nothing
		}
		if !ok {
			return "", fmt.Errorf("no answer has %s below %s", name, p.Path)
		}
		text, err := r.edited(below, c.below[name])
		if err != nil {
			return "", err
		}
		member, _ := r.into(Place{Shape: p.Shape}, name)
		fields = append(fields, member.Path+": "+text)
	}
	base := p.Path
	switch base {
	case nothing:
		return "{" + strings.Join(fields, ", ") + "}", nil
	case "@":
	default:
		base += " || `{}`"
	}
	return "merge(" + base + ", {" + strings.Join(fields, ", ") + "})", nil
}

// editedList keeps the order of a list; what is new comes last.
func (r *Read) editedList(p Place, c *change) (string, error) {
	list := p.Path
	for _, key := range slices.Sorted(maps.Keys(c.elements)) {
		element, is := c.elements[key], r.key(p, c.by, key)
		switch {
		case element.set && element.value == nil:
			list = "(" + list + ")[?!(" + is + ")]"
		case element.set && element.fresh:
			list = "[" + list + " || `[]`, [" + r.literal(element.value) + "]][]"
		case element.fresh:
			name, _ := r.into(Place{Shape: p.Shape.Item.Shape}, c.by)
			element.child(c.by).set, element.child(c.by).value = true, key
			text, err := r.edited(Place{nothing, p.Shape.Item.Shape}, element)
			if err != nil || name.Path == "" {
				return "", err
			}
			list = "[" + list + " || `[]`, [" + text + "]][]"
		default:
			text, err := r.edited(Place{"@", p.Shape.Item.Shape}, element)
			if err != nil {
				return "", err
			}
			list = "map(&((" + is + " && " + text + ") || @), " + list + ")"
		}
	}
	return list, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
