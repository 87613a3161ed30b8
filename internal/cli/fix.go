package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/app/planning"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// reachFlags say how to reach the one account and Region of a fix.
type reachFlags struct {
	region, profile, roleARN, rate string
	quiet, debug                   bool
}

func (f *reachFlags) register(p *program, flags *pflag.FlagSet) {
	flags.StringVar(&f.region, "region", "", p.text("flag.fix.region"))
	flags.StringVar(&f.profile, "profile", "", p.text("flag.fix.profile"))
	flags.StringVar(&f.roleARN, "role-arn", "", p.text("flag.roleARN"))
	flags.StringVar(&f.rate, "rate", "", p.text("flag.rate"))
	flags.BoolVarP(&f.quiet, "quiet", "q", false, p.text("flag.quiet"))
	flags.BoolVar(&f.debug, "debug", false, p.text("flag.debug"))
}

func (f *reachFlags) options(p *program) (app.FixOptions, error) {
	p.quiet = f.quiet
	o := app.FixOptions{Target: awslive.Target{Profile: f.profile, RoleARN: f.roleARN}, Region: f.region}
	if f.region != "" {
		if err := awsclient.CheckRegion(f.region); err != nil {
			return o, err
		}
	}
	if f.roleARN != "" && !strings.HasPrefix(f.roleARN, "arn:") {
		return o, locale.Errorf("cli.badRoleARN", locale.A("arn", f.roleARN))
	}
	var err error
	o.Rate, err = awsclient.ParseRate(f.rate)
	return o, err
}

func (f *reachFlags) env(p *program) *app.Env {
	return p.env(p.logger(f.quiet, false, f.debug), silent{})
}

