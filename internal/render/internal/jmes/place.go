// Package jmes writes in JMESPath, which the AWS CLI takes as --query, where the
// answers that a room names have its properties, whether they are as they should
// be, and what they would be with a change.
package jmes

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/room"
)

// Literal writes a value as a JMESPath literal, fit for the medium around it.
type Literal func(v any) string

// Place is where an answer has something; Path is "" for the answer itself.
type Place struct {
	Path  string
	Shape *protocol.Shape
}

// Read is a read with what it answers about one thing.
type Read struct {
	*room.Read
	Service, Operation string
	entry              *catalog.Entry
	literal            Literal
	root               Place
}

// New follows a read to what it says of one thing. ok is false for one that no
// single call can make.
func New(e *catalog.Entry, r *room.Read, literal Literal) (*Read, bool) {
	service, name := e.Service.Operation(r.Call)
	o, err := wire.Operation(service, name)
	if err != nil || o.Out == nil || r.Gather != nil || r.As != "" {
		return nil, false
	}
	read := &Read{Read: r, Service: service, Operation: name, entry: e, literal: literal, root: Place{Shape: o.Out.Shape}}
	path := r.Take
	switch {
	case r.Items != "" && r.Into != "": // a listing is taken whole
		path = r.Items
	case r.Items != "":
		path = strings.ReplaceAll(strings.TrimSuffix(r.Items, "[]"), "[]", "[0]") + "[0]"
	}
	var ok bool
	read.root, ok = read.follow(read.root, path)
	return read, ok
}

// Of lists the reads that describe one thing, in the order in which they are made.
func Of(e *catalog.Entry, literal Literal) []*Read {
	var reads []*Read
	add := func(list ...room.Read) {
		for i := range list {
			if r, ok := New(e, &list[i], literal); ok {
				reads = append(reads, r)
			}
		}
	}
	if e.Room.Setting {
		add(e.Room.Finds)
	}
	add(e.Room.Alone...)
	add(e.Room.Each...)
	return reads
}

// Find is where the answer has what the tree of a thing has by a path.
func (r *Read) Find(path string) (Place, bool) {
	if r.Into == "" {
		return r.follow(r.root, path)
	}
	if len(path) < len(r.Into) || !strings.EqualFold(path[:len(r.Into)], r.Into) {
		return Place{}, false
	}
	return r.follow(r.root, strings.TrimPrefix(path[len(r.Into):], "."))
}

var step = regexp.MustCompile(`^(\[[^]]*\]|[^.\[]+)\.?`)

// follow goes on along a path, whose names go in any case.
func (r *Read) follow(p Place, path string) (Place, bool) {
	for path != "" {
		m := step.FindStringSubmatch(path)
		if m == nil {
			return Place{}, false
		}
		path = path[len(m[0]):]
		var ok bool
		if p, ok = r.into(p, m[1]); !ok {
			return Place{}, false
		}
	}
	return p, true
}

func (r *Read) into(p Place, name string) (Place, bool) {
	if selector, ok := strings.CutPrefix(name, "["); ok {
		if p.Shape.Kind != protocol.List {
			return Place{}, false
		}
		key, value, keyed := strings.Cut(strings.TrimSuffix(selector, "]"), "=")
		if !keyed {
			return Place{p.Path + name, p.Shape.Item.Shape}, true
		}
		return r.element(p, key, value), true
	}
	switch p.Shape.Kind {
	case protocol.Map:
		return Place{join(p.Path, quoted(name)), p.Shape.Value.Shape}, true
	case protocol.Structure:
		for _, m := range p.Shape.Members {
			if strings.EqualFold(m.Name, name) {
				return Place{join(p.Path, quoted(m.Name)), m.Shape}, true
			}
		}
	}
	return Place{}, false
}

// element is the one of a list whose key has a value.
func (r *Read) element(list Place, key string, value any) Place {
	return Place{"(" + list.Path + "[?" + r.key(list, key, value) + "] | [0])", list.Shape.Item.Shape}
}

// key is the condition by which elements of a list are told apart.
func (r *Read) key(list Place, key string, value any) string {
	at, _ := r.into(Place{Shape: list.Shape.Item.Shape}, key)
	if text, ok := value.(string); ok && at.Shape != nil && at.Shape.Kind == protocol.Long {
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			value = n
		}
	}
	return at.Path + " == " + r.literal(value)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

var bare = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// quoted is a name as JMESPath takes it. Names in rooms are ASCII without quotes.
func quoted(name string) string {
	if bare.MatchString(name) {
		return name
	}
	return strconv.Quote(name)
}

