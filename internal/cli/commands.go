package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/handbook"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
)

func (p *program) find(id string) (*control.Control, error) {
	for _, c := range p.controls() {
		if strings.EqualFold(c.ID, id) {
			return c, nil
		}
	}
	return nil, control.NoSuch(control.IDs(p.controls()), id)
}

func (p *program) controlsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "controls", Short: p.text("controls.short"), Example: p.text("controls.example"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.controlsList(), p.controlsExplain())
	return c
}

func (p *program) controlsList() *cobra.Command {
	var format string
	f := &selectionFlags{}
	c := &cobra.Command{
		Use: "list", Short: p.text("controls.list.short"), Example: p.text("controls.list.example"), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			all := p.controls()
			s, err := f.selection()
			if err != nil {
				return err
			}
			set, err := control.Select(all, s)
			if err != nil {
				return err
			}
			chosen := set.Controls()
			return p.either(format, func(w io.Writer) error { return guide.List(w, p.catalog, chosen, control.IDs(all), s.Services) },
				func(w io.Writer) error { return guide.ListJSON(w, p.catalog, chosen) })
		},
	}
	c.Flags().SortFlags = false
	f.choose(p, c.Flags())
	c.Flags().StringVar(&format, "format", "text", p.text("flag.listFormat"))
	p.completeControls(c)
	p.completeFrom(c, "severity", severities()...)
	p.completeFrom(c, "format", "text", "json")
	return c
}

func (p *program) controlsExplain() *cobra.Command {
	var format string
	var sections []string
	c := &cobra.Command{
		Use: "explain ID", Short: p.text("controls.explain.short"), Long: p.text("controls.explain.long"), Example: p.text("controls.explain.example"),
		Args: cobra.ExactArgs(1), ValidArgsFunction: p.controlIDs,
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := p.find(args[0])
			if err != nil {
				return err
			}
			return p.either(format, func(w io.Writer) error {
				g, err := handbook.Load(c, p.catalog)
				if err == nil && sections != nil {
					err = g.Only(sections)
				}
				if err != nil {
					return err
				}
				if p.color() {
					return g.Screen(w, p.catalog, c)
				}
				return g.Text(w, p.catalog, c)
			}, func(w io.Writer) error {
				g, err := handbook.Load(c, p.catalog)
				if err != nil {
					return err
				}
				return g.JSON(w, p.catalog, c)
			})
		},
	}
	listVar(c.Flags(), &sections, "section", p.text("flag.section"))
	p.completeFrom(c, "section", guide.SectionKeys()...)
	c.Flags().StringVar(&format, "format", "text", p.text("flag.listFormat"))
	return c
}

func (p *program) either(format string, text, json func(io.Writer) error) error {
	switch format {
	case "text":
		return text(p.stdout)
	case "json":
		return json(p.stdout)
	}
	return locale.Errorf("cli.unknownFormat", locale.A("format", format), locale.A("formats", []string{"text", "json"}))
}

func (p *program) report() *cobra.Command {
	f := &outputFlags{}
	var verbose bool
	c := &cobra.Command{
		Use: "report FILE", Short: p.text("report.short"), Long: p.text("report.long"), Example: p.text("report.example"),
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			outputs, err := f.app(p, verbose)
			if err != nil {
				return err
			}
			return app.Report(c.Context(), p.env(p.logger(false, false, false), silent{}), p.stdin, args[0], outputs)
		},
	}
	f.register(p, c.Flags())
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, p.text("flag.namesAll"))
	return c
}

