package cli

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/open"
	"github.com/kumoban/kumoban/internal/view"
)

func (p *program) findings() *cobra.Command {
	c := &cobra.Command{
		Use: "findings", Short: p.text("findings.short"), Long: p.text("findings.long"), Example: p.text("findings.example"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.findingsList(), p.findingsShow(), p.findingsDecide("note"), p.findingsDecide("notify"), p.findingsDecide("resolve"),
		p.findingsSuppress(), p.findingsDecide("unsuppress"), p.findingsSeverity(), p.findingsExpiring(), p.findingsExport(), p.findingsImport(), p.findingsEvidence())
	return c
}

// filterFlags choose findings.
type filterFlags struct {
	controls, severities, statuses, workflows []string
	accounts, regions, types, resources, tags []string
	archived, all, suppressed                 bool
	since                                     string
}

func (f *filterFlags) register(p *program, flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.controls, "control", nil, p.text("flag.control"))
	flags.StringArrayVar(&f.severities, "severity", nil, p.text("flag.filter.severity"))
	flags.StringArrayVar(&f.statuses, "status", nil, p.text("flag.filter.status"))
	flags.StringArrayVar(&f.workflows, "workflow", nil, p.text("flag.filter.workflow"))
	flags.StringArrayVar(&f.accounts, "account", nil, p.text("flag.filter.account"))
	flags.StringArrayVar(&f.regions, "region", nil, p.text("flag.filter.region"))
	flags.StringArrayVar(&f.types, "type", nil, p.text("flag.filter.type"))
	flags.StringArrayVar(&f.resources, "resource", nil, p.text("flag.filter.resource"))
	flags.StringArrayVar(&f.tags, "tag", nil, p.text("flag.filter.tag"))
	flags.StringVar(&f.since, "since", "", p.text("flag.filter.since"))
	flags.BoolVar(&f.suppressed, "suppressed", false, p.text("flag.filter.suppressed"))
	flags.BoolVar(&f.archived, "archived", false, p.text("flag.filter.archived"))
	flags.BoolVar(&f.all, "all", false, p.text("flag.filter.all"))
}

// filter is what the flags choose. Without flags it is what waits for somebody:
// ACTIVE, FAILED or UNKNOWN, and neither suppressed nor resolved.
func (f *filterFlags) filter() (store.Filter, error) {
	out := store.Filter{Controls: f.controls, Accounts: f.accounts, Regions: f.regions, Resources: f.resources}
	if err := f.check(); err != nil {
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
	if err := f.more(&out); err != nil {
		return out, err
	}
	return out, nil
}

// check refuses controls that there are not, and what can be no Region or account:
// nothing would match, which sounds as if all were well.
func (f *filterFlags) check() error {
	if _, err := control.Select(controls.All(), control.Selection{Patterns: f.controls}); err != nil {
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
	if f.since != "" {
		day, err := time.ParseInLocation(time.DateOnly, f.since, time.Local)
		if err != nil {
			return badDate("--since", f.since)
		}
		out.Since = day
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

func (p *program) findingsList() *cobra.Command {
	f, q := &storeFlags{}, &filterFlags{}
	var order, after string
	var limit int
	c := &cobra.Command{
		Use: "list", Short: p.text("findings.list.short"), Long: p.text("findings.list.long"), Example: p.text("findings.list.example"), Args: cobra.NoArgs,
	}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, _ []string) error {
		filter, err := q.filter()
		if err != nil {
			return err
		}
		if limit < 1 || limit > 10000 {
			return locale.Errorf("keep.badLimit", locale.A("limit", limit))
		}
		if !slices.Contains([]store.Order{store.BySeverity, store.ByChanged, store.ByResource}, store.Order(order)) {
			return locale.Errorf("keep.badOrder", locale.A("order", locale.Clean(order)))
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			page, next, err := r.Page(ctx, store.Query{Filter: filter, Order: store.Order(order), After: after, Limit: limit})
			if err != nil {
				return err
			}
			total, err := r.Count(ctx, filter)
			if err != nil {
				return err
			}
			if v.Ends, err = ends(ctx, r, page); err != nil {
				return err
			}
			if f.format == "json" {
				return v.FindingsJSON(p.stdout, page, total, next)
			}
			if next != "" {
				next = again(c, next)
			}
			scans, err := r.Scans(ctx, 1)
			if err != nil {
				return err
			}
			return v.Findings(p.stdout, page, total, next, len(scans) == 0 && total == 0)
		})
	})
	flags := c.Flags()
	flags.SortFlags = false
	q.register(p, flags)
	flags.StringVar(&order, "sort", string(store.BySeverity), p.text("flag.sort"))
	flags.IntVar(&limit, "limit", 100, p.text("flag.limit"))
	flags.StringVar(&after, "after", "", p.text("flag.after"))
	f.reads(p, flags)
	p.completeControls(c)
	completeFrom(c, "sort", string(store.BySeverity), string(store.ByChanged), string(store.ByResource))
	q.complete(c)
	return c
}

// complete offers the values of the flags that choose findings.
func (f *filterFlags) complete(c *cobra.Command) {
	completeFrom(c, "severity", "low", "medium", "high", "critical")
	completeFrom(c, "status", "FAILED", "UNKNOWN", "PASSED", "NOT_APPLICABLE")
	completeFrom(c, "workflow", "NEW", "NOTIFIED", "SUPPRESSED", "RESOLVED")
}

func (p *program) findingsShow() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{
		Use: "show ID", Short: p.text("findings.show.short"), Long: p.text("findings.show.long"), Example: p.text("findings.show.example"),
		Args: cobra.ExactArgs(1), ValidArgsFunction: p.findingIDs(f),
	}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		v, err := p.view()
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			s, err := story(ctx, k, r, args[0])
			if err != nil {
				return err
			}
			if f.format == "json" {
				return v.ShowJSON(p.stdout, s)
			}
			return v.Show(p.stdout, s)
		})
	})
	f.reads(p, c.Flags())
	return c
}

