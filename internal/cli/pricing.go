package cli

import (
	"cmp"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/cost"
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