func (p *program) iamPolicy() *cobra.Command {
	c := &cobra.Command{
		Use: "iam-policy", Short: p.text("iam.short"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.iamPolicyScan(), p.iamPolicyFix(), p.iamPolicyAsk(), p.iamPolicyHub())
	return c
}

// policyPlace checks Regions and fills in the partition that they name.
func policyPlace(regions []string, partition *string) error {
	for _, region := range regions {
		if err := awsclient.CheckRegion(region); err != nil {
			return err
		}
	}
	if len(regions) > 0 && *partition == "" {
		*partition = awsclient.Partition(regions[0])
	}
	if *partition == "" {
		*partition = "aws"
	}
	return nil
}

func (p *program) iamPolicyFix() *cobra.Command {
	var o app.FixPolicyOptions
	var step string
	selection := &selectionFlags{}
	c := &cobra.Command{
		Use: "fix [PLAN]", Short: p.text("iam.fix.short"), Long: p.text("iam.fix.long"), Example: p.text("iam.fix.example"), Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var err error
			for _, flag := range []string{"control", "remedy", "region", "partition"} {
				if len(args) == 1 && c.Flags().Changed(flag) {
					return locale.Errorf("cli.iam.planAlone", locale.A("flag", "--"+flag))
				}
			}
			if len(args) == 1 {
				if o.Plan, err = p.readPlan(c.Context(), args[0]); err != nil {
					return err
				}
			}
			if err = policyPlace(o.Regions, &o.Partition); err != nil {
				return err
			}
			if o.Selection, err = selection.selection(); err != nil {
				return err
			}
			env := p.env(p.logger(false, false, false), silent{})
			switch {
			case step == "":
				return app.FixPolicy(p.stdout, env, o)
			case o.Plan == nil:
				return locale.Errorf("fixrole.stepAlone")
			case o.Delivered:
				return locale.Errorf("fixrole.stepDelivered")
			}
			return app.StepPolicy(p.stdout, env, o.Plan, step)
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	listVar(flags, &selection.controls, "control", p.text("flag.control"))
	flags.StringVar(&o.Remedy, "remedy", "", p.text("flag.policyRemedy"))
	listVar(flags, &o.Regions, "region", p.text("flag.policyRegion"))
	flags.StringVar(&o.Partition, "partition", "", p.text("flag.partition"))
	flags.BoolVar(&o.Delivered, "delivered", false, p.text("flag.policyDelivered"))
	flags.StringVar(&step, "step", "", p.phrase("fixrole.flag.step"))
	p.completeControls(c)
	return c
}

func (p *program) iamPolicyScan() *cobra.Command {
	var o app.PolicyOptions
	selection := &selectionFlags{}
	c := &cobra.Command{
		Use: "scan", Short: p.text("iam.scan.short"), Long: p.text("iam.scan.long"), Example: p.text("iam.scan.example"), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			err := policyPlace(o.Regions, &o.Partition)
			if err != nil {
				return err
			}
			if o.Selection, err = selection.selection(); err != nil {
				return err
			}
			return app.ScanPolicy(p.stdout, p.env(p.logger(false, false, false), silent{}), o)
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	selection.choose(p, flags)
	listVar(flags, &o.Regions, "region", p.text("flag.policyRegion"))
	flags.BoolVar(&o.AllRegions, "all-regions", false, p.text("flag.policyAllRegions"))
	flags.BoolVar(&o.NoHub, "no-hub-params", false, p.text("flag.policyNoHubParams"))
	flags.BoolVar(&o.Domains, "custom-domains", false, p.text("flag.policyDomains"))
	flags.StringVar(&o.RoleName, "role-name", "", p.text("flag.policyRoleName"))
	flags.StringVar(&o.Partition, "partition", "", p.text("flag.partition"))
	p.completeControls(c)
	return c
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: p.text("version.short"), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(p.stdout, "kumoban %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// version is what the build knows of itself: the module's version, or the
// commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "dev-" + s.Value[:12]
		}
	}
	return "dev"
}

func (p *program) completion() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use: "completion SHELL", Short: p.text("completion.short"), Example: p.text("completion.example"),
		ValidArgs: shells, Args: cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE: func(c *cobra.Command, args []string) error {
			switch root := c.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.stdout, true)
			case "zsh":
				return root.GenZshCompletion(p.stdout)
			case "fish":
				return root.GenFishCompletion(p.stdout, true)
			default:
				return root.GenPowerShellCompletionWithDesc(p.stdout)
			}
		},
	}
}

func (p *program) controlIDs(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	for _, c := range p.controls() {
		ids = append(ids, c.ID)
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// completeWords offers the values of flags that have a fixed set.
func (p *program) completeWords(c *cobra.Command) {
	for flag, words := range map[string][]string{
		"format": report.Formats(), "severity": severities(), "fail-on": severities(), "lang": {"en", "ja"},
	} {
		if c.Flags().Lookup(flag) != nil || c.Root().PersistentFlags().Lookup(flag) != nil {
			p.offer(c, flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
		}
	}
	if c.Flags().Lookup("param") != nil {
		p.offer(c, "param", p.paramValues)
	}
}

// paramValues are the parameters with their values, where those can be listed.
func (p *program) paramValues(*cobra.Command, []string, string) (all []string, _ cobra.ShellCompDirective) {
	for _, control := range p.controls() {
		for _, param := range control.Parameters {
			for _, v := range param.Values {
				all = append(all, control.ID+"."+param.Name+"="+v)
			}
		}
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// offer has a shell that completes ask for the values of a flag of the command's own.
// cobra keeps who offers for as long as the process lives, and with it the whole tree
// of commands: in any other run nobody asks.
func (p *program) offer(c *cobra.Command, flag string, values cobra.CompletionFunc) {
	if p.completes {
		_ = c.RegisterFlagCompletionFunc(flag, values) // the flag exists
	}
}

// completeFrom offers the words that one flag takes.
func (p *program) completeFrom(c *cobra.Command, flag string, words ...string) {
	p.offer(c, flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// severities are the words for them, as flags take them.
func severities() []string { return []string{"low", "medium", "high", "critical"} }

// completeControls offers ids and services to the flags that choose controls.
func (p *program) completeControls(c *cobra.Command) {
	p.offer(c, "control", p.controlIDs)
	if c.Flags().Lookup("service") != nil {
		p.offer(c, "service", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return control.Services(p.controls()), cobra.ShellCompDirectiveNoFileComp
		})
	}
}
