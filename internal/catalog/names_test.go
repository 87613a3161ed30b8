package catalog_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/room"
)

// seen is a shape whose members a resource's tree has below a path.
type seen struct {
	below string
	shape *protocol.Shape
}

// TestNames holds what rooms say of AWS's API to the service models: operations,
// members of inputs, paths in answers. A name that is wrong would read as absent.
func TestNames(t *testing.T) {
	for _, s := range catalog.Services() {
		for i := range s.Rooms {
			r := &s.Rooms[i]
			t.Run(string(r.Type), func(t *testing.T) { checkRoom(t, s, r) })
		}
	}
}

func checkRoom(t *testing.T, s *room.Service, r *room.Room) {
	var tree []seen
	reads := append([]room.Read{r.Finds}, r.Each...)
	reads = append(reads, r.Alone...)
	if r.Finds.If != nil {
		checkRead(t, s, r.Finds.If)
	}
	for i := range reads {
		read := &reads[i]
		shape := checkRead(t, s, read)
		if shape != nil && read.Split == nil {
			tree = append(tree, seen{read.Into, shape})
		}
	}
	if r.Finds.Split == nil {
		var told []room.Property // by answers; the others are parts of the ARN
		for _, p := range r.Properties {
			if gathered(r, p.Name) {
				continue
			}
			if path := p.Path(room.Answer); path != r.Finds.As && path != r.Finds.Tail && !strings.Contains(r.ARN, "{"+path+"}") {
				told = append(told, p)
			}
		}
		checkProperties(t, s, told, tree)
	}
	for i := range r.Writes {
		w := &r.Writes[i]
		in, _ := operation(t, s, w.Call)
		checkInput(t, w.Call, in, w.In)
		for _, name := range w.Sets {
			checkProperty(t, s, r, name)
		}
	}
}

// gathered tells whether a property is told by a read that makes its own trees.
func gathered(r *room.Room, property string) bool {
	return slices.ContainsFunc(r.Each, func(read room.Read) bool { return read.Gather != nil && slices.Contains(read.For, property) })
}

func operation(t *testing.T, s *room.Service, call string) (in, out *protocol.Shape) {
	service, name := s.Operation(call)
	o, err := wire.Operation(service, name)
	if err != nil {
		t.Error(err)
		return nil, nil
	}
	if o.In != nil {
		in = o.In.Shape
	}
	if o.Out != nil {
		out = o.Out.Shape
	}
	return in, out
}

// checkRead returns the shape of what the read says of a resource.
func checkRead(t *testing.T, s *room.Service, r *room.Read) *protocol.Shape {
	in, out := operation(t, s, r.Call)
	checkInput(t, r.Call, in, r.In)
	if r.Expect != "" && at(out, r.Expect) == nil {
		t.Errorf("%s: an answer has no %s", r.Call, r.Expect)
	}
	for _, call := range r.Uses {
		operation(t, s, call)
	}
	if r.Gather != nil {
		return nil // its own trees
	}
	shape := out
	paths := []string{r.Items, r.Take}
	if r.Items != "" && r.Into != "" {
		paths = paths[:1] // a listing is taken whole
	}
	for _, path := range paths {
		if path == "" {
			continue
		}
		if shape = at(shape, path); shape == nil {
			t.Errorf("%s: an answer has no %s", r.Call, path)
			return nil
		}
	}
	if r.Items != "" && r.Into == "" && shape.Kind == protocol.List {
		shape = shape.Item.Shape
	}
	if r.As != "" {
		return nil // plain values
	}
	return shape
}

func checkInput(t *testing.T, call string, shape *protocol.Shape, in any) {
	switch in := in.(type) {
	case room.Tree:
		for name, v := range in {
			name = strings.TrimSuffix(name, "?")
			var below *protocol.Shape
			switch {
			case shape == nil:
			case shape.Kind == protocol.Map:
				below = shape.Value.Shape
			default:
				below = exact(shape, name)
			}
			if below == nil {
				t.Errorf("%s takes no %s", call, name)
				continue
			}
			checkInput(t, call, below, v)
		}
	case []any:
		for _, v := range in {
			checkInput(t, call, shape.Item.Shape, v)
		}
	}
}

