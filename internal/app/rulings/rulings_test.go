package rulings_test

import (
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/rulings"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/rules"
)

func need(list ...access.Permission) []access.Permission { return list }

func nothing(*lifecycle.Record, []rules.Hit) error { return nil }

// TestPermissions: rules and settings are read and decided with the permission for it.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	ctx := t.Context()
	h.Permissions(map[string]desktest.Operation{
		"Rules":    desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := rulings.Rules(d); return err }),
		"Lame":     desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { return rulings.Lame(ctx, d) }),
		"Try":      desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { return rulings.Try(ctx, d, nothing) }),
		"Apply":    desktest.Op(need(access.RulesApply), func(d *desk.Desk) error { _, _, err := rulings.Apply(ctx, d); return err }),
		"Settings": desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := rulings.Settings(ctx, d); return err }),
		"Set": desktest.Op(need(access.SettingsWrite), func(d *desk.Desk) error {
			_, err := rulings.Set(ctx, d, policy.LongestException, "90d", "x")
			return err
		}),
	})
}

// rule suppresses one bucket until a day.
func rule(t *testing.T, until string) rules.Rule {
	t.Helper()
	list, err := rules.Parse([]any{map[string]any{
		"name": "public on purpose", "order": 10, "match": map[string]any{"resources": []any{"bucket-1"}},
		"suppress": map[string]any{"reason": "x", "until": until},
	}}, []string{desktest.Control})
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

// TestRules are tried before they act, and act on what is kept.
func TestRules(t *testing.T) {
	h := desktest.New(t)
	h.Scan(h.Desk(access.Admin("kei")), control.Failed, control.Failed)
	h.Config.Rules = []rules.Rule{rule(t, "2026-12-31")}
	d := h.Desk(access.Admin("kei"))
	if list, err := rulings.Rules(d); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	if err := rulings.Lame(t.Context(), d); err != nil {
		t.Error(err)
	}
	hits := 0
	err := rulings.Try(t.Context(), d, func(_ *lifecycle.Record, list []rules.Hit) error { hits += len(list); return nil })
	if err != nil || hits != 1 {
		t.Errorf("%d hits, %v", hits, err)
	}
	if n, head, err := rulings.Apply(t.Context(), d); err != nil || n != 1 || head.Seq == 0 {
		t.Errorf("%d changed, %v, %v", n, head, err)
	}
	if _, err := rulings.Set(t.Context(), d, policy.LongestException, "7d", "x"); err != nil {
		t.Fatal(err)
	}
	if rulings.Lame(t.Context(), d) == nil {
		t.Error("a rule wants more than the store allows, and nobody says it")
	}
	h.Time = h.Time.Add(100 * 24 * time.Hour)
	if rulings.Lame(t.Context(), d) == nil {
		t.Error("a rule is over, and nobody says it")
	}
}

// TestSettings: what is set is what is told.
func TestSettings(t *testing.T) {
	d := desktest.New(t).Desk(access.Admin("kei"))
	if head, err := rulings.Set(t.Context(), d, policy.FourEyes, "ON", "audit"); err != nil || head.Actor != "kei" {
		t.Errorf("%+v, %v", head, err)
	}
	if _, err := rulings.Set(t.Context(), d, "colour", "red", "x"); err == nil {
		t.Error("there is no such setting")
	}
	if values, err := rulings.Settings(t.Context(), d); err != nil || values[policy.FourEyes] != policy.On {
		t.Errorf("%v, %v", values, err)
	}
}
