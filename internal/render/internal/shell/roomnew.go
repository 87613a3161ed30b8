package shell

import (
	"slices"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// makes makes the thing, with what the call takes, and returns what is written after
// it.
func (r *RoomStep) makes() ([]plan.Change, error) {
	m := r.entry.Room.Make
	values := map[string]any{}
	for _, c := range r.step.Changes {
		v, err := r.Value(c.Will)
		if err != nil {
			return nil, err
		}
		values[c.Property] = v
	}
	filled, _ := r.made(room.Tree(m.In), values)
	in := members(filled)
	if m.Build != nil {
		more := m.Build(resource.Scope{Partition: r.plan.Partition, Account: r.plan.Account, Region: r.plan.Region})
		for _, name := range sorted(more) {
			in = append(in, Member{name, static(more[name])})
		}
	}
	service, operation := r.entry.Service.Operation(m.Call)
	r.Run(Command{Service: r.cli(service), Operation: part.Kebab(operation), Input: in})
	given := m.Gives(values)
	return slices.DeleteFunc(slices.Clone(r.step.Changes), func(c plan.Change) bool { return slices.Contains(given, c.Property) }), nil
}

// made fills in the input by which a thing is made. A mark of who makes it, and the
// tag that has it, are left out: whoever prints the calls makes it by hand.
func (r *RoomStep) made(in any, values map[string]any) (v any, sent bool) {
	switch in := in.(type) {
	case room.V:
		v = static(room.Native(r.entry.Service.Leaf(r.entry.Room, string(in)), values[string(in)]))
		return v, v != nil
	case room.Token:
		return nil, false
	case room.Tree:
		var out Object
		for _, name := range sorted(in) {
			if _, mark := in[name].(room.Token); mark && in["Key"] != nil {
				return nil, false
			}
			if v, sent := r.made(in[name], values); sent {
				out = append(out, Member{name, v})
			}
		}
		return out, true
	case []any:
		var out []any
		for _, x := range in {
			if v, sent := r.made(x, values); sent {
				out = append(out, v)
			}
		}
		return out, out != nil
	}
	return in, true
}

// missing stops the script where the thing is there already.
func (r *RoomStep) missing() error {
	for _, read := range r.reads {
		for i := range r.step.Changes {
			if _, _, ok := r.place(read, r.step.Changes[i].Property); !ok || len(r.entry.Room.Gone) == 0 {
				continue
			}
			c, err := r.command(read)
			if err != nil {
				return err
			}
			r.Absent(r.Words.Say("shell.there", locale.A("step", r.step.ID), locale.A("thing", r.Words.Thing(r.step.Thing))), r.entry.Room.Gone[0], c)
			return nil
		}
	}
	return nil
}
