package app

import (
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/planner"
	"github.com/kumoban/kumoban/internal/remedy"
)

// foresee looks at what AWS will look at when the fix of one finding is made,
// and notes in the fix what nobody could tell. It is an error if AWS will refuse.
func (m *planMaker) foresee(ctx context.Context, w *planner.Wanted) error {
	at := m.session.Scope
	trial, err := planner.Make(plan.Plan{Partition: at.Partition, Account: at.Account, Region: at.Region}, []planner.Wanted{*w}, m.states)
	if err != nil {
		return err
	}
	for i := range trial.Steps {
		doubts, err := m.foreseer.Step(ctx, trial, &trial.Steps[i])
		if err != nil {
			return err
		}
		note(&w.Fix, doubts...)
	}
	return nil
}

// foresee looks again before a plan is carried out: much may have changed since,
// and half a fix is worse than none.
func (f *fixer) foresee(ctx context.Context, p *plan.Plan) error {
	foreseer := execute.NewForeseer(f.drivers)
	var said []plan.Note
	for i := range p.Steps {
		doubts, err := foreseer.Step(ctx, p, &p.Steps[i])
		if err != nil {
			return err
		}
		for _, d := range doubts {
			if n := plan.NewNote(d); !slices.ContainsFunc(said, func(s plan.Note) bool { return plan.SameNote(&s, &n) }) {
				said = append(said, n)
				f.env.Tell(d.Key, d.Args...)
			}
		}
	}
	return nil
}

// note adds what a fix does not say yet.
func note(fix *plan.Fix, messages ...locale.Message) {
	for _, m := range messages {
		n := plan.NewNote(m)
		if !slices.ContainsFunc(fix.Notes, func(s plan.Note) bool { return plan.SameNote(&s, &n) }) {
			fix.Notes = append(fix.Notes, n)
		}
	}
}

// about tells a remedy of the thing beside the resource that it has to know of, and
// says what the plan must tell of that. It is looked at once.
func (m *planMaker) about(ctx context.Context, r *remedy.Remedy, c *remedy.Case) ([]locale.Message, error) {
	if r.Around == "" || r.Needs != nil && !r.Needs(c.Resource) {
		return nil, nil
	}
	seen := m.around[r.Around]
	if seen == nil {
		by, ok := m.drivers[r.Around].(drive.Surveyor)
		if !ok {
			return nil, locale.Errorf("run.badPlan")
		}
		var err error
		if seen, err = by.Survey(ctx); err != nil {
			return nil, err
		}
		m.around[r.Around] = seen
	}
	c.Around = seen.Values
	return seen.Notes(c.Inputs), nil
}
