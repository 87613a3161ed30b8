package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// planLife is how long a plan may wait for its execution. The guards would
// find what changed; an old plan is refused all the same, for the reasons that
// led to it may be gone.
const planLife = 7 * 24 * time.Hour

// Witness keeps account of what is done to runs, outside of their journals.
type Witness interface {
	// Approve holds a run that is opened again to what is known of it; its error
	// keeps everything from being done with it.
	Approve(ctx context.Context, j *execute.Journal) error
	// Begin is told before a run changes anything; its error stops it.
	Begin(ctx context.Context, j *execute.Journal) error
	// End is told what became of it and what stopped it, while its journal is open.
	End(ctx context.Context, j *execute.Journal, r *RunResult, stopped error)
}

// noWitness is where nobody keeps account.
type noWitness struct{}

func (noWitness) Approve(context.Context, *execute.Journal) error          { return nil }
func (noWitness) Begin(context.Context, *execute.Journal) error            { return nil }
func (noWitness) End(context.Context, *execute.Journal, *RunResult, error) {}

func (o *FixOptions) witness() Witness {
	if o.Witness == nil {
		return noWitness{}
	}
	return o.Witness
}

// Outcome is what became of one finding of a plan.
type Outcome struct {
	Fix     *plan.Fix
	Finding *finding.Finding // judged anew
}

// RunResult is what became of a run.
type RunResult struct {
	Run      string
	Outcomes []Outcome
	Steps    []StepResult
	Beside   []Beside  // what else is worse than before
	After    []Outcome // of an undo that somebody keeps account of: the findings as they are again
	Nothing  bool      // an undo of a run that was undone before, which did nothing
	// Unrecorded is why the witness could not keep account of what was changed.
	Unrecorded error
}

// StepResult is what became of one step.
type StepResult struct {
	Step  *plan.Step
	Event execute.Event // "" where it was not reached
	Why   string        // of Kept and WouldNot: a message key
}

// Mended tells whether every finding passes now, and no other control fails for it.
func (r *RunResult) Mended() bool {
	for _, b := range r.Beside {
		if b.Finding.Status == control.Failed {
			return false
		}
	}
	for _, o := range r.Outcomes {
		if o.Finding.Status != control.Passed && o.Finding.Status != control.NotApplicable {
			return false
		}
	}
	return true
}

// CheckPlan refuses a plan that is too old for the clock of env.
func CheckPlan(env *Env, p *plan.Plan) error {
	if !tooOld(env, p) {
		return nil
	}
	return locale.Errorf("run.oldPlan", locale.A("time", p.MadeAt.Format(time.RFC3339)), locale.A("most", planLife.String()))
}

func tooOld(env *Env, p *plan.Plan) bool { return env.Now().Sub(p.MadeAt) > planLife }

// widePlan tells whether a plan is about what is the account's, whatever the Region.
func widePlan(env *Env, p *plan.Plan) bool {
	return !slices.ContainsFunc(p.Fixes, func(fix plan.Fix) bool {
		return !slices.ContainsFunc(env.Controls, func(c *control.Control) bool { return c.ID == fix.Control && catalog.WideControl(c) })
	})
}

// enterPlan opens the account and Region of a plan, and no other.
func enterPlan(ctx context.Context, env *Env, p *plan.Plan, o FixOptions) (*fixer, error) {
	if o.Region != "" && o.Region != p.Region && !widePlan(env, p) {
		return nil, locale.Errorf("run.otherRegion", locale.A("region", p.Region))
	}
	f, err := enter(ctx, env, o, p.Region)
	if err != nil {
		return nil, err
	}
	if at := f.session.Scope; at.Account != p.Account || at.Partition != p.Partition {
		return nil, locale.Errorf("run.otherAccount", locale.A("account", p.Account), locale.A("caller", at.Account))
	}
	return f, nil
}

// Apply executes a plan under a new journal in dir and judges every finding
// anew. An error says why it stopped; the result says what was done until then.
func Apply(ctx context.Context, env *Env, p *plan.Plan, o FixOptions, dir string, say func(execute.Report)) (*RunResult, error) {
	if err := CheckPlan(env, p); err != nil {
		return nil, err
	}
	f, err := enterPlan(ctx, env, p, o)
	if err != nil {
		return nil, err
	}
	if err := f.foresee(ctx, p); err != nil {
		return nil, err
	}
	if err := o.settleRole(p, ByHand); err != nil {
		return nil, err
	}
	journal, err := execute.NewJournal(dir, p, env.Now())
	if err != nil {
		return nil, err
	}
	return f.run(ctx, journal, &o, say, nil)
}

