package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/report"
)

// runFlags are those of the commands that work on a run.
type runFlags struct {
	reachFlags
	dir     string
	format  string
	store   string
	noStore bool
	by      string
	roleFlags
}

func (f *runFlags) register(p *program, flags *pflag.FlagSet) {
	flags.StringVar(&f.by, "by", "", p.text("flag.by"))
	flags.StringVar(&f.store, "store", "", p.text("flag.store"))
	flags.BoolVar(&f.noStore, "no-store", false, p.text("flag.noStoreRun"))
	flags.String("config", "", p.text("flag.config"))
	flags.StringVar(&f.dir, "state-dir", "", p.text("flag.fix.stateDir"))
	flags.StringVar(&f.format, "format", "text", p.text("flag.listFormat"))
	f.reachFlags.register(p, flags)
}

// runs is the folder of the journals: under --state-dir, or the user's folder
// for state.
func (f *runFlags) runs(p *program) (string, error) {
	if f.format != "text" && f.format != "json" {
		return "", locale.Errorf("cli.unknownFormat", locale.A("format", f.format), locale.A("formats", []string{"text", "json"}))
	}
	dir := f.dir
	if dir == "" {
		dir = p.getenv("KUMOBAN_STATE_DIR")
	}
	if dir == "" {
		dir = p.stateDir()
	}
	if dir == "" {
		return "", locale.Errorf("cli.fix.noStateDir")
	}
	return filepath.Join(dir, "runs"), nil
}

// stateDir follows each system's own custom.
func (p *program) stateDir() string {
	home := p.getenv("HOME")
	switch {
	case runtime.GOOS == "windows":
		if local := p.getenv("LocalAppData"); local != "" {
			return filepath.Join(local, "kumoban")
		}
	case p.getenv("XDG_STATE_HOME") != "":
		return filepath.Join(p.getenv("XDG_STATE_HOME"), "kumoban")
	case home != "" && runtime.GOOS == "darwin":
		return filepath.Join(home, "Library", "Application Support", "kumoban")
	case home != "":
		return filepath.Join(home, ".local", "state", "kumoban")
	}
	return ""
}

