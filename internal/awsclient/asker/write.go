package asker

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/room"
)

// DeclareWrite makes the call of a write, about the resource of an ARN where that
// is known.
func DeclareWrite(e *catalog.Entry, w *room.Write, arn string) *awsclient.Call {
	r := room.Read{Call: w.Call, Action: w.Action, On: w.On, Rate: w.Rate, Expect: w.Expect}
	c := Declare(e, &r)
	if w.Rate == 0 && e.Service.Rate == 0 {
		c.Quota = &awsclient.Unpublished
	}
	if e.Service.Reads != "" && w.Action != "" {
		c.Action = w.Action
	}
	if w.On == "" && !e.Room.Setting {
		c.Resource = cmp.Or(arn, AnyOf(e.Room.ARN))
	}
	return c
}

// Filler reads what answers say of resources of a type.
func Filler(e *catalog.Entry) room.Filler {
	return room.Filler{Service: e.Service, Form: room.Answer}
}

// Send makes the call of a write with values, by property; what else it needs is
// in what was just read.
func (s *Asker) Send(ctx context.Context, e *catalog.Entry, w *room.Write, p *Pieces, values map[string]any) (room.Tree, error) {
	in, err := s.writeInput(e, w, p, values)
	if err == nil && w.Bare != nil && !s.leaves(e, w, p, values) {
		w = w.Bare
		in, err = s.writeInput(e, w, p, nil)
	}
	if err != nil {
		return nil, err
	}
	service, _ := e.Service.Operation(w.Call)
	out, err := awsclient.Over(s.Client, DeclareWrite(e, w, ""), service, in)(ctx)
	return tidy(out), err
}

// Made is the input that makes a thing with values, marked by a token.
func (s *Asker) Made(e *catalog.Entry, token string, values map[string]any) (room.Tree, error) {
	m := e.Room.Make
	fillIn := writing{asker: s, filler: Filler(e), entry: e, write: &room.Write{}, values: values, tree: room.Tree{}, edited: room.Tree{}, token: token}
	made, _, err := fillIn.value(room.Tree(m.In), nil)
	in, _ := made.(room.Tree)
	if m.Build != nil {
		in = room.Merge(in, m.Build(s.Scope))
	}
	return in, err
}

// After makes the call that puts in force what a write made, of which answer tells.
func (s *Asker) After(ctx context.Context, e *catalog.Entry, w *room.Write, p *Pieces, answer room.Tree) error {
	then := *p
	then.Tree = room.Merge(p.Tree, answer)
	in, err := s.writeInput(e, w.Then, &then, nil)
	if err != nil {
		return err
	}
	service, _ := e.Service.Operation(w.Then.Call)
	_, err = awsclient.Over(s.Client, DeclareWrite(e, w.Then, ""), service, in)(ctx)
	return err
}

// leaves tells whether something is left of what a write edits.
func (s *Asker) leaves(e *catalog.Entry, w *room.Write, p *Pieces, values map[string]any) bool {
	edited, err := Filler(e).Edit(e.Room.Properties, room.Merge(p.Under, p.Tree), values)
	left, _ := room.Get(edited, w.Edits())
	return err != nil || !hollow(left)
}

// hollow tells whether there is nothing, or an object or a list of nothing.
func hollow(v any) bool {
	m, isTree := v.(room.Tree)
	list, isList := v.([]any)
	return v == nil || isTree && len(m) == 0 || isList && len(list) == 0
}

func (s *Asker) writeInput(e *catalog.Entry, w *room.Write, p *Pieces, values map[string]any) (room.Tree, error) {
	filler, tree := Filler(e), room.Merge(p.Under, p.Tree)
	edited, err := filler.Edit(e.Room.Properties, tree, values)
	if err != nil {
		return nil, err
	}
	fillIn := writing{asker: s, about: p.About, filler: filler, entry: e, write: w, values: values, tree: tree, edited: edited}
	service, operation := e.Service.Operation(w.Call)
	o, err := wire.Operation(service, operation)
	if err != nil {
		return nil, err
	}
	made, _, err := fillIn.value(w.In, o.In)
	if err != nil {
		return nil, err
	}
	in, _ := made.(room.Tree)
	if w.Build != nil {
		more, err := w.Build(values)
		if err != nil {
			return nil, err
		}
		in = room.Merge(in, more)
	}
	return in, nil
}

