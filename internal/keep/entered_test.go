package keep_test

import (
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// TestConditionNotEntered: a profile that is refused names no account, yet the
// exceptions of the one that it led to before rest on what nobody could read.
func TestConditionNotEntered(t *testing.T) {
	h := newHouse(t)
	o := sees("a", control.Failed)
	o.Tags = map[string]string{"env": "dev"}
	by := func(profile string) store.Scan {
		s := h.look()
		s.Accounts[0].Name = profile
		return s
	}
	h.save(by("shop"), o)
	if _, err := h.Suppress(t.Context(), []string{o.ID()}, keep.Exemption{Reason: "dev", Until: h.until(60), While: []string{"tag env=dev"}}); err != nil {
		t.Fatal(err)
	}
	refused := func(profile string) {
		s := by(profile)
		s.Accounts[0].ID = ""
		s.Gaps = []resource.Gap{{Call: "sts:GetCallerIdentity", Code: "ExpiredToken"}}
		h.save(s)
	}
	refused("another")
	if e := h.exceptions(o.ID())[0]; !e.UnreadSince.IsZero() {
		t.Fatalf("another profile was refused: %+v", e)
	}
	refused("shop")
	if e := h.exceptions(o.ID())[0]; e.UnreadSince.IsZero() || e.UnreadWhy != "sts:GetCallerIdentity ExpiredToken" {
		t.Fatalf("%+v", e)
	}
	h.is(o, "FAILED SUPPRESSED ACTIVE")
	h.now = h.now.AddDate(0, 0, 8).Add(time.Hour)
	refused("shop")
	h.is(o, "FAILED NEW ACTIVE")
	if e := h.exceptions(o.ID())[0]; e.EndedBy != lifecycle.ByCondition {
		t.Errorf("%+v", e)
	}
}
