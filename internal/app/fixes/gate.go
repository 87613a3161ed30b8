package fixes

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/store"
)

// Missing is what is to be done without the word of an owner.
type Missing struct {
	Fix     *plan.Fix
	Finding string          // its id, as its control and resource say: a plan's own word may be anybody's
	Does    []remedy.Effect // to others
	Opens   *plan.Step      // the step whose undo opens again what it protects; nil: it is no undo
}

// Passed is a plan, or a run of one, that has passed the owner gate. Nothing else is
// done, and nothing but what it passed for.
type Passed struct {
	Plan    *plan.Plan
	Run     string    // "" where there is none yet
	Without string    // why it is done without the words that are missing
	Missing []Missing // does not keep anybody from it
	deed    string
}

// Closed is the error of the owner gate: the store requires words that are missing.
type Closed struct{ Missing []Missing }

// Error implements error. Whoever shows it says what is done to whom, and how to ask.
func (e *Closed) Error() string { return "an owner has to agree first" }

// Gate holds a plan to what the store's policy wants of owners: a fix that
// interrupts, costs or replaces something has their word, or a reason why it goes
// without, which the audit log keeps. The store is asked whether it is told of the
// run or not, and whatever the endpoint is: who could name one would go round it.
func Gate(ctx context.Context, at *Place, made *plan.Plan, without *string) (*Passed, error) {
	if err := at.Subject.May(access.FixesApply); err != nil {
		return nil, err
	}
	return at.gate(ctx, &Passed{Plan: made, deed: applies}, without)
}

// GateRun is Gate for a run that is to go on.
func GateRun(ctx context.Context, at *Place, run string, without *string) (*Passed, error) {
	if err := at.Subject.May(access.FixesApply); err != nil {
		return nil, err
	}
	made, _, err := execute.ReadRun(at.Dir, run)
	if err != nil {
		return nil, err
	}
	return at.gate(ctx, &Passed{Plan: made, Run: run, deed: resumes}, without)
}

// GateUndo is Gate for an undo: what opens again what a fix protects needs what such
// a fix would. That an owner agreed to the fix is no word for that.
func GateUndo(ctx context.Context, at *Place, run string, without *string) (*Passed, error) {
	if err := at.Subject.May(access.FixesApply); err != nil {
		return nil, err
	}
	j, err := execute.ReadJournal(at.Dir, run)
	if err != nil {
		return nil, err
	}
	passed := &Passed{Plan: j.Plan, Run: run, deed: undoes}
	for _, x := range app.Exposing(j) {
		passed.Missing = append(passed.Missing, Missing{Fix: x.Fix, Finding: findingOf(j.Plan, x.Fix), Opens: x.Step})
	}
	reason, err := given(without)
	if err != nil {
		return nil, err
	}
	if len(passed.Missing) == 0 {
		return passed, nil
	}
	passed.Without = reason
	required := false
	err = at.reading(ctx, func(rd store.Reader) error {
		held, err := keep.Policy(ctx, rd)
		required = held.RequireOwner
		return err
	})
	return at.decided(passed, required, err)
}

func (at *Place) gate(ctx context.Context, passed *Passed, without *string) (*Passed, error) {
	reason, err := given(without)
	if err != nil {
		return nil, err
	}
	if passed.Missing, err = touching(at.Env.Controls, passed.Plan); err != nil {
		return nil, err
	}
	if len(passed.Missing) == 0 {
		return passed, nil
	}
	var ids, open []string
	for _, m := range passed.Missing {
		ids = append(ids, m.Finding)
	}
	required := false
	err = at.reading(ctx, func(rd store.Reader) error {
		held, err := keep.Policy(ctx, rd)
		if err == nil {
			required = held.RequireOwner
			open, err = keep.Unagreed(ctx, rd, ids)
		}
		return err
	})
	if err == nil {
		passed.Missing = slices.DeleteFunc(passed.Missing, func(m Missing) bool { return !slices.Contains(open, m.Finding) })
	}
	if err != nil || len(passed.Missing) > 0 {
		passed.Without = reason
	}
	return at.decided(passed, required, err)
}

// decided is what comes of what is missing. Where the store cannot be read nobody
// knows whether it requires words, or which it has.
func (at *Place) decided(passed *Passed, required bool, unread error) (*Passed, error) {
	switch {
	case unread != nil && passed.Without == "":
		return nil, locale.Errorf("keep.gateNotRead", desk.Why(unread))
	case unread != nil:
		if err := at.forgive("keep.gateUnread", unread); err != nil {
			return nil, err
		}
		passed.Missing = nil
	case len(passed.Missing) > 0 && required && passed.Without == "":
		return nil, &Closed{passed.Missing}
	}
	return passed, nil
}

// given is why something is done without the owner's word; nil: nobody said that it
// should be.
func given(without *string) (string, error) {
	if without == nil {
		return "", nil
	}
	reason := strings.TrimSpace(*without)
	switch {
	case utf8.RuneCountInString(reason) > lifecycle.MaxText:
		return "", locale.Errorf("lifecycle.tooLong", locale.A("max", lifecycle.MaxText))
	case reason == "":
		return "", locale.Errorf("keep.gateReason")
	}
	return reason, nil
}

// touching are the fixes of a plan that an owner is to agree to.
func touching(controls []*control.Control, made *plan.Plan) (list []Missing, err error) {
	for i := range made.Fixes {
		fix := &made.Fixes[i]
		at := slices.IndexFunc(controls, func(c *control.Control) bool { return strings.EqualFold(c.ID, fix.Control) })
		if at < 0 {
			return nil, control.NoSuch(control.IDs(controls), fix.Control)
		}
		c := controls[at]
		at = slices.IndexFunc(c.Remedies, func(r remedy.Remedy) bool { return r.Name == fix.Remedy && r.Mends(fix.Resource.Type) })
		if at < 0 {
			return nil, locale.Errorf("run.unknownRemedy", locale.A("control", fix.Control), locale.A("remedy", locale.Clean(fix.Remedy)))
		}
		if does := c.Remedies[at].Does; len(does) > 0 {
			list = append(list, Missing{Fix: fix, Finding: findingOf(made, fix), Does: does})
		}
	}
	return list, nil
}
