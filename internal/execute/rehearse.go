package execute

import (
	"context"

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
func Rehearse(ctx context.Context, drivers map[resource.Type]Driver, step *plan.Step) (event Event, why string, err error) {
	driver, ok := drivers[step.Thing.Type]
	if !ok {
		return "", "", locale.Errorf("run.badPlan")
	}
	state, err := driver.Read(ctx, step.Thing, asked(step))
	if err != nil {
		return "", "", err
	}
	switch compare(step, state, knownYet(step), false) {
	case drifted:
		return WouldNot, "run.drifted", nil
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
	case !e.Journal.had(step.ID, Began):
		return WouldNot, "run.untouched", nil
	case e.Journal.Last(step.ID).Event == Undone:
		return WouldNot, "run.asBefore", nil
	case step.Shared && acted:
		return WouldNot, keptShared, nil
	}
	driver, err := e.driver(step)
	if err != nil {
		return "", "", err
	}
	state, err := driver.Read(ctx, step.Thing, asked(step))
	if err != nil {
		return "", "", err
	}
	is, err := e.since(step, state)
	switch {
	case err != nil:
		return "", "", err
	case !state.Exists && acted:
		return WouldNot, "run.kept.gone", nil
	case step.Shared && (!state.Exists || !step.Make && is == "run.asBefore"):
		return WouldNot, "run.untouched", nil
	case step.Shared:
		return WouldNot, keptShared, nil
	case step.Make && step.Thing.Type == typeKey:
		return WouldNot, keptKey, nil // undo removes none
	case step.Make:
		return WouldRemove, "", nil
	case !state.Exists:
		return WouldNot, "run.kept.gone", nil
	case is != "":
		return WouldNot, is, nil
	}
	return WouldRestore, "", nil
}

// since says, as a message key, that a thing is as it was before the run, or as
// somebody else made it since; "" is as the run left it.
func (e *Engine) since(step *plan.Step, state State) (string, error) {
	will, err := e.values(step.Changes)
	if err != nil {
		return "", err
	}
	before := true
	for _, c := range step.Changes {
		value := plan.Normal(state.Values[c.Property])
		was := plan.Equal(value, c.Was)
		if !was && !plan.Equal(value, will[c.Property]) {
			return "run.kept.changed", nil
		}
		before = before && was
	}
	if before {
		return "run.asBefore", nil
	}
	return "", nil
}

// knownYet is what a step will make of its thing, without the values that come
// from things that are not made yet.
func knownYet(step *plan.Step) map[string]any {
	will := map[string]any{}
	for _, c := range step.Changes {
		if _, _, later := output(c.Will); !later {
			will[c.Property] = c.Will
		}
	}
	return will
}
