package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app/findings"
)

// filterFlags choose findings.
type filterFlags struct{ findings.Choice }

func (f *filterFlags) register(p *program, flags *pflag.FlagSet) {
	listVar(flags, &f.Services, "service", p.text("flag.service"))
	listVar(flags, &f.Controls, "control", p.text("flag.control"))
	listVar(flags, &f.Severities, "severity", p.text("flag.filter.severity"))
	listVar(flags, &f.Statuses, "status", p.text("flag.filter.status"))
	listVar(flags, &f.Workflows, "workflow", p.text("flag.filter.workflow"))
	listVar(flags, &f.Accounts, "account", p.text("flag.filter.account"))
	listVar(flags, &f.Regions, "region", p.text("flag.filter.region"))
	listVar(flags, &f.Types, "type", p.text("flag.filter.type"))
	listVar(flags, &f.Resources, "resource", p.text("flag.filter.resource"))
	pairsVar(flags, &f.Tags, "tag", p.text("flag.filter.tag"))
	listVar(flags, &f.Assignees, "assignee", p.text("flag.filter.assignee"))
	flags.StringVar(&f.Since, "since", "", p.text("flag.filter.since"))
	flags.BoolVar(&f.Suppressed, "suppressed", false, p.text("flag.filter.suppressed"))
	flags.BoolVar(&f.Archived, "archived", false, p.text("flag.filter.archived"))
	flags.BoolVar(&f.All, "all", false, p.text("flag.filter.all"))
}

// complete offers the values of the flags that choose findings.
func (f *filterFlags) complete(p *program, c *cobra.Command) {
	p.completeFrom(c, "severity", "low", "medium", "high", "critical")
	p.completeFrom(c, "status", "FAILED", "UNKNOWN", "PASSED", "NOT_APPLICABLE")
	p.completeFrom(c, "workflow", "NEW", "NOTIFIED", "SUPPRESSED", "RESOLVED")
}
