package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/report"
)

func (p *program) fixUndo() *cobra.Command {
	var yes, dryRun bool
	var without *string
	c := p.onRun("undo", func(c *cobra.Command, f *runFlags, o app.FixOptions, dir, run string) error {
		journal, err := execute.ReadJournal(dir, run)
		if err != nil {
			return err
		}
		made, env := journal.Plan, f.env(p)
		kept := p.witness(c, f, "fix.undo", dir, &o)
		defer kept.close()
		exposes := app.Exposing(journal)
		if dryRun {
			if err := kept.foretellUndo(c.Context(), exposes, *without); err != nil {
				return err
			}
			list, err := app.RehearseUndo(c.Context(), env, run, o, dir)
			if err != nil {
				return err
			}
			return p.rehearsed(made, &app.RunResult{Run: run, Steps: list}, f.format)
		}
		if err := kept.gateUndo(c.Context(), exposes, *without); err != nil {
			return err
		}
		if kept.off || !yes {
			kept.tellGate()
		}
		if !yes && !journal.Restored() {
			if err := p.agreeToUndo(c.Context(), env, made, o, dir, run); err != nil {
				return err
			}
		}
		kept.settle(c.Context(), "")
		result, err := app.Undo(c.Context(), env, run, o, dir, p.say(made))
		return p.ran(made, result, err, f.format, "cli.fix.undoStopped")
	})
	c.Flags().BoolVar(&yes, "yes", false, p.text("flag.fix.yes"))
	c.Flags().BoolVar(&dryRun, "dry-run", false, p.text("flag.fix.dryRun"))
	without = p.withoutOwner(c.Flags())
	return c
}

// agreeToUndo shows what an undo would do and asks.
func (p *program) agreeToUndo(ctx context.Context, env *app.Env, made *plan.Plan, o app.FixOptions, dir, run string) error {
	if !p.answers() {
		return locale.Errorf("run.noUndoAnswer")
	}
	list, err := app.RehearseUndo(ctx, env, run, o, dir)
	if err != nil {
		return err
	}
	if err := p.outlook(made, list); err != nil {
		return err
	}
	ok, err := p.ask(p.text("fix.undo.question", locale.A("run", run), locale.A("account", made.Account), locale.A("region", made.Region)), "run.noUndoAnswer")
	if err == nil && !ok {
		err = locale.Errorf("run.declined")
	}
	return err
}

func (p *program) rehearse(ctx context.Context, env *app.Env, made *plan.Plan, o app.FixOptions, format string) error {
	list, err := app.Rehearse(ctx, env, made, o)
	if err != nil {
		return err
	}
	return p.rehearsed(made, &app.RunResult{Steps: list}, format)
}

func (p *program) rehearsed(made *plan.Plan, result *app.RunResult, format string) error {
	if format == "json" {
		return p.runJSON(made, result, nil)
	}
	if err := p.outlook(made, result.Steps); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.stdout, p.text("fix.rehearsed"))
	return err
}

// outlook says of each step what it would do, with the values before and after.
func (p *program) outlook(made *plan.Plan, list []app.StepResult) error {
	texts, err := report.NewTexts(p.catalog, p.controls())
	if err != nil {
		return err
	}
	for _, s := range list {
		key := string(s.Event)
		if s.Event == execute.WouldRemove && s.Step.Data {
			key += ".data"
		}
		fmt.Fprintln(p.stdout, p.text("fix."+key, locale.A("step", s.Step.ID), locale.A("thing", p.thing(s.Step)), locale.A("why", p.why(made, s.Step, s.Why))))
		if s.Event == execute.WouldNot || s.Event == execute.WouldRemove {
			continue
		}
		if s.Why != "" && s.Event == execute.WouldRestore {
			fmt.Fprintln(p.stdout, "  "+p.why(made, s.Step, s.Why))
		}
		for _, line := range render.Changes(s.Step, s.Event == execute.WouldRestore, p.catalog, texts) {
			fmt.Fprintln(p.stdout, "  "+line)
		}
	}
	return nil
}
