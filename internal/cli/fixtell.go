package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/view"
)

// ran says what became of a run. A run that stopped names what was done, and
// how to go on or back, which the message stopped says; exit code 1 says that it
// did not end as planned.
func (p *program) ran(made *plan.Plan, result *app.RunResult, err error, format, stopped string) error {
	if result == nil {
		return err
	}
	if format == "json" {
		if failed := p.runJSON(made, result, err); failed != nil {
			return failed
		}
	} else {
		p.runText(made, result)
	}
	if result.Unrecorded != nil {
		p.code = exitGaps
		fmt.Fprintln(p.stderr, p.explain(result.Unrecorded))
	}
	if err != nil {
		p.advise(result, err, stopped)
		all := reasons(err)
		for _, reason := range all[:len(all)-1] {
			fmt.Fprintln(p.stderr, "kumoban:", p.explain(reason))
		}
		return all[len(all)-1]
	}
	switch {
	case !result.Mended():
		p.code = exitFailed
	case len(result.Beside) > 0:
		p.code = exitGaps
	}
	return nil
}

// advise says how to go on after a run that stopped, or back, in one way. With
// drift, the reason itself says to make a new plan.
func (p *program) advise(result *app.RunResult, err error, stopped string) {
	run := locale.A("run", result.Run)
	if namesTheWay(err) {
		return
	}
	if stopped == "cli.fix.undoStopped" && !slices.ContainsFunc(reasons(err), func(e error) bool { return !fixes.Left(e) }) {
		p.tell("cli.fix.undoLeft", run)
		return
	}
	if stopped != "cli.fix.stopped" || !fixes.Final(err) {
		p.tell(stopped, run)
		return
	}
	if fixes.Refused(err) {
		p.tell("cli.fix.refusedForGood")
	}
	if slices.ContainsFunc(result.Steps, fixes.Acted) {
		p.tell("cli.fix.stoppedForGood", run)
	}
}

// namesTheWay tells whether a reason itself says how to go on, which is not by
// going on with the run.
func namesTheWay(err error) bool {
	var ours *locale.Error
	return errors.As(err, &ours) && contains([]string{"run.oldRun", "run.noDigest", "run.undoneRun", "run.undoingRun"}, ours.Key)
}

// reasons takes apart what undo, which goes on after a failure, joined.
func reasons(err error) []error {
	if many := interface{ Unwrap() []error }(nil); errors.As(err, &many) {
		return many.Unwrap()
	}
	return []error{err}
}

// became names what became of a step, as the last word of a text's key: what a
// run made and its undo took away again was not restored.
func became(s app.StepResult) string {
	switch {
	case s.Event == "":
		return "open"
	case s.Event == fixes.Done && s.Why == fixes.Scheduled:
		return "scheduled"
	case s.Event == fixes.Undone && s.Step.Make:
		return "removed"
	case s.Event == fixes.Undone && s.Why != "":
		return "part"
	}
	return string(s.Event)
}

func (p *program) runText(made *plan.Plan, result *app.RunResult) {
	fmt.Fprintln(p.stdout, p.text("fix.run", locale.A("run", result.Run)))
	for _, s := range result.Steps {
		fmt.Fprintln(p.stdout, "  "+p.text("fix.step."+became(s), locale.A("step", s.Step.ID), locale.A("thing", p.thing(s.Step)), locale.A("why", p.why(made, s.Step, s.Why))))
	}
	if result.Nothing {
		fmt.Fprintln(p.stdout, p.text("fix.undo.nothing", locale.A("run", result.Run)))
	}
	texts, err := report.NewTexts(p.catalog, p.controls())
	if err != nil {
		return
	}
	for _, o := range result.Outcomes {
		f := o.Finding
		fmt.Fprintln(p.stdout, p.text("fix.outcome", locale.A("control", f.Control), locale.A("resource", f.Resource.Name),
			locale.A("status", f.Status.String()), locale.A("message", texts.Message(f.Control, f.Message))))
	}
	for i := range result.Beside {
		b := &result.Beside[i]
		f := b.Finding
		fmt.Fprintln(p.stdout, p.text("fix.beside."+b.Since(), locale.A("control", f.Control), locale.A("resource", f.Resource.Name),
			locale.A("before", b.Before.String()), locale.A("status", f.Status.String()), locale.A("message", texts.Message(f.Control, f.Message))))
	}
	if len(result.Outcomes) > 0 && result.Mended() && slices.ContainsFunc(result.Steps, fixes.Acted) {
		fmt.Fprintln(p.stdout, p.text("fix.undoHint", locale.A("run", result.Run)))
	}
}

// runJSON writes what became of a run for machines.
func (p *program) runJSON(made *plan.Plan, result *app.RunResult, stopped error) error {
	var sentences []string
	if stopped != nil {
		for _, reason := range reasons(stopped) {
			sentences = append(sentences, p.explain(reason))
		}
	}
	return view.RunJSON(p.stdout, made, result, sentences)
}

// guardSentence explains a guard that does not hold in the control's own words.
func (p *program) guardSentence(err error) (string, bool) {
	var g *fixes.GuardError
	if !errors.As(err, &g) {
		return "", false
	}
	texts, failed := report.NewTexts(p.catalog, p.controls())
	if failed != nil {
		return "", false
	}
	why := g.Guard.Property
	if m := g.Guard.Message(); p.catalog.Has(m.Key) {
		why = p.catalog.Text(m.Key, m.Args...)
	}
	for _, c := range p.controls() {
		if messages, err := c.Messages(p.catalog.Lang); err == nil && messages[g.Guard.Why] != "" {
			why = texts.Message(c.ID, g.Guard.Message())
		}
	}
	return p.catalog.Text("run.guard", locale.A("thing", g.Thing()), locale.A("why", why)), true
}
