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
// of it. It opens the store when the journal is there, which matters more.
type keptRun struct {
	p       *program
	command *cobra.Command
	flags   *runFlags
	what    string // the deed: "fix.apply"
	dir     string // of the journals
	plan    *plan.Plan
	keeper  *keep.Keeper
	done    func()
	off     bool // nobody keeps account, or it failed and was said
}

// witnessed does something to a run while the store keeps account of it.
func (p *program) witnessed(c *cobra.Command, f *runFlags, what, dir string, made *plan.Plan, o *app.FixOptions, do func() (*app.RunResult, error)) (*app.RunResult, error) {
	r := &keptRun{p: p, command: c, flags: f, what: what, dir: dir, plan: made, done: func() {}}
	r.off = f.noStore || !p.named(c) && p.endpoint() != ""
	defer func() { r.done() }()
	if !r.off {
		o.Begin = func(ctx context.Context, run string) error { return r.forgive(r.save(ctx, run, "begun", nil)) }
	}
	result, err := do()
	if failed := r.end(c.Context(), result, err); err == nil {
		err = failed
	}
	return result, err
}

// open opens the store that was named, or the one beside the journals.
func (r *keptRun) open(ctx context.Context) error {
	if r.keeper != nil {
		return nil
	}
	place := r.flags.store
	if place == "" {
		place = filepath.Join(filepath.Dir(r.dir), storeName)
	}
	by, err := r.p.actor(r.flags.by)
	if err != nil {
		return err
	}
	k, done, err := r.p.keeper(ctx, r.command, place, by)
	if err == nil {
		r.keeper, r.done = k, done
	}
	return err
}

// forgive says that a store which nobody named did not work, and goes on
// without; one that was named has to.
func (r *keptRun) forgive(err error) error {
	if err == nil || r.flags.store != "" {
		return err
	}
	r.p.tell("keep.runNotSaved", locale.A("error", r.p.explain(err)))
	r.off = true
	return nil
}

// end tells what became of the run. Whatever stopped it, it is told.
func (r *keptRun) end(ctx context.Context, result *app.RunResult, stopped error) error {
	if r.off || result == nil {
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
	return r.forgive(r.save(context.WithoutCancel(ctx), result.Run, state, now))
}

func (r *keptRun) save(ctx context.Context, run, state string, now []finding.Finding) error {
	if err := r.open(ctx); err != nil {
		return err
	}
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
