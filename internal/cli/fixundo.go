package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/report"
)

func (p *program) fixUndo() *cobra.Command {
	var yes, dryRun bool
	var without *string
	c := p.onRun("undo", func(c *cobra.Command, f *runFlags, at *fixes.Place, run string) error {
		shown, err := fixes.Show(c.Context(), at, run)
		if err != nil {
			return err
		}
		passed, err := fixes.GateUndo(c.Context(), at, run, reason(c, without))
		if dryRun {
			if err := p.foretold(passed, err, "keep.undoWould"); err != nil {
				return err
			}
			list, err := fixes.RehearseUndo(c.Context(), at, run)
			if err != nil {
				return err
			}
			return p.rehearsed(shown.Plan, &app.RunResult{Run: run, Steps: list}, f.format)
		}
		if err != nil {
			return p.closed(err)
		}
		doing := p.doing(passed)
		if at.Off || !yes {
			doing.Begins()
		}
		if !yes && !shown.Restored {
			if err := p.agreeToUndo(c.Context(), at, shown); err != nil {
				return err
			}
		}
		result, err := fixes.Undo(c.Context(), at, passed, doing)
		return p.ran(shown.Plan, result, err, f.format, "cli.fix.undoStopped")
	})
	c.Flags().BoolVar(&yes, "yes", false, p.text("flag.fix.yes"))
	c.Flags().BoolVar(&dryRun, "dry-run", false, p.text("flag.fix.dryRun"))
	without = p.withoutOwner(c.Flags())
	return c
}

// agreeToUndo shows what an undo would do and asks.
func (p *program) agreeToUndo(ctx context.Context, at *fixes.Place, run *fixes.Shown) error {
	if !p.answers() {
		return locale.Errorf("run.noUndoAnswer")
	}
	list, err := fixes.RehearseUndo(ctx, at, run.ID)
	if err != nil {
		return err
	}
	if err := p.outlook(run.Plan, list); err != nil {
		return err
	}
	ok, err := p.ask(p.text("fix.undo.question", locale.A("run", run.ID), locale.A("account", run.Account), locale.A("region", run.Region)), "run.noUndoAnswer")
	if err == nil && !ok {
		err = locale.Errorf("run.declined")
	}
	return err
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
		if s.Event == fixes.WouldRemove && s.Step.Data {
			key += ".data"
		}
		fmt.Fprintln(p.stdout, p.text("fix."+key, locale.A("step", s.Step.ID), locale.A("thing", p.thing(s.Step)), locale.A("why", p.why(made, s.Step, s.Why))))
		if s.Event == fixes.WouldNot || s.Event == fixes.WouldRemove {
			continue
		}
		if s.Why != "" && s.Event == fixes.WouldRestore {
			fmt.Fprintln(p.stdout, "  "+p.why(made, s.Step, s.Why))
		}
		for _, line := range render.Changes(s.Step, s.Event == fixes.WouldRestore, p.catalog, texts) {
			fmt.Fprintln(p.stdout, "  "+line)
		}
	}
	return nil
}
