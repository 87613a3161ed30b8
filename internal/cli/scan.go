package cli

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// scanFlags are the flags of kumoban scan, in the order of its help.
type scanFlags struct {
	regions    []string
	allRegions bool
	profiles   []string
	roleARN    string
	accounts   string
	roleName   string
	selectionFlags
	outputFlags
	failOn  string
	rate    string
	timeout time.Duration
	store   string
	noStore bool
	quiet   bool
	verbose bool
	debug   bool
}

type selectionFlags struct {
	services []string
	controls []string
	severity string
	params   []string
	noHub    bool
}

// choose registers the flags that say which controls.
func (f *selectionFlags) choose(p *program, flags *pflag.FlagSet) {
	listVar(flags, &f.services, "service", p.text("flag.service"))
	listVar(flags, &f.controls, "control", p.text("flag.control"))
	flags.StringVar(&f.severity, "severity", "", p.text("flag.severity"))
}

func (f *selectionFlags) register(p *program, flags *pflag.FlagSet) {
	f.choose(p, flags)
	pairsVar(flags, &f.params, "param", p.text("flag.param"))
	flags.BoolVar(&f.noHub, "no-hub-params", false, p.text("flag.noHubParams"))
}

func (f *selectionFlags) selection() (control.Selection, error) {
	s := control.Selection{Services: f.services, Patterns: f.controls, Params: f.params}
	if f.severity == "" {
		return s, nil
	}
	var err error
	s.Severity, err = control.ParseSeverity(f.severity)
	return s, err
}

type outputFlags struct {
	formats []string
	outputs []string
	csvBOM  bool
}

func (f *outputFlags) register(p *program, flags *pflag.FlagSet) {
	listVar(flags, &f.formats, "format", p.text("flag.format", locale.A("formats", strings.Join(report.Formats(), "|"))))
	pathsVar(flags, &f.outputs, "output", p.text("flag.output"))
	flags.BoolVar(&f.csvBOM, "csv-bom", false, p.text("flag.csvBOM"))
}

func (f *outputFlags) app(p *program, verbose bool) (app.Outputs, error) {
	for _, format := range f.formats {
		if !knownFormat(format) {
			return app.Outputs{}, locale.Errorf("cli.unknownFormat", locale.A("format", format), locale.A("formats", report.Formats()))
		}
	}
	return app.Outputs{
		Formats: f.formats, Files: f.outputs,
		Report: report.Options{CSVBOM: f.csvBOM, Color: p.color(), Terminal: p.isTerminal(p.stdout), Verbose: verbose},
	}, nil
}

func knownFormat(format string) bool {
	for _, known := range report.Formats() {
		if format == known {
			return true
		}
	}
	return false
}

func (p *program) scan() *cobra.Command {
	f := &scanFlags{}
	c := &cobra.Command{
		Use: "scan", Short: p.text("scan.short"), Long: p.text("scan.long"), Example: p.text("scan.example"),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return locale.Errorf("cli.noSourcesYet", locale.A("path", args[0]))
			}
			if err := p.settle(c); err != nil {
				return err
			}
			return p.runScan(c, f)
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	f.reach(p, flags)
	f.selectionFlags.register(p, flags)
	f.outputFlags.register(p, flags)
	flags.StringVar(&f.failOn, "fail-on", "", p.text("flag.failOn"))
	flags.StringVar(&f.rate, "rate", "", p.text("flag.rate"))
	flags.DurationVar(&f.timeout, "timeout", 0, p.text("flag.timeout"))
	flags.StringVar(&f.store, "store", "", p.text("flag.store"))
	flags.BoolVar(&f.noStore, "no-store", false, p.text("flag.noStore"))
	flags.BoolVarP(&f.quiet, "quiet", "q", false, p.text("flag.quiet"))
	flags.BoolVarP(&f.verbose, "verbose", "v", false, p.text("flag.verbose"))
	flags.BoolVar(&f.debug, "debug", false, p.text("flag.debug"))
	flags.String("config", "", p.text("flag.config"))
	p.completeControls(c)
	p.completeWords(c)
	return p.callsAWS(c, func([]string) [][]string { return [][]string{f.scanPolicy(f.allRegions)} })
}

// reach registers the flags that say which accounts and Regions.
func (f *scanFlags) reach(p *program, flags *pflag.FlagSet) {
	listVar(flags, &f.regions, "region", p.text("flag.region"))
	flags.BoolVar(&f.allRegions, "all-regions", false, p.text("flag.allRegions"))
	listVar(flags, &f.profiles, "profile", p.text("flag.profile"))
	flags.StringVar(&f.roleARN, "role-arn", "", p.text("flag.roleARN"))
	flags.StringVar(&f.accounts, "accounts", "", p.text("flag.accounts"))
	flags.StringVar(&f.roleName, "role-name", "", p.text("flag.roleName"))
}

