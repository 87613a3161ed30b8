package part

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// OfRoom tells whether all that a step changes is what the room of its thing's type
// knows how to write.
func OfRoom(s *plan.Step) bool {
	e := catalog.Find(s.Thing.Type)
	if e == nil || s.Make || len(s.Changes) == 0 {
		return false
	}
	return !slices.ContainsFunc(s.Changes, func(c plan.Change) bool {
		for i := range e.Room.Writes {
			if e.Room.Writes[i].Gives(c.Property, plan.Normal(c.Will)) {
				return false
			}
		}
		return true
	})
}

// Called is the name of a thing of a room, as its ARN has it; a setting's is "this".
func Called(t plan.Thing) string {
	e := catalog.Find(t.Type)
	if e.Room.Setting {
		return "this"
	}
	if t.Name != "" {
		return t.Name
	}
	names := e.Room.Names(resource.Scope{}, t.ARN)
	for _, pattern := range append([]string{e.Room.ARN}, e.Room.ARNs...) {
		if fits, ok := room.Fits(pattern, t.ARN); ok && names == nil {
			names = fits
		}
	}
	text, _ := room.Expand(e.Room.Name, func(path string) string { return names[path] })
	return cmp.Or(strings.TrimLeft(text, "/ "), t.ARN[strings.LastIndexAny(t.ARN, ":/")+1:])
}