// Resume goes on with a run that stopped or was killed. Of a plan that is too
// old by now it ends what has begun, and begins nothing.
func Resume(ctx context.Context, env *Env, run string, o FixOptions, dir string, say func(execute.Report)) (*RunResult, error) {
	journal, err := reopen(ctx, run, &o, dir)
	if err != nil {
		return nil, err
	}
	stale, err := resumable(env, journal)
	if err != nil {
		return nil, errors.Join(err, journal.Close())
	}
	f, err := enterPlan(ctx, env, journal.Plan, o)
	if err == nil {
		err = o.settleRole(journal.Plan, ResumeByHand(run))
	}
	if err != nil {
		return nil, errors.Join(err, journal.Close())
	}
	return f.run(ctx, journal, &o, say, stale)
}

// resumable refuses a run that may not go on, and says why no step of it may
// begin where others may end.
func resumable(env *Env, j *execute.Journal) (stale, err error) {
	if err := j.Resumable(); err != nil {
		return nil, err
	}
	if j.Unbegun() == 0 || !tooOld(env, j.Plan) {
		return nil, nil
	}
	stale = locale.Errorf("run.oldRun", locale.A("run", j.Run), locale.A("time", j.Plan.MadeAt.Format(time.RFC3339)), locale.A("most", planLife.String()))
	if j.Begun() == 0 {
		return nil, stale
	}
	return stale, nil
}

// Exposed is a step of a fix whose undo would open again what it protects.
type Exposed struct {
	Fix  *plan.Fix
	Step *plan.Step
}

// Exposing lists what an undo of a run would open again.
func Exposing(j *execute.Journal) []Exposed {
	e := execute.Engine{Journal: j, Drivers: hooks.Drivers(drive.Clients{Scope: resource.Scope{Partition: j.Plan.Partition, Account: j.Plan.Account, Region: j.Plan.Region}})}
	var list []Exposed
	for _, step := range e.Exposes() {
		for i := range j.Plan.Fixes {
			if fix := &j.Plan.Fixes[i]; slices.Contains(fix.Steps, step.ID) {
				list = append(list, Exposed{fix, step})
				break
			}
		}
	}
	return list
}

// Undo restores what a run changed. What an undo has restored before is not
// looked at again; what it kept for a reason that may have passed is tried again,
// and only where that changes something is there anything to account for.
func Undo(ctx context.Context, env *Env, run string, o FixOptions, dir string, say func(execute.Report)) (*RunResult, error) {
	journal, err := reopen(ctx, run, &o, dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = journal.Close() }() // every entry is on the disk already
	result := &RunResult{Run: run}
	if journal.Restored() {
		result.Steps, result.Nothing = Steps(journal), true
		return result, nil
	}
	f, err := enterPlan(ctx, env, journal.Plan, o)
	if err != nil {
		return nil, err
	}
	engine := f.engine(journal, say)
	if err = engine.Undoable(); err == nil {
		err = o.settleRole(journal.Plan, UndoByHand(run))
	}
	if err != nil {
		return nil, err
	}
	engine.As = f.as(run, &o)
	begun := false
	begin := func() error {
		begun = true
		return o.witness().Begin(ctx, journal)
	}
	if journal.Decided() {
		journal.Before(begin)
	} else if err := begin(); err != nil {
		return nil, err
	}
	err = engine.Undo(ctx)
	result.Steps, result.Nothing = Steps(journal), !begun && err == nil
	if begun && o.Witness != nil {
		var failed error
		if result.After, _, failed = f.judge(ctx, journal, false); failed != nil {
			env.Tell("keep.notJudged", locale.A("error", locale.Cause(failed)))
		}
		o.Witness.End(ctx, journal, result, err)
	}
	return result, err
}

// reopen opens a run to work on it.
func reopen(ctx context.Context, run string, o *FixOptions, dir string) (*execute.Journal, error) {
	journal, err := execute.OpenJournal(dir, run)
	if err != nil {
		return nil, err
	}
	if err := o.witness().Approve(ctx, journal); err != nil {
		return nil, errors.Join(err, journal.Close())
	}
	return journal, nil
}

// read opens a run to look at it.
func read(ctx context.Context, run string, o *FixOptions, dir string) (*execute.Journal, error) {
	journal, err := execute.ReadJournal(dir, run)
	if err != nil {
		return nil, err
	}
	return journal, o.witness().Approve(ctx, journal)
}

func (f *fixer) engine(j *execute.Journal, say func(execute.Report)) *execute.Engine {
	return &execute.Engine{Drivers: f.drivers, Journal: j, Now: f.env.Now, Say: say}
}

