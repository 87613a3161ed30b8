package rooms

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/room"
)

// change does what a write does: the inverse of how a room fills its input in.
func (a *asked) change() (any, error) {
	if !a.understood() {
		return nil, a.unsupported()
	}
	e := a.uses[0].entry
	list := a.hits(e, a.naming(e))
	if len(list) == 0 {
		return nil, a.gone(e)
	}
	t := list[0]
	if err := a.elsewhere(t, e); err != nil {
		return nil, err
	}
	after := *t
	for _, u := range a.uses {
		if u.write == nil {
			continue
		}
		if err := a.apply(u, &after); err != nil {
			return nil, err
		}
	}
	for _, path := range versions(e) {
		if room.TextOf(after.Tree, path) != "" {
			after.Tree = tree(after.Tree, path, a.World.NewUUID())
		}
	}
	*t = after
	return a.told(t), nil
}

// naming is the part of the writes' input that names the thing.
func (a *asked) naming(e *catalog.Entry) room.Tree {
	in := room.Tree{}
	for _, u := range a.uses {
		for name, pattern := range u.input() {
			if s, ok := pattern.(string); ok && identifies(e, s) {
				in[name] = pattern
			}
		}
	}
	return in
}

// understood tells whether some write has each member of the input.
func (a *asked) understood() bool {
	for name := range a.in {
		known := slices.ContainsFunc(a.uses, func(u use) bool {
			in := u.input()
			return in[name] != nil || in[name+"?"] != nil || u.write.Build != nil
		})
		m := a.o.In.Member(name)
		if checksum := a.o.Checksum && m != nil && m.In == "header"; !known && !checksum && (m == nil || !m.Token) {
			return false
		}
	}
	return true
}

// versions are the paths of what a write says that it was made for: what the thing
// is now, and will not be after it.
func versions(e *catalog.Entry) []string {
	var list []string
	for i := range e.Room.Writes {
		for _, pattern := range e.Room.Writes[i].In {
			if path := version(e, pattern); path != "" && !slices.Contains(list, path) {
				list = append(list, path)
			}
		}
	}
	return list
}

// version is the path that a pattern names where that is a version: neither what
// tells things apart, nor something within.
func version(e *catalog.Entry, pattern any) string {
	s, ok := pattern.(string)
	if names := paths(s); ok && len(names) == 1 && s == "{"+names[0]+"}" && !identifies(e, s) && !strings.Contains(s, ".") && names[0] != "account" && names[0] != "region" {
		return names[0]
	}
	return ""
}

// taken is what a call has of a write's input.
type taken struct {
	values map[string]any // by property; nil: reset
	parts  map[string]any // by path
	idle   *room.Idle     // of a write that is put off, unless it is to be made at once
	atOnce bool
	given  bool // an object that holds values is there, if empty
}

// apply makes the changes of one write, where the call is one of it.
func (a *asked) apply(u use, t *world.Thing) error {
	w, e := u.write, u.entry
	got := taken{values: map[string]any{}, parts: map[string]any{}}
	if err := a.take(u, t, w.In, a.in, true, &got); err != nil {
		return err
	}
	switch {
	case w.Build != nil:
		return a.built(u, t)
	case w.Takes:
		t.Tree = without(e, t, w.Sets)
		return nil
	case w.Value != nil:
		got.values[w.Sets[0]] = w.Value
	case !got.given:
		return nil
	}
	for path, v := range got.parts {
		t.Tree = tree(t.Tree, path, v)
	}
	if got.idle != nil && got.atOnce { // with all that waits
		waiting, _ := room.Get(t.Tree, got.idle.Of)
		due, _ := waiting.(room.Tree)
		for path, v := range due {
			t.Tree = tree(t.Tree, path, v)
		}
		t.Tree = tree(t.Tree, got.idle.Of, room.Tree{})
	}
	for name, v := range got.values {
		path, p := leaf(e, name)
		if v == nil {
			v = reset(p)
		}
		was, _ := room.Get(t.Tree, path)
		if got.idle != nil {
			later := got.idle.Of + "." + path
			if t.Tree = tree(t.Tree, later, nil); !got.atOnce && got.idle.Needed(was, v) {
				path = later
			}
		}
		t.Tree = tree(t.Tree, path, word(p, v))
	}
	return nil
}

