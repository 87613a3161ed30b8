package cli

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

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
	"github.com/kumoban/kumoban/internal/store/open"
)

// keptRun tells the store of what is done to runs: before anything is changed,
// and what became of it. What the store is to be told stands in the run's journal
// first, so that a later command tells it where this one cannot.
type keptRun struct {
	p       *program
	command *cobra.Command
	flags   *runFlags
	what    string // the deed: "fix.apply"
	dir     string // of the journals
	keeper  *keep.Keeper
	done    func()
	off     bool     // nobody keeps account
	hasty   bool     // the store is asked once
	line    int      // of the journal, where the deed stands
	why     string   // why it is done without the owner's word
	warns   []string // of fixes without it
}

var _ app.Witness = (*keptRun)(nil)

// witness makes the one of a command, which has to be closed, and hands it to the
// options unless nobody is to keep account.
func (p *program) witness(c *cobra.Command, f *runFlags, what, dir string, o *app.FixOptions) *keptRun {
	r := &keptRun{p: p, command: c, flags: f, what: what, dir: dir, done: func() {}}
	r.off = f.noStore || p.standsIn(c)
	if !r.off {
		o.Witness = r
	}
	return r
}

// standsIn tells whether a command works on what only stands in for AWS, without
// a store of its own.
func (p *program) standsIn(c *cobra.Command) bool { return !p.named(c) && p.endpoint() != "" }

func (r *keptRun) close() { r.done() }

// place is the store that was named, or the one beside the journals.
func (r *keptRun) place() string {
	if r.flags.store != "" {
		return r.flags.store
	}
	return r.beside()
}

func (r *keptRun) beside() string { return filepath.Join(filepath.Dir(r.dir), storeName) }

// identity is how journals name the store: "" is the one beside them, wherever
// they are moved. It holds no password.
func (r *keptRun) identity() string {
	place := r.place()
	if open.Server(place) {
		u, err := url.Parse(place)
		if err != nil {
			return "?" // nobody else's
		}
		named := url.URL{Scheme: "postgres", Host: u.Host, Path: u.Path}
		if schema := u.Query().Get("search_path"); schema != "" {
			named.RawQuery = url.Values{"search_path": {schema}}.Encode()
		}
		return named.String()
	}
	at, err := filepath.Abs(place)
	beside, failed := filepath.Abs(r.beside())
	if err != nil || failed != nil || at == beside {
		return ""
	}
	return at
}

// open opens the store, once.
func (r *keptRun) open(ctx context.Context) error {
	if r.keeper != nil {
		return nil
	}
	config, err := r.p.keeping(r.command)
	if err != nil {
		return err
	}
	d, err := r.p.opened(ctx, config, r.place(), "", true)
	if err != nil {
		return err
	}
	r.done = d.Close
	if r.keeper, err = d.Keeper(access.FixesApply); err != nil {
		return err
	}
	by, _ := r.p.actor(r.flags.by)
	decides := d.For(access.Admin(by))
	return r.p.prepared(decides, func() ([]desk.Notice, error) { return decides.Decide(ctx) })
}

// Approve implements [app.Witness]: it holds the run's plan to the one that the
// store knows it by. A store that nobody named and that does not work is said.
func (r *keptRun) Approve(ctx context.Context, j *execute.Journal) error {
	var known store.Run
	err := keep.Patiently(ctx, r.waiting, func() error { return r.look(ctx, j.Run, &known) })
	var none *store.NotFound
	switch {
	case errors.As(err, &none), err == nil && known.Digest == "":
		return nil
	case err == nil && known.Digest != j.Plan.Digest:
		return execute.OtherPlan(j.Run)
	case err == nil, r.flags.store != "", ctx.Err() != nil:
		return err
	}
	return r.forgive("keep.runNotCompared", err)
}

// look asks a store that is there for a run.
func (r *keptRun) look(ctx context.Context, run string, known *store.Run) error {
	return r.reading(ctx, func(rd store.Reader) (err error) {
		*known, err = rd.Run(ctx, run)
		return err
	})
}

// Begin implements [app.Witness]. A store that was named has to work; another
// one is told when the run ends, or by a later command.
func (r *keptRun) Begin(ctx context.Context, j *execute.Journal) error {
	r.tellGate()
	by, err := r.p.actor(r.flags.by)
	if err != nil {
		return r.forgive("keep.runNotSaved", err)
	}
	if err := r.pay(ctx, j, r.debts(j), nil); err != nil && r.flags.store != "" {
		return err
	}
	if r.line, err = j.Owe(execute.Deed{What: r.what, By: by, Store: r.identity(), Why: r.why}, r.p.now()); err != nil {
		return err
	}
	return r.forgive("keep.runLater", r.save(ctx, j.Run, j.Plan, keep.Deed{What: r.what + ".begin", Line: r.line, Why: r.why}, by, "begun"))
}

// forgive says that a store which nobody named did not work.
func (r *keptRun) forgive(key string, err error) error {
	if err == nil || r.flags.store != "" {
		return err
	}
	r.p.warn(key, locale.A("error", r.p.explain(err)))
	return nil
}

