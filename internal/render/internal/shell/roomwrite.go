package shell

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/jmes"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/room"
)

// dynamic is a value that a command makes of what it has just read.
type dynamic struct {
	read *jmes.Read
	expr string
	when string // the condition under which it is sent; "": always
}

// sending writes one call.
type sending struct {
	*RoomStep
	write  *room.Write
	group  []plan.Change
	values map[string]any // by property: what it shall be
	was    map[string]any
	read   *jmes.Read // what all that is read just before comes from; nil: nothing is
}

// send writes the call that gives properties their values.
func (r *RoomStep) send(w *room.Write, group []plan.Change) error {
	s := &sending{RoomStep: r, write: w, group: group, values: map[string]any{}, was: map[string]any{}}
	for _, c := range group {
		v, err := r.Value(c.Will)
		if err != nil {
			return err
		}
		s.values[c.Property], s.was[c.Property] = v, plan.Normal(c.Was)
	}
	in, err := s.object(w.In)
	if err != nil {
		return err
	}
	if w.Build != nil {
		more, err := w.Build(s.values)
		if err != nil {
			return err
		}
		for _, name := range sorted(more) {
			in = append(in, Member{name, static(more[name])})
		}
	}
	service, operation := r.entry.Service.Operation(w.Call)
	fixed, err := s.prepare(in, service, operation)
	if err != nil {
		return err
	}
	r.Run(Command{Service: r.cli(service), Operation: part.Kebab(operation), Input: fixed})
	var notes []string
	for _, c := range group {
		if note := w.Notes[room.Pattern(c.Property)]; note != "" && !slices.Contains(notes, note) && !r.outline {
			notes = append(notes, note)
			r.Note("shell." + note)
		}
	}
	return nil
}

// prepare reads what is sent along into a variable, and returns what the options of
// the command are, in the model's order, those that say what it is about first.
func (s *sending) prepare(in Object, service, operation string) (Object, error) {
	o, err := wire.Operation(service, operation)
	if err != nil {
		return nil, err
	}
	if o.In != nil {
		rank := map[string]int{}
		for i, m := range o.In.Members {
			rank[m.Name] = i
			if m.In == "uri" {
				rank[m.Name] -= len(o.In.Members)
			}
		}
		slices.SortStableFunc(in, func(a, b Member) int { return rank[a.Name] - rank[b.Name] })
	}
	var fixed, made Object
	for _, m := range in {
		if _, is := m.Value.(dynamic); is {
			made = append(made, m)
		} else {
			fixed = append(fixed, m)
		}
	}
	if made == nil {
		return fixed, nil
	}
	c, err := s.command(s.read)
	if err != nil {
		return nil, err
	}
	name := Variable("input_" + s.step.ID)
	for i := 2; slices.Contains(slices.Collect(maps.Values(s.learn)), name); i++ {
		name = Variable(fmt.Sprintf("input_%s_%d", s.step.ID, i))
	}
	s.learn["="+string(name)] = name
	text := strings.TrimSuffix(s.text(c.With(objectQuery(made)), "  "), "text") + "json"
	if len(s.read.Absent) > 0 && !s.outline {
		s.functions["known"] = true
		text = "known " + part.Word(s.read.Absent[0]) + " '" + s.fallback(made) + "' \\\n  " + text
	}
	s.Line(string(name) + "=$(" + text + ")")
	return append(fixed, Member{"cliInputJson", name}), nil
}

// fallback is what is sent where there is none of what would be read: the values
// alone.
func (s *sending) fallback(made Object) string {
	var fixed Object
	for _, m := range made {
		if d, is := m.Value.(dynamic); is && d.when == "" {
			fixed = append(fixed, Member{m.Name, s.without(m.Name)})
		}
	}
	return jsonText(fixed)
}

// without is a member of the input where nothing was there before.
func (s *sending) without(name string) any {
	v, _, _ := s.plain(s.write.In[name])
	return v
}

