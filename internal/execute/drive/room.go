package drive

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// RoomDriver is for things of the types that the catalogue knows how to change.
type RoomDriver struct {
	*Service
	Lasting
	entry *catalog.Entry
	// Beside are properties that the room does not say, with "*" for keys: each is looked
	// up by what was read of the thing; asked tells whether that made calls.
	Beside map[string]Beside
}

// Beside looks a property up; tree is what was read of the thing.
type Beside func(ctx context.Context, tree room.Tree, name string) (v any, asked bool, err error)

// RoomDrivers are those of all such types.
func RoomDrivers(s *Service) map[resource.Type]Driver {
	drivers := map[resource.Type]Driver{}
	for _, service := range catalog.Services() {
		for i := range service.Rooms {
			switch r := &service.Rooms[i]; {
			case r.Make != nil:
				drivers[r.Type] = makeDriver{s.OfRoom(r.Type)}
			case len(r.Writes) > 0:
				drivers[r.Type] = s.OfRoom(r.Type)
			}
		}
	}
	return drivers
}

// OfRoom is the driver of a type as its room says.
func (s *Service) OfRoom(t resource.Type) RoomDriver {
	return RoomDriver{Service: s, entry: catalog.Find(t)}
}

// asker asks about the properties of these names.
func (d RoomDriver) asker(properties []string) *asker.Asker {
	return &asker.Asker{Scope: d.Scope, Lane: d.Lane, Client: d.Wire, Looks: func(_ resource.Type, name string) bool {
		return slices.ContainsFunc(properties, func(p string) bool { return room.Steps(p)[0].Name == name })
	}}
}

func (d RoomDriver) pieces(ctx context.Context, thing plan.Thing, properties []string) (*asker.Pieces, error) {
	a := d.asker(properties)
	names := a.Names(d.entry, thing.ARN)
	if names == nil {
		return nil, Wrong("%q is not the ARN of an %s in %s", thing.ARN, thing.Type, d.Scope.Region)
	}
	p, _, err := a.Alone(ctx, d.entry, names)
	return p, err
}

func (d RoomDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	_, state, err := d.look(ctx, thing, properties)
	return state, err
}

// look reads a thing, with what it does not tell itself: as it is after those calls.
func (d RoomDriver) look(ctx context.Context, thing plan.Thing, properties []string) (*asker.Pieces, State, error) {
	p, err := d.pieces(ctx, thing, properties)
	beside, again := map[string]any{}, false
	for _, name := range properties {
		if by := d.Beside[room.Pattern(name)]; by != nil && err == nil {
			var asked bool
			beside[name], asked, err = by(ctx, p.Tree, name)
			again = again || asked
			if err != nil {
				return nil, State{}, err
			}
		}
	}
	if again {
		p, err = d.pieces(ctx, thing, properties)
	}
	state, err := d.state(thing, properties, p, beside, err)
	return p, state, err
}

func (d RoomDriver) state(thing plan.Thing, properties []string, p *asker.Pieces, beside map[string]any, err error) (State, error) {
	if Missing(err) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	for _, failed := range p.Failed {
		return State{}, failed
	}
	tree := room.Merge(p.Under, p.Tree)
	state, err := StateOf(d, thing, properties, func(name string) (any, bool) {
		if v, looked := beside[name]; looked {
			return v, true
		}
		v, known := asker.Filler(d.entry).Value(d.entry.Room.Properties, tree, name)
		return v, known || d.ofParent(name)
	})
	state.Waits = d.waits(tree, properties)
	return state, err
}

// ofParent tells a property that a plan carries for those who read it, and that stands
// at what the thing belongs to: it is not looked at here.
func (d RoomDriver) ofParent(name string) bool {
	parent := d.entry.Service.Room(d.entry.Room.Parent)
	return parent != nil && room.Find(parent.Properties, name) != nil
}

