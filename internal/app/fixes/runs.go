package fixes

import (
	"context"
	"errors"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
)

// The deeds, as the audit log names them.
const (
	applies  = "fix.apply"
	resumes  = "fix.resume"
	undoes   = "fix.undo"
	verifies = "fix.verify"
)

// Approval is somebody's word for one plan: by its digest, and by what each of its steps
// may do, where they are carried out in a role.
type Approval struct {
	digest   string
	sessions app.Sessions
}

// Approve gives the word for a plan, by its digest: whoever says it has seen that
// plan and no other. A plan that cannot be carried out in the role of its account is
// refused.
func Approve(ctx context.Context, at *Place, made *plan.Plan, digest string) (*Approval, error) {
	if err := at.Subject.May(access.FixesApprove); err != nil {
		return nil, err
	}
	if err := app.CheckPlan(at.Env, made); err != nil {
		return nil, err
	}
	if err := (&Approval{digest: digest}).covers(made); err != nil {
		return nil, err
	}
	return at.approval(ctx, access.FixesApprove, made)
}

// approval is the word for a plan, with what its steps may do here.
func (at *Place) approval(ctx context.Context, may access.Permission, made *plan.Plan) (*Approval, error) {
	as, err := at.role(ctx, may, made, app.ByHand)
	if err != nil {
		return nil, err
	}
	approval := &Approval{digest: made.Digest}
	if as != nil {
		approval.sessions, err = app.SessionsOf(made, app.ByHand)
	}
	if err != nil {
		return nil, err
	}
	return approval, nil
}

// covers refuses another plan than the one that was approved, and one that was changed
// since its digest was made.
func (a *Approval) covers(made *plan.Plan) error {
	if a == nil || a.digest != made.Digest {
		return locale.Errorf("run.notApproved", locale.A("digest", made.Digest))
	}
	if sum, err := made.Sum(); err != nil || sum != made.Digest {
		return locale.Errorf("run.changedPlan")
	}
	return nil
}

// Rehearse says for every step of a plan whether it could be done now, and changes
// nothing.
func Rehearse(ctx context.Context, at *Place, made *plan.Plan) ([]app.StepResult, error) {
	if err := at.Subject.May(access.FixesPlan); err != nil {
		return nil, err
	}
	return app.Rehearse(ctx, at.Env, made, at.Reach)
}

// Doing is told how a deed goes.
type Doing struct {
	Begins func()       // before anything is changed; nil: nobody wants to know
	Say    func(Report) // what becomes of each step
}

// Apply carries out a plan that passed the gate and that somebody approved. An error
// says why it stopped; the result what was done until then.
func Apply(ctx context.Context, at *Place, passed *Passed, by *Approval, tell Doing) (*app.RunResult, error) {
	if err := at.Subject.May(access.FixesApply); err != nil {
		return nil, err
	}
	if passed != nil {
		if err := by.covers(passed.Plan); err != nil {
			return nil, err
		}
	}
	w, err := passed.witness(ctx, at, applies, tell)
	if err != nil {
		return nil, err
	}
	o, err := w.acts(ctx, passed)
	if err != nil {
		return nil, err
	}
	o.Sessions = by.sessions
	return app.Apply(ctx, at.Env, passed.Plan, o, at.Dir, tell.Say)
}

// Resume goes on with a run that stopped or was killed, and that passed the gate.
func Resume(ctx context.Context, at *Place, passed *Passed, tell Doing) (*app.RunResult, error) {
	if err := at.Subject.May(access.FixesApply); err != nil {
		return nil, err
	}
	w, err := passed.witness(ctx, at, resumes, tell)
	if err != nil {
		return nil, err
	}
	o, err := w.acts(ctx, passed)
	if err != nil {
		return nil, err
	}
	return app.Resume(ctx, at.Env, passed.Run, o, at.Dir, tell.Say)
}

// RehearseUndo says for every step of a run what undoing it would do now, in that
// order, and changes nothing.
func RehearseUndo(ctx context.Context, at *Place, run string) ([]app.StepResult, error) {
	if err := at.Subject.May(access.FixesPlan); err != nil {
		return nil, err
	}
	w := &witness{at: at}
	return app.RehearseUndo(ctx, at.Env, run, w.reach(), at.Dir)
}

// Undo restores what a run changed whose undo passed the gate.
func Undo(ctx context.Context, at *Place, passed *Passed, tell Doing) (*app.RunResult, error) {
	if err := at.Subject.May(access.FixesApply); err != nil {
		return nil, err
	}
	w, err := passed.witness(ctx, at, undoes, tell)
	if err != nil {
		return nil, err
	}
	o, err := w.acts(ctx, passed)
	if err != nil {
		return nil, err
	}
	return app.Undo(ctx, at.Env, passed.Run, o, at.Dir, tell.Say)
}

// command is what does the same with credentials of one's own.
func (p *Passed) command() string {
	switch p.deed {
	case resumes:
		return app.ResumeByHand(p.Run)
	case undoes:
		return app.UndoByHand(p.Run)
	}
	return app.ByHand
}

var errNotAsked = errors.New("it has not passed the owner gate for this")

// witness is who tells the store of a deed. What the store is still to be told of
// others comes before.
func (p *Passed) witness(ctx context.Context, at *Place, deed string, tell Doing) (*witness, error) {
	if p == nil || p.deed != deed {
		return nil, errNotAsked
	}
	at.settle(ctx, "")
	if at.Off && tell.Begins != nil { // no witness is there to do it
		tell.Begins()
	}
	return &witness{at: at, what: deed, why: p.Without, begins: tell.Begins}, nil
}

// Look is what to look at besides the findings of a run.
type Look struct {
	Delivered bool // whether events written after the change reach its access logs
	Probe     bool // the same, with a request to each of them before
}

// Verified is how a run's findings are now.
type Verified struct {
	Plan      *plan.Plan
	Result    *app.RunResult
	Delivered []app.Delivery
}

// Verify judges every finding of a run anew, which changes nothing but what is kept
// of it. What was seen comes back although the rest could not be.
func Verify(ctx context.Context, at *Place, run string, look Look) (*Verified, error) {
	if err := at.Subject.May(access.FixesApply); err != nil {
		return nil, err
	}
	made, _, err := execute.ReadRun(at.Dir, run)
	if err != nil {
		return nil, err
	}
	at.settle(ctx, run)
	w := &witness{at: at, what: verifies}
	result, err := app.Verify(ctx, at.Env, run, w.reach(), at.Dir)
	if err != nil {
		at.settle(ctx, "") // without what the findings are now
		return nil, err
	}
	seen := &Verified{Plan: made, Result: result}
	if err = w.verified(ctx, run, result); err == nil && (look.Delivered || look.Probe) {
		seen.Delivered, err = app.Delivered(ctx, at.Env, run, w.reach(), at.Dir, look.Probe)
	}
	return seen, err
}
