package shell

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render/internal/jmes"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// RoomStep writes one step about a thing of which all that is known stands in its
// room: what it reads before and after, and the calls that the driver of rooms
// would make.
type RoomStep struct {
	*Script
	step  *plan.Step
	entry *catalog.Entry
	names map[string]string // by the ARN
	reads []*jmes.Read
	learn map[string]Variable // what an earlier command has found out, by path
}

// ofRoom writes a step by the room of its thing's type.
func ofRoom(s *Script, st *plan.Step) error {
	e := catalog.Find(st.Thing.Type)
	r, err := newRoomStep(s, st, e)
	if err != nil {
		return err
	}
	before := func() error { return r.AsPlanned(r.along()) }
	if st.Make {
		before = r.missing
	}
	after := func() error { return r.AsWritten() }
	if a := e.Room.Await; a != nil && a.Again && a.For == string(st.Wait) {
		after = func() error { return cmp.Or(r.Ready(), r.AsWritten()) }
	}
	for _, do := range []func() error{r.Ready, before, r.change, after} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// Ready waits until nothing is under way of what the change must wait for, as long as
// that may take.
func (r *RoomStep) Ready() error {
	a := r.entry.Room.Await
	if a == nil || a.For != string(r.step.Wait) {
		return nil
	}
	_, place := r.reader(r.entry.Room.Status)
	state := func(silence string) string { return place + " || " + Literal(silence) }
	condition := "(" + state(a.Is) + ") == " + Literal(a.Is)
	if a.Is == "" {
		condition = "!contains(" + Literal(r.entry.Room.Busy) + ", " + state("") + ")"
	}
	c, err := r.command(r.reads[0])
	if err != nil {
		return err
	}
	text := r.Words.Say("shell.wait."+a.Say, locale.A("step", r.step.ID), locale.A("thing", r.Words.Thing(r.step.Thing)))
	r.Await(text, a.Attempts, a.Seconds, c.With(condition))
	return nil
}

// Room is how a step's thing is read, by the room of its type.
func (s *Script) Room(st *plan.Step) (*RoomStep, error) {
	e := catalog.Find(st.Thing.Type)
	if e == nil {
		return nil, locale.Errorf("render.error.unknownType", locale.A("type", string(st.Thing.Type)))
	}
	return newRoomStep(s, st, e)
}

func newRoomStep(s *Script, st *plan.Step, e *catalog.Entry) (*RoomStep, error) {
	r := &RoomStep{Script: s, step: st, entry: e, learn: map[string]Variable{}, reads: jmes.Of(e, Literal)}
	r.names = e.Room.Names(resource.Scope{Partition: s.plan.Partition, Account: s.plan.Account, Region: s.plan.Region}, st.Thing.ARN)
	if r.names == nil || !Valid(st.Thing.ARN) {
		return nil, locale.Errorf("render.error.notOfRoom", locale.A("thing", s.Words.Thing(st.Thing)))
	}
	return r, nil
}

// Outline writes the calls that make the changes, without the checks around them.
func Outline(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	s := &Script{Words: w, plan: p, outline: true, functions: map[string]bool{}, variables: map[remedy.Output]Variable{}}
	for i := range p.Steps {
		e := catalog.Find(p.Steps[i].Thing.Type)
		if !part.OfRoom(&p.Steps[i]) {
			return locale.Errorf("render.error.notOfRoom", locale.A("thing", w.Thing(p.Steps[i].Thing)))
		}
		r, err := newRoomStep(s, &p.Steps[i], e)
		if err != nil {
			return err
		}
		if err := r.change(); err != nil {
			return err
		}
	}
	b.Write(s.body.Bytes())
	return nil
}

// along is what AWS takes together with the changes; what else a step carries is for
// whoever reads it.
func (r *RoomStep) along() []plan.Change {
	return slices.DeleteFunc(slices.Clone(r.step.With), func(c plan.Change) bool {
		return !slices.ContainsFunc(r.entry.Room.Writes, func(w room.Write) bool { return w.Whole && slices.Contains(w.Sets, c.Property) })
	})
}

// change makes the calls, each with the properties that it takes together.
func (r *RoomStep) change() error {
	left := slices.Clone(r.step.Changes)
	if r.step.Make {
		var err error
		if left, err = r.makes(); err != nil {
			return err
		}
	}
	for len(left) > 0 {
		w, group := r.write(left)
		if w == nil {
			return UnknownProperty(left[0].Property)
		}
		if err := r.send(w, group); err != nil {
			return err
		}
		left = slices.DeleteFunc(left, func(c plan.Change) bool { return has(group, c.Property) })
	}
	return nil
}

// write is the first write that gives some of the properties their values.
func (r *RoomStep) write(changes []plan.Change) (*room.Write, []plan.Change) {
	for i := range r.entry.Room.Writes {
		w := &r.entry.Room.Writes[i]
		var group []plan.Change
		for _, c := range changes {
			if w.Gives(c.Property, plan.Normal(c.Will)) {
				group = append(group, c)
			}
		}
		if group != nil {
			return w, group
		}
	}
	return nil, nil
}

func has(changes []plan.Change, property string) bool {
	return slices.ContainsFunc(changes, func(c plan.Change) bool { return c.Property == property })
}

// find fills in what a text names: "{QueueName}" by the ARN, else by what a read
// answers, which is kept in a variable.
func (r *RoomStep) find(text string) (any, error) {
	if path, ok := strings.CutSuffix(text, "[]}"); ok {
		v, err := r.find(path + "}")
		return []any{v}, err
	}
	if v, ok := room.Expand(text, r.known); ok {
		return v, nil
	}
	path := strings.Trim(text, "{}")
	if "{"+path+"}" != text || strings.ContainsAny(path, "{}|") {
		return nil, locale.Errorf("render.error.notOfRoom", locale.A("thing", r.Words.Thing(r.step.Thing)))
	}
	if v, ok := r.learn[path]; ok {
		return v, nil
	}
	read, place := r.reader(path)
	if read == nil {
		return nil, UnknownProperty(path)
	}
	c, err := r.command(read)
	if err != nil {
		return nil, err
	}
	name := Variable(fmt.Sprintf("%s_%s", strings.ReplaceAll(part.Kebab(path[strings.LastIndexByte(path, '.')+1:]), "-", "_"), r.step.ID))
	r.Set(name, c.With(place))
	r.learn[path] = name
	return name, nil
}

// known is what is known of the thing without asking AWS.
func (r *RoomStep) known(path string) string {
	if v := r.names[path]; v != "" {
		return v
	}
	if path == r.entry.Room.ARNIn && path != "" {
		return r.step.Thing.ARN
	}
	return map[string]string{"partition": r.plan.Partition, "account": r.plan.Account, "region": r.plan.Region}[path]
}

// reader is the read that tells what is by a path.
func (r *RoomStep) reader(path string) (*jmes.Read, string) {
	for _, read := range r.reads {
		if place, ok := read.Find(path); ok {
			return read, place.Path
		}
	}
	return nil, ""
}

// command is the command that makes a read.
func (r *RoomStep) command(read *jmes.Read) (Command, error) {
	in, err := r.fill(read.In)
	if err != nil {
		return Command{}, err
	}
	return Command{Service: r.cli(read.Service), Operation: part.Kebab(read.Operation), Input: members(in)}, nil
}

func (r *RoomStep) cli(service string) string {
	if service == r.entry.Service.Model {
		return cmp.Or(r.entry.Service.CLI, service)
	}
	return service
}

// fill fills in the input of a read.
func (r *RoomStep) fill(in any) (any, error) {
	switch in := in.(type) {
	case string:
		if strings.Contains(in, "{") {
			return r.find(in)
		}
	case room.Tree:
		var filled Object
		for _, name := range sorted(in) {
			if text, _ := in[name].(string); strings.HasSuffix(name, "?") {
				if _, known := room.Expand(text, r.known); !known {
					continue
				}
			}
			v, err := r.fill(in[name])
			if err != nil {
				return nil, err
			}
			filled = append(filled, Member{strings.TrimSuffix(name, "?"), v})
		}
		return filled, nil
	case []any:
		filled := make([]any, len(in))
		for i := range in {
			var err error
			if filled[i], err = r.fill(in[i]); err != nil {
				return nil, err
			}
		}
		return filled, nil
	}
	return in, nil
}

func members(v any) Object {
	o, _ := v.(Object)
	return o
}

// AsPlanned stops the script where the thing, with what is sent along, is not as the
// plan found it, and where what must be true is not; also are more conditions on what
// the first read answers.
func (r *RoomStep) AsPlanned(sent []plan.Change, also ...string) error {
	if err := r.guarded(); err != nil {
		return err
	}
	return r.look(slices.Concat(r.step.Changes, sent), false, also...)
}

// AsWritten stops the script where the thing does not read back as planned.
func (r *RoomStep) AsWritten(also ...string) error { return r.look(r.step.Changes, true, also...) }

// Members are the properties of an object of the thing that answers have, in the order
// of their names.
func (r *RoomStep) Members(object string) []string {
	names := slices.DeleteFunc(part.Members(r.entry.Room.Type, object), func(name string) bool {
		return !slices.ContainsFunc(r.reads, func(read *jmes.Read) bool { _, _, ok := r.place(read, object+"."+name); return ok })
	})
	slices.Sort(names)
	return names
}

func (r *RoomStep) look(changes []plan.Change, after bool, also ...string) error {
	left := slices.Clone(changes)
	for _, read := range r.reads {
		var mine []plan.Change
		left = slices.DeleteFunc(slices.Clone(left), func(c plan.Change) bool {
			_, _, ok := r.place(read, c.Property)
			if ok {
				mine = append(mine, c)
			}
			return ok
		})
		if mine == nil && also == nil {
			continue
		}
		if err := r.compare(read, mine, after, also); err != nil {
			return err
		}
		also = nil
	}
	for _, c := range left {
		s := locale.A("property", r.Words.Property(c.Property))
		r.comment(r.Words.Say("shell.unseen", s))
	}
	return nil
}

// guarded stops the script where what must be true is not.
func (r *RoomStep) guarded() error {
	for i := range r.step.Guards {
		if err := r.guard(&r.step.Guards[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *RoomStep) guard(g *plan.Guard) error {
	if special, ok := r.kinds[r.step.Thing.Type].Guards[g.Property]; ok {
		return special(r.Script, r.step, g)
	}
	for _, read := range r.reads {
		place, p, ok := r.place(read, g.Property)
		if !ok {
			continue
		}
		c, err := r.command(read)
		if err != nil {
			return err
		}
		var choices []string
		for _, v := range g.OneOf {
			if choice := read.Is(place, p, plan.Normal(v)); !slices.Contains(choices, choice) {
				choices = append(choices, choice)
			}
		}
		r.Must(r.Why(r.step, g), c.With(strings.Join(choices, " || ")))
		return nil
	}
	return UnknownProperty(g.Property)
}

// place is where a read has a property.
func (r *RoomStep) place(read *jmes.Read, property string) (jmes.Place, *room.Property, bool) {
	if !read.Serves(property) || read.Split != nil && strings.Contains(property, "[") {
		return jmes.Place{}, nil, false
	}
	return read.Property(property)
}

// compare reads once, and compares what changes.
func (r *RoomStep) compare(read *jmes.Read, changes []plan.Change, after bool, also []string) error {
	c, err := r.command(read)
	if err != nil {
		return err
	}
	conditions := slices.Concat(also, r.elements(read, changes, after))
	nothing := true // a refusal that says that there is none of it is as well
	for _, change := range changes {
		v := plan.Normal(change.Was)
		if after {
			v, err = r.Value(change.Will)
		}
		if err != nil {
			return err
		}
		place, p, _ := r.place(read, change.Property)
		if _, whole := v.(map[string]any); whole {
			conditions = append(conditions, place.Path+" != `null`")
			nothing = false
			continue
		}
		conditions = append(conditions, read.Is(place, p, v))
		silent, known := r.filler().Value(r.entry.Room.Properties, room.Tree{}, change.Property)
		nothing = nothing && known && plan.Equal(silent, v)
	}
	c = c.With(All(conditions))
	sentence := r.Words.Say("shell.drift", locale.A("step", r.step.ID), locale.A("thing", r.Words.Thing(r.step.Thing)), locale.A("expected", r.Expected(changes, false)))
	if after {
		sentence = r.NotWritten(r.step, changes...)
	}
	switch {
	case nothing && len(read.Absent) > 0:
		r.Call("none "+part.Word(sentence)+" "+part.Word(read.Absent[0]), c)
	case after && !r.entry.Room.Prompt:
		const attempts, seconds = 20, 15
		r.Await(sentence, attempts, seconds, c)
	default:
		r.Must(sentence, c)
	}
	return nil
}

// elements demand that what changes in elements of lists and maps is there, or not, as
// the plan found it, or will have it: what AWS leaves out of an element says nothing
// where there is no such element, and a change of one part would make it anew.
func (r *RoomStep) elements(read *jmes.Read, changes []plan.Change, after bool) []string {
	var names []string
	for _, c := range changes {
		if end := strings.LastIndex(c.Property, "]."); end >= 0 && !slices.Contains(names, c.Property[:end+1]) {
			names = append(names, c.Property[:end+1])
		}
	}
	var conditions []string
	for _, name := range names {
		place, _, ok := r.place(read, name)
		if !ok {
			continue
		}
		operator := " == "
		if slices.ContainsFunc(slices.Concat(r.step.Changes, r.step.With), func(c plan.Change) bool {
			v := map[bool]any{false: c.Was, true: c.Will}[after]
			return strings.HasPrefix(c.Property, name+".") && plan.Normal(v) != nil
		}) {
			operator = " != "
		}
		conditions = append(conditions, place.Path+operator+"`null`")
	}
	return conditions
}

func (r *RoomStep) filler() room.Filler {
	return room.Filler{Service: r.entry.Service, Form: room.Answer}
}
