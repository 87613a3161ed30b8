package execute

import (
	"context"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/room"
)

// anyKeyDriver is for keys: those that a run makes have no ARN in its plan, all
// others go by their room.
type anyKeyDriver struct {
	keyDriver
	there roomDriver
}

func (d anyKeyDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	if thing.ARN != "" {
		return d.there.Read(ctx, thing, properties)
	}
	return d.keyDriver.Read(ctx, thing, properties)
}

func (d anyKeyDriver) Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error) {
	if thing.ARN != "" {
		return d.there.Write(ctx, thing, w)
	}
	return d.keyDriver.Write(ctx, thing, w)
}

func (d anyKeyDriver) Outputs(ctx context.Context, thing plan.Thing, token string) (map[string]any, error) {
	if thing.ARN != "" {
		return d.there.Outputs(ctx, thing, token)
	}
	return d.keyDriver.Outputs(ctx, thing, token)
}

func (d anyKeyDriver) Settled(ctx context.Context, thing plan.Thing, wait remedy.Wait) (bool, error) {
	if thing.ARN != "" {
		return d.there.Settled(ctx, thing, wait)
	}
	return d.keyDriver.Settled(ctx, thing, wait)
}

func (d anyKeyDriver) Calls(step *plan.Step) []*awsclient.Call {
	if len(step.Changes) > 0 && !step.Make && d.there.writes(step) {
		return d.there.Calls(step)
	}
	return d.keyDriver.Calls(step)
}

func (d anyKeyDriver) Back(step *plan.Step) room.Back {
	if step.Thing.ARN != "" {
		return d.there.Back(step)
	}
	return room.Restores
}
