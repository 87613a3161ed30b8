package part

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// OfRoom tells whether all that a step changes is what the room of its thing's type
// knows how to write.
func OfRoom(s *plan.Step) bool {
	e := catalog.Find(s.Thing.Type)
	if e == nil || s.Make && (e.Room.Make == nil || s.Thing.ARN == "") || len(s.Changes) == 0 {
		return false
	}
	return !slices.ContainsFunc(s.Changes, func(c plan.Change) bool {
		for i := range e.Room.Writes {
			if e.Room.Writes[i].Gives(c.Property, plan.Normal(c.Will)) {
				return false
			}
		}
		return !s.Make || len(e.Room.Make.Gives(map[string]any{c.Property: c.Will})) == 0
	})
}

// Unwritten is why a medium says nothing about a thing: it has no words for its type,
// or kumoban does not know it at all.
func Unwritten(thing string, t resource.Type) error {
	if catalog.Find(t) != nil {
		return locale.Errorf("render.error.notOfRoom", locale.A("thing", thing))
	}
	return locale.Errorf("render.error.unknownType", locale.A("type", string(t)))
}

// Names are the parts of a thing's ARN by the room of its type, or by that of the
// resource that it is a part of: "restApiId", "stageName". Nil where no room knows it.
func Names(t plan.Thing) map[string]string {
	e := roomOf(t)
	if e == nil {
		return nil
	}
	for _, pattern := range append([]string{e.Room.ARN}, e.Room.ARNs...) {
		if names, ok := room.Fits(pattern, t.ARN); ok {
			return names
		}
	}
	return nil
}

func roomOf(t plan.Thing) *catalog.Entry {
	if e := catalog.Find(t.Type); e != nil {
		return e
	}
	return catalog.ByARN(t.ARN)
}

// Below tells whether things of a type are parts of others, so that their own name
// does not say which is meant.
func Below(t resource.Type) bool {
	e := catalog.Find(t)
	return e != nil && e.Room.Parent != ""
}

// Called is the name of a thing of a room, as its ARN has it; a setting's is "this".
func Called(t plan.Thing) string {
	switch e := catalog.Find(t.Type); {
	case e.Room.Setting:
		return "this"
	case t.Name != "":
		return t.Name
	}
	return Last(t)
}

// Last is what a thing is called by its ARN alone: "prod" of a stage.
func Last(t plan.Thing) string {
	text, names := "", Names(t)
	if e := roomOf(t); e != nil {
		text, _ = room.Expand(e.Room.Name, func(path string) string { return names[path] })
	}
	return cmp.Or(strings.TrimLeft(text, "/ "), t.ARN[strings.LastIndexAny(t.ARN, ":/")+1:])
}

// Members are the properties of the object or elements that a property of a type holds,
// in the room's order.
func Members(t resource.Type, property string) []string {
	e := catalog.Find(t)
	if e == nil {
		return nil
	}
	p := e.Service.Leaf(e.Room, property)
	if p == nil || e.Service.Object(p.Of) == nil {
		return nil
	}
	var names []string
	for _, member := range e.Service.Object(p.Of).Properties {
		names = append(names, member.Name)
	}
	return names
}

// Has tells whether a form has a property of a type.
func Has(t resource.Type, property string, form room.Form) bool {
	e := catalog.Find(t)
	return e != nil && holds(e, form, property)
}

// Default is what a property of a type is where nobody has set it; nil: nothing.
func Default(t resource.Type, property string) any {
	e := catalog.Find(t)
	if e == nil {
		return nil
	}
	p := e.Service.Leaf(e.Room, property)
	if p == nil {
		return nil
	}
	return p.Default
}
