package execute

import (
	"context"
	"errors"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
)

// Undo restores, in reverse order, the values that were there before. It never
// destroys: what others rely on and what holds data stays, and the journal says
// so. A thing that somebody changed since is left alone; the others are still
// undone, and the error names it. Called again, Undo goes on.
func (e *Engine) Undo(ctx context.Context) error {
	var failed []error
	steps := e.Journal.Plan.Steps
	for i := len(steps) - 1; i >= 0; i-- {
		step := &steps[i]
		if !e.Journal.had(step.ID, Began) {
			continue // never touched, or as it should be by somebody else's hand
		}
		if e.settled(step) {
			continue
		}
		if err := e.undo(ctx, step); err != nil {
			failed = append(failed, err)
			if ctx.Err() != nil || e.Journal.broken != nil {
				break
			}
		}
	}
	return errors.Join(failed...)
}

// settled tells whether an earlier undo has decided about a step for good. What
// it kept because it was in use or held data may be free now.
func (e *Engine) settled(step *plan.Step) bool {
	switch e.Journal.Last(step.ID).Event {
	case Undone:
		return true
	case Kept:
		return step.Shared || !step.Make
	}
	return false
}

func (e *Engine) undo(ctx context.Context, step *plan.Step) error {
	driver, err := e.driver(step)
	if err != nil {
		return err
	}
	switch {
	case step.Shared:
		return e.leave(ctx, driver, step)
	case step.Make:
		return e.unmake(ctx, driver, step)
	}
	state, err := driver.Read(ctx, step.Thing, asked(step))
	if err != nil {
		return err
	}
	if !state.Exists {
		return e.note(step, Entry{Event: Kept, Why: "run.kept.gone"})
	}
	will, err := e.values(step.Changes)
	if err != nil {
		return err
	}
	was := make(map[string]any, len(step.Changes))
	for _, c := range step.Changes {
		was[c.Property] = c.Was
		value := plan.Normal(state.Values[c.Property])
		if !plan.Equal(value, c.Was) && !plan.Equal(value, will[c.Property]) {
			return locale.Errorf("run.changedSince", locale.A("thing", label(step.Thing)), locale.A("property", c.Property))
		}
	}
	if !holds(state, was) {
		if err := e.restore(ctx, driver, step, was); err != nil {
			return err
		}
	}
	return e.note(step, Entry{Event: Undone})
}

func (e *Engine) restore(ctx context.Context, driver Driver, step *plan.Step, was map[string]any) error {
	with, err := e.values(step.With)
	if err != nil {
		return err
	}
	if err := e.ready(ctx, driver, step); err != nil {
		return err
	}
	err = e.unlessBusy(ctx, step, func() error { return driver.Write(ctx, step.Thing, was, with) })
	if err != nil {
		return err
	}
	return e.readBack(ctx, driver, step, was)
}

// leave says that what others may rely on stays; of a step that ended before it
// acted there is nothing that could.
func (e *Engine) leave(ctx context.Context, driver Driver, step *plan.Step) error {
	if !e.Journal.had(step.ID, Done) {
		state, err := driver.Read(ctx, step.Thing, asked(step))
		if err != nil {
			return err
		}
		was := make(map[string]any, len(step.Changes))
		for _, c := range step.Changes {
			was[c.Property] = c.Was
		}
		if !state.Exists || !step.Make && holds(state, was) {
			return e.note(step, Entry{Event: Undone})
		}
	}
	return e.note(step, Entry{Event: Kept, Why: keptShared})
}

// unmake removes what the run made, unless it holds data or is in use. Only the
// driver can tell whether it made anything: what was half made may not go by its
// name yet.
func (e *Engine) unmake(ctx context.Context, driver Driver, step *plan.Step) error {
	var kept string
	err := e.unlessBusy(ctx, step, func() (err error) {
		kept, err = driver.Remove(ctx, step.Thing, e.token(step))
		return err
	})
	switch {
	case err != nil:
		return err
	case kept != "":
		return e.note(step, Entry{Event: Kept, Why: kept})
	}
	return e.note(step, Entry{Event: Undone})
}
