package execute

import (
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
)

// anyKeyDriver is for keys: what their room can write goes by it, all else is of
// those that a run makes.
type anyKeyDriver struct {
	keyDriver
	there roomDriver
}

func (d anyKeyDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	if d.ofRoom(properties) {
		return d.there.Read(ctx, thing, properties)
	}
	return d.keyDriver.Read(ctx, thing, properties)
}

func (d anyKeyDriver) Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error) {
	if d.ofRoom(names(w.Want)) {
		return d.there.Write(ctx, thing, w)
	}
	return d.keyDriver.Write(ctx, thing, w)
}

// ofRoom tells whether the room has a write for any of the properties.
func (d anyKeyDriver) ofRoom(properties []string) bool {
	return slices.ContainsFunc(properties, func(p string) bool {
		return slices.ContainsFunc(d.there.entry.Room.Writes, func(w room.Write) bool { return slices.Contains(w.Sets, room.Pattern(p)) })
	})
}

func (d anyKeyDriver) Calls(step *plan.Step) []*awsclient.Call {
	if len(step.Changes) > 0 && !step.Make && d.there.writes(step) {
		return d.there.Calls(step)
	}
	return d.keyDriver.Calls(step)
}

func (d anyKeyDriver) Back(step *plan.Step) room.Back {
	if !step.Make && d.there.writes(step) {
		return d.there.Back(step)
	}
	return room.Restores
}
