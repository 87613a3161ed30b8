package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// filterFlags choose findings.
type filterFlags struct {
	services                                  []string
	controls, severities, statuses, workflows []string
	accounts, regions, types, resources, tags []string
	archived, all, suppressed                 bool
	since                                     string
}

func (f *filterFlags) register(p *program, flags *pflag.FlagSet) {
	listVar(flags, &f.services, "service", p.text("flag.service"))
	listVar(flags, &f.controls, "control", p.text("flag.control"))
	listVar(flags, &f.severities, "severity", p.text("flag.filter.severity"))
	listVar(flags, &f.statuses, "status", p.text("flag.filter.status"))
	listVar(flags, &f.workflows, "workflow", p.text("flag.filter.workflow"))
	listVar(flags, &f.accounts, "account", p.text("flag.filter.account"))
	listVar(flags, &f.regions, "region", p.text("flag.filter.region"))
	listVar(flags, &f.types, "type", p.text("flag.filter.type"))
	listVar(flags, &f.resources, "resource", p.text("flag.filter.resource"))
	pairsVar(flags, &f.tags, "tag", p.text("flag.filter.tag"))
	flags.StringVar(&f.since, "since", "", p.text("flag.filter.since"))
	flags.BoolVar(&f.suppressed, "suppressed", false, p.text("flag.filter.suppressed"))
	flags.BoolVar(&f.archived, "archived", false, p.text("flag.filter.archived"))
	flags.BoolVar(&f.all, "all", false, p.text("flag.filter.all"))
}

// filter is what the flags choose. Without flags it is what waits for somebody:
// ACTIVE, FAILED or UNKNOWN, and neither suppressed nor resolved.
func (f *filterFlags) filter(p *program) (store.Filter, error) {
	out := store.Filter{Accounts: f.accounts, Regions: f.regions, Resources: f.resources}
	var err error
	if out.Controls, err = f.patterns(); err != nil {
		return out, err
	}
	if err = f.check(); err != nil {
		return out, err
	}
	for _, t := range f.types {
		out.Types = append(out.Types, resource.Type(t))
	}
	for _, s := range f.severities {
		severity, err := control.ParseSeverity(s)
		if err != nil {
			return out, err
		}
		out.Severities = append(out.Severities, severity)
	}
	for _, s := range f.statuses {
		var status control.Status
		if err := status.UnmarshalText([]byte(strings.ToUpper(s))); err != nil {
			return out, locale.Errorf("keep.badStatus", locale.A("status", locale.Clean(s)))
		}
		out.Statuses = append(out.Statuses, status)
	}
	for _, s := range f.workflows {
		w := lifecycle.Workflow(strings.ToUpper(s))
		if !slices.Contains([]lifecycle.Workflow{lifecycle.New, lifecycle.Notified, lifecycle.Suppressed, lifecycle.Resolved}, w) {
			return out, locale.Errorf("keep.badWorkflow", locale.A("workflow", locale.Clean(s)))
		}
		out.Workflows = append(out.Workflows, w)
	}
	if out.Since, err = p.sinceDay("--since", f.since); err != nil {
		return out, err
	}
	if err := f.more(&out); err != nil {
		return out, err
	}
	return out, nil
}

// patterns are globs over the ids of the chosen controls. It refuses services and
// controls that there are not: nothing would match, which sounds as if all were well.
func (f *filterFlags) patterns() ([]string, error) {
	set, err := control.Select(controls.All(), control.Selection{Services: f.services, Patterns: f.controls})
	if err != nil || len(f.services) == 0 {
		return f.controls, err
	}
	return control.IDs(set.Controls()), nil // the store knows patterns alone, and both have to fit
}

// check refuses what can be no Region, account, type or pattern.
func (f *filterFlags) check() error {
	if err := filled(map[string][]string{"resource": f.resources, "type": f.types}); err != nil {
		return err
	}
	for _, region := range f.regions {
		if err := awsclient.CheckRegion(region); err != nil {
			return err
		}
	}
	for _, id := range f.accounts {
		if !twelveDigits.MatchString(id) {
			return locale.Errorf("hub.badAccount", locale.A("id", locale.Clean(id)))
		}
	}
	return nil
}

// filled refuses an empty value, by flag: a variable of a script that is not set
// would choose nothing, or all, and nobody would notice.
func filled(flags map[string][]string) error {
	for name, values := range flags {
		if slices.ContainsFunc(values, func(v string) bool { return strings.TrimSpace(v) == "" }) {
			return locale.Errorf("cli.emptyValue", locale.A("flag", name))
		}
	}
	return nil
}

func (f *filterFlags) more(out *store.Filter) error {
	for _, t := range f.tags {
		key, value, ok := strings.Cut(t, "=")
		if !ok || key == "" {
			return locale.Errorf("keep.badTag", locale.A("tag", locale.Clean(t)))
		}
		if out.Tags == nil {
			out.Tags = map[string]string{}
		}
		out.Tags[key] = value
	}
	switch {
	case f.all:
		return nil
	case f.archived:
		out.States = []lifecycle.State{lifecycle.Archived}
		return nil
	}
	out.States = []lifecycle.State{lifecycle.Active}
	if f.suppressed {
		out.Workflows = append(out.Workflows, lifecycle.Suppressed)
	}
	if len(out.Statuses) == 0 && len(out.Workflows) == 0 {
		out.Statuses = []control.Status{control.Failed, control.Unknown}
		out.Workflows = []lifecycle.Workflow{lifecycle.New, lifecycle.Notified}
	}
	return nil
}

// complete offers the values of the flags that choose findings.
func (f *filterFlags) complete(p *program, c *cobra.Command) {
	p.completeFrom(c, "severity", "low", "medium", "high", "critical")
	p.completeFrom(c, "status", "FAILED", "UNKNOWN", "PASSED", "NOT_APPLICABLE")
	p.completeFrom(c, "workflow", "NEW", "NOTIFIED", "SUPPRESSED", "RESOLVED")
}