// plain fills in a part of the input of which nothing is there.
func (s *sending) plain(in any) (any, bool, error) {
	switch in := in.(type) {
	case room.V:
		if v, named := s.values[string(in)]; named {
			return v, v != nil, nil
		}
		v, _ := s.filler().Value(s.entry.Room.Properties, room.Tree{}, string(in))
		return v, v != nil, nil
	case room.EditedOrNew:
		return s.plain(room.Edited(in))
	case room.Edited:
		tree, err := s.filler().Edit(s.entry.Room.Properties, room.Tree{}, s.values)
		if err != nil {
			return nil, false, err
		}
		v, ok := room.Get(tree, string(in))
		if element, is := v.(room.Tree); is { // of a list that is not there yet
			var items []any
			for _, key := range sorted(element) {
				items = append(items, static(element[key]))
			}
			return items, ok, nil
		}
		return static(v), ok, nil
	case room.Tree:
		var out Object
		for _, name := range sorted(in) {
			v, sent, err := s.plain(in[name])
			if err != nil {
				return nil, false, err
			}
			if sent {
				out = append(out, Member{name, v})
			}
		}
		return out, true, nil
	}
	return nil, false, nil
}

// object fills in an input; what is not sent is left out.
func (s *sending) object(in room.Tree) (Object, error) {
	var out Object
	for _, full := range sorted(in) {
		name, optional := strings.CutSuffix(full, "?")
		v, sent, err := s.fillIn(in[full], optional)
		if err != nil {
			return nil, err
		}
		if sent {
			out = append(out, Member{name, v})
		}
	}
	return out, nil
}

func (s *sending) fillIn(in any, optional bool) (v any, sent bool, err error) {
	switch in := in.(type) {
	case room.V:
		return s.planned(string(in), false)
	case room.Text:
		return s.planned(string(in), true)
	case room.Patches:
		return s.patches(in)
	case room.Edited:
		return s.edited(string(in))
	case room.EditedOrNew:
		return s.edited(string(in))
	case room.Idle:
		return s.atOnce(in)
	case room.Tree:
		inner, err := s.object(in)
		if err != nil || !slices.ContainsFunc(inner, func(m Member) bool { _, is := m.Value.(dynamic); return is }) {
			return inner, len(inner) > 0 || len(in) == 0, err
		}
		return dynamic{read: s.read, expr: objectQuery(inner)}, true, nil
	case []any:
		return s.list(in)
	case string:
		return s.named(in, optional)
	}
	v, err = s.fill(in)
	return v, true, err
}