// run carries a plan out, judges its findings, and closes the journal.
func (f *fixer) run(ctx context.Context, j *execute.Journal, o *FixOptions, say func(execute.Report), stale error) (*RunResult, error) {
	defer func() { _ = j.Close() }() // every entry is on the disk already
	if err := o.witness().Begin(ctx, j); err != nil {
		return nil, err
	}
	engine := f.engine(j, say)
	engine.Stale, engine.As = stale, f.as(j.Run, o)
	err := f.foreknow(ctx, j)
	if err == nil {
		err = engine.Apply(ctx)
	}
	result := &RunResult{Run: j.Run, Steps: Steps(j)}
	if err == nil {
		result.Outcomes, result.Beside, err = f.judge(ctx, j, true)
	}
	o.witness().End(ctx, j, result, err)
	return result, err
}

// Steps are those of a run, with what became of each.
func Steps(j *execute.Journal) []StepResult {
	list := make([]StepResult, len(j.Plan.Steps))
	for i := range j.Plan.Steps {
		entry := j.Last(j.Plan.Steps[i].ID)
		list[i] = StepResult{Step: &j.Plan.Steps[i], Event: entry.Event, Why: entry.Why}
	}
	return list
}

// Verify judges every finding of a run anew and changes nothing.
func Verify(ctx context.Context, env *Env, run string, o FixOptions, dir string) (*RunResult, error) {
	journal, err := read(ctx, run, &o, dir)
	if err != nil {
		return nil, err
	}
	f, err := enterPlan(ctx, env, journal.Plan, o)
	if err != nil {
		return nil, err
	}
	result := &RunResult{Run: run, Steps: Steps(journal)}
	result.Outcomes, result.Beside, err = f.judge(ctx, journal, true)
	result.arrived()
	return result, err
}

// arrived forgets that a step was put off where its findings pass by now.
func (r *RunResult) arrived() {
	for i := range r.Steps {
		s := &r.Steps[i]
		waits := slices.ContainsFunc(r.Outcomes, func(o Outcome) bool {
			return slices.Contains(o.Fix.Steps, s.Step.ID) && o.Finding.Status != control.Passed && o.Finding.Status != control.NotApplicable
		})
		if s.Event == execute.Done && s.Why == execute.Scheduled && !waits && len(r.Outcomes) > 0 {
			s.Why = ""
		}
	}
}

// judge collects what a run is about again. The findings are judged by the same
// controls; with others, every control judges what the run changed or made.
func (f *fixer) judge(ctx context.Context, j *execute.Journal, others bool) ([]Outcome, []Beside, error) {
	list := f.looks(j, others)
	if err := f.take(ctx, j.Plan, list); err != nil {
		return nil, nil, err
	}
	outcomes, err := f.outcomes(j.Plan, list)
	if err != nil || !others {
		return outcomes, nil, err
	}
	return outcomes, f.besides(j, list), nil
}

// Rehearse says for every step whether it could be done now, and changes
// nothing. A step that needs the output of one that was not done is as planned.
func Rehearse(ctx context.Context, env *Env, p *plan.Plan, o FixOptions) ([]StepResult, error) {
	if err := CheckPlan(env, p); err != nil {
		return nil, err
	}
	f, err := enterPlan(ctx, env, p, o)
	if err != nil {
		return nil, err
	}
	if err := f.foresee(ctx, p); err != nil {
		return nil, err
	}
	var list []StepResult
	for i := range p.Steps {
		event, why, err := execute.Rehearse(ctx, f.drivers, &p.Steps[i])
		if err != nil {
			return list, err
		}
		list = append(list, StepResult{Step: &p.Steps[i], Event: event, Why: why})
	}
	return list, nil
}

// RehearseUndo says for every step of a run what undoing it would do now, in
// that order, and changes nothing.
func RehearseUndo(ctx context.Context, env *Env, run string, o FixOptions, dir string) ([]StepResult, error) {
	journal, err := read(ctx, run, &o, dir)
	if err != nil {
		return nil, err
	}
	f, err := enterPlan(ctx, env, journal.Plan, o)
	if err != nil {
		return nil, err
	}
	engine := f.engine(journal, nil)
	var list []StepResult
	for i := len(journal.Plan.Steps) - 1; i >= 0; i-- {
		step := &journal.Plan.Steps[i]
		event, why, err := engine.RehearseUndo(ctx, step)
		if err != nil {
			return list, err
		}
		list = append(list, StepResult{Step: step, Event: event, Why: why})
	}
	return list, nil
}
