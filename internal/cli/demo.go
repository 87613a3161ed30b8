package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/report"
)

// demoFix shows how a finding of the demo account was fixed, by the commands
// that would do the same in another.
func (p *program) demoFix(d *app.DemoFixed) error {
	texts, err := report.NewTexts(p.catalog, p.controls)
	if err != nil {
		return err
	}
	var summary, script bytes.Buffer
	if err := render.Summary(&summary, d.Plan, p.catalog, texts); err != nil {
		return err
	}
	if err := render.Render(&script, d.Plan, "cli", p.catalog, texts); err != nil {
		return err
	}
	show := func(command string, lines ...string) {
		fmt.Fprintf(p.stdout, "\n$ %s\n", command)
		for _, line := range lines {
			fmt.Fprintln(p.stdout, "  "+line)
		}
	}
	fmt.Fprintf(p.stdout, "\n%s\n", p.text("demo.fix", locale.A("control", d.Control), locale.A("resource", d.Resource)))
	show("kumoban fix plan --control "+d.Control+" --resource "+d.Resource+" --out plan.json", changes(d, summary.String())...)
	show("kumoban fix show plan.json --as cli", command(script.String(), "aws apigateway update-stage")...)
	show("kumoban fix apply plan.json", p.demoOutcomes(d.Result)...)
	show("kumoban scan --control "+d.Control, p.text("demo.again", locale.A("before", d.Before), locale.A("after", d.After)))
	fmt.Fprintf(p.stdout, "\n%s\n%s\n", p.text("demo.back"), p.text("demo.next", locale.A("control", d.Control)))
	return nil
}

// changes takes what the steps change out of a plan's summary, which has a
// paragraph for each step, headed by its name and followed by its changes.
func changes(d *app.DemoFixed, summary string) []string {
	paragraphs := strings.Split(summary, "\n\n")
	var lines []string
	for i := range d.Plan.Steps {
		if at := 1 + len(d.Plan.Fixes) + i; at < len(paragraphs) {
			all := strings.Split(paragraphs[at], "\n")
			lines = append(lines, all[:min(len(all), 1+len(d.Plan.Steps[i].Changes))]...)
		}
	}
	return lines
}

// command takes one command, with the lines that it goes on in, out of a script.
func command(script, begin string) []string {
	lines := strings.Split(script, "\n")
	i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), begin) })
	if i < 0 {
		return nil
	}
	end := i
	for end+1 < len(lines) && strings.HasSuffix(lines[end], "\\") {
		end++
	}
	return lines[i : end+1]
}

func (p *program) demoOutcomes(r *app.RunResult) []string {
	var lines []string
	for _, s := range r.Steps {
		lines = append(lines, p.text("fix.step."+string(s.Event), locale.A("step", s.Step.ID), locale.A("thing", thing(s.Step)), locale.A("why", "")))
	}
	for _, o := range r.Outcomes {
		lines = append(lines, p.text("demo.outcome", locale.A("control", o.Fix.Control), locale.A("resource", o.Finding.Resource.Name),
			locale.A("before", control.Failed.String()), locale.A("after", o.Finding.Status.String())))
	}
	return lines
}