// Property is where the answer has a property, and which that is.
func (r *Read) Property(name string) (Place, *room.Property, bool) {
	place, properties := Place{}, r.entry.Room.Properties
	var p *room.Property
	for i, s := range room.Steps(name) {
		p = room.Find(properties, s.Name)
		if p == nil || p.Path(room.Answer) == room.None {
			return Place{}, nil, false
		}
		var ok bool
		if i == 0 {
			place, ok = r.Find(p.Path(room.Answer))
		} else {
			place, ok = r.follow(place, p.Path(room.Answer))
		}
		if !ok {
			return Place{}, nil, false
		}
		object := r.entry.Service.Object(p.Of)
		if object != nil {
			properties = object.Properties
		}
		if !s.Keyed {
			continue
		}
		if object == nil {
			return Place{}, nil, false
		}
		if place, ok = r.keyed(place, object, s.Key); !ok {
			return Place{}, nil, false
		}
	}
	return place, p, p != nil
}

// keyed is an element of a list or map by its key.
func (r *Read) keyed(p Place, of *room.Object, key string) (Place, bool) {
	if p.Shape.Kind == protocol.Map {
		// A literal of a text is the text as JSON, as is a name in quotes.
		return Place{join(p.Path, strings.Trim(r.literal(key), "`")), p.Shape.Value.Shape}, true
	}
	by := room.Find(of.Properties, of.Key)
	if p.Shape.Kind != protocol.List || by == nil {
		return Place{}, false
	}
	if _, ok := r.into(Place{Shape: p.Shape.Item.Shape}, by.Path(room.Answer)); !ok {
		return Place{}, false
	}
	return r.element(p, by.Path(room.Answer), key), true
}

// Serves tells whether the read is the one that tells of a property: others may
// have it, but not whole.
func (r *Read) Serves(property string) bool {
	name := room.Steps(property)[0].Name
	for i := range r.entry.Room.Each {
		for _, served := range r.entry.Room.Each[i].For {
			if served == name {
				return r.Read == &r.entry.Room.Each[i]
			}
		}
	}
	return r.For == nil
}

// Is makes the condition that a property has a value.
func (r *Read) Is(p Place, property *room.Property, v any) string {
	if list, ok := v.([]any); ok {
		list = slices.Clone(list)
		slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		return "sort(" + p.Path + " || `[]`) == " + r.literal(list)
	}
	silence := property.Silence(room.Answer)
	if silence == room.Depends || silence == room.Empty {
		silence = nil
	}
	if n, ok := silence.(int); ok {
		silence = float64(n)
	}
	if word, isText := silence.(string); isText && property.Words == nil && (v == nil || v == silence) {
		return "(" + p.Path + " || " + r.literal(word) + ") == " + r.literal(word)
	}
	if property.Words == nil && (p.Shape.Kind == protocol.Bool && (v == false || v == nil) && silence == false ||
		p.Shape.Kind == protocol.String && (v == nil || v == "" && property.EmptyIsAbsent)) {
		return "!(" + p.Path + ")" // without the parentheses, ! would take the first name only
	}
	var choices []string
	for _, raw := range r.raw(p, property, v) {
		choices = append(choices, p.Path+" == "+r.literal(raw))
	}
	if v == nil || v == silence {
		choices = append(choices, p.Path+" == `null`")
	}
	if v == nil && property.EmptyIsAbsent {
		choices = append(choices, p.Path+" == "+r.literal(""), p.Path+" == `0`")
	}
	if len(choices) == 1 {
		return choices[0]
	}
	return "(" + strings.Join(choices, " || ") + ")"
}

// raw are the values by which an answer says that a property has one.
func (r *Read) raw(p Place, property *room.Property, v any) []any {
	if v == nil {
		return nil
	}
	var words []any
	if p.Shape.Kind == protocol.String {
		for _, word := range sortedKeys(property.Words) {
			if property.Words[word] == v {
				words = append(words, word)
			}
		}
		switch v.(type) {
		case bool, float64:
			if words == nil {
				return []any{fmt.Sprint(v)} // attributes are all texts
			}
			return words
		}
	}
	if text, ok := v.(string); ok && property.Trim != "" {
		return []any{text, text + property.Trim}
	}
	return append([]any{v}, words...)
}

// Value is what a property is, as calls take it, where the answer has it.
func (r *Read) Value(p Place, property *room.Property) string {
	if property.Kind == room.Bool && p.Shape.Kind == protocol.String {
		choices := []string{p.Path + " == " + r.literal("true")}
		if property.Words != nil {
			choices = nil
			for _, word := range sortedKeys(property.Words) {
				if property.Words[word] == true {
					choices = append(choices, p.Path+" == "+r.literal(word))
				}
			}
		}
		return "(" + strings.Join(choices, " || ") + ")"
	}
	return p.Path
}

// Set is the condition that the answer has a property.
func (r *Read) Set(p Place, property *room.Property) string {
	set := p.Path + " != `null`"
	if property.EmptyIsAbsent {
		set = "(" + set + " && " + p.Path + " != `0` && " + p.Path + " != " + r.literal("") + ")"
	}
	return set
}