// story gathers all that the store knows of a finding.
func story(ctx context.Context, k *keep.Keeper, r store.Reader, name string) (*view.Story, error) {
	ids, err := keep.Find(ctx, r, []string{name})
	if err != nil {
		return nil, err
	}
	id := ids[0]
	records, err := r.Records(ctx, ids)
	if err != nil {
		return nil, err
	}
	s := &view.Story{Record: records[0]}
	hints := ask.Hints{Tags: s.Record.Tags, Keys: k.OwnerTags}
	if owners := hints.Candidates(); len(owners) > 0 {
		s.Owner = owners[0].Owner
	}
	if s.Events, err = r.History(ctx, id); err != nil {
		return nil, err
	}
	if s.Exceptions, err = r.ExceptionsOf(ctx, id); err != nil {
		return nil, err
	}
	if s.Questions, err = r.Questions(ctx, store.QuestionFilter{Finding: id}); err != nil {
		return nil, err
	}
	if s.Runs, err = r.Runs(ctx, id); err != nil {
		return nil, err
	}
	s.Links, err = r.Links(ctx, ids)
	return s, err
}

// candidates are findings that a command may be about: those that wait for
// somebody, or are suppressed, and all whose id begins with what was typed.
func candidates(ctx context.Context, r store.Reader, typed string, suppressed bool) ([]lifecycle.Record, error) {
	const most = 50
	if typed == "" {
		filter, err := (&filterFlags{suppressed: suppressed}).filter()
		if err != nil {
			return nil, err
		}
		records, _, err := r.Page(ctx, store.Query{Filter: filter, Order: store.BySeverity, Limit: most})
		return records, err
	}
	ids, err := r.IDs(ctx, strings.ToLower(typed), most)
	if err != nil {
		return nil, err
	}
	return r.Records(ctx, ids)
}

// findingIDs completes ids of findings.
func (p *program) findingIDs(f *storeFlags) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(c *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		none := cobra.ShellCompDirectiveNoFileComp
		k, done, err := p.completing(c, f)
		if err != nil {
			return nil, none
		}
		defer done()
		var list []string
		_ = k.Store.View(c.Context(), func(r store.Reader) error { // without an answer there is nothing to complete
			records, err := candidates(c.Context(), r, typed, c.Name() == "unsuppress")
			for i := range records {
				list = append(list, records[i].ID+"\t"+records[i].Control+" "+locale.Clean(records[i].Resource.Name))
			}
			return err
		})
		slices.Sort(list)
		return list, none
	}
}

// again is the command that shows the next page: this one, with another --after.
func again(c *cobra.Command, after string) string {
	words := []string{c.CommandPath()}
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Name == "after" || f.Name == "store" {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			word := "--" + f.Name + "=" + view.Quoted(v)
			if f.Value.Type() == "bool" && v == "true" {
				word = "--" + f.Name
			}
			words = append(words, word)
		}
	})
	return strings.Join(append(words, "--after="+view.Quoted(after)), " ") + sameStore(c)
}

// sameStore is what a command that is proposed needs to find the store that
// --store named; "" where the address holds a password, which nobody prints.
func sameStore(c *cobra.Command) string {
	f := c.Flags().Lookup("store")
	if f == nil || !f.Changed {
		return ""
	}
	if open.Server(f.Value.String()) {
		u, err := url.Parse(f.Value.String())
		if err != nil || u.RawQuery != "" {
			return ""
		}
		if _, secret := u.User.Password(); secret {
			return ""
		}
	}
	return " --store=" + view.Quoted(f.Value.String())
}
