package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/hub"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/internal/view"
)

func (p *program) hub() *cobra.Command {
	c := &cobra.Command{
		Use: "securityhub", Short: p.text("hub.short"), Long: p.text("hub.long"), Example: p.text("hub.example"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.hubPull(), p.hubCompare(), p.hubPush(), p.hubSync())
	return c
}

// hubFlags say how to reach Security Hub, and about which findings.
type hubFlags struct {
	storeFlags
	regions, accounts, controls []string
	profile, roleARN, rate      string
}

func (f *hubFlags) register(p *program, c *cobra.Command) {
	flags := c.Flags()
	flags.SortFlags = false
	listVar(flags, &f.regions, "region", p.text("flag.hub.region"))
	flags.StringVar(&f.profile, "profile", "", p.text("flag.fix.profile"))
	flags.StringVar(&f.roleARN, "role-arn", "", p.text("flag.roleARN"))
	if c.Name() != "push" { // which is for the caller's own account
		listVar(flags, &f.accounts, "account", p.text("flag.filter.account"))
	}
	listVar(flags, &f.controls, "control", p.text("flag.control"))
	flags.StringVar(&f.rate, "rate", "", p.text("flag.rate"))
	p.completeControls(c)
}

// command makes one of the commands on Security Hub.
func (p *program) hubCommand(name string) *cobra.Command {
	return p.callsAWS(&cobra.Command{Use: name, Short: p.text("hub." + name + ".short"), Long: p.text("hub." + name + ".long"), Example: p.text("hub." + name + ".example"), Args: cobra.NoArgs},
		always("securityhub", name))
}

// hubRequest says how to reach Security Hub. What only stands in for AWS exchanges
// with a store that was named, never with the default one.
func (p *program) hubRequest(f *hubFlags, named bool) (hub.Request, func(), error) {
	q := hub.Request{Accounts: f.accounts, Controls: f.controls, Loose: !named && (p.endpoint() != "" || p.getenv("AWS_ENDPOINT_URL_SECURITYHUB") != "")}
	q.Target, q.Regions = awslive.Target{Profile: f.profile, RoleARN: f.roleARN}, f.regions
	for _, region := range f.regions {
		if err := awsclient.CheckRegion(region); err != nil {
			return q, nil, err
		}
	}
	if f.roleARN != "" && !strings.HasPrefix(f.roleARN, "arn:") {
		return q, nil, locale.Errorf("cli.badRoleARN", locale.A("arn", f.roleARN))
	}
	var err error
	if q.Rate, err = awsclient.ParseRate(f.rate); err != nil {
		return q, nil, err
	}
	if f.quiet || !p.isTerminal(p.stderr) {
		return q, func() {}, nil
	}
	l := &line{w: p.screen, text: func(n, _ int) string { return p.catalog.Text("hub.progress", locale.A("n", n)) }}
	q.Progress = func(n int) { l.Step(n, 0) }
	return q, l.Done, nil
}

func (f *hubFlags) env(p *program) *app.Env {
	return p.env(p.logger(f.quiet, false, f.debug), silent{})
}

// nowhere names all but the first Region where all failed; that one is the error.
func (p *program) nowhere(err error) error {
	var all *hub.Nowhere
	if errors.As(err, &all) {
		p.listed(all.Lost[1:], nil)
	}
	return err
}

// listed names on stderr what could not be read, and decides the exit code.
func (p *program) listed(lost []hub.Lost, unreadable []error) {
	for _, l := range lost {
		p.tell("hub.lost", locale.A("region", l.At.Region), locale.A("error", p.explain(l.Err)))
	}
	for i, err := range unreadable {
		if i == unreadableTold {
			p.tell("hub.more", locale.A("n", len(unreadable)-i))
			break
		}
		p.tell("hub.notRead", locale.A("error", p.explain(err)))
	}
	if len(lost)+len(unreadable) > 0 {
		p.code = exitGaps
	}
}

// unreadableTold is how many findings that make no sense are named.
const unreadableTold = 20

func (p *program) hubPull() *cobra.Command {
	f := &hubFlags{storeFlags: storeFlags{makes: true}}
	var noSync bool
	c := p.hubCommand("pull")
	c.RunE = p.onStore(&f.storeFlags, func(ctx context.Context, d *desk.Desk, _ []string) error {
		mode := hub.Here
		if noSync {
			mode = hub.Link
		}
		return p.synced(ctx, c, d, f, view.SyncOptions{Command: "pull", Mode: mode})
	})
	f.register(p, c)
	c.Flags().BoolVar(&noSync, "no-sync", false, p.text("flag.hub.noSync"))
	f.decides(p, c.Flags())
	return c
}

func (p *program) hubSync() *cobra.Command {
	f := &hubFlags{}
	var dry bool
	c := p.hubCommand("sync")
	c.RunE = p.onStore(&f.storeFlags, func(ctx context.Context, d *desk.Desk, _ []string) error {
		mode := hub.Both
		if dry {
			mode = hub.Look
		}
		return p.synced(ctx, c, d, f, view.SyncOptions{Command: "sync", Mode: mode})
	})
	f.register(p, c)
	c.Flags().BoolVar(&dry, "dry-run", false, p.text("flag.fix.dryRun"))
	f.decides(p, c.Flags())
	return c
}

// synced pulls or syncs, and shows what was done, also where something stopped it.
func (p *program) synced(ctx context.Context, c *cobra.Command, d *desk.Desk, f *hubFlags, o view.SyncOptions) error {
	q, done, err := p.hubRequest(f, p.named(c))
	if err != nil {
		return err
	}
	s, err := hub.Sync(ctx, d, f.env(p), q, o.Mode)
	done()
	if s == nil {
		return p.nowhere(err)
	}
	v, failed := p.view()
	if failed == nil && f.format == "json" {
		failed = v.SyncedJSON(p.stdout, s, o, p.explain)
	} else if failed == nil {
		failed = v.Synced(p.stdout, s, o)
	}
	p.headIf(s.Head)
	p.listed(s.Lost, s.Unreadable)
	p.failed(len(s.Failed), "sync")
	return errors.Join(err, failed)
}

func (p *program) hubPush() *cobra.Command {
	f := &hubFlags{}
	var dry, all bool
	c := p.hubCommand("push")
	c.RunE = p.onStore(&f.storeFlags, func(ctx context.Context, d *desk.Desk, _ []string) error {
		q, done, err := p.hubRequest(f, p.named(c))
		if err != nil {
			return err
		}
		pushed, err := hub.Push(ctx, d, f.env(p), q, all, dry)
		done()
		if pushed == nil {
			return p.nowhere(err)
		}
		return errors.Join(err, p.pushed(f, pushed, dry))
	})
	f.register(p, c)
	c.Flags().BoolVar(&all, "all", false, p.text("flag.hub.pushAll"))
	c.Flags().BoolVar(&dry, "dry-run", false, p.text("flag.fix.dryRun"))
	f.decides(p, c.Flags())
	return c
}

func (p *program) pushed(f *hubFlags, pushed *hub.Pushed, dry bool) error {
	v, err := p.view()
	if err != nil {
		return err
	}
	if f.format == "json" {
		err = v.PushedJSON(p.stdout, pushed, dry, p.explain)
	} else {
		err = v.Pushed(p.stdout, pushed, dry)
	}
	p.headIf(pushed.Head)
	p.listed(pushed.Lost, nil)
	p.failed(len(pushed.Failed), "push")
	return err
}

// failed says that Security Hub did not take some findings, which is exit code 1.
func (p *program) failed(n int, command string) {
	if n > 0 {
		p.tell("hub.again", locale.A("n", n), locale.A("command", command))
		p.code = exitFailed
	}
}

func (p *program) hubCompare() *cobra.Command {
	f := &hubFlags{}
	var all, fail bool
	c := p.hubCommand("compare")
	c.RunE = p.onStore(&f.storeFlags, func(ctx context.Context, d *desk.Desk, _ []string) error {
		q, done, err := p.hubRequest(f, p.named(c))
		if err != nil {
			return err
		}
		compared, err := hub.Compare(ctx, d, f.env(p), q)
		done()
		if err != nil {
			return p.nowhere(err)
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			err = v.ComparedJSON(p.stdout, compared, p.explain)
		} else {
			err = v.Compared(p.stdout, compared, all)
		}
		p.listed(compared.Lost, compared.Unreadable)
		if len(compared.Empty) > 0 {
			p.code = exitGaps // what was asked for could not be compared
		}
		if fail && compared.Unexplained() > 0 {
			p.code = exitFindings
		}
		return err
	})
	f.register(p, c)
	c.Flags().BoolVar(&all, "all", false, p.text("flag.hub.all"))
	c.Flags().BoolVar(&fail, "fail-on-difference", false, p.text("flag.hub.fail"))
	f.reads(p, c.Flags())
	return c
}

func (p *program) iamPolicyHub() *cobra.Command {
	var o app.PolicyOptions
	c := &cobra.Command{
		Use: "securityhub [COMMAND…]", Short: p.text("iam.hub.short"), Long: p.text("iam.hub.long"), Example: p.text("iam.hub.example"),
		ValidArgs: app.HubCommands(), Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := policyPlace(o.Regions, &o.Partition); err != nil {
				return err
			}
			return app.HubPolicy(p.stdout, args, o)
		},
	}
	listVar(c.Flags(), &o.Regions, "region", p.text("flag.policyRegion"))
	c.Flags().StringVar(&o.Partition, "partition", "", p.text("flag.partition"))
	return c
}

func (p *program) iamPolicyAsk() *cobra.Command {
	var o app.PolicyOptions
	selection := &selectionFlags{}
	c := &cobra.Command{
		Use: "ask", Short: p.text("iam.ask.short"), Long: p.text("iam.ask.long"), Example: p.text("iam.ask.example"), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) (err error) {
			if err := policyPlace(o.Regions, &o.Partition); err != nil {
				return err
			}
			if o.Selection, err = selection.selection(); err != nil {
				return err
			}
			return app.AskPolicy(p.stdout, p.env(p.logger(false, false, false), silent{}), o)
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	listVar(flags, &selection.controls, "control", p.text("flag.control"))
	listVar(flags, &selection.services, "service", p.text("flag.service"))
	listVar(flags, &o.Regions, "region", p.text("flag.policyRegion"))
	flags.StringVar(&o.Partition, "partition", "", p.text("flag.partition"))
	p.completeControls(c)
	return c
}