// patches are the operations for what changes, and for what goes along as the plan
// found it: element by element, each as a whole where all of it goes.
func (s *sending) patches(in room.Patches) (any, bool, error) {
	changes := s.group
	if s.write.Firm {
		changes = slices.Concat(changes, s.along())
	}
	var names []string
	values := map[string]any{}
	for _, c := range changes {
		v, err := s.Value(c.Will)
		if err != nil {
			return nil, false, err
		}
		values[c.Property] = v
		stays := func(other plan.Change) bool {
			return element(other.Property) == element(c.Property) && plan.Normal(other.Will) != nil
		}
		if whole := element(c.Property); whole != "" && !slices.ContainsFunc(changes, stays) {
			c.Property = whole
		}
		names = append(names, c.Property)
	}
	found := slices.Clone(names)
	rank := func(name string) int {
		if element(name) == "" {
			return -1
		}
		return slices.IndexFunc(found, func(n string) bool { return element(n) == element(name) })
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	var out []any
	for _, o := range in.Operations(slices.Compact(names), values) {
		operation := Object{{"op", o.Op}, {"path", o.Path}}
		if o.Op == "replace" {
			v := static(room.Native(s.entry.Service.Leaf(s.entry.Room, o.Property), o.Value))
			operation = append(operation, Member{"value", textOf(cmp.Or(v, any("")))})
		}
		out = append(out, operation)
	}
	return out, true, nil
}

// element is the one of a list or map that a property is of; "": none.
func element(property string) string { return property[:strings.LastIndexByte(property, ']')+1] }

// list fills in a list of the input; what stays is left out.
func (s *sending) list(in []any) (any, bool, error) {
	out := make([]any, 0, len(in))
	for _, x := range in {
		v, sent, err := s.fillIn(x, false)
		if err != nil {
			return nil, false, err
		}
		if _, is := v.(dynamic); is {
			return nil, false, fmt.Errorf("%s: a list that holds what is read", s.write.Call)
		}
		if sent {
			out = append(out, v)
		}
	}
	return out, true, nil
}

// atOnce has AWS not put a change off, where nothing else waits or all that waits is
// wanted now.
func (s *sending) atOnce(idle room.Idle) (any, bool, error) {
	needed := slices.ContainsFunc(slices.Collect(maps.Keys(s.values)), func(name string) bool { return idle.Needed(s.was[name], s.values[name]) })
	switch {
	case !needed || s.step.PutOff:
		return nil, false, nil
	case len(s.step.Hurries) > 0:
		return true, true, nil
	}
	read, path := s.reader(idle.Of)
	if read == nil {
		return nil, false, UnknownProperty(idle.Of)
	}
	return dynamic{s.use(read), "`true`", "(" + path + " || `{}`) == `{}`"}, true, nil
}

func (s *sending) edited(path string) (any, bool, error) {
	read, _ := s.reader(path)
	if read == nil {
		return nil, false, UnknownProperty(path)
	}
	expr, err := read.Edited(path, s.was, s.values)
	return dynamic{read: s.use(read), expr: expr}, true, err
}

// named is what a text of the input names. What goes with what is read just before
// comes from the same answer.
func (s *sending) named(text string, optional bool) (any, bool, error) {
	_, known := room.Expand(text, s.known)
	if !known {
		read, path := s.reader(strings.Trim(text, "{}"))
		switch {
		case optional && strings.Contains(strings.Join(s.entry.Room.ARNs, ""), text):
			return nil, false, nil // its ARN would have it
		case read != nil && optional:
			return dynamic{s.use(read), path, path + " != `null`"}, true, nil
		case read != nil && slices.ContainsFunc(sortedValues(s.write.In), edits):
			return dynamic{read: s.use(read), expr: path}, true, nil
		}
	}
	v, err := s.find(text)
	return v, true, err
}

// edits tells whether a part of an input holds what was just read.
func edits(in any) bool {
	switch in := in.(type) {
	case room.Edited, room.EditedOrNew:
		return true
	case room.Tree:
		return slices.ContainsFunc(sortedValues(in), edits)
	}
	return false
}

func (s *sending) use(read *jmes.Read) *jmes.Read {
	if s.read == nil {
		s.read = read
	}
	return s.read
}

// planned is the value that a property shall have, or has where AWS takes the
// values together.
func (s *sending) planned(name string, asText bool) (any, bool, error) {
	p := s.entry.Service.Leaf(s.entry.Room, name)
	if p == nil {
		return nil, false, UnknownProperty(name)
	}
	if v, named := s.values[name]; named {
		v = static(room.Native(p, v))
		if asText && v != nil {
			v = textOf(v)
		}
		return v, v != nil, nil
	}
	if !s.write.Whole {
		return nil, false, nil
	}
	for _, read := range s.reads {
		place, p, ok := s.place(read, name)
		if !ok {
			continue
		}
		expr := read.Value(place, p)
		if silence, _ := s.filler().Value(s.entry.Room.Properties, room.Tree{}, name); silence != nil {
			return dynamic{read: s.use(read), expr: "not_null(" + expr + ", " + Literal(silence) + ")"}, true, nil
		}
		return dynamic{s.use(read), expr, read.Set(place, p)}, true, nil
	}
	return nil, false, locale.Errorf("render.error.unknownProperty", locale.A("property", name))
}

func textOf(v any) any {
	switch v.(type) {
	case Variable, string:
		return v
	}
	return strings.Trim(jsonText(v), `"`)
}

// static brings a value into the kinds of this package.
func static(v any) any {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = static(v[i])
		}
		return out
	case map[string]any:
		var out Object
		for _, name := range sorted(v) {
			out = append(out, Member{name, static(v[name])})
		}
		return out
	}
	return v
}

// objectQuery makes an object of what is fixed and what is read.
func objectQuery(o Object) string {
	var fields, some []string
	for _, m := range o {
		d, is := m.Value.(dynamic)
		switch {
		case !is:
			fields = append(fields, m.Name+": "+Literal(m.Value))
		case d.when != "":
			some = append(some, d.when+" && {"+m.Name+": "+d.expr+"} || `{}`")
		default:
			fields = append(fields, m.Name+": "+d.expr)
		}
	}
	base := "{" + strings.Join(fields, ", ") + "}"
	if fields == nil {
		base = "`{}`"
	}
	if some == nil {
		return base
	}
	return "merge(" + base + ",\n  " + strings.Join(some, ",\n  ") + ")"
}

func sorted(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

func sortedValues(m map[string]any) []any {
	var values []any
	for _, name := range sorted(m) {
		values = append(values, m[name])
	}
	return values
}
