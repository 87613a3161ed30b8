package cli

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// pricesKey is where kumoban.yaml has a table of prices.
const pricesKey = "prices"

// costFlags say whether costs are estimated, and by which prices.
type costFlags struct {
	prices string
	none   bool
}

func (f *costFlags) register(p *program, flags *pflag.FlagSet) {
	flags.StringVar(&f.prices, pricesKey, "", p.text("flag.prices"))
	flags.BoolVar(&f.none, "no-cost", false, p.text("flag.noCost"))
}

// table is the table of prices to estimate by: the file that was named, that of
// kumoban.yaml, or kumoban's own; nil where nobody wants an estimate.
func (f *costFlags) table(p *program, c *cobra.Command) (*cost.Table, error) {
	if f.none {
		return nil, nil
	}
	path, _ := c.Flags().GetString("config")
	file, err := p.config(c.Context(), cmp.Or(path, p.getenv("KUMOBAN_CONFIG")))
	if err != nil {
		return nil, err
	}
	raw, from := file.nested[pricesKey], file.path
	if f.prices != "" {
		data, err := app.ReadFile(c.Context(), f.prices, app.SettingsLimit)
		if err != nil {
			return nil, locale.Errorf("cli.cannotRead", locale.A("file", f.prices), locale.A("error", locale.Cause(err)))
		}
		decoded, err := parseConfig(data)
		if err != nil {
			return nil, locale.Errorf("cli.badConfig", locale.A("file", f.prices), locale.A("error", firstLine(err.Error())))
		}
		raw, from = decoded, f.prices
	}
	if raw == nil {
		return cost.BuiltIn(catalog.Usages())
	}
	table, err := cost.Parse(raw, catalog.Usages())
	if err != nil {
		return nil, locale.Errorf("cost.table", locale.A("file", from), locale.A("error", locale.Cause(err)))
	}
	return table, nil
}

// estimate puts what fixes of the findings cost into the items of questions, in
// the language of each.
func (p *program) estimate(ctx context.Context, f *askFlags, table *cost.Table, groups []owned, questions []ask.Question) error {
	if table == nil {
		return nil
	}
	quiet := p.quiet
	o, err := f.options(p)
	p.quiet = quiet
	if err != nil {
		return err
	}
	var records []*lifecycle.Record
	for _, g := range groups {
		for i := range g.items {
			records = append(records, g.items[i].Record)
		}
	}
	costs := app.Costs(ctx, p.env(p.logger(f.storeFlags.quiet, false, f.storeFlags.debug), silent{}), o, table, records)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for n, g := range groups {
		catalog, err := locale.New(questions[n].Lang)
		if err != nil {
			return err
		}
		for i := range g.items {
			g.items[i].Costs = costed(catalog, costs[g.items[i].Record.ID])
		}
	}
	return nil
}

// costed says what each way to fix a finding costs.
func costed(catalog *locale.Catalog, ways []app.Costed) (lines []string) {
	say := func(m locale.Message) string { return locale.Clean(catalog.Text(m.Key, m.Args...)) }
	for i, w := range ways {
		if w.Cost == nil {
			lines = append(lines, say(w.Why))
			continue
		}
		head := say(w.Cost.Headline(w.Region))
		if len(ways) > 1 {
			head = catalog.Text("cli.ask.way", locale.A("n", i+1), locale.A("of", len(ways)), locale.A("cost", head))
		}
		lines = append(lines, head)
		for n := range w.Cost.Lines {
			line := say(w.Cost.Lines[n].Message())
			if len(ways) > 1 {
				line = "  " + line
			}
			lines = append(lines, line)
		}
	}
	return lines
}
