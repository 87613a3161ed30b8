package drive

import (
	"context"
	"maps"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
)

// makeDriver is for things that are made as their rooms say. To some AWS gives their
// ids: a plan names one by the properties that tell it from others, and one of this
// run by its mark. Others have an ARN by their names, and go by that.
type makeDriver struct{ RoomDriver }

// find returns what is there of that name: the one that the run made before any
// other; nil: none.
func (d makeDriver) find(ctx context.Context, thing plan.Thing, token string) (best room.Tree, ours bool, err error) {
	if thing.ARN != "" {
		return nil, false, nil // what goes by its ARN is read by that
	}
	finds, m := &d.entry.Room.Finds, d.entry.Room.Make
	want, ok := room.Fits(m.Is, thing.Name)
	if !ok {
		return nil, false, Wrong("%q is not the name of an %s", thing.Name, thing.Type)
	}
	items, err := d.asker(nil).Items(ctx, d.entry, finds, asker.Declare(d.entry, finds), finds.In)
	if err != nil {
		return nil, false, err
	}
	maps.Copy(want, m.Only)
	for _, item := range items {
		mine := token != "" && d.marked(item, token)
		if !mine && !has(item, want) {
			continue
		}
		if best == nil || mine {
			best, ours = item, mine
		}
	}
	return best, ours, nil
}

func has(item room.Tree, want map[string]string) bool {
	for path, value := range want {
		if room.TextOf(item, path) != value {
			return false
		}
	}
	return true
}

// marked tells whether a thing bears the mark of a run's step.
func (d makeDriver) marked(item room.Tree, token string) bool {
	return room.TextOf(item, d.entry.Room.Make.Mark+"[Key="+TokenTag+"].Value") == token
}

func (d makeDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	if thing.ARN != "" {
		return d.RoomDriver.Read(ctx, thing, properties)
	}
	item, _, err := d.find(ctx, thing, "")
	if err != nil || item == nil {
		return State{}, err
	}
	return StateOf(d, thing, properties, func(name string) (any, bool) {
		return asker.Filler(d.entry).Value(d.entry.Room.Properties, item, name)
	})
}

// Write changes none that has no ARN yet: it has all values from the start.
func (d makeDriver) Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error) {
	if thing.ARN == "" {
		return Written{}, Wrong("kumoban changes no %s", thing.Type)
	}
	return d.RoomDriver.Write(ctx, thing, w)
}

func (d makeDriver) made(arn string) *awsclient.Call {
	m := d.entry.Room.Make
	return asker.DeclareWrite(d.entry, &room.Write{Call: m.Call, Action: m.Action, On: m.On, Rate: m.Rate}, arn)
}

func (d makeDriver) Make(ctx context.Context, thing plan.Thing, values map[string]any, token string) ([]string, error) {
	m, call := d.entry.Room.Make, d.made(thing.ARN)
	in, err := d.asker(nil).Made(d.entry, token, values)
	if err != nil {
		return nil, err
	}
	service, _ := d.entry.Service.Operation(m.Call)
	_, err = Once(ctx, d.Service, call, func(ctx context.Context) (room.Tree, bool, error) {
		if thing.ARN != "" {
			state, err := d.RoomDriver.Read(ctx, thing, Names(values))
			return nil, state.Exists, err
		}
		item, ours, err := d.find(ctx, thing, token)
		return item, ours, err
	}, func(ctx context.Context) (room.Tree, error) {
		out, err := d.Send(ctx, service, call, in)
		if no := room.Items(out, m.Refuses+"[]"); err == nil && m.Refuses != "" && len(no) > 0 {
			err = &awsclient.Fault{Call: call.Name(), Code: room.TextOf(no[0], "Error.Code"), Message: room.TextOf(no[0], "Error.Message")}
		}
		return out, err
	})
	return m.Gives(values), err
}

func (d makeDriver) Outputs(ctx context.Context, thing plan.Thing, token string) (map[string]any, error) {
	m := d.entry.Room.Make
	if len(m.Outputs) == 0 {
		return nil, nil
	}
	item, _, err := d.find(ctx, thing, token)
	if err != nil {
		return nil, err
	}
	outputs := map[string]any{}
	for name, path := range m.Outputs {
		v, _ := room.Get(item, path)
		outputs[name] = plan.Normal(v)
	}
	return outputs, nil
}

// Remove takes away what bears the run's mark, if it is as it was made.
func (d makeDriver) Remove(ctx context.Context, thing plan.Thing, values map[string]any, _ bool, token string) (string, error) {
	if d.entry.Room.Make.Unmake.Call == "" {
		state, err := d.Read(ctx, thing, Names(values))
		if err != nil || !state.Exists {
			return "", err
		}
		return KeptData, nil
	}
	item, ours, err := d.find(ctx, thing, token)
	switch {
	case err != nil || item == nil:
		return "", err
	case !ours:
		return KeptForeign, nil
	}
	for name, want := range values {
		if v, _ := asker.Filler(d.entry).Value(d.entry.Room.Properties, item, name); !Same(d, name, v, want) {
			return KeptChanged, nil
		}
	}
	u := &d.entry.Room.Make.Unmake
	in, ok := d.asker(nil).Input(u.In, asker.About{Tree: item})
	if !ok {
		return "", Wrong("an %s has no name by which it can be removed", thing.Type)
	}
	call := asker.DeclareWrite(d.entry, u, "")
	service, _ := d.entry.Service.Operation(u.Call)
	_, err = Change(ctx, d.Service, call, nil, func(ctx context.Context) (room.Tree, error) { return d.Send(ctx, service, call, in.(room.Tree)) }) //nolint:forcetypeassert // a tree gives a tree
	if Missing(err) {
		err = nil
	}
	return "", err
}

// Back is what taking away what was made would do.
func (d makeDriver) Back(step *plan.Step) room.Back {
	if step.Make {
		return d.entry.Room.Make.Back
	}
	return d.RoomDriver.Back(step)
}

func (d makeDriver) Calls(step *plan.Step) []*awsclient.Call {
	if !step.Make {
		return d.RoomDriver.Calls(step)
	}
	m := d.entry.Room.Make
	calls := []*awsclient.Call{d.made(step.Thing.ARN)}
	if m.Is == "" {
		calls = append(calls, d.RoomDriver.Calls(step)...)
	} else {
		calls = append(calls, asker.Declare(d.entry, &d.entry.Room.Finds), asker.DeclareWrite(d.entry, &m.Unmake, ""))
	}
	for i := range m.Also {
		calls = append(calls, d.permission(&m.Also[i]))
	}
	return calls
}
