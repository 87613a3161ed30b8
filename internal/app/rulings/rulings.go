// Package rulings is what is decided for all findings: the rules of kumoban.yaml,
// and the settings of a store.
package rulings

import (
	"context"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/store"
)

// Rules are those in force, in their order, by the days of the store.
func Rules(d *desk.Desk) ([]rules.Rule, error) {
	k, err := d.Keeper(access.FindingsRead)
	if err != nil {
		return nil, err
	}
	return k.Rules, nil
}

// Lame is the error about a rule that suppresses nothing: its time is over, or it
// wants longer exceptions than the store allows.
func Lame(ctx context.Context, d *desk.Desk) error {
	return d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		if err := rules.Past(k.Rules, d.Now()); err != nil {
			return err
		}
		held, err := keep.Policy(ctx, r)
		if err != nil {
			return err
		}
		return rules.TooLong(k.Rules, &held, d.Now())
	})
}

// Try hands on what every rule would hit among what is kept, and changes nothing.
func Try(ctx context.Context, d *desk.Desk, do func(*lifecycle.Record, []rules.Hit) error) error {
	k, err := d.Keeper(access.FindingsRead)
	if err != nil {
		return err
	}
	return k.TryRules(ctx, do)
}

// Apply lets the rules act on what is kept, and returns how many findings they
// changed.
func Apply(ctx context.Context, d *desk.Desk) (int, audit.Entry, error) {
	k, err := d.Keeper(access.RulesApply)
	if err != nil {
		return 0, audit.Entry{}, err
	}
	return k.ApplyRules(ctx)
}

// Settings are what was decided on the store, by name.
func Settings(ctx context.Context, d *desk.Desk) (values map[string]string, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		values, err = r.Settings(ctx)
		return err
	})
	return values, err
}

// Set decides one setting.
func Set(ctx context.Context, d *desk.Desk, name, value, why string) (audit.Entry, error) {
	k, err := d.Keeper(access.SettingsWrite)
	if err != nil {
		return audit.Entry{}, err
	}
	_, head, err := k.Set(ctx, name, value, why)
	return head, err
}
