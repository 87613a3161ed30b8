package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"github.com/thlib/go-timezone-local/tzlocal"

	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/store"
)

func (p *program) settings() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{Use: "settings", Short: p.text("settings.short"), Long: p.text("settings.long"), Example: p.text("settings.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, _ []string) error {
		return p.showSettings(ctx, k, f, "")
	})
	f.reads(p, c.Flags())
	c.AddCommand(p.settingsSet())
	return c
}

// showSettings shows one setting, or, without a name, all.
func (p *program) showSettings(ctx context.Context, k *keep.Keeper, f *storeFlags, name string) error {
	v, err := p.view()
	if err != nil {
		return err
	}
	return k.Store.View(ctx, func(r store.Reader) error {
		values, err := r.Settings(ctx)
		if err != nil {
			return err
		}
		if f.format == "json" {
			return v.SettingsJSON(p.stdout, values, name)
		}
		return v.Settings(p.stdout, values, name)
	})
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
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		_, head, err := k.Set(ctx, args[0], args[1], reason)
		if err != nil {
			return err
		}
		p.head(head)
		return p.showSettings(ctx, k, f, args[0])
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

// lameRules names a rule that suppresses nothing: its time is over, or it wants
// longer exceptions than the store allows.
func (p *program) lameRules(ctx context.Context, k *keep.Keeper) error {
	if err := rules.Past(k.Rules, p.now()); err != nil {
		return err
	}
	return k.Store.View(ctx, func(r store.Reader) error {
		held, err := keep.Policy(ctx, r)
		if err != nil {
			return err
		}
		return rules.TooLong(k.Rules, &held, p.now())
	})
}
