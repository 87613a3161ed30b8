package kms

import (
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
)

// anyKeyDriver is for keys: what their room can write goes by it, all else is of
// those that a run makes.
type anyKeyDriver struct {
	keyDriver
	there drive.RoomDriver
}

func (d anyKeyDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
	if slices.ContainsFunc(properties, d.there.Sets) {
		return d.there.Read(ctx, thing, properties)
	}
	return d.keyDriver.Read(ctx, thing, properties)
}

func (d anyKeyDriver) Write(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	if slices.ContainsFunc(drive.Names(w.Want), d.there.Sets) {
		return d.there.Write(ctx, thing, w)
	}
	return d.keyDriver.Write(ctx, thing, w)
}

// byRoom tells whether the room can write all that a step changes.
func (d anyKeyDriver) byRoom(step *plan.Step) bool {
	return !step.Make && !slices.ContainsFunc(step.Changes, func(c plan.Change) bool { return !d.there.Sets(c.Property) })
}

func (d anyKeyDriver) Calls(step *plan.Step) []*awsclient.Call {
	if len(step.Changes) > 0 && d.byRoom(step) {
		return d.there.Calls(step)
	}
	return d.keyDriver.Calls(step)
}

func (d anyKeyDriver) Back(step *plan.Step) room.Back {
	if d.byRoom(step) {
		return d.there.Back(step)
	}
	return room.Restores
}

// Keeps implements [drive.Keeper]: whatever was encrypted with a key would be lost.
func (anyKeyDriver) Keeps() string { return drive.KeptKey }