func (p *program) fixApply() *cobra.Command {
	f := &runFlags{}
	var yes, dryRun bool
	var approve string
	var without *string
	c := &cobra.Command{
		Use: "apply PLAN", Short: p.text("fix.apply.short"), Long: p.text("fix.apply.long"), Example: p.text("fix.apply.example"), Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.settle(c); err != nil {
				return err
			}
			made, err := p.readPlan(c.Context(), args[0])
			if err != nil {
				return err
			}
			o, err := f.acting(p)
			if err != nil {
				return err
			}
			dir, err := f.runs(p)
			if err != nil {
				return err
			}
			at := p.place(c, f, o, dir)
			defer at.Close()
			if dryRun {
				return p.rehearse(c.Context(), at, made, reason(c, without), f.format)
			}
			result, err := p.apply(c.Context(), at, made, reason(c, without), yes, approve)
			return p.ran(made, result, err, f.format, "cli.fix.stopped")
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.BoolVar(&yes, "yes", false, p.text("flag.fix.yes"))
	flags.StringVar(&approve, "approve", "", p.text("flag.fix.approve"))
	flags.BoolVar(&dryRun, "dry-run", false, p.text("flag.fix.dryRun"))
	without = p.withoutOwner(flags)
	f.roleFlags.register(p, flags)
	f.register(p, flags)
	return p.callsAWS(c, func(args []string) [][]string { return [][]string{{"fix", args[0]}} })
}

// apply applies a plan that passes the gate and that somebody approves.
func (p *program) apply(ctx context.Context, at *fixes.Place, made *plan.Plan, without *string, yes bool, digest string) (*app.RunResult, error) {
	if err := app.CheckPlan(at.Env, made); err != nil {
		return nil, err
	}
	passed, err := fixes.Gate(ctx, at, made, without)
	if err != nil {
		return nil, p.closed(err)
	}
	doing := p.doing(passed)
	if at.Off || !yes && digest == "" {
		doing.Begins()
	}
	approval, err := p.approve(ctx, at, made, yes, digest)
	if err != nil {
		return nil, err
	}
	return fixes.Apply(ctx, at, passed, approval, doing)
}

// rehearse says what the gate would say, and what each step would do.
func (p *program) rehearse(ctx context.Context, at *fixes.Place, made *plan.Plan, without *string, format string) error {
	passed, err := fixes.Gate(ctx, at, made, without)
	if err := p.foretold(passed, err, "keep.gateWould"); err != nil {
		return err
	}
	list, err := fixes.Rehearse(ctx, at, made)
	if err != nil {
		return err
	}
	return p.rehearsed(made, &app.RunResult{Steps: list}, format)
}

// approve lets a plan pass that its digest was given for, or that somebody says
// yes to. A digest that is not the plan's is refused even with --yes.
func (p *program) approve(ctx context.Context, at *fixes.Place, made *plan.Plan, yes bool, digest string) (*fixes.Approval, error) {
	approval, err := fixes.Approve(ctx, at, made, cmp.Or(digest, made.Digest))
	if err != nil || yes || digest != "" {
		return approval, err
	}
	if err := p.summary(made, render.Brief); err != nil {
		return nil, err
	}
	ok, err := p.ask(p.text("fix.question", locale.A("n", len(made.Steps)), locale.A("account", made.Account), locale.A("region", made.Region)), "run.noAnswer")
	if err == nil && !ok {
		err = locale.Errorf("run.declined")
	}
	return approval, err
}

// thing names what a step changes.
func (p *program) thing(s *plan.Step) string { return render.Thing(s.Thing, p.catalog) }

// why renders a message key of the catalogue, or of the control that a step is for.
func (p *program) why(made *plan.Plan, step *plan.Step, key string) string {
	if key == "" {
		return ""
	}
	texts, err := report.NewTexts(p.catalog, p.controls())
	if err != nil {
		return key
	}
	for _, fix := range made.Fixes {
		if contains(fix.Steps, step.ID) {
			return texts.Message(fix.Control, locale.M(key, locale.A("thing", p.thing(step))))
		}
	}
	return p.catalog.Text(key)
}

// say tells on stderr how far a run has come.
func (p *program) say(made *plan.Plan) func(fixes.Report) {
	waiting := ""
	return func(r fixes.Report) {
		if r.Event == "" {
			if waiting != r.Step.ID {
				p.tell("cli.fix.event.waiting", locale.A("step", r.Step.ID), locale.A("thing", p.thing(r.Step)))
			}
			waiting = r.Step.ID
			return
		}
		event := became(app.StepResult{Step: r.Step, Event: r.Event, Why: r.Why})
		if r.Event == fixes.Began && r.Step.Make {
			event = "creating"
		}
		p.tell("cli.fix.event."+event, locale.A("step", r.Step.ID), locale.A("thing", p.thing(r.Step)), locale.A("why", p.why(made, r.Step, r.Why)))
	}
}

func (p *program) fixResume() *cobra.Command {
	var without *string
	c := p.onRun("resume", func(c *cobra.Command, f *runFlags, at *fixes.Place, run string) error {
		passed, err := fixes.GateRun(c.Context(), at, run, reason(c, without))
		if err != nil {
			return p.closed(err)
		}
		doing := p.doing(passed)
		if at.Off {
			doing.Begins()
		}
		result, err := fixes.Resume(c.Context(), at, passed, doing)
		return p.ran(passed.Plan, result, err, f.format, "cli.fix.stopped")
	})
	without = p.withoutOwner(c.Flags())
	return c
}

func (p *program) fixVerify() *cobra.Command {
	var delivered, probe bool
	c := p.onRun("verify", func(c *cobra.Command, f *runFlags, at *fixes.Place, run string) error {
		seen, err := fixes.Verify(c.Context(), at, run, fixes.Look{Delivered: delivered, Probe: probe})
		if seen == nil {
			return err
		}
		p.delivered(seen.Delivered, f.format)
		return errors.Join(p.ran(seen.Plan, seen.Result, nil, f.format, ""), err)
	})
	c.Flags().BoolVar(&delivered, "delivered", false, p.text("flag.fix.delivered"))
	c.Flags().BoolVar(&probe, "probe", false, p.text("flag.fix.probe"))
	plain := p.policies[c]
	return p.callsAWS(c, func(args []string) [][]string {
		needs := plain(args)
		if delivered || probe {
			for i := range needs {
				needs[i] = append(needs[i], "--delivered")
			}
		}
		return needs
	})
}

// delivered says for each access log of a run whether an event written after
// the change has reached it. "Not yet" is not a failure and never a pass.
func (p *program) delivered(list []app.Delivery, format string) {
	for _, d := range list {
		what := "fix.notYetSeen"
		if d.Seen {
			what = "fix.seen"
		}
		out := p.stdout
		if format == "json" {
			out = p.stderr // stdout is the JSON's alone
		}
		fmt.Fprintln(out, p.text(what, locale.A("group", d.Group), locale.A("stage", d.Stage)))
		if !d.Seen {
			p.code = exitGaps
		}
	}
}

// place is where a command works on runs. What only stands in for AWS, without a
// store of its own, is not to be told of in the usual one.
func (p *program) place(c *cobra.Command, f *runFlags, o app.FixOptions, dir string) *fixes.Place {
	by, _ := p.actor(f.by) // a store that has to be told says what is wrong with it
	p.sameStore = sameStore(c)
	return &fixes.Place{
		Subject: access.Admin(by), Env: f.env(p), Reach: o, Dir: dir, Store: f.store, Off: f.noStore || !p.named(c) && p.endpoint() != "",
		Open: p.opener(c), Tell: func(n desk.Notice) { p.notices([]desk.Notice{n}) },
	}
}

// opener opens stores for a command.
func (p *program) opener(c *cobra.Command) desk.Opener {
	return func(ctx context.Context, address string, makes bool) (*desk.Desk, func(), error) {
		config, err := p.keeping(c)
		if err != nil {
			return nil, nil, err
		}
		d, err := p.opened(ctx, config, address, "", makes)
		if err != nil {
			return nil, nil, err
		}
		return d, d.Close, nil
	}
}

// onRun makes a command that takes the name of a run.
func (p *program) onRun(name string, do func(c *cobra.Command, f *runFlags, at *fixes.Place, run string) error) *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use: name + " RUN", Short: p.text("fix." + name + ".short"), Long: p.text("fix." + name + ".long"), Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return p.runNames(c, f), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.settle(c); err != nil {
				return err
			}
			o, err := f.acting(p)
			if err != nil {
				return err
			}
			dir, err := f.runs(p)
			if err != nil {
				return err
			}
			at := p.place(c, f, o, dir)
			defer at.Close()
			return do(c, f, at, args[0])
		},
	}
	if name != "verify" { // which changes nothing
		f.roleFlags.register(p, c.Flags())
	}
	f.register(p, c.Flags())
	return p.callsAWS(c, p.runPolicy(f))
}

func (p *program) runNames(c *cobra.Command, f *runFlags) []string {
	dir, err := f.runs(p)
	if err != nil {
		return nil
	}
	names, err := fixes.Names(c.Context(), p.place(c, f, app.FixOptions{}, dir))
	if err != nil {
		return nil
	}
	return names
}
