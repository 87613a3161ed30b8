package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/view"
)

func (p *program) findings() *cobra.Command {
	c := &cobra.Command{
		Use: "findings", Short: p.text("findings.short"), Long: p.text("findings.long"), Example: p.text("findings.example"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.findingsList(), p.findingsShow(), p.findingsDecide("note"), p.findingsDecide("notify"), p.findingsDecide("resolve"),
		p.findingsSuppress(), p.findingsDecide("unsuppress"), p.findingsProposed(), p.findingsDecide("approve"), p.findingsDecide("reject"), p.findingsSeverity(), p.findingsGive("assign"), p.findingsGive("ticket"), p.findingsExpiring(), p.findingsExport(), p.findingsImport(), p.findingsEvidence())
	return c
}

func (p *program) findingsList() *cobra.Command {
	f, q := &storeFlags{}, &filterFlags{}
	var order, after string
	var limit, number int
	c := &cobra.Command{
		Use: "list", Short: p.text("findings.list.short"), Long: p.text("findings.list.long"), Example: p.text("findings.list.example"), Args: cobra.NoArgs,
	}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) (err error) {
		if q.Accounts, err = findings.AccountIDs(ctx, d, q.Accounts); err != nil {
			return err
		}
		if c.Flags().Changed("page") && after != "" {
			return locale.Errorf("keep.pageAndAfter")
		}
		page, err := findings.List(ctx, d, findings.Query{Choice: q.Choice, Order: findings.Order(order), After: after, Limit: limit, Number: number})
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		v.Know(page.Exceptions)
		if f.format == "json" {
			return v.FindingsJSON(p.stdout, page.Records, page.Total, page.Next)
		}
		next := ""
		if page.Next != "" {
			next = again(c, number+1)
		}
		v.Own, v.ByChanged = page.Owners, findings.Order(order) == findings.ByChanged
		return v.Findings(p.stdout, page.Records, page.Total, next, page.Empty)
	})
	flags := c.Flags()
	flags.SortFlags = false
	q.register(p, flags)
	flags.StringVar(&order, "sort", string(findings.BySeverity), p.text("flag.sort"))
	flags.IntVar(&limit, "limit", 100, p.text("flag.limit"))
	flags.IntVar(&number, "page", 1, p.text("flag.page"))
	flags.StringVar(&after, "after", "", p.text("flag.after"))
	f.reads(p, flags)
	p.completeControls(c)
	p.completeFrom(c, "sort", string(findings.BySeverity), string(findings.ByChanged), string(findings.ByResource))
	q.complete(p, c)
	return c
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
		records, _ := findings.Candidates(c.Context(), d, typed, c.Name() == "unsuppress") // without an answer there is nothing to complete
		var list []string
		for i := range records {
			list = append(list, records[i].ID+"\t"+records[i].Control+" "+locale.Clean(records[i].Resource.Name))
		}
		slices.Sort(list)
		return list, none
	}
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
	if desk.Shown(f.Value.String()) == "" {
		return ""
	}
	return " --store=" + view.Quoted(f.Value.String())
}
