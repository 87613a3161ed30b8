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
		switch e.Journal.Last(step.ID).Event {
		case Undone, Kept:
			continue
		}
		if err := e.undo(ctx, step); err != nil {
			failed = append(failed, err)
			if ctx.Err() != nil {
				break
			}
		}
	}
	return errors.Join(failed...)
}

func (e *Engine) undo(ctx context.Context, step *plan.Step) error {
	if step.Shared {
		return e.note(step, Entry{Event: Kept, Why: "run.kept.shared"})
	}
	driver, err := e.driver(step)
	if err != nil {
		return err
	}
	state, err := driver.Read(ctx, step.Thing, asked(step))
	if err != nil {
		return err
	}
	if step.Make {
		return e.unmake(ctx, driver, step, state)
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
	err = e.until(ctx, step, waitAtMost, func() (bool, error) {
		if err := driver.Write(ctx, step.Thing, was, with); err != nil && Conflict(err) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	return e.readBack(ctx, driver, step, was)
}

// unmake removes what the run made, unless it holds data or is in use.
func (e *Engine) unmake(ctx context.Context, driver Driver, step *plan.Step, state State) error {
	if state.Exists {
		kept, err := driver.Remove(ctx, step.Thing, e.token(step))
		if err != nil {
			return err
		}
		if kept != "" {
			return e.note(step, Entry{Event: Kept, Why: kept})
		}
	}
	return e.note(step, Entry{Event: Undone})
}