// without is a thing without some properties; a setting that is taken away is whole
// as if nobody had made it.
func without(e *catalog.Entry, t *world.Thing, sets []string) room.Tree {
	if e.Room.Setting {
		return room.Tree{}
	}
	out := t.Tree
	for _, name := range sets {
		path, _ := leaf(e, name)
		out = tree(out, path, nil)
	}
	return out
}

// reset is what AWS makes of a value that is left out where it takes all together.
func reset(p *room.Property) any {
	for _, means := range []any{p.Default, p.Template} {
		if means = plain(means); means != nil {
			return means
		}
	}
	if p.Kind == room.Bool {
		return false
	}
	return plain(p.Provider)
}

func (a *asked) take(u use, t *world.Thing, pattern, v any, there bool, got *taken) error {
	switch p := pattern.(type) {
	case room.V:
		got.value(string(p), v, there, u.write.Whole)
	case room.Text:
		got.value(string(p), v, there, u.write.Whole)
	case room.Edited:
		got.part(string(p), v, there, u.write.Whole)
	case room.EditedOrNew:
		got.part(string(p), v, there, u.write.Whole)
	case room.Idle:
		got.idle, got.atOnce = &p, v == true
	case room.Tree:
		m, _ := v.(room.Tree)
		for name, inner := range p {
			name = strings.TrimSuffix(name, "?")
			x, has := m[name]
			if _, nested := inner.(room.Tree); nested && has {
				got.given = true
			}
			if literal, is := inner.(string); is && has && len(paths(literal)) == 0 && room.Find(u.entry.Room.Properties, name) != nil {
				got.parts[name] = x // what the call says of itself is one of the properties
			}
			if err := a.take(u, t, inner, x, there && has, got); err != nil {
				return err
			}
		}
	case []any:
		if list, _ := v.([]any); len(p) == 1 && len(list) == 1 {
			return a.take(u, t, p[0], list[0], there, got)
		}
	case string:
		names := paths(p)
		if path := version(u.entry, p); path != "" && there && room.TextOf(t.Tree, path) != text(v) {
			return a.outdated()
		} else if path == "" && there && len(names) == 1 && strings.Contains(names[0], ".") {
			got.parts[names[0]] = v
		}
	}
	return nil
}

func (g *taken) part(path string, v any, there, whole bool) {
	if there {
		g.given = true
	}
	if there || whole {
		g.parts[path] = v
	}
}

func (g *taken) value(name string, v any, there, whole bool) {
	if there {
		g.given = true
	}
	if there || whole {
		g.values[name] = v
	}
}

// outdated refuses what was made for another version.
func (a *asked) outdated() error {
	code := "PreconditionFailedException"
	if a.o.Service.Protocol == protocol.RESTXML {
		code = "PreconditionFailed"
	}
	return &service.Error{Status: http.StatusPreconditionFailed, Code: code, Message: "It has changed since it was read."}
}

// leaf is the path and the property that a name without keys leads to.
func leaf(e *catalog.Entry, name string) (path string, p *room.Property) {
	properties := e.Room.Properties
	for i, step := range room.Steps(name) {
		p = room.Find(properties, step.Name)
		if i > 0 {
			path += "."
		}
		path += p.Path(room.Answer)
		if o := e.Service.Object(p.Of); o != nil {
			properties = o.Properties
		}
	}
	return path, p
}

// told is what a write answers: the thing as it is now.
func (a *asked) told(t *world.Thing) room.Tree {
	if a.o.Out == nil {
		return room.Tree{}
	}
	all := t.Tree
	for i := range a.o.Out.Members {
		m := &a.o.Out.Members[i]
		if _, there := room.Get(all, m.Name); there {
			continue
		}
		if m.Name == "Return" {
			all = room.With(all, m.Name, true)
		}
		if m.Kind == protocol.Structure {
			all = room.With(all, m.Name, part(m, t.Tree))
		}
	}
	return structure(a.o.Out, all)
}

// part is what an answer calls by another name: the thing itself, or the part of it
// that fits best.
func part(m *protocol.Member, of room.Tree) room.Tree {
	best, most := of, len(structure(m.Ref, of))
	for _, name := range slices.Sorted(maps.Keys(of)) {
		inner, _ := of[name].(room.Tree)
		if n := len(structure(m.Ref, inner)); n > most {
			best, most = inner, n
		}
	}
	return best
}
