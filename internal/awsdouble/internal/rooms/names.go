package rooms

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// wide tells whether resources of a type are kept for an account as a whole.
func wide(e *catalog.Entry) bool { return e.Room.Where != room.Regional || e.Room.Finds.PerAccount }

// look finds what a pattern names, of a thing in a Region.
func look(t *world.Thing, e *catalog.Entry, at *world.Region) func(string) string {
	return func(path string) string {
		if text := room.TextOf(t.Tree, path); text != "" {
			return text
		}
		if above := e.Room.Below[path]; above != "" && t.Parent != nil {
			return room.TextOf(t.Parent.Tree, above)
		}
		return map[string]string{"partition": world.Partition(at.Name), "region": at.Name, "account": at.Account.ID}[path]
	}
}

// paths are those that a pattern names, in any of its parts.
func paths(in any) []string {
	var list []string
	switch in := in.(type) {
	case string:
		_, _ = room.Expand(in, func(path string) string { list = append(list, strings.TrimSuffix(path, "[]")); return "" })
	case room.Tree:
		for _, v := range in {
			list = append(list, paths(v)...)
		}
	case []any:
		for _, v := range in {
			list = append(list, paths(v)...)
		}
	}
	return list
}

// identifies tells whether a pattern names something that tells resources of a type
// apart, or their parents.
func identifies(e *catalog.Entry, pattern any) bool {
	known := append(paths(e.Room.ARN), strings.Split(e.Room.ID, "|")...)
	known = append(append(known, e.Room.ARNIn), paths(e.Room.Name)...)
	for member := range e.Room.Below {
		known = append(known, member)
	}
	own := func(path string) bool {
		return path != "" && path != "partition" && path != "region" && path != "account" && slices.Contains(known, path)
	}
	return slices.ContainsFunc(paths(pattern), own)
}

// of tells whether what was asked for, under a member of a call's input, is about a
// thing. Where a call takes a name, AWS takes the ARN, too, and the reverse.
func of(pattern, got any, t *world.Thing, e *catalog.Entry, at *world.Region) bool {
	switch pattern := pattern.(type) {
	case string:
		if path, many := strings.CutSuffix(pattern, "[]}"); many {
			pattern = path + "}"
		}
		if list, isList := got.([]any); isList {
			return slices.ContainsFunc(list, func(one any) bool { return of(pattern, one, t, e, at) })
		}
		want, ok := room.Expand(pattern, look(t, e, at))
		if ok && want == text(got) {
			return true
		}
		return ok && identifies(e, pattern) && !below(e, pattern) && slices.Contains(called(t, e, at), text(got))
	case room.Tree:
		tree, _ := got.(room.Tree)
		for name, p := range pattern {
			if v, there := tree[name]; !there || !of(p, v, t, e, at) {
				return false
			}
		}
		return true
	case []any:
		return len(pattern) == 1 && of(pattern[0], got, t, e, at)
	}
	return true
}

// below tells whether a pattern names the parent of a thing.
func below(e *catalog.Entry, pattern string) bool {
	return slices.ContainsFunc(paths(pattern), func(path string) bool { return e.Room.Below[path] != "" })
}

// called is all that a thing may be called in calls.
func called(t *world.Thing, e *catalog.Entry, at *world.Region) []string {
	list := []string{t.ARN}
	for _, path := range append(strings.Split(e.Room.ID, "|"), paths(e.Room.Name)...) {
		if s := look(t, e, at)(path); path != "" && s != "" {
			list = append(list, s)
		}
	}
	return list
}

// things are those of a type that a Region shows.
func things(e *catalog.Entry, at *world.Region) []*world.Thing {
	var list []*world.Thing
	for _, t := range at.Account.Things {
		if (t.Type == string(e.Room.Type) || sees(e, t)) && (wide(e) || t.Region == at.Name) {
			list = append(list, t)
		}
	}
	if len(list) == 0 && e.Room.Setting { // it is always there
		t := &world.Thing{Type: string(e.Room.Type), Tree: room.Tree{}}
		if !wide(e) {
			t.Region = at.Name
		}
		for i := range e.Room.Properties {
			if p := &e.Room.Properties[i]; p.Kind == room.Bool && p.Silent == room.Depends && len(p.Words) == 0 {
				t.Tree = tree(t.Tree, p.Path(room.Answer), false)
			}
		}
		at.Account.Things = append(at.Account.Things, t)
		list = append(list, t)
	}
	return list
}

// sees tells whether a type is another view of a thing: the same listing finds both.
func sees(e *catalog.Entry, t *world.Thing) bool {
	other := catalog.Find(resource.Type(t.Type))
	return other.Service == e.Service && !e.Room.Setting && other.Room.Finds.Call == e.Room.Finds.Call && other.Room.Parent == e.Room.Parent
}

// ended tells whether AWS lists a thing no more.
func ended(t *world.Thing, e *catalog.Entry) bool {
	for path, says := range e.Room.Ended {
		if room.TextOf(t.Tree, path) == says {
			return true
		}
	}
	return false
}