// runScan turns flags into options, scans, and decides the exit code.
func (p *program) runScan(c *cobra.Command, f *scanFlags) error {
	ctx := c.Context()
	o, failOn, err := f.options(ctx, p)
	if err != nil {
		return err
	}
	config, err := p.keeping(c)
	if err != nil {
		return err
	}
	o.Selection.Off = config.Disabled
	done, err := p.saver(ctx, c, f.store, f.noStore, &o)
	if err != nil {
		return p.debugged(f.debug, err)
	}
	defer done()
	if f.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.timeout)
		defer cancel()
	}
	if o.Keep == nil { // where it is saved, severities that somebody set count
		p.warnGate(o.Selection, failOn)
	}
	result, err := app.Scan(ctx, p.env(p.logger(f.quiet, f.verbose, f.debug), p.progress(f.quiet)), o)
	if err != nil && !(result.Incomplete == "interrupted" && errors.Is(err, context.Canceled)) {
		return err
	}
	p.gate(&result, failOn)
	if a := result.Apart; failOn > 0 && result.Worst < failOn && a.Worst >= failOn {
		p.tell("cli.gateApart", locale.A("n", a.N), locale.A("severity", failOn.String()))
	}
	p.code = exitCode(result, failOn)
	return nil
}

// gate takes from a saved scan what --fail-on counts: exceptions that the store
// knows do not fail a pipeline, and severities that people set are those that
// count. It is said where that decides.
func (p *program) gate(r *app.Result, failOn control.Severity) {
	if p.saving == nil || p.saving.Saved == nil {
		return
	}
	saved := p.saving.Saved
	if failOn > 0 && r.Worst >= failOn && saved.Worst < failOn {
		p.tell("cli.gateOpen", locale.A("n", saved.Suppressed), locale.A("severity", failOn.String()))
	}
	r.Worst = saved.Worst
}

// warnGate says when no chosen control can ever reach --fail-on.
func (p *program) warnGate(s control.Selection, failOn control.Severity) {
	set, err := control.Select(p.controls(), s)
	if err != nil || failOn == 0 {
		return
	}
	for _, c := range set {
		if c.Severity >= failOn {
			return
		}
	}
	p.tell("cli.idleGate", locale.A("severity", failOn.String()))
}

func exitCode(r app.Result, failOn control.Severity) int {
	switch {
	case r.Incomplete == "interrupted":
		return exitInterrupted
	case failOn > 0 && r.Worst >= failOn:
		return exitFindings
	case r.Gaps > 0 || r.Incomplete != "":
		return exitGaps
	}
	return exitDone
}

func (f *scanFlags) options(ctx context.Context, p *program) (o app.ScanOptions, failOn control.Severity, err error) {
	o.Regions, o.AllRegions, o.Endpoint = f.regions, f.allRegions, p.endpoint()
	o.NoHub = f.noHub
	if f.failOn != "" {
		if failOn, err = control.ParseSeverity(f.failOn); err != nil {
			return o, 0, err
		}
	}
	if o.Selection, err = f.selection(); err != nil {
		return o, 0, err
	}
	if o.Rate, err = awsclient.ParseRate(f.rate); err != nil {
		return o, 0, err
	}
	for _, region := range f.regions {
		if err = awsclient.CheckRegion(region); err != nil {
			return o, 0, err
		}
	}
	if f.allRegions && len(f.regions) > 0 {
		return o, 0, locale.Errorf("cli.bothRegions")
	}
	if f.timeout < 0 {
		return o, 0, locale.Errorf("cli.badTimeout", locale.A("timeout", f.timeout.String()))
	}
	if o.Targets, err = f.targets(ctx); err != nil {
		return o, 0, err
	}
	o.Outputs, err = f.app(p, f.verbose)
	return o, failOn, err
}

// endpoint is the one that the environment puts in AWS's place, without what
// may be a password in it.
func (p *program) endpoint() string {
	for _, name := range []string{"AWS_ENDPOINT_URL_API_GATEWAY", "AWS_ENDPOINT_URL_APIGATEWAYV2", "AWS_ENDPOINT_URL"} {
		u, err := url.Parse(p.getenv(name))
		if err == nil && u.Host != "" && p.getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") != "true" {
			return u.Scheme + "://" + u.Host
		}
	}
	return ""
}

// targets says which accounts to look into, and the way to each.
func (f *scanFlags) targets(ctx context.Context) ([]awslive.Target, error) {
	if (f.accounts == "") != (f.roleName == "") {
		return nil, locale.Errorf("cli.accountsNeedRole")
	}
	if f.accounts != "" {
		if f.roleARN != "" || len(f.profiles) > 1 {
			return nil, locale.Errorf("cli.accountsAlone")
		}
		targets, err := app.ReadAccounts(ctx, f.accounts)
		for i := range targets {
			targets[i].RoleName = strings.TrimPrefix(f.roleName, "/")
			if len(f.profiles) == 1 {
				targets[i].Profile = f.profiles[0]
			}
		}
		return targets, err
	}
	if f.roleARN != "" && !strings.HasPrefix(f.roleARN, "arn:") {
		return nil, locale.Errorf("cli.badRoleARN", locale.A("arn", f.roleARN))
	}
	profiles := f.profiles
	if len(profiles) == 0 {
		profiles = []string{""}
	}
	var targets []awslive.Target
	for _, profile := range profiles {
		targets = append(targets, awslive.Target{Profile: profile, RoleARN: f.roleARN})
	}
	return targets, nil
}
