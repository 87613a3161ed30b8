package execute

import (
	"context"

	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// What a rehearsal foresees of a step. No journal holds these.
const (
	WouldChange  Event = "would-change"
	WouldMake    Event = "would-create"
	WouldRestore Event = "would-restore"
	WouldRemove  Event = "would-remove" // unless it holds data or is in use, which only trying tells
	WouldNot     Event = "would-not"    // nothing would be done, Why says why
)

// Rehearse says what would become of a step now, and why, as a message key,
// where it could not be done. It changes nothing.
func Rehearse(ctx context.Context, drivers map[resource.Type]drive.Driver, step *plan.Step) (event Event, why string, err error) {
	driver, ok := drivers[step.Thing.Type]
	if !ok {
		return "", "", locale.Errorf("run.badPlan")
	}
	c := comparison{driver, step, knownYet(step.Changes), knownYet(step.With)}
	state, err := driver.Read(ctx, step.Thing, c.look())
	if err != nil {
		return "", "", err
	}
	switch is, _ := c.found(state, false); is {
	case drifted:
		return WouldNot, "run.wouldDrift", nil
	case gone:
		return WouldNot, "run.gone", nil
	case asWanted:
		return WouldNot, "run.already", nil
	}
	for i := range step.Guards {
		if g := &step.Guards[i]; !guarded(g, state) {
			return WouldNot, g.Why, nil
		}
	}
	if step.Make && !state.Exists {
		return WouldMake, "", nil
	}
	return WouldChange, "", nil
}

// RehearseUndo says what undoing a step would do now, and why where it would
// leave the thing. It changes nothing.
func (e *Engine) RehearseUndo(ctx context.Context, step *plan.Step) (event Event, why string, err error) {
	acted := e.Journal.had(step.ID, Done)
	switch {
	case !e.Journal.touched(step.ID):
		return WouldNot, "run.untouched", nil
	case e.Journal.Last(step.ID).Event == Undone:
		return WouldNot, "run.asBefore", nil
	case step.Shared && acted:
		return WouldNot, drive.KeptShared, nil
	}
	driver, err := e.driver(step)
	if err != nil {
		return "", "", err
	}
	d, err := e.deed(step, driver)
	if err != nil {
		return "", "", err
	}
	state, err := d.driver.Read(ctx, step.Thing, d.look())
	if err != nil {
		return "", "", err
	}
	switch untouched := d.comparison.untouched(state); {
	case !state.Exists && acted:
		return WouldNot, drive.KeptGone, nil
	case step.Shared && (!state.Exists || untouched):
		return WouldNot, "run.untouched", nil
	case step.Shared:
		return WouldNot, drive.KeptShared, nil
	case e.destroys(step):
		return WouldNot, drive.KeptLost, nil
	case step.Make && keeps(d.driver) != "":
		return WouldNot, keeps(d.driver), nil
	case step.Make:
		return WouldRemove, "", nil
	case !state.Exists:
		return WouldNot, drive.KeptGone, nil
	}
	back := undoing{deed: d, made: e.Journal.made(step.ID)}
	values, err := back.values(state, drive.Names(d.comparison.values()))
	switch {
	case err != nil:
		return WouldNot, drive.KeptChanged, nil
	case len(values) == 0:
		return WouldNot, "run.asBefore", nil
	}
	return WouldRestore, back.why(), nil
}

// keeps says why things that a driver makes are never removed; "": they are.
func keeps(d drive.Driver) string {
	if k, ok := d.(drive.Keeper); ok {
		return k.Keeps()
	}
	return ""
}
