package rooms

import (
	"reflect"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/room"
)

// built makes the change of a write whose input the room builds. AWS's calls have
// four forms of such input.
func (a *asked) built(u use, t *world.Thing) error {
	for _, form := range []func(use, *world.Thing) bool{a.oneOfList, a.toAddOrRemove, a.pairs, a.rules} {
		if form(u, t) {
			return nil
		}
	}
	return a.unsupported()
}

// oneOfList is about one element of a list, which it names by its key:
// `AccessKeys["*"].Status` with AccessKeyId and Status.
func (a *asked) oneOfList(u use, t *world.Thing) bool {
	done := false
	for _, name := range u.write.Sets {
		steps := room.Steps(strings.ReplaceAll(name, `["*"]`, `["x"]`))
		if len(steps) != 2 || !steps[0].Keyed {
			continue
		}
		list := room.Find(u.entry.Room.Properties, steps[0].Name)
		of := u.entry.Service.Object(list.Of)
		key, value := room.Find(of.Properties, of.Key), room.Find(of.Properties, steps[1].Name)
		k, v := a.in[key.Path(room.Answer)], a.in[value.Path(room.Answer)]
		at := list.Path(room.Answer) + "[" + key.Path(room.Answer) + "=" + text(k) + "]"
		if _, there := room.Get(t.Tree, at); k == nil || v == nil || !there {
			continue
		}
		t.Tree, done = tree(t.Tree, at+"."+value.Path(room.Answer), v), true
	}
	return done
}

// toAddOrRemove adds to a list of texts and takes from it: ValuesToAdd.
func (a *asked) toAddOrRemove(u use, t *world.Thing) bool {
	path, _ := leaf(u.entry, u.write.Sets[0])
	done := false
	for name, v := range a.in {
		values, _ := v.([]any)
		add, remove := strings.HasSuffix(name, "ToAdd"), strings.HasSuffix(name, "ToRemove")
		if !add && !remove {
			continue
		}
		before, _ := room.Get(t.Tree, path)
		list, _ := before.([]any)
		list = slices.DeleteFunc(slices.Clone(list), func(x any) bool { return slices.Contains(values, x) })
		if add {
			list = append(list, values...)
		}
		t.Tree, done = tree(t.Tree, path, list), true
	}
	return done
}

// pairs sets those of a list of keys and values that it names: Attributes.
func (a *asked) pairs(u use, t *world.Thing) bool {
	path, _ := leaf(u.entry, u.write.Sets[0])
	name, selector, ok := strings.Cut(path, "[")
	key, _, keyed := strings.Cut(selector, "=")
	list, there := a.in[name].([]any)
	if !ok || !keyed || !there {
		return false
	}
	for _, item := range list {
		at := name + "[" + key + "=" + room.TextOf(item, key) + "]"
		t.Tree = tree(t.Tree, at, item)
	}
	return true
}

// rules adds rules to those of a list from which the room's listing splits them,
// or takes them away.
func (a *asked) rules(u use, t *world.Thing) bool {
	property := room.Steps(strings.ReplaceAll(u.write.Sets[0], `["*"]`, ""))[0].Name
	for _, v := range a.in {
		list, ok := v.([]any)
		raw := source(u.entry, t, property, list)
		if !ok || raw == "" {
			continue
		}
		before, _ := t.Tree[raw].([]any)
		for _, rule := range list {
			before = apart(before, rule)
			if !u.write.Takes {
				before = joined(before, rule)
			}
		}
		t.Tree = room.With(t.Tree, raw, before)
		return true
	}
	return false
}

// source is the member of a thing out of which its room's listing makes a property.
func source(e *catalog.Entry, t *world.Thing, property string, example []any) string {
	if e.Room.Finds.Split == nil {
		return ""
	}
	for _, name := range members(e) {
		split, _ := e.Room.Finds.Split([]any{room.Tree{name: example}})
		if len(split) == 1 {
			if made, _ := split[0][property].([]any); len(made) > 0 {
				return name
			}
		}
	}
	return ""
}

// apart takes a rule out of rules: of those with the same plain members, the parts
// that are the same. A rule without parts ends.
func apart(rules []any, rule any) []any {
	what, _ := rule.(room.Tree)
	var left []any
	for _, x := range rules {
		have, _ := x.(room.Tree)
		if !alike(have, what) {
			left = append(left, x)
			continue
		}
		rest, parts := room.Tree{}, 0
		for name, v := range have {
			list, isList := v.([]any)
			if !isList {
				rest[name] = v
				continue
			}
			gone, _ := what[name].([]any)
			var kept []any
			for _, part := range list {
				if !slices.ContainsFunc(gone, func(g any) bool { return samePart(part, g) }) {
					kept = append(kept, part)
				}
			}
			parts += len(kept)
			rest[name] = kept
		}
		if parts > 0 {
			left = append(left, rest)
		}
	}
	return left
}

// joined has a rule, too: AWS puts its parts to those of one that is alike.
func joined(rules []any, rule any) []any {
	what, _ := rule.(room.Tree)
	out := slices.Clone(rules)
	for i, x := range out {
		have, _ := x.(room.Tree)
		if !alike(have, what) {
			continue
		}
		for name, v := range what {
			if more, isList := v.([]any); isList {
				list, _ := have[name].([]any)
				have = room.With(have, name, append(slices.Clone(list), more...))
			}
		}
		out[i] = have
		return out
	}
	return append(out, rule)
}

// alike tells whether the plain members of two rules are the same.
func alike(a, b room.Tree) bool {
	flat := func(m room.Tree) room.Tree {
		out := room.Tree{}
		for name, v := range m {
			if _, isList := v.([]any); !isList && v != nil {
				out[name] = text(v)
			}
		}
		return out
	}
	return reflect.DeepEqual(flat(a), flat(b))
}

// samePart compares the other ends of rules by what names them.
func samePart(a, b any) bool {
	m, _ := a.(room.Tree)
	n, _ := b.(room.Tree)
	for name, v := range n {
		if name != "Description" && m[name] != nil && text(m[name]) != text(v) {
			return false
		}
	}
	return len(m) > 0 && len(n) > 0
}

// members are those of the items of a type's listing.
func members(e *catalog.Entry) []string {
	service, operation := e.Service.Operation(e.Room.Finds.Call)
	o, err := wire.Operation(service, operation)
	if err != nil {
		return nil
	}
	at := o.Out
	for _, step := range strings.Split(strings.ReplaceAll(e.Room.Finds.Items, "[]", ""), ".") {
		m := at.Member(step)
		if m == nil || m.Kind != protocol.List {
			return nil
		}
		at = m.Item
	}
	var names []string
	for i := range at.Members {
		names = append(names, at.Members[i].Name)
	}
	return names
}
