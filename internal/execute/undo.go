package execute

import (
	"context"
	"errors"
	"maps"

	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
)

// Undo restores, in reverse order, the values that were there before. It never
// destroys: what others may rely on and what holds data stays, and the journal
// says so. A thing that somebody changed since is left alone; the others are
// still undone, and the error names it. Called again, Undo goes on.
func (e *Engine) Undo(ctx context.Context) error {
	if err := e.Undoable(); err != nil {
		return err
	}
	if err := e.Journal.BeginUndo(e.Now()); err != nil {
		return err
	}
	var failed []error
	steps := e.Journal.Plan.Steps
	for i := len(steps) - 1; i >= 0; i-- {
		step := &steps[i]
		if !e.Journal.touched(step.ID) {
			continue // never touched, or as it should be by somebody else's hand
		}
		if e.Journal.settled(step) {
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

// Undoable refuses to undo a run of which nothing may be taken back: data or a
// credential would be lost.
func (e *Engine) Undoable() error {
	var lost *plan.Step
	for i := range e.Journal.Plan.Steps {
		step := &e.Journal.Plan.Steps[i]
		switch {
		case !e.Journal.touched(step.ID), e.Journal.settled(step):
		case !e.destroys(step):
			return nil
		default:
			lost = step
		}
	}
	if lost == nil || e.Journal.Undoing() {
		return nil
	}
	return locale.Errorf("run.undoDestroys", locale.A("thing", drive.Label(lost.Thing)))
}

// destroys tells whether taking a step back would lose data or a credential.
func (e *Engine) destroys(step *plan.Step) bool {
	return !step.Shared && !step.Make && drive.Back(e.Drivers, step) == room.Destroys
}

// Exposes lists the steps of a run whose undo would open again what they protect.
func (e *Engine) Exposes() []*plan.Step {
	var list []*plan.Step
	for i := range e.Journal.Plan.Steps {
		step := &e.Journal.Plan.Steps[i]
		if e.Journal.touched(step.ID) && !e.Journal.settled(step) && !step.Shared && drive.Back(e.Drivers, step) == room.Exposes {
			list = append(list, step)
		}
	}
	return list
}

func (e *Engine) undo(ctx context.Context, step *plan.Step) error {
	driver, err := e.driver(step)
	if err != nil {
		return err
	}
	switch {
	case step.Shared:
		return e.leave(ctx, driver, step, drive.KeptShared)
	case e.destroys(step):
		return e.leave(ctx, driver, step, drive.KeptLost)
	}
	if driver, err = e.acting(ctx, step); err != nil {
		return err
	}
	if step.Make {
		return e.unmake(ctx, driver, step)
	}
	d, err := e.deed(step, driver)
	if err != nil {
		return err
	}
	back := undoing{deed: d, made: e.Journal.made(step.ID)}
	state, err := driver.Read(ctx, step.Thing, d.look())
	if err != nil {
		return err
	}
	values, err := back.values(state, drive.Names(d.comparison.values()))
	switch {
	case errors.Is(err, errGone):
		return e.note(step, Entry{Event: Kept, Why: drive.KeptGone})
	case err != nil:
		return err
	case len(values) > 0:
		err = back.restore(ctx)
	}
	if errors.Is(err, errGone) {
		return e.note(step, Entry{Event: Kept, Why: drive.KeptGone})
	}
	if err != nil {
		return err
	}
	return e.note(step, Entry{Event: Undone, Why: back.why(), Window: d.window})
}

// undoing puts a thing back that is not to be removed.
type undoing struct {
	*deed
	made   map[string]any // what AWS made of objects that were not there before
	sent   map[string]any // what was written
	partly bool           // an object that the run made stays, for it is more than that now
}

var errGone = errors.New("the thing is not there")

// values says what of a group is to be written so that the thing is as it was
// before, or why that may not be. What the run brought into being goes whole only
// while it is just what AWS made then.
func (u *undoing) values(state drive.State, group []string) (map[string]any, error) {
	if !state.Exists {
		return nil, errGone
	}
	back := map[string]any{}
	u.partly = false
	for _, c := range u.step.Changes {
		value, was, whole := state.Values[c.Property], c.Was, u.Whole(c.Property)
		there := whole != "" && plan.Normal(was) == nil && state.Values[whole] != nil
		stays := there && !plan.Equal(state.Values[whole], u.made[whole])
		if stays {
			was = u.Default(c.Property)
			u.partly = true
		}
		switch {
		case drive.Same(u, c.Property, value, was) && !u.waits(state, c.Property):
		case !drive.Same(u, c.Property, value, u.will[c.Property]) && !u.waits(state, c.Property):
			return nil, changedSince(u.step, c.Property)
		case there && !stays:
			back[whole] = nil
		default:
			back[c.Property] = was
		}
	}
	if property := u.alongDrifted(state); property != "" && len(back) > 0 {
		return nil, changedSince(u.step, property)
	}
	return u.of(back, group), nil
}

// of are the values of a group, and the wholes of its properties.
func (u *undoing) of(values map[string]any, group []string) map[string]any {
	out := map[string]any{}
	for _, name := range group {
		for _, n := range []string{name, u.Whole(name)} {
			if v, there := values[n]; there {
				out[n] = v
			}
		}
	}
	return out
}

// Left tells whether an undo left a thing alone because somebody else has
// changed it since: going on does not alter that.
func Left(err error) bool {
	var ours *locale.Error
	return errors.As(err, &ours) && ours.Key == "run.changedSince"
}

func changedSince(step *plan.Step, property string) error {
	return locale.Errorf("run.changedSince", locale.A("thing", drive.Label(step.Thing)), locale.A("property", property))
}

// restore writes what was there before and looks whether it is there again.
func (u *undoing) restore(ctx context.Context) error {
	if err := u.ready(ctx, u.driver, u.step); err != nil {
		return err
	}
	u.sent = map[string]any{}
	was := make(map[string]any, len(u.step.Changes))
	for _, c := range u.step.Changes {
		was[c.Property] = c.Was
	}
	err := u.write(ctx, was, func(state drive.State, group []string) (map[string]any, error) {
		values, err := u.values(state, group)
		if err != nil || len(values) == 0 {
			return nil, err
		}
		u.looked = u.Now().UTC()
		maps.Copy(u.sent, values)
		return values, nil
	})
	if err != nil {
		return err
	}
	return u.readBack(ctx, u.driver, u.step, u.sent, u.putOff)
}

// waits tells whether what the run wrote is put off, and is yet to come.
func (u *undoing) waits(state drive.State, property string) bool {
	later, waits := state.Waits[property]
	return waits && drive.Same(u, property, later, u.will[property])
}

func (u *undoing) why() string {
	if u.partly {
		return drive.KeptPart
	}
	return ""
}

// leave says why what was done stays; of a step that ended before it acted there is
// nothing that could.
func (e *Engine) leave(ctx context.Context, driver drive.Driver, step *plan.Step, why string) error {
	if !e.Journal.had(step.ID, Done) {
		state, err := driver.Read(ctx, step.Thing, asked(step))
		if err != nil {
			return err
		}
		c := comparison{Meaning: driver, step: step}
		if !state.Exists || c.untouched(state) {
			return e.note(step, Entry{Event: Undone})
		}
	}
	return e.note(step, Entry{Event: Kept, Why: why})
}

// unmake removes what the run made, unless it holds data, is in use, or is more
// than the run made. Only the driver can tell whether it made anything: what was
// half made may not go by its name yet.
func (e *Engine) unmake(ctx context.Context, driver drive.Driver, step *plan.Step) error {
	values, err := e.values(step.Changes)
	if err != nil {
		return err
	}
	var kept string
	err = e.until(ctx, step, waitAtMost, func() (bool, error) {
		kept, err = driver.Remove(ctx, step.Thing, values, e.Journal.had(step.ID, Done), e.token(step))
		if err != nil && drive.Conflict(err) {
			return false, nil
		}
		return true, err
	})
	switch {
	case err != nil:
		return err
	case kept != "":
		return e.note(step, Entry{Event: Kept, Why: kept})
	}
	return e.note(step, Entry{Event: Undone})
}
