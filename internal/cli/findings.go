package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
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
		p.findingsSuppress(), p.findingsDecide("unsuppress"), p.findingsProposed(), p.findingsDecide("approve"), p.findingsDecide("reject"), p.findingsSeverity(), p.findingsExpiring(), p.findingsExport(), p.findingsImport(), p.findingsEvidence())
	return c
}

func (p *program) findingsList() *cobra.Command {
	f, q := &storeFlags{}, &filterFlags{}
	var order, after string
	var limit int
	c := &cobra.Command{
		Use: "list", Short: p.text("findings.list.short"), Long: p.text("findings.list.long"), Example: p.text("findings.list.example"), Args: cobra.NoArgs,
	}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, _ []string) error {
		query := store.Query{Order: store.Order(order), After: after, Limit: limit}
		var err error
		if query.Filter, err = q.filter(p); err != nil {
			return err
		}
		if limit < 1 || limit > 10000 {
			return locale.Errorf("keep.badLimit", locale.A("limit", limit))
		}
		if !slices.Contains([]store.Order{store.BySeverity, store.ByChanged, store.ByResource}, query.Order) {
			return locale.Errorf("keep.badOrder", locale.A("order", locale.Clean(order)))
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error { return p.page(ctx, c, v, r, query, f.format) })
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

// page shows one page of findings, and how to go on.
func (p *program) page(ctx context.Context, c *cobra.Command, v *view.View, r store.Reader, q store.Query, format string) error {
	page, next, err := r.Page(ctx, q)
	if err != nil {
		return err
	}
	total, err := r.Count(ctx, q.Filter)
	if err != nil {
		return err
	}
	if err := excepted(ctx, r, v, page); err != nil {
		return err
	}
	if format == "json" {
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
}

// candidates are findings that a command may be about: those that wait for
// somebody, or are suppressed, and all whose id begins with what was typed.
func (p *program) candidates(ctx context.Context, r store.Reader, typed string, suppressed bool) ([]lifecycle.Record, error) {
	const most = 50
	if typed == "" {
		filter, err := (&filterFlags{suppressed: suppressed}).filter(p)
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
			records, err := p.candidates(c.Context(), r, typed, c.Name() == "unsuppress")
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
	if open.Shown(f.Value.String()) == "" {
		return ""
	}
	return " --store=" + view.Quoted(f.Value.String())
}