// End implements [app.Witness]. Whatever stopped the run, the store is told; but
// whoever interrupted it does not wait for others to finish.
func (r *keptRun) End(ctx context.Context, j *execute.Journal, result *app.RunResult, stopped error) {
	if r.line == 0 {
		return
	}
	state := "done"
	switch {
	case stopped != nil, r.what != "fix.undo" && !result.Mended():
		state = "failed"
	case r.what == "fix.undo":
		state = "undone"
	}
	_ = j.End(r.line, state, r.p.now()) // where the journal takes no more, the store can still be told
	debts := r.debts(j)
	touched := len(debts) > 0 && debts[len(debts)-1].Line == r.line
	if !touched { // which is told all the same
		debts = append(debts, j.Debt(r.line))
	}
	debts[len(debts)-1].State = state
	r.hasty = ctx.Err() != nil
	err := r.pay(context.WithoutCancel(ctx), j, debts, judged(result))
	switch {
	case err != nil && touched:
		result.Unrecorded = r.unrecorded(j.Run, err)
	case err != nil:
		r.p.warn("keep.runNotSaved", locale.A("error", r.p.explain(err)))
	}
}

// unrecorded says that a change was made which the store does not know of.
func (r *keptRun) unrecorded(run string, err error) error {
	return locale.Errorf("keep.runUnrecorded", locale.A("run", run), locale.A("store", sameStore(r.command)), locale.A("error", r.p.explain(err)))
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
func (r *keptRun) debts(j *execute.Journal) (list []execute.Debt) {
	for _, d := range j.Debts() {
		if d.Store == r.identity() {
			list = append(list, d)
		}
	}
	return list
}

// pay tells the store of deeds, in their order; the findings are those after the
// last one.
func (r *keptRun) pay(ctx context.Context, j *execute.Journal, debts []execute.Debt, now []finding.Finding) error {
	for i := range debts {
		d := &debts[i]
		deed := keep.Deed{What: d.What, Line: d.Line, Why: d.Why}
		if d.Line != r.line {
			deed.At = d.At
		}
		if i == len(debts)-1 {
			deed.Now = now
		}
		if err := r.save(ctx, j.Run, j.Plan, deed, d.By, cmp.Or(d.State, "failed")); err != nil {
			return err
		}
		_ = j.Tell(d.Line, r.p.now()) // else it is told again, which changes nothing
	}
	return nil
}

// save stores a run, for which it waits while others write.
func (r *keptRun) save(ctx context.Context, run string, made *plan.Plan, d keep.Deed, by, state string) error {
	planText, journal, err := execute.Files(r.dir, run)
	if err != nil {
		return err
	}
	kept := store.Run{ID: run, Digest: made.Digest, Findings: findingIDs(made), State: state, Plan: planText, Journal: journal}
	d.Version = version()
	var head audit.Entry
	try := func() error {
		if err := r.open(ctx); err != nil {
			return err
		}
		k := *r.keeper
		k.Actor = by
		head, err = k.SaveRun(ctx, kept, d)
		return err
	}
	if r.hasty {
		err = try()
	} else {
		err = keep.PatientlyOnce(ctx, r.waiting, try)
	}
	if err == nil && state != "begun" {
		r.p.head(head)
	}
	return err
}

func (r *keptRun) waiting() { r.p.tell("keep.runWaits") }

// verified tells the store of a look at a run, and before that of what it is
// still to be told of it.
func (r *keptRun) verified(ctx context.Context, run string, result *app.RunResult) error {
	if r.off {
		return nil
	}
	by, err := r.p.actor(r.flags.by)
	if err != nil {
		return r.forgive("keep.runNotSaved", err)
	}
	j, err := execute.OpenJournal(r.dir, run)
	if err == nil { // else another works on it, and will tell
		if err = errors.Join(r.pay(ctx, j, r.debts(j), nil), j.Close()); err != nil {
			result.Unrecorded = r.unrecorded(run, err)
			return nil
		}
	}
	made, _, err := execute.ReadRun(r.dir, run)
	if err != nil {
		return err
	}
	state := "done"
	if !result.Mended() {
		state = "failed"
	}
	return r.forgive("keep.runNotSaved", r.save(ctx, run, made, keep.Deed{What: r.what, Now: judged(result)}, by, state))
}

// settle tells the store what earlier commands could not tell it of, of all runs
// but one. It asks once: whoever runs another command is not to wait for it.
func (r *keptRun) settle(ctx context.Context, but string) {
	if r.off || r.dir == "" {
		return
	}
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return
	}
	hasty := r.hasty
	r.hasty = true
	defer func() { r.hasty = hasty }()
	var failed error
	for _, e := range entries {
		run := e.Name()
		j, err := execute.ReadJournal(r.dir, run)
		if err != nil || run == but || len(r.debts(j)) == 0 {
			continue
		}
		if j, err = execute.OpenJournal(r.dir, run); err != nil {
			continue // another works on it, and will tell
		}
		if failed == nil {
			failed = r.pay(ctx, j, r.debts(j), nil)
		}
		if err := j.Close(); failed == nil && err == nil {
			r.p.tell("keep.runTold", locale.A("run", run))
		} else if failed != nil {
			r.p.warn("keep.runUnrecorded", locale.A("run", run), locale.A("store", sameStore(r.command)), locale.A("error", r.p.explain(failed)))
		}
	}
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
