package fixes_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/store"
)

// TestKept: a run that only the store knows is told with its plan and what became of
// each step; what cannot be read of it is said.
func TestKept(t *testing.T) {
	d, err := desk.Open(t.Context(), desk.Options{
		Address: filepath.Join(t.TempDir(), "k.db"), Make: true, Subject: access.Admin("kei"), Now: time.Now, Zone: "UTC", Config: &desk.Config{File: "kumoban.yaml"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	made := &plan.Plan{SchemaVersion: plan.SchemaVersion, Account: "111122223333", Steps: []plan.Step{{ID: "1"}, {ID: "2"}}}
	if made.Digest, err = made.Sum(); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	k, err := d.Keeper(access.FixesApply)
	if err != nil {
		t.Fatal(err)
	}
	journal := `{"at":"2026-11-01T09:00:00Z","event":"approved"}
{"at":"2026-11-01T09:00:01Z","step":"1","event":"began"}
{"at":"2026-11-01T09:00:02Z","step":"1","event":"done"}
`
	for id, run := range map[string]store.Run{
		"20261101-090000-abc": {Journal: []byte(journal), Plan: text},
		"20261102-090000-abc": {Journal: []byte(journal + "{"), Plan: []byte("{}")},
	} {
		run.ID, run.Digest, run.State, run.Findings = id, made.Digest, "failed", []string{"0123456789abcdef0123456789abcdef"}
		if _, err := k.SaveRun(t.Context(), run, keep.Deed{What: "fix.apply"}); err != nil {
			t.Fatal(err)
		}
	}
	list, _, err := fixes.KeptList(t.Context(), d, "", 1)
	if err != nil || len(list) != 1 || list[0].State != "failed" || list[0].By != "kei" {
		t.Errorf("%+v, %v", list, err)
	}
	run, err := fixes.KeptShow(t.Context(), d, "20261101-090000-abc")
	if err != nil || run.Unread != nil || run.Plan.Account != "111122223333" || len(run.Journal) != 3 || run.Steps[0].Event != fixes.Done || run.Steps[1].Event != "" {
		t.Errorf("%+v, %v", run, err)
	}
	if run, err = fixes.KeptShow(t.Context(), d, "20261102-090000-abc"); err != nil || run.Unread == nil || run.Plan != nil || len(run.Journal) != 3 {
		t.Errorf("damaged: %+v, %v", run, err)
	}
	var none *store.NotFound
	if _, err := fixes.KeptShow(t.Context(), d, "20261103-090000-abc"); !errors.As(err, &none) {
		t.Errorf("%v", err)
	}
	for name, do := range map[string]func(*desk.Desk) error{
		"KeptList": func(d *desk.Desk) error { _, _, err := fixes.KeptList(t.Context(), d, "", 0); return err },
		"KeptShow": func(d *desk.Desk) error { _, err := fixes.KeptShow(t.Context(), d, "x"); return err },
	} {
		var refused *access.Refused
		if err := do(d.For(access.Granted("u-1", "Sato", access.FindingsRead))); !errors.As(err, &refused) {
			t.Errorf("%s without %s: %v", name, access.FixesRead, err)
		}
		if err := do(d.For(access.Granted("u-1", "Sato", access.FixesRead))); errors.As(err, &refused) {
			t.Errorf("%s with it: %v", name, err)
		}
	}
}