// waits are the values of properties that are put off.
func (d RoomDriver) waits(tree room.Tree, properties []string) map[string]any {
	waits := map[string]any{}
	for i := range d.entry.Room.Writes {
		w := &d.entry.Room.Writes[i]
		idle, put := w.Idle()
		for _, name := range w.Sets {
			if !put || !slices.Contains(properties, name) {
				continue
			}
			if v, _ := asker.Filler(d.entry).Value(d.entry.Room.Properties, tree, idle.Of+"."+name); v != nil {
				waits[name] = v
			}
		}
	}
	return waits
}

// Pending lists what waits beside.
func (d RoomDriver) Pending(ctx context.Context, thing plan.Thing, values map[string]any) ([]string, error) {
	var all []string
	for i := range d.entry.Room.Writes {
		w := &d.entry.Room.Writes[i]
		group := map[string]any{}
		for _, name := range d.group(w, values) {
			group[name] = values[name]
		}
		if _, put := w.Idle(); !put || len(group) == 0 {
			continue
		}
		p, err := d.pieces(ctx, thing, Names(group))
		if err != nil {
			return nil, err
		}
		all = append(all, d.asker(nil).Waiting(d.entry, w, p, group)...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// Default is what an answer means that leaves a property out; of an element's, where
// that is there.
func (d RoomDriver) Default(property string) any {
	properties, name := d.entry.Room.Properties, room.Pattern(property)
	if whole := d.Whole(name); whole != "" {
		properties = d.entry.Service.Object(d.entry.Service.Leaf(d.entry.Room, whole).Of).Properties
		name = name[len(whole)+1:]
	}
	v, _ := asker.Filler(d.entry).Value(properties, room.Tree{}, name)
	return v
}

// Whole is the element of a map or list: setting a property of one that is not
// there makes it.
func (d RoomDriver) Whole(property string) string {
	if i := strings.LastIndex(property, "]."); i >= 0 {
		return property[:i+1]
	}
	return ""
}

// Together lists what AWS takes together with these properties. It is sent as it
// was read right before the call, so that nobody's change of it is lost: what it
// was when the plan was made does not matter.
func (d RoomDriver) Together(values map[string]any) []string { return d.along(values, false) }

// Along is of the same what must be as it was then.
func (d RoomDriver) Along(values map[string]any) []string { return d.along(values, true) }

func (d RoomDriver) along(values map[string]any, firm bool) []string {
	var along []string
	for i := range d.entry.Room.Writes {
		w := &d.entry.Room.Writes[i]
		if !w.Whole || w.Firm != firm || len(d.group(w, values)) == 0 {
			continue
		}
		for _, name := range w.Sets {
			if _, named := values[name]; !named && !strings.Contains(name, "*") {
				along = append(along, name)
			}
		}
	}
	slices.Sort(along)
	return along
}

// Back is what taking the changes of a step back would do: the worst of it.
func (d RoomDriver) Back(step *plan.Step) room.Back {
	back := room.Restores
	for _, c := range step.Changes {
		back = max(back, d.entry.Room.Back(c.Property, c.Will))
	}
	return back
}

// Sets tells whether the room has a write for a property.
func (d RoomDriver) Sets(property string) bool {
	return slices.ContainsFunc(d.entry.Room.Writes, func(w room.Write) bool { return slices.Contains(w.Sets, room.Pattern(property)) })
}

// group are the properties that a write gives their values.
func (d RoomDriver) group(w *room.Write, values map[string]any) []string {
	var group []string
	for _, name := range Names(values) {
		if asker.Writes(w, name, values[name]) {
			group = append(group, name)
		}
	}
	return group
}

// Write makes the call that writes the first of the properties wanted, with all
// others that it takes.
func (d RoomDriver) Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error) {
	_, done, err := d.Tell(ctx, thing, w)
	return done, err
}

// Tell is Write, with what AWS answers; nil: it was not asked.
func (d RoomDriver) Tell(ctx context.Context, thing plan.Thing, w Writing) (room.Tree, Written, error) {
	var by *room.Write
	var group []string
	for i := range d.entry.Room.Writes {
		if by = &d.entry.Room.Writes[i]; len(group) == 0 {
			group = d.group(by, w.Want)
		}
		if len(group) > 0 {
			break
		}
	}
	if len(group) == 0 {
		return nil, Written{}, Wrong("an %s has no property %s that kumoban can write", thing.Type, Names(w.Want)[0])
	}
	var p *asker.Pieces
	read := func(ctx context.Context, thing plan.Thing, properties []string) (state State, err error) {
		p, state, err = d.look(ctx, thing, properties)
		return state, err
	}
	w.Look = append(slices.Clone(w.Look), d.Together(w.Want)...)
	putOff := false
	answer, done, err := WriteWith(ctx, d.Service, asker.DeclareWrite(d.entry, by, thing.ARN), thing, &w, group, read,
		func(ctx context.Context, _ State, values map[string]any) (room.Tree, error) {
			a := d.asker(nil)
			a.Hurries = w.Hurries
			putOff = a.PutsOff(d.entry, by, p, values)
			return a.Send(ctx, d.entry, by, p, values)
		})
	done.PutOff = putOff
	if err == nil && by.Then != nil && answer != nil {
		err = d.then(ctx, by, p, thing, answer)
	}
	return answer, done, err
}

// then puts in force what a write made. Whatever becomes of that call, the write was
// made: its error is no refusal of the whole.
func (d RoomDriver) then(ctx context.Context, by *room.Write, p *asker.Pieces, thing plan.Thing, answer room.Tree) error {
	_, err := Change(ctx, d.Service, asker.DeclareWrite(d.entry, by.Then, thing.ARN), nil, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, d.asker(nil).After(ctx, d.entry, by, p, answer)
	})
	var refused *Refusal
	if errors.As(err, &refused) {
		return refused.Fault
	}
	return err
}

// Settled goes by the state that AWS gives of the thing.
func (d RoomDriver) Settled(ctx context.Context, thing plan.Thing, wait remedy.Wait) (bool, error) {
	if wait == remedy.NoWait || d.entry.Room.Status == "" {
		return true, nil
	}
	p, err := d.pieces(ctx, thing, nil)
	if err != nil {
		return false, err
	}
	return !slices.Contains(d.entry.Room.Busy, room.TextOf(p.Tree, d.entry.Room.Status)), nil
}

// Again implements [Leading].
func (d RoomDriver) Again(wait remedy.Wait) bool {
	a := d.entry.Room.Await
	return a != nil && a.Again && a.For == string(wait)
}

// Calls lists the reads that describe the thing, and the writes of what a step
// changes.
func (d RoomDriver) Calls(step *plan.Step) []*awsclient.Call {
	var calls []*awsclient.Call
	if d.entry.Room.Setting {
		calls = append(calls, asker.Declare(d.entry, &d.entry.Room.Finds))
	}
	for i := range d.entry.Room.Alone {
		calls = append(calls, asker.Declare(d.entry, &d.entry.Room.Alone[i]))
	}
	for i := range d.entry.Room.Each {
		if r := &d.entry.Room.Each[i]; !r.Closer {
			calls = append(calls, asker.DeclareAll(d.entry, r)...)
		}
	}
	for i := range d.entry.Room.Writes {
		w := &d.entry.Room.Writes[i]
		if !slices.ContainsFunc(step.Changes, func(c plan.Change) bool { return slices.Contains(w.Sets, room.Pattern(c.Property)) }) {
			continue
		}
		calls = append(calls, asker.DeclareWrite(d.entry, w, step.Thing.ARN))
		if w.Then != nil {
			calls = append(calls, asker.DeclareWrite(d.entry, w.Then, step.Thing.ARN))
		}
		if w.Bare != nil {
			calls = append(calls, asker.DeclareWrite(d.entry, w.Bare, step.Thing.ARN))
		}
		for _, also := range w.Also {
			if also.For == "" || slices.ContainsFunc(step.Changes, func(c plan.Change) bool { return c.Property == also.For }) {
				calls = append(calls, d.permission(&also))
			}
		}
	}
	return calls
}

func (d RoomDriver) permission(p *room.Permission) *awsclient.Call {
	service, action, _ := strings.Cut(p.Action, ":")
	c := Permission(service, action, asker.AnyOf(p.On))
	if own, ok := strings.CutPrefix(p.On, ":{account}:"); ok {
		c.Resource = d.Here(own)
	}
	c.When = p.When
	return c
}
