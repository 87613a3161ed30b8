package cli

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// keptRun tells the store of a run: before it changes anything, and what became
// of it. Its zero value tells nobody.
type keptRun struct {
	p      *program
	keeper *keep.Keeper
	done   func()
	named  bool // the store was named, so that it must work
	what   string
	dir    string
	plan   *plan.Plan
}

// witnessed does something to a run while the store keeps account of it.
func (p *program) witnessed(c *cobra.Command, f *runFlags, what, dir string, made *plan.Plan, o *app.FixOptions, do func() (*app.RunResult, error)) (*app.RunResult, error) {
	r, err := p.keepRun(c, f, what, dir, made)
	if err != nil {
		return nil, err
	}
	defer func() { r.done() }()
	o.Begin = r.begin()
	result, err := do()
	if failed := r.end(c.Context(), result, err); err == nil {
		err = failed
	}
	return result, err
}

// keepRun opens the store for a run, as a scan would; what names the deed.
func (p *program) keepRun(c *cobra.Command, f *runFlags, what, dir string, made *plan.Plan) (*keptRun, error) {
	r := &keptRun{p: p, done: func() {}, named: f.store != "", what: what, dir: dir, plan: made}
	if f.noStore || !r.named && p.endpoint() != "" {
		return r, nil
	}
	place := f.store
	if place == "" {
		place = filepath.Join(filepath.Dir(dir), storeName)
	}
	by, err := p.actor(f.by)
	if err == nil {
		r.keeper, r.done, err = p.keeper(c.Context(), c, place, by)
	}
	if err != nil && !r.named {
		p.tell("keep.runNotSaved", locale.A("error", p.explain(err)))
		r.done = func() {}
		return r, nil
	}
	return r, err
}

// begin is for [app.FixOptions]; nil where nobody keeps account.
func (r *keptRun) begin() func(context.Context, string) error {
	if r.keeper == nil {
		return nil
	}
	return func(ctx context.Context, run string) error {
		err := r.save(ctx, run, "begun", nil)
		if err != nil && !r.named {
			r.p.tell("keep.runNotSaved", locale.A("error", r.p.explain(err)))
			r.keeper = nil
			return nil
		}
		return err
	}
}

// end tells what became of the run. Whatever stopped it, it is told.
func (r *keptRun) end(ctx context.Context, result *app.RunResult, stopped error) error {
	if r.keeper == nil || result == nil {
		return nil
	}
	outcomes := append(append([]app.Outcome{}, result.Outcomes...), result.After...)
	state := "done"
	switch {
	case stopped != nil, r.what != "fix.undo" && !result.Mended():
		state = "failed"
	case r.what == "fix.undo":
		state = "undone"
	}
	var now []finding.Finding
	for _, o := range outcomes {
		now = append(now, *o.Finding)
	}
	err := r.save(context.WithoutCancel(ctx), result.Run, state, now)
	if err != nil && !r.named {
		r.p.tell("keep.runNotSaved", locale.A("error", r.p.explain(err)))
		return nil
	}
	return err
}

func (r *keptRun) save(ctx context.Context, run, state string, now []finding.Finding) error {
	what := r.what
	if state == "begun" {
		what += ".begin"
	}
	planText, journal, err := execute.Files(r.dir, run)
	if err != nil {
		return err
	}
	kept := store.Run{ID: run, Digest: r.plan.Digest, Findings: findingIDs(r.plan), State: state, Plan: planText, Journal: journal}
	head, err := r.keeper.SaveRun(ctx, kept, what, version(), now)
	if err == nil && state != "begun" {
		r.p.head(head)
	}
	return err
}

// findingIDs are the ids of the findings that a plan is for.
func findingIDs(p *plan.Plan) []string {
	var ids []string
	at := resource.Scope{Partition: p.Partition, Account: p.Account, Region: p.Region}
	for _, fix := range p.Fixes {
		f := finding.Finding{Control: fix.Control, Status: control.Unknown, Resource: resource.Ref{Scope: at, Type: fix.Resource.Type, ARN: fix.Resource.ARN}}
		ids = append(ids, f.ID())
	}
	return ids
}