func (p *program) fix() *cobra.Command {
	c := &cobra.Command{
		Use: "fix", Short: p.text("fix.short"), Long: p.text("fix.long"), Example: p.text("fix.example"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.fixPlan(), p.fixShow(), p.fixApply(), p.fixList(), p.fixResume(), p.fixUndo(), p.fixVerify())
	return c
}

// planFlags are the flags of kumoban fix plan.
type planFlags struct {
	reachFlags
	scan, finding, account string
	controls, resources    []string
	params, inputs         []string
	remedy, retention      string
	kmsKey, state, out     string
	store                  string
	costFlags
	suppressed, verbose bool
}

func (p *program) fixPlan() *cobra.Command {
	f := &planFlags{}
	c := &cobra.Command{
		Use: "plan", Short: p.text("fix.plan.short"), Long: p.text("fix.plan.long"), Example: p.text("fix.plan.example"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.runPlan(c, f) },
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.scan, "scan", "", p.text("flag.fix.scan"))
	flags.StringVar(&f.finding, "finding", "", p.text("flag.fix.finding"))
	listVar(flags, &f.controls, "control", p.text("flag.control"))
	listVar(flags, &f.resources, "resource", p.text("flag.fix.resource"))
	flags.StringVar(&f.account, "account", "", p.text("flag.fix.account"))
	pairsVar(flags, &f.params, "param", p.text("flag.param"))
	flags.StringVar(&f.remedy, "remedy", "", p.text("flag.fix.remedy"))
	pairsVar(flags, &f.inputs, "input", p.text("flag.fix.input"))
	flags.StringVar(&f.retention, "retention", "", p.text("flag.fix.retention"))
	flags.StringVar(&f.kmsKey, "kms-key", "", p.text("flag.fix.kmsKey"))
	flags.StringVar(&f.state, "state", "", p.text("flag.fix.state"))
	f.costFlags.register(p, flags)
	flags.StringVar(&f.out, "out", "", p.text("flag.fix.out"))
	flags.BoolVar(&f.suppressed, "include-suppressed", false, p.text("flag.fix.suppressed"))
	flags.StringVar(&f.store, "store", "", p.text("flag.store"))
	flags.BoolVarP(&f.verbose, "verbose", "v", false, p.text("flag.fix.verbose"))
	flags.String("config", "", p.text("flag.config"))
	f.reachFlags.register(p, flags)
	p.completeControls(c)
	p.completeWords(c)
	return p.callsAWS(c, f.planPolicy)
}

func (p *program) runPlan(c *cobra.Command, f *planFlags) error {
	if err := p.settle(c); err != nil {
		return err
	}
	r, err := f.request(c, p)
	if err != nil {
		return err
	}
	if err := f.settle(c, p); err != nil {
		return err
	}
	made, err := planning.Make(c.Context(), f.place(c, p), r)
	if made == nil {
		return err
	}
	p.tellLeft(made.Left, f.verbose)
	switch {
	case err != nil:
		return err
	case made.Plan == nil:
		p.warn("cli.fix.allSuppressed", locale.A("n", made.Accepted))
		return nil
	}
	return p.writePlan(made.Plan, f.out)
}

// request is what the flags ask for.
func (f *planFlags) request(c *cobra.Command, p *program) (r planning.Request, err error) {
	r = planning.Request{
		Scan: f.scan, Stdin: p.stdin, Controls: f.controls, Resources: f.resources, Account: f.account, Accepted: f.suppressed,
		Options: app.PlanOptions{Params: f.params, Remedy: f.remedy},
	}
	if f.scan == "" && isID(f.finding) {
		r.Findings = []string{f.finding}
	} else {
		r.Hub = f.finding
	}
	o := &r.Options
	if o.FixOptions, err = f.options(p); err != nil {
		return r, err
	}
	if o.Inputs, err = f.given(); err != nil {
		return r, err
	}
	if o.Defaults, err = p.inputs(c); err != nil {
		return r, err
	}
	if o.Prices, err = f.table(p, c); err != nil {
		return r, err
	}
	if f.state != "" {
		o.State, err = app.ReadState(c.Context(), f.state)
	}
	return r, err
}

// settle tells the store that the plan is made by what earlier runs still owe it.
func (f *planFlags) settle(c *cobra.Command, p *program) error {
	runs := &runFlags{store: f.store, format: "text"}
	dir, err := runs.runs(p)
	if err != nil {
		return nil //nolint:nilerr // there is no place for runs
	}
	at := p.place(c, runs, app.FixOptions{}, dir)
	defer at.Close()
	return fixes.Settle(c.Context(), at)
}

func (f *planFlags) given() (map[string]string, error) {
	given := map[string]string{}
	for _, in := range f.inputs {
		name, value, ok := strings.Cut(in, "=")
		if !ok || name == "" {
			return nil, locale.Errorf("cli.fix.badInput", locale.A("input", in))
		}
		given[name] = value
	}
	for name, value := range map[string]string{"retention": f.retention, "kmsKey": f.kmsKey} {
		if value != "" {
			given[name] = value
		}
	}
	return given, nil
}

// place is where a plan is made: by the store that was named, or the usual one if
// there is one. What stands in for AWS has no findings in it.
func (f *planFlags) place(c *cobra.Command, p *program) *planning.Place {
	at := &planning.Place{
		Subject: access.Admin(""), Env: f.env(p), Store: p.storePlace(f.store), Named: p.named(c),
		Open: p.opener(c), Tell: func(n desk.Notice) { p.notices([]desk.Notice{n}) },
	}
	if app.StandIn("", p.endpoint()) && !at.Named {
		at.Store = ""
	}
	return at
}

// writePlan writes the plan to a file and shows it, or writes it to stdout.
func (p *program) writePlan(made *plan.Plan, out string) error {
	data, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	if out == "-" {
		_, err := p.stdout.Write(data)
		return err
	}
	if err := p.summary(made, render.Brief); err != nil {
		return err
	}
	if out == "" {
		p.tell("cli.fix.noOut")
		return nil
	}
	if err := app.WriteFile(out, data); err != nil {
		return err
	}
	p.tell("cli.fix.wrote", locale.A("file", out))
	return nil
}

func (p *program) summary(made *plan.Plan, write func(io.Writer, *plan.Plan, *locale.Catalog, render.TextSource) error) error {
	texts, err := report.NewTexts(p.catalog, p.controls())
	if err != nil {
		return err
	}
	return write(p.stdout, made, p.catalog, texts)
}

func (p *program) readPlan(ctx context.Context, path string) (*plan.Plan, error) {
	data, err := app.ReadInput(ctx, p.stdin, path, app.PlanLimit)
	if err != nil {
		return nil, err
	}
	return plan.Parse(bytes.TrimSpace(data))
}

func (p *program) fixShow() *cobra.Command {
	var as string
	c := &cobra.Command{
		Use: "show PLAN", Short: p.text("fix.show.short"), Long: p.text("fix.show.long"), Example: p.text("fix.show.example"), Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			made, err := p.readPlan(c.Context(), args[0])
			if err != nil {
				return err
			}
			switch as {
			case "":
				return p.summary(made, render.Summary)
			case "json":
				return p.writePlan(made, "-")
			}
			if !contains(render.Media(), as) {
				return locale.Errorf("cli.unknownFormat", locale.A("format", as), locale.A("formats", append(render.Media(), "json")))
			}
			texts, err := report.NewTexts(p.catalog, p.controls())
			if err != nil {
				return err
			}
			return render.Render(p.stdout, made, as, p.catalog, texts)
		},
	}
	c.Flags().StringVar(&as, "as", "", p.text("flag.fix.as", locale.A("media", strings.Join(render.Media(), "|"))))
	return c
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// answers tells whether somebody can be asked: /dev/null is a character device,
// too, but no terminal.
func (p *program) answers() bool {
	in, ok := p.stdin.(*os.File)
	return ok && term.IsTerminal(int(in.Fd()))
}

// ask asks a question on a terminal and wants a clear yes. Where nobody can be
// asked, the message unasked says what to do instead.
func (p *program) ask(question, unasked string) (bool, error) {
	if !p.answers() {
		return false, locale.Errorf(unasked)
	}
	fmt.Fprint(p.stderr, question+" ")
	var answer string
	if n, _ := fmt.Fscanln(p.stdin, &answer); n == 0 { // an empty line, or none, is no
		return false, nil
	}
	return contains([]string{"y", "yes", "はい"}, strings.ToLower(answer)), nil
}
