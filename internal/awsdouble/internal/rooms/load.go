package rooms

import (
	"fmt"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Make makes a resource of a fixture in a Region, whose account is locked.
func Make(at *world.Region, f world.Resource, now time.Time) (*world.Thing, error) {
	e := catalog.Find(resource.Type(f.Type))
	if e == nil {
		return nil, fmt.Errorf("there is no resource type %s", f.Type)
	}
	t := &world.Thing{Type: f.Type, Tree: room.Tree{}}
	if raw, ok := copied(f.Answer).(room.Tree); ok {
		t.Tree = raw
	}
	if !wide(e) {
		t.Region = at.Name
	}
	names := room.Tree{}
	if f.ARN != "" {
		if names = apartARN(e, f.ARN); names == nil {
			return nil, fmt.Errorf("%s is no ARN of an %s", f.ARN, f.Type)
		}
	}
	for name, v := range names {
		if _, there := room.Get(t.Tree, name); !there && v != "" && e.Room.Below[name] == "" {
			t.Tree[name] = v
		}
	}
	if err := parent(at, e, t, f.Parent); err != nil {
		return nil, err
	}
	made := composer{e.Service, now, f.Answer == nil}
	composed, err := made.compose(e.Room.Properties, unsplit(e, f.Properties), t.Tree)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Type, err)
	}
	t.Tree = composed
	if err := rulesOf(at, e, t, f.Properties); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Type, err)
	}
	complete(at, e, t)
	return t, nil
}

// apartARN are the names in an ARN of a type; nil: it is none.
func apartARN(e *catalog.Entry, arn string) room.Tree {
	for _, pattern := range append([]string{e.Room.ARN}, e.Room.ARNs...) {
		if names, ok := room.Fits(pattern, arn); ok {
			out := room.Tree{}
			for name, v := range names {
				if name != "partition" && name != "region" && name != "account" {
					out[name] = v
				}
			}
			return out
		}
	}
	return nil
}

func parent(at *world.Region, e *catalog.Entry, t *world.Thing, name string) error {
	above := e.Of(e.Room.Parent)
	if above == nil {
		return nil
	}
	for _, p := range things(above, at) {
		for _, s := range called(p, above, at) {
			if s == name {
				t.Parent = p
				return nil
			}
		}
	}
	return fmt.Errorf("%s of %q: there is no such %s", e.Room.Type, name, above.Room.Type)
}

// unsplit leaves out properties that a listing makes of others.
func unsplit(e *catalog.Entry, properties map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range properties {
		if !isSplit(e, name) {
			out[name] = v
		}
	}
	return out
}

// isSplit tells whether a property is one that the room's listing makes.
func isSplit(e *catalog.Entry, name string) bool {
	p := room.Find(e.Room.Properties, name)
	if e.Room.Finds.Split == nil || p == nil || p.Kind != room.List {
		return false
	}
	for _, m := range members(e) {
		if strings.EqualFold(m, p.Path(room.Answer)) {
			return false
		}
	}
	return true
}

// rulesOf adds the elements of properties that a listing makes of others, as a write
// that adds them would.
func rulesOf(at *world.Region, e *catalog.Entry, t *world.Thing, properties map[string]any) error {
	for name, v := range properties {
		list, _ := v.([]any)
		if !isSplit(e, name) {
			continue
		}
		for i := range e.Room.Writes {
			w := &e.Room.Writes[i]
			if w.Takes || w.Build == nil || w.Sets[0] != name+`["*"]` {
				continue
			}
			object := e.Service.Object(room.Find(e.Room.Properties, name).Of)
			for _, item := range list {
				in, err := w.Build(map[string]any{fmt.Sprintf("%s[%q]", name, room.TextOf(item, object.Key)): item})
				if err != nil {
					return err
				}
				a := asked{in: in}
				if !a.rules(use{entry: e, write: w}, t) {
					return fmt.Errorf("%s: %v is nothing that a call could add", name, item)
				}
			}
		}
	}
	return nil
}

// complete gives a thing what AWS gives it: identifiers, its ARN, its Region, its
// version.
func complete(at *world.Region, e *catalog.Entry, t *world.Thing) {
	known := look(t, e, at)
	for name, v := range e.Room.Ours {
		if room.TextOf(t.Tree, name) == "" {
			t.Tree = room.With(t.Tree, name, v)
		}
	}
	for _, name := range paths(e.Room.ARN) {
		if known(name) == "" {
			t.Tree = room.With(t.Tree, name, strings.ToLower(strings.TrimSuffix(name, "Id"))+"-0"+at.Account.World().NewID(16))
		}
		known = look(t, e, at)
	}
	t.ARN = room.TextOf(t.Tree, e.Room.ARNIn)
	if e.Room.ARNIn == "" || !strings.HasPrefix(t.ARN, "arn:") {
		t.ARN, _ = room.Expand(e.Room.ARN, known)
	}
	if e.Room.ARNIn != "" {
		t.Tree = tree(t.Tree, e.Room.ARNIn, t.ARN)
	}
	if as := e.Room.Finds.As; strings.HasSuffix(as, "Url") && room.TextOf(t.Tree, as) == "" {
		t.Tree = room.With(t.Tree, as, "https://"+e.Service.Model+"."+at.Name+".amazonaws.com/"+at.Account.ID+"/"+known(e.Room.Finds.Tail))
	}
	if home := e.Room.Home; home != "" && home != e.Room.ARNIn && room.TextOf(t.Tree, home) == "" {
		t.Tree = tree(t.Tree, home, at.Name)
	}
	if wide(e) && e.Room.Home != "" && at.Name != "us-east-1" {
		t.Tree = room.With(t.Tree, "LocationConstraint", room.TextOf(t.Tree, e.Room.Home))
	}
	for _, path := range versions(e) {
		if room.TextOf(t.Tree, path) == "" {
			t.Tree = tree(t.Tree, path, at.Account.World().NewUUID())
		}
	}
}

// Keep keeps a thing, of which there may be no second; of a setting there is one
// anyway.
func Keep(at *world.Region, t *world.Thing) error {
	e := catalog.Find(resource.Type(t.Type))
	for i, other := range at.Account.Things {
		if other.Type != t.Type || other.Region != t.Region {
			continue
		}
		if e.Room.Setting {
			at.Account.Things[i] = t
			return nil
		}
		if other.ARN == t.ARN {
			return fmt.Errorf("%s %s twice", t.Type, t.ARN)
		}
	}
	at.Account.Things = append(at.Account.Things, t)
	return nil
}
