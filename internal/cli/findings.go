package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app/access"
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
	var limit, number int
	c := &cobra.Command{
		Use: "list", Short: p.text("findings.list.short"), Long: p.text("findings.list.long"), Example: p.text("findings.list.example"), Args: cobra.NoArgs,
	}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, _ []string) error {
		query := store.Query{Order: store.Order(order), After: after, Limit: limit}
		err := p.accountIDs(ctx, k, q.accounts)
		if err != nil {
			return err
		}
		if query.Filter, err = q.filter(p); err != nil {
			return err
		}
		switch {
		case c.Flags().Changed("page") && after != "":
			return locale.Errorf("keep.pageAndAfter")
		case number < 1:
			return locale.Errorf("keep.badPage", locale.A("page", number))
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
		return k.Store.View(ctx, func(r store.Reader) error {
			if err := turn(ctx, r, &query, number); err != nil {
				return err
			}
			return p.page(ctx, c, k, v, r, query, number, f.format)
		})
	})
	flags := c.Flags()
	flags.SortFlags = false
	q.register(p, flags)
	flags.StringVar(&order, "sort", string(store.BySeverity), p.text("flag.sort"))
	flags.IntVar(&limit, "limit", 100, p.text("flag.limit"))
	flags.IntVar(&number, "page", 1, p.text("flag.page"))
	flags.StringVar(&after, "after", "", p.text("flag.after"))
	f.reads(p, flags)
	p.completeControls(c)
	p.completeFrom(c, "sort", string(store.BySeverity), string(store.ByChanged), string(store.ByResource))
	q.complete(p, c)
	return c
}

// page shows one page of findings, and how to go on.
func (p *program) page(ctx context.Context, c *cobra.Command, k *keep.Keeper, v *view.View, r store.Reader, q store.Query, number int, format string) error {
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
		next = again(c, number+1)
	}
	v.ByChanged = q.Order == store.ByChanged
	if err := told(ctx, k, v, r, page); err != nil {
		return err
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
		d, err := p.completing(c, f)
		if err != nil {
			return nil, none
		}
		defer d.Close()
		var list []string
		_ = d.View(c.Context(), access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error { // without an answer there is nothing to complete
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

// turn goes to a page by its number.
func turn(ctx context.Context, r store.Reader, q *store.Query, number int) error {
	const most = 1000 // findings at once
	for skip := (number - 1) * q.Limit; skip > 0; {
		step := *q
		step.Limit = min(skip, most)
		page, next, err := r.Page(ctx, step)
		if err != nil {
			return err
		}
		if next == "" {
			total, err := r.Count(ctx, q.Filter)
			if err != nil {
				return err
			}
			return locale.Errorf("keep.noPage", locale.A("page", number), locale.A("total", total), locale.A("pages", max(1, (total+q.Limit-1)/q.Limit)))
		}
		skip -= len(page)
		q.After = next
	}
	return nil
}

// told adds who owns findings, and why some are let be.
func told(ctx context.Context, k *keep.Keeper, v *view.View, r store.Reader, page []lifecycle.Record) error {
	v.Own, v.Why = map[string]string{}, map[string]lifecycle.Exception{}
	var ids []string
	owner, err := k.OwnerOf(ctx, r)
	if err != nil {
		return err
	}
	for i := range page {
		v.Own[page[i].ID] = owner(&page[i]).Owner
		if id := page[i].Exception; id != "" {
			ids = append(ids, id)
		}
	}
	list, err := r.Exceptions(ctx, ids)
	for _, e := range list {
		v.Why[e.ID] = e
	}
	return err
}

// again is the command that shows another page of a list.
func again(c *cobra.Command, page int) string {
	words := []string{c.CommandPath()}
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Name == "after" || f.Name == "page" || f.Name == "store" {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		_, lists := f.Value.(*list)
		for _, v := range values {
			if lists {
				v = strings.ReplaceAll(v, ",", `\,`)
			}
			word := "--" + f.Name + "=" + view.Quoted(v)
			if f.Value.Type() == "bool" && v == "true" {
				word = "--" + f.Name
			}
			words = append(words, word)
		}
	})
	return strings.Join(append(words, "--page="+strconv.Itoa(page)), " ") + sameStore(c)
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
