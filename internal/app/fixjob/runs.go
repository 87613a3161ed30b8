package fixjob

import (
	"context"
	"errors"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/locale"
)

// ApplyRequest says which approved plan to apply.
type ApplyRequest struct {
	Plan    string  `json:"plan"`
	Account string  `json:"account"`
	Without *string `json:"without,omitempty"` // why it is done without the owners' word; nil: it has it
}

// RunRequest says which run to go on with, to take back or to look at.
type RunRequest struct {
	Run     string  `json:"run"`
	Account string  `json:"account"`
	Region  string  `json:"region"`
	Without *string `json:"without,omitempty"`
}

// Ran is what became of a run.
type Ran struct {
	Run    string `json:"run"`
	Mended bool   `json:"mended"` // every finding passes now, and no other control fails for it
	Beside int    `json:"beside"` // of other controls, on what the run changed: worse than before
}

// StartApply starts to apply a plan that somebody approved.
func StartApply(ctx context.Context, d *desk.Desk, r *jobs.Runner, id string, without *string) (jobs.Job, error) {
	if err := d.Subject.May(access.FixesApply); err != nil {
		return jobs.Job{}, err
	}
	p, err := fixes.ShowProposal(ctx, d, id)
	if err != nil {
		return jobs.Job{}, err
	}
	if p.State != fixes.Approved && p.State != fixes.Applied {
		return jobs.Job{}, locale.Errorf("keep.proposal.take."+string(p.State), locale.A("id", id))
	}
	return r.Start(ctx, d.Subject, Apply, ApplyRequest{id, p.Account, without})
}

// StartRun starts to resume, undo or verify a run, which the server has the journal of.
func StartRun(ctx context.Context, d *desk.Desk, r *jobs.Runner, s *Setup, kind, run string, without *string) (jobs.Job, error) {
	if err := d.Subject.May(access.FixesApply); err != nil {
		return jobs.Job{}, err
	}
	shown, err := fixes.Show(ctx, s.look(d, func(desk.Notice) {}), run)
	if err != nil {
		return jobs.Job{}, err
	}
	return r.Start(ctx, d.Subject, kind, RunRequest{run, shown.Plan.Account, shown.Plan.Region, without})
}

// apply applies a plan. It is taken only here, so that a job that was cancelled before
// leaves it as it was.
func (s *Setup) apply(ctx context.Context, t *jobs.Task) (any, error) {
	var q ApplyRequest
	if err := t.Request(&q); err != nil {
		return nil, err
	}
	p, err := fixes.ShowProposal(ctx, t.Desk, q.Plan)
	if err != nil {
		return nil, err
	}
	at, err := s.place(ctx, t, p.Account, p.Region)
	if err != nil {
		return nil, err
	}
	defer at.Close()
	passed, err := fixes.Gate(ctx, at, p.Plan, q.Without)
	if err != nil {
		return nil, closed(err)
	}
	made, approval, err := fixes.Take(ctx, t.Desk, at, q.Plan)
	if err != nil {
		return nil, err
	}
	result, err := fixes.Apply(ctx, at, passed, approval, fixes.Doing{Say: steps(t, len(made.Steps))})
	return ran(t, result, err)
}

func (s *Setup) resume(ctx context.Context, t *jobs.Task) (any, error) {
	return s.gated(ctx, t, fixes.GateRun, fixes.Resume)
}

func (s *Setup) undo(ctx context.Context, t *jobs.Task) (any, error) {
	return s.gated(ctx, t, fixes.GateUndo, fixes.Undo)
}

func (s *Setup) gated(ctx context.Context, t *jobs.Task,
	gate func(context.Context, *fixes.Place, string, *string) (*fixes.Passed, error),
	do func(context.Context, *fixes.Place, *fixes.Passed, fixes.Doing) (*app.RunResult, error),
) (any, error) {
	var q RunRequest
	if err := t.Request(&q); err != nil {
		return nil, err
	}
	at, err := s.place(ctx, t, q.Account, q.Region)
	if err != nil {
		return nil, err
	}
	defer at.Close()
	passed, err := gate(ctx, at, q.Run, q.Without)
	if err != nil {
		return nil, closed(err)
	}
	result, err := do(ctx, at, passed, fixes.Doing{Say: steps(t, len(passed.Plan.Steps))})
	return ran(t, result, err)
}

// verify judges the findings of a run anew; it changes nothing, and may begin anew.
func (s *Setup) verify(ctx context.Context, t *jobs.Task) (any, error) {
	var q RunRequest
	if err := t.Request(&q); err != nil {
		return nil, err
	}
	at, err := s.place(ctx, t, q.Account, q.Region)
	if err != nil {
		return nil, err
	}
	defer at.Close()
	seen, err := fixes.Verify(ctx, at, q.Run, fixes.Look{})
	if err != nil {
		return nil, err
	}
	return ran(t, seen.Result, nil)
}

// ran is what is kept of a result. An error says why the run stopped, and what was done
// until then stays.
func ran(t *jobs.Task, r *app.RunResult, err error) (any, error) {
	if r == nil {
		return nil, err
	}
	if r.Unrecorded != nil {
		t.Tell(desk.Warn("fixjob.unrecorded", desk.Why(r.Unrecorded)))
	}
	out := Ran{Run: r.Run, Mended: err == nil && r.Mended(), Beside: len(r.Beside)}
	if err != nil && r.Run != "" {
		t.Tell(desk.Tell("fixjob.stopped", locale.A("run", r.Run)))
	}
	return out, err
}

// closed says what the owner gate wants.
func closed(err error) error {
	var shut *fixes.Closed
	if !errors.As(err, &shut) {
		return err
	}
	m := &shut.Missing[0]
	return locale.Errorf("fixjob.closed", locale.A("control", m.Fix.Control), locale.A("resource", locale.Clean(m.Fix.Resource.Name)), locale.A("n", len(shut.Missing)))
}