// exact is a member by its very name.
func exact(shape *protocol.Shape, name string) *protocol.Shape {
	for _, m := range shape.Members {
		if m.Name == name {
			return m.Shape
		}
	}
	return nil
}

// selector chooses elements of a list, or all.
var selector = regexp.MustCompile(`\[[^]]*\]`)

// at follows a path as trees do.
func at(shape *protocol.Shape, path string) *protocol.Shape {
	path = selector.ReplaceAllString(path, "")
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
		for shape != nil && shape.Kind == protocol.List {
			shape = shape.Item.Shape
		}
		if shape == nil {
			return nil
		}
		if shape.Kind == protocol.Map {
			shape = shape.Value.Shape
			continue
		}
		var found *protocol.Shape
		for _, m := range shape.Members {
			if strings.EqualFold(m.Name, step) {
				found = m.Shape
			}
		}
		shape = found
	}
	return shape
}

func checkProperties(t *testing.T, s *room.Service, properties []room.Property, tree []seen) {
	for i := range properties {
		p := &properties[i]
		if p.Path(room.Answer) == room.None {
			continue
		}
		shape := find(tree, p.Path(room.Answer))
		if shape == nil {
			t.Errorf("no answer has %s (%s)", p.Name, p.Path(room.Answer))
			continue
		}
		if want := kinds(p.Kind); !strings.Contains(want, fmt.Sprintf("|%d|", shape.Kind)) && p.Words == nil {
			t.Errorf("%s is a %s here, and of kind %d in the model", p.Name, p.Kind, shape.Kind)
		}
		object := s.Object(p.Of)
		if object == nil {
			continue
		}
		inner := object.Properties
		switch {
		case p.Kind == room.List:
			shape = shape.Item.Shape
		case p.Kind == room.Map:
			shape, inner = shape.Value.Shape, inner[1:]
		}
		for _, x := range inner {
			if x.Name == "RouteKey" || p.Kind == room.One && object.Key == x.Name { // the key of those in a map, or a list
				continue
			}
			checkProperties(t, s, []room.Property{x}, []seen{{"", shape}})
		}
	}
}

// kinds are the kinds of shapes that a kind of property is read from; texts stand
// for much in maps of attributes.
func kinds(k room.Kind) string {
	switch k {
	case room.Bool:
		return fmt.Sprintf("|%d||%d|", protocol.Bool, protocol.String)
	case room.Int:
		return fmt.Sprintf("|%d||%d|", protocol.Long, protocol.String)
	case room.Float:
		return fmt.Sprintf("|%d||%d|", protocol.Double, protocol.Long)
	case room.Time:
		return fmt.Sprintf("|%d|", protocol.Timestamp)
	case room.Strings, room.List:
		return fmt.Sprintf("|%d|", protocol.List)
	case room.Map:
		return fmt.Sprintf("|%d|", protocol.Map)
	case room.Tags:
		return fmt.Sprintf("|%d||%d|", protocol.Map, protocol.List)
	case room.One:
		return fmt.Sprintf("|%d|", protocol.Structure)
	}
	return fmt.Sprintf("|%d|", protocol.String)
}

func find(tree []seen, path string) *protocol.Shape {
	for _, s := range tree {
		rest := path
		if s.below != "" {
			if path == s.below {
				return s.shape
			}
			var ok bool
			if rest, ok = strings.CutPrefix(path, s.below+"."); !ok {
				continue
			}
		}
		if shape := at(s.shape, rest); shape != nil {
			return shape
		}
	}
	return nil
}

// checkProperty holds what a write sets to the room's own properties.
func checkProperty(t *testing.T, s *room.Service, r *room.Room, name string) {
	properties := r.Properties
	for _, step := range room.Steps(name) {
		p := room.Find(properties, step.Name)
		if p == nil {
			t.Errorf("a write sets %s, which the room does not have", name)
			return
		}
		if o := s.Object(p.Of); o != nil {
			properties = o.Properties
		}
	}
}
