package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"github.com/thlib/go-timezone-local/tzlocal"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/rulings"
	"github.com/kumoban/kumoban/internal/policy"
)

func (p *program) settings() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{Use: "settings", Short: p.text("settings.short"), Long: p.text("settings.long"), Example: p.text("settings.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		return p.showSettings(ctx, d, f, "")
	})
	f.reads(p, c.Flags())
	c.AddCommand(p.settingsSet())
	return c
}

// showSettings shows one setting, or, without a name, all.
func (p *program) showSettings(ctx context.Context, d *desk.Desk, f *storeFlags, name string) error {
	values, err := rulings.Settings(ctx, d)
	if err != nil {
		return err
	}
	v, err := p.view()
	if err != nil {
		return err
	}
	if f.format == "json" {
		return v.SettingsJSON(p.stdout, values, name)
	}
	return v.Settings(p.stdout, values, name)
}

func (p *program) settingsSet() *cobra.Command {
	f := &storeFlags{}
	var reason string
	c := &cobra.Command{
		Use: "set NAME VALUE", Short: p.text("settings.set.short"), Long: p.text("settings.set.long"), Example: p.text("settings.set.example"), Args: cobra.ExactArgs(2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var list []string
			for _, s := range policy.Settings() {
				switch {
				case len(args) == 0:
					list = append(list, s.Name+"\t"+p.phrase("policy.is."+s.Name))
				case len(args) == 1 && s.Name == args[0]:
					list = append(list, s.Values...)
				}
			}
			return list, cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		head, err := rulings.Set(ctx, d, args[0], args[1], reason)
		if err != nil {
			return err
		}
		p.head(head)
		return p.showSettings(ctx, d, f, args[0])
	})
	c.Flags().StringVar(&reason, "reason", "", p.text("flag.reason"))
	f.decides(p, c.Flags())
	return c
}

// machineZone is the name of the time zone that the machine is in; UTC where
// nothing tells it.
func (p *program) machineZone() string {
	name := p.getenv("TZ")
	if name == "" {
		name, _ = tzlocal.LocalTZ()
	}
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return time.UTC.String()
	}
	return name
}
