package fixes

import (
	"cmp"
	"context"
	"errors"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// witness tells the store of one deed: before anything is changed, and what became
// of it. What the store is to be told stands in the run's journal first, so that a
// later deed tells it where this one cannot.
type witness struct {
	at     *Place
	what   string // the deed: "fix.apply"
	why    string // why it is done without the owner's word
	begins func() // is called before the first change
	hasty  bool   // the store is asked once
	line   int    // of the journal, where the deed stands
}

var _ app.Witness = (*witness)(nil)

// reach is the way to the account, with the witness unless no store is told.
func (w *witness) reach() app.FixOptions {
	o := w.at.Reach
	if !w.at.Off {
		o.Witness = w
	}
	return o
}

// acts is reach for what changes the account, in the role that is for that.
func (w *witness) acts(ctx context.Context, passed *Passed) (app.FixOptions, error) {
	o := w.reach()
	var err error
	o.As, err = w.at.role(ctx, access.FixesApply, passed.Plan, passed.command())
	return o, err
}

// Approve implements [app.Witness]: it holds the run's plan to the one that the
// store knows it by. A store that nobody named and that does not work is said.
func (w *witness) Approve(ctx context.Context, j *execute.Journal) error {
	var known store.Run
	err := keep.Patiently(ctx, w.waiting, func() error {
		return w.at.reading(ctx, func(rd store.Reader) (err error) {
			known, err = rd.Run(ctx, j.Run)
			return err
		})
	})
	var none *store.NotFound
	switch {
	case errors.As(err, &none), err == nil && known.Digest == "":
		return nil
	case err == nil && known.Digest != j.Plan.Digest:
		return execute.OtherPlan(j.Run)
	case err == nil, ctx.Err() != nil:
		return err
	}
	return w.at.forgive("keep.runNotCompared", err)
}

// Begin implements [app.Witness]. A store that was named has to work; another
// one is told when the run ends, or by a later deed.
func (w *witness) Begin(ctx context.Context, j *execute.Journal) error {
	if w.begins != nil {
		w.begins()
	}
	by, err := w.at.who()
	if err != nil {
		return w.at.forgive("keep.runNotSaved", err)
	}
	if err := w.pay(ctx, j, w.debts(j), nil); err != nil && w.at.Store != "" {
		return err
	}
	if w.line, err = j.Owe(execute.Deed{What: w.what, By: by, Store: w.at.identity(), Why: w.why}, w.at.Env.Now()); err != nil {
		return err
	}
	return w.at.forgive("keep.runLater", w.save(ctx, j.Run, j.Plan, keep.Deed{What: w.what + ".begin", Line: w.line, Why: w.why}, by, "begun"))
}

// End implements [app.Witness]. Whatever stopped the run, the store is told; but
// whoever interrupted it does not wait for others to finish.
func (w *witness) End(ctx context.Context, j *execute.Journal, result *app.RunResult, stopped error) {
	if w.line == 0 {
		return
	}
	state := "done"
	switch {
	case stopped != nil, w.what != undoes && !result.Mended():
		state = "failed"
	case w.what == undoes:
		state = "undone"
	}
	_ = j.End(w.line, state, w.at.Env.Now()) // where the journal takes no more, the store can still be told
	debts := w.debts(j)
	touched := len(debts) > 0 && debts[len(debts)-1].Line == w.line
	if !touched { // which is told all the same
		debts = append(debts, j.Debt(w.line))
	}
	debts[len(debts)-1].State = state
	w.hasty = ctx.Err() != nil
	err := w.pay(context.WithoutCancel(ctx), j, debts, judged(result))
	switch {
	case err != nil && touched:
		result.Unrecorded = unrecorded(j.Run, err)
	case err != nil:
		w.at.Tell(desk.Warn("keep.runNotSaved", desk.Why(err)))
	}
}

// unrecorded says that a change was made which the store does not know of.
func unrecorded(run string, err error) error {
	return locale.Errorf("keep.runUnrecorded", locale.A("run", run), desk.Why(err))
}

func judged(result *app.RunResult) (now []finding.Finding) {
	for _, list := range [][]app.Outcome{result.Outcomes, result.After} {
		for _, o := range list {
			now = append(now, *o.Finding)
		}
	}
	for _, b := range result.Beside {
		if b.Finding.Status == control.Failed {
			now = append(now, *b.Finding)
		}
	}
	return now
}

// debts are what a journal owes this store.
func (w *witness) debts(j *execute.Journal) (list []execute.Debt) {
	for _, d := range j.Debts() {
		if d.Store == w.at.identity() {
			list = append(list, d)
		}
	}
	return list
}

// pay tells the store of deeds, in their order; the findings are those after the
// last one.
func (w *witness) pay(ctx context.Context, j *execute.Journal, debts []execute.Debt, now []finding.Finding) error {
	for i := range debts {
		d := &debts[i]
		deed := keep.Deed{What: d.What, Line: d.Line, Why: d.Why}
		if d.Line != w.line {
			deed.At = d.At
		}
		if i == len(debts)-1 {
			deed.Now = now
		}
		if err := w.save(ctx, j.Run, j.Plan, deed, d.By, cmp.Or(d.State, "failed")); err != nil {
			return err
		}
		_ = j.Tell(d.Line, w.at.Env.Now()) // else it is told again, which changes nothing
	}
	return nil
}

// save stores a run, for which it waits while others write.
func (w *witness) save(ctx context.Context, run string, made *plan.Plan, d keep.Deed, by, state string) error {
	planText, journal, err := execute.Files(w.at.Dir, run)
	if err != nil {
		return err
	}
	kept := store.Run{ID: run, Digest: made.Digest, Findings: findingIDs(made), State: state, Plan: planText, Journal: journal}
	d.Version = w.at.Env.Version
	var head audit.Entry
	try := func() error {
		if err := w.at.opened(ctx); err != nil {
			return err
		}
		k := *w.at.keeper
		k.Actor = by
		head, err = k.SaveRun(ctx, kept, d)
		return err
	}
	if w.hasty {
		err = try()
	} else {
		err = keep.PatientlyOnce(ctx, w.waiting, try)
	}
	if err == nil && state != "begun" {
		w.at.Tell(desk.Head(head))
	}
	return err
}

func (w *witness) waiting() { w.at.Tell(desk.Tell("keep.runWaits")) }

// verified tells the store of a look at a run, and before that of what it is
// still to be told of it.
func (w *witness) verified(ctx context.Context, run string, result *app.RunResult) error {
	if w.at.Off {
		return nil
	}
	by, err := w.at.who()
	if err != nil {
		return w.at.forgive("keep.runNotSaved", err)
	}
	j, err := execute.OpenJournal(w.at.Dir, run)
	if err == nil { // else another works on it, and will tell
		if err = errors.Join(w.pay(ctx, j, w.debts(j), nil), j.Close()); err != nil {
			result.Unrecorded = unrecorded(run, err)
			return nil
		}
	}
	made, _, err := execute.ReadRun(w.at.Dir, run)
	if err != nil {
		return err
	}
	state := "done"
	if !result.Mended() {
		state = "failed"
	}
	return w.at.forgive("keep.runNotSaved", w.save(ctx, run, made, keep.Deed{What: w.what, Now: judged(result)}, by, state))
}

// findingIDs are the ids of the findings that a plan is for.
func findingIDs(p *plan.Plan) []string {
	var ids []string
	for i := range p.Fixes {
		ids = append(ids, findingOf(p, &p.Fixes[i]))
	}
	return ids
}

// findingOf is the id of the finding that a fix is for.
func findingOf(p *plan.Plan, fix *plan.Fix) string {
	at := resource.Scope{Partition: p.Partition, Account: p.Account, Region: p.Region}
	f := finding.Finding{Control: fix.Control, Status: control.Unknown, Resource: resource.Ref{Scope: at, Type: fix.Resource.Type, ARN: fix.Resource.ARN}}
	return f.ID()
}