// writing fills in the input of one write.
type writing struct {
	asker        *Asker
	about        About
	filler       room.Filler
	entry        *catalog.Entry
	write        *room.Write
	values       map[string]any
	tree, edited room.Tree
	token        string
}

// value fills in a part of the input, whose shape is r; nil: it is not known.
func (w *writing) value(in any, r *protocol.Ref) (v any, sent bool, err error) {
	switch in := in.(type) {
	case room.V:
		return w.planned(string(in))
	case room.Text:
		v, sent, err := w.planned(string(in))
		return text(v), sent, err
	case room.Patches:
		v, err := w.patches(in)
		return v, true, err
	case room.Edited:
		v, ok := room.Get(w.edited, string(in))
		if _, there := room.Get(w.tree, string(in)); !there {
			return nil, false, fmt.Errorf("what was read has no %s", in)
		}
		return sayable(r, v), ok, nil
	case room.EditedOrNew:
		v, _ := room.Get(w.edited, string(in))
		return sayable(r, v), !hollow(v), nil
	case room.Token:
		return w.token, w.token != "", nil
	case room.Idle:
		return true, w.asker.needed(w.entry, w.write, w.tree, w.values) && !w.asker.waits(w.entry, w.write, w.tree, w.values), nil
	case room.Tree:
		return w.object(in, r)
	case []any:
		out := make([]any, 0, len(in))
		for _, x := range in {
			v, sent, err := w.value(x, nil)
			if err != nil {
				return nil, false, err
			}
			if sent {
				out = append(out, v)
			}
		}
		return out, true, nil
	}
	v, ok := w.asker.Input(in, w.about)
	if !ok {
		return nil, false, fmt.Errorf("%v is not known", in)
	}
	return v, true, nil
}

// object leaves out what stays, and itself where all does. An object of which nothing
// is left is sent empty: that takes it away.
func (w *writing) object(in room.Tree, r *protocol.Ref) (any, bool, error) {
	out, any := room.Tree{}, len(in) == 0
	for name, x := range in {
		name, optional := strings.CutSuffix(name, "?")
		v, sent, err := w.value(x, member(r, name))
		if err != nil && optional {
			continue
		}
		if err != nil {
			return nil, false, err
		}
		if sent {
			out[name] = v
		}
		_, taken := x.(room.EditedOrNew)
		any = any || sent || taken
	}
	return out, any, nil
}

// needed tells whether AWS would put a write off until the maintenance window.
func (s *Asker) needed(e *catalog.Entry, w *room.Write, tree room.Tree, values map[string]any) bool {
	idle, _ := w.Idle()
	for name, will := range values {
		was, _ := Filler(e).Value(e.Room.Properties, tree, name)
		if idle.Needed(was, will) {
			return true
		}
	}
	return false
}

// Waiting lists what waits for a thing's maintenance window beside what a write
// changes, by the names that answers have; nil: nothing, or the write does not wait.
func (s *Asker) Waiting(e *catalog.Entry, w *room.Write, p *Pieces, values map[string]any) []string {
	return s.waiting(e, w, room.Merge(p.Under, p.Tree), values)
}

