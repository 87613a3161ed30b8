package cli

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
	"github.com/thlib/go-timezone-local/tzlocal"

	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
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

// decideOnce decides what a store has to have decided, and says what it took over
// from kumoban.yaml, or what of that file has no effect any more. A tightening
// alone is taken over: a file that lies about loosens nothing.
func (p *program) decideOnce(ctx context.Context, k *keep.Keeper, said *said) error {
	wants := map[string]string{policy.TimeZone: p.machineZone()}
	if said.fourEyes != nil && *said.fourEyes {
		wants[policy.FourEyes] = policy.On
	}
	did, head, err := k.Settle(ctx, wants, "")
	var problem *store.Problem
	switch {
	case errors.As(err, &problem) && problem.Kind == store.Busy:
		return nil // the next command does it
	case err != nil:
		return err
	}
	if _, took := did[policy.FourEyes]; took {
		p.tell("policy.tookOver", locale.A("file", said.file))
		p.head(head)
	}
	held, err := p.abide(ctx, k)
	if err == nil && said.fourEyes != nil && *said.fourEyes != held.FourEyes {
		p.tell("policy.noEffect", locale.A("file", said.file))
	}
	return err
}

// abide counts days as the store does; where it has not decided yet, as the
// machine does.
func (p *program) abide(ctx context.Context, k *keep.Keeper) (held policy.Policy, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		values, err := r.Settings(ctx)
		if err != nil {
			return err
		}
		values[policy.TimeZone] = cmp.Or(values[policy.TimeZone], p.machineZone())
		if held, err = policy.Of(values); err != nil {
			return err
		}
		p.zone = held.Zone
		k.Rules = rules.In(k.Rules, held.Zone)
		return nil
	})
	return held, err
}

// latest is the last moment at which an exception that is made now may end.
func (p *program) latest(ctx context.Context, k *keep.Keeper) (at time.Time, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		held, err := keep.Policy(ctx, r)
		at = held.Until(p.now())
		return err
	})
	return at, err
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

// said is what kumoban.yaml says of what the store decides now.
type said struct {
	file     string
	fourEyes *bool // nil: nothing
}
