package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/view"
)

// policies are the arguments of kumoban iam-policy that print what a command may
// call; two where it may call in two ways.
type policies func(args []string) [][]string

// callsAWS notes of a command which policies its caller needs. It is asked when
// a call was refused, after all flags are settled.
func (p *program) callsAWS(c *cobra.Command, needs policies) *cobra.Command {
	if p.policies == nil {
		p.policies = map[*cobra.Command]policies{}
	}
	p.policies[c] = needs
	return c
}

// begins remembers the command that runs.
func (p *program) begins(c *cobra.Command, args []string) {
	if needs := p.policies[c]; needs != nil {
		p.needs = func() [][]string { return needs(args) }
	}
}

// always is a policy that does not depend on the command's flags.
func always(args ...string) policies {
	return func([]string) [][]string { return [][]string{args} }
}

// lacking says which command prints the policy that a refused caller needs.
func (p *program) lacking(f *awsclient.Fault) string {
	var needs [][]string
	switch {
	case f.Call == "sts:AssumeRole": // of the caller, whatever the role is then to do
		needs = [][]string{{"scan", "--role-name", "NAME"}}
	case p.needs != nil:
		needs = p.needs()
	}
	var commands []string
	for _, args := range needs {
		words := []string{"kumoban iam-policy"}
		for _, a := range args {
			words = append(words, view.Quoted(a))
		}
		commands = append(commands, strings.Join(words, " "))
	}
	switch len(commands) {
	case 0:
		return p.text("next.other")
	case 1:
		return p.text("next.refused", locale.A("command", commands[0]))
	}
	return p.text("next.refusedEither", locale.A("command", commands[0]), locale.A("other", commands[1]))
}

// scanPolicy is the policy of a scan of the chosen controls.
func (f *selectionFlags) scanPolicy(allRegions bool) []string {
	args := append([]string{"scan"}, repeated("--service", f.services)...)
	args = append(args, repeated("--control", f.controls)...)
	if f.severity != "" {
		args = append(args, "--severity", f.severity)
	}
	if allRegions {
		args = append(args, "--all-regions")
	}
	if f.noHub {
		args = append(args, "--no-hub-params")
	}
	return args
}

func repeated(flag string, values []string) (args []string) {
	for _, v := range values {
		args = append(args, flag, v)
	}
	return args
}

// planPolicy is the policy for making a plan, which may scan first.
func (f *planFlags) planPolicy([]string) [][]string {
	fix := append([]string{"fix"}, repeated("--control", f.controls)...)
	if f.remedy != "" {
		fix = append(fix, "--remedy", f.remedy)
	}
	if f.scan != "" || f.finding != "" {
		return [][]string{fix}
	}
	s := selectionFlags{controls: f.controls}
	return [][]string{s.scanPolicy(false), fix}
}

// runPolicy is the policy for the plan of a run.
func (p *program) runPolicy(f *runFlags) policies {
	return func(args []string) [][]string {
		dir, err := f.runs(p)
		if err != nil {
			return nil
		}
		return [][]string{{"fix", app.PlanPath(dir, args[0])}}
	}
}
