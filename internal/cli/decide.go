package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
)

// findingsDecide makes a command that takes ids and a reason.
func (p *program) findingsDecide(name string) *cobra.Command {
	f := &storeFlags{}
	var reason string
	flag := "reason"
	if name == "note" {
		flag = "text"
	}
	c := &cobra.Command{
		Use: name + " ID…", Short: p.text("findings." + name + ".short"), Long: p.text("findings." + name + ".long"),
		Example: p.text("findings." + name + ".example"),
	}
	p.takesFindings(c, f, manyFindings)
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		do := map[string]func(context.Context, *desk.Desk, []string, string) (*findings.Decided, error){
			"approve": findings.Approve, "reject": findings.Reject, "note": findings.Note, "notify": findings.Notify, "resolve": findings.Resolve, "unsuppress": findings.Unsuppress,
		}[name]
		decided, err := do(ctx, d, args, reason)
		return p.decided(f, decided, err)
	})
	c.Flags().StringVar(&reason, flag, "", p.text("flag."+flag))
	f.decides(p, c.Flags())
	return c
}

func (p *program) findingsSuppress() *cobra.Command {
	f := &storeFlags{}
	var e findings.Exemption
	c := &cobra.Command{
		Use: "suppress ID…", Short: p.text("findings.suppress.short"), Long: p.text("findings.suppress.long"),
		Example: p.text("findings.suppress.example"),
	}
	p.takesFindings(c, f, manyFindings)
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		decided, err := findings.Suppress(ctx, d, args, e)
		return p.decided(f, decided, err)
	})
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&e.Reason, "reason", "", p.text("flag.reason"))
	flags.StringVar(&e.Until, "until", "", p.text("flag.until"))
	listVar(flags, &e.While, "while", p.text("flag.while"))
	flags.StringVar(&e.ApprovedBy, "approved-by", "", p.text("flag.approvedBy"))
	f.decides(p, flags)
	return c
}

func (p *program) findingsSeverity() *cobra.Command {
	f := &storeFlags{}
	var reason, to string
	c := &cobra.Command{
		Use: "severity ID…", Short: p.text("findings.severity.short"), Long: p.text("findings.severity.long"),
		Example: p.text("findings.severity.example"),
	}
	p.takesFindings(c, f, manyFindings)
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		decided, err := findings.SetSeverity(ctx, d, args, to, reason)
		return p.decided(f, decided, err)
	})
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&to, "to", "", p.text("flag.severityTo"))
	p.completeFrom(c, "to", "low", "medium", "high", "critical", "control")
	flags.StringVar(&reason, "reason", "", p.text("flag.reason"))
	f.decides(p, flags)
	return c
}

// findingsGive makes a command that gives findings a person or a ticket, or takes that
// away again.
func (p *program) findingsGive(name string) *cobra.Command {
	f := &storeFlags{}
	var reason, to string
	c := &cobra.Command{
		Use: name + " ID…", Short: p.text("findings." + name + ".short"), Long: p.text("findings." + name + ".long"),
		Example: p.text("findings." + name + ".example"),
	}
	p.takesFindings(c, f, manyFindings)
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		if !c.Flags().Changed("to") {
			return locale.Errorf("keep.needs", locale.A("flag", "--to"), locale.A("why", locale.Errorf("keep.why."+name)))
		}
		do := map[string]func(context.Context, *desk.Desk, []string, string, string) (*findings.Decided, error){"assign": findings.Assign, "ticket": findings.Follow}[name]
		decided, err := do(ctx, d, args, to, reason)
		return p.decided(f, decided, err)
	})
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&to, "to", "", p.text("flag.to."+name))
	flags.StringVar(&reason, "reason", "", p.text("flag.reason"))
	f.decides(p, flags)
	return c
}

// decided shows what a decision changed, and what is to be told beside it.
func (p *program) decided(f *storeFlags, d *findings.Decided, err error) error {
	if d == nil {
		return err
	}
	v, failed := p.view()
	if failed != nil {
		return errors.Join(err, failed)
	}
	v.Know(d.Exceptions)
	if f.format == "json" {
		failed = v.FindingsJSON(p.stdout, d.Records, len(d.Records), "")
	} else {
		failed = v.Decided(p.stdout, d.Records)
	}
	p.head(d.Head)
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	for i := range d.Replaced {
		e := &d.Replaced[i]
		p.tell("keep.replaces", locale.A("id", finding.Short(e.Finding)), locale.A("was", v.Exempted(e)))
	}
	p.notices(d.Notices)
	return nil
}

func (p *program) findingsExpiring() *cobra.Command {
	f := &storeFlags{}
	var within string
	c := &cobra.Command{
		Use: "expiring", Short: p.text("findings.expiring.short"), Long: p.text("findings.expiring.long"), Example: p.text("findings.expiring.example"), Args: cobra.NoArgs,
	}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		list, err := findings.Expiring(ctx, d, within)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			return v.ExpiringJSON(p.stdout, list.List)
		}
		return v.Expiring(p.stdout, list.List, list.Of)
	})
	c.Flags().StringVar(&within, "within", "30d", p.text("flag.within"))
	f.reads(p, c.Flags())
	return c
}

// findingsProposed lists the exceptions that wait for an approver.
func (p *program) findingsProposed() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{Use: "proposed", Short: p.text("findings.proposed.short"), Long: p.text("findings.proposed.long"), Example: p.text("findings.proposed.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		list, err := findings.Proposed(ctx, d)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			return v.ExpiringJSON(p.stdout, list.List)
		}
		return v.Proposed(p.stdout, list.List, list.Of)
	})
	f.reads(p, c.Flags())
	return c
}