func (s *Asker) waiting(e *catalog.Entry, w *room.Write, tree room.Tree, values map[string]any) (others []string) {
	idle, put := w.Idle()
	pending, _ := room.Get(tree, idle.Of)
	if !put || pending == nil || !s.needed(e, w, tree, values) {
		return nil
	}
	all, isTree := pending.(room.Tree)
	if !isTree {
		return []string{idle.Of} // nobody knows what that would be
	}
	own := map[string]bool{}
	for name := range values {
		if leaf := e.Service.Leaf(e.Room, name); leaf != nil {
			own[leaf.Path(room.Answer)] = true
		}
	}
	for name, v := range all {
		if !hollow(v) && !own[name] {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	return others
}

// waits tells whether something waits that nobody wants hurried along.
func (s *Asker) waits(e *catalog.Entry, w *room.Write, tree room.Tree, values map[string]any) bool {
	return slices.ContainsFunc(s.waiting(e, w, tree, values), func(name string) bool { return !slices.Contains(s.Hurries, name) })
}

// PutsOff tells whether AWS puts a write off until the thing's maintenance window.
func (s *Asker) PutsOff(e *catalog.Entry, w *room.Write, p *Pieces, values map[string]any) bool {
	return s.waits(e, w, room.Merge(p.Under, p.Tree), values)
}

// sayable is what a call can say of what was read: AWS answers members that it does
// not take, for they follow from others; of an unknown shape (nil) it is all.
func sayable(r *protocol.Ref, v any) any {
	switch v := v.(type) {
	case fact.Time:
		return time.Unix(int64(v), 0).UTC()
	case room.Tree:
		out := room.Tree{}
		for name, inner := range v {
			if below := member(r, name); r == nil || below != nil {
				out[name] = sayable(below, inner)
			}
		}
		return out
	case []any:
		var item *protocol.Ref
		if r != nil {
			item = r.Item
		}
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = sayable(item, inner)
		}
		return out
	}
	return v
}

// member is the shape of a member of an object; nil: it has none of that name.
func member(r *protocol.Ref, name string) *protocol.Ref {
	switch {
	case r == nil:
		return nil
	case r.Kind == protocol.Map:
		return r.Value
	}
	if m := r.Member(name); m != nil {
		return m.Ref
	}
	return nil
}

// planned is the value that a property shall have, or has where AWS takes the
// values together.
func (w *writing) planned(name string) (any, bool, error) {
	p := w.entry.Service.Leaf(w.entry.Room, name)
	if p == nil {
		return nil, false, fmt.Errorf("there is no property %s", name)
	}
	if v, named := w.values[name]; named {
		v = room.Native(p, v)
		return v, v != nil, nil
	}
	if !w.write.Whole {
		return nil, false, nil
	}
	v, _ := w.filler.Value(w.entry.Room.Properties, w.tree, name)
	v = room.Native(p, v)
	return v, v != nil, nil
}

// patches are the operations for the values, with those that AWS takes together with
// them.
func (w *writing) patches(in room.Patches) (out []any, err error) {
	values := maps.Clone(w.values)
	for name := range in {
		if _, named := values[name]; !named && w.write.Whole {
			if v, _ := w.filler.Value(w.entry.Room.Properties, w.tree, name); v != nil {
				values[name] = v
			}
		}
	}
	for _, o := range in.Operations(slices.Sorted(maps.Keys(values)), values) {
		operation := room.Tree{"op": o.Op, "path": o.Path}
		if o.Op == "replace" {
			p := w.entry.Service.Leaf(w.entry.Room, o.Property)
			if !fits(p, o.Value) {
				return nil, fmt.Errorf("%s cannot be %v", o.Property, o.Value)
			}
			operation["value"] = cmp.Or(text(room.Native(p, o.Value)), any(""))
		}
		out = append(out, operation)
	}
	return out, nil
}

// fits tells whether a value is of a property's kind, as text has it; nil takes it away.
func fits(p *room.Property, v any) bool {
	switch v.(type) {
	case nil:
		return true
	case bool:
		return p.Kind == room.Bool
	case string:
		return p.Kind == room.String
	case float64:
		return p.Kind == room.Int || p.Kind == room.Float
	}
	return false
}

func text(v any) any {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return v
}

// Writes tells whether a write gives a property a value; nil takes it away.
func Writes(w *room.Write, name string, value any) bool { return w.Gives(name, value) }
