package fixes_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/resource"
)

// carts is a table without backups, which cost; to take them back opens again what
// they protect.
const carts = `{"resources": [{"type": "AWS::DynamoDB::Table", "properties": {"TableName": "carts", "TableSizeBytes": 12500000000,
	"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": false}}}]}`

// house is an account to fix, and the store of whoever does.
type house struct {
	t      *testing.T
	double *awsdouble.Double
	env    *app.Env
	reach  app.FixOptions
	dir    string
	said   []string // keys of what was told
}

func newHouse(t *testing.T) *house {
	t.Helper()
	double, env, reach := desktest.Env(t, carts)
	return &house{t: t, double: double, env: env, reach: reach, dir: filepath.Join(t.TempDir(), "runs")}
}

func (h *house) open(ctx context.Context, address string, makes bool) (*desk.Desk, func(), error) {
	d, err := desk.Open(ctx, desk.Options{Address: address, Make: makes, Subject: access.Admin("kei"), Now: time.Now, Zone: "UTC", Config: &desk.Config{File: "kumoban.yaml"}})
	if err != nil {
		return nil, nil, err
	}
	return d, d.Close, nil
}

// place is where somebody works.
func (h *house) place(s access.Subject) *fixes.Place {
	at := &fixes.Place{Subject: s, Env: h.env, Reach: h.reach, Dir: h.dir, Open: h.open, Tell: func(n desk.Notice) { h.said = append(h.said, n.Key) }}
	h.t.Cleanup(at.Close)
	return at
}

// told are the keys of what was told since somebody asked last.
func (h *house) told() string {
	said := strings.Join(h.said, " ")
	h.said = nil
	return said
}

// require has the store require the words of owners.
func (h *house) require() { h.set(policy.OwnerGate, policy.Require) }

// set decides a setting of the store.
func (h *house) set(name, value string) {
	h.t.Helper()
	d, done, err := h.open(h.t.Context(), filepath.Join(filepath.Dir(h.dir), desk.FileName), true)
	if err != nil {
		h.t.Fatal(err)
	}
	defer done()
	k, err := d.Keeper(access.SettingsWrite)
	if err == nil {
		_, _, err = k.Set(h.t.Context(), name, value, "")
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// store is the address of the one beside the journals.
func (h *house) store() string { return filepath.Join(filepath.Dir(h.dir), desk.FileName) }

func (h *house) plan() *plan.Plan {
	h.t.Helper()
	ref := resource.Ref{
		Scope: resource.Scope{Partition: "aws", Account: desktest.Account, Region: desktest.Region}, Type: "AWS::DynamoDB::Table", Name: "carts",
		ARN: "arn:aws:dynamodb:" + desktest.Region + ":" + desktest.Account + ":table/carts",
	}
	made, err := app.MakePlan(h.t.Context(), h.env, app.PlanOptions{FixOptions: h.reach, Wishes: []app.Wish{{Control: "DynamoDB.2", Ref: ref}}})
	if err != nil {
		h.t.Fatal(err)
	}
	return made
}

// apply applies a plan without an owner's word.
func (h *house) apply(at *fixes.Place, made *plan.Plan, doing fixes.Doing) *app.RunResult {
	h.t.Helper()
	passed, err := fixes.Gate(h.t.Context(), at, made, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	approval, err := fixes.Approve(h.t.Context(), at, made, made.Digest)
	if err != nil {
		h.t.Fatal(err)
	}
	result, err := fixes.Apply(h.t.Context(), at, passed, approval, doing)
	if err != nil {
		h.t.Fatal(err)
	}
	return result
}

func quiet(fixes.Report) {}

// TestPermissions: nobody does anything with fixes without the permission for it.
func TestPermissions(t *testing.T) {
	h := newHouse(t)
	kept := desktest.New(t)
	ctx := t.Context()
	needs := func(p access.Permission, do func(*fixes.Place) error) desktest.Operation {
		return desktest.Op([]access.Permission{p}, func(d *desk.Desk) error { return do(h.place(d.Subject)) })
	}
	made, run := &plan.Plan{Digest: "x"}, "20261130-090000-00000000"
	kept.Permissions(map[string]desktest.Operation{
		"Propose":         desktest.Op([]access.Permission{access.FixesPlan}, func(d *desk.Desk) error { _, err := fixes.Propose(ctx, d, made); return err }),
		"Proposals":       desktest.Op([]access.Permission{access.FixesRead}, func(d *desk.Desk) error { _, err := fixes.Proposals(ctx, d); return err }),
		"ShowProposal":    desktest.Op([]access.Permission{access.FixesRead}, func(d *desk.Desk) error { _, err := fixes.ShowProposal(ctx, d, "x"); return err }),
		"ApproveProposal": desktest.Op([]access.Permission{access.FixesApprove}, func(d *desk.Desk) error { _, err := fixes.ApproveProposal(ctx, d, "x", "x", ""); return err }),
		"RejectProposal":  desktest.Op([]access.Permission{access.FixesApprove}, func(d *desk.Desk) error { _, err := fixes.RejectProposal(ctx, d, "x", "x", ""); return err }),
		"Take":            desktest.Op([]access.Permission{access.FixesApply, access.FixesRead}, func(d *desk.Desk) error { _, _, err := fixes.Take(ctx, d, h.place(d.Subject), "x"); return err }),
		"Approve":         needs(access.FixesApprove, func(at *fixes.Place) error { _, err := fixes.Approve(ctx, at, made, "x"); return err }),
		"Rehearse":        needs(access.FixesPlan, func(at *fixes.Place) error { _, err := fixes.Rehearse(ctx, at, made); return err }),
		"Role":            needs(access.FixesPlan, func(at *fixes.Place) error { _, err := fixes.Role(ctx, at, desktest.Account); return err }),
		"RehearseUndo": needs(access.FixesPlan, func(at *fixes.Place) error {
			_, err := fixes.RehearseUndo(ctx, at, run)
			return err
		}),
		"Gate":     needs(access.FixesApply, func(at *fixes.Place) error { _, err := fixes.Gate(ctx, at, made, nil); return err }),
		"GateRun":  needs(access.FixesApply, func(at *fixes.Place) error { _, err := fixes.GateRun(ctx, at, run, nil); return err }),
		"GateUndo": needs(access.FixesApply, func(at *fixes.Place) error { _, err := fixes.GateUndo(ctx, at, run, nil); return err }),
		"Apply": needs(access.FixesApply, func(at *fixes.Place) error {
			_, err := fixes.Apply(ctx, at, nil, nil, fixes.Doing{})
			return err
		}),
		"Resume": needs(access.FixesApply, func(at *fixes.Place) error { _, err := fixes.Resume(ctx, at, nil, fixes.Doing{}); return err }),
		"Undo":   needs(access.FixesApply, func(at *fixes.Place) error { _, err := fixes.Undo(ctx, at, nil, fixes.Doing{}); return err }),
		"Verify": needs(access.FixesApply, func(at *fixes.Place) error { _, err := fixes.Verify(ctx, at, run, fixes.Look{}); return err }),
		"Settle": needs(access.FixesApply, func(at *fixes.Place) error { return fixes.Settle(ctx, at) }),
		"List":   needs(access.FixesRead, func(at *fixes.Place) error { _, err := fixes.List(ctx, at); return err }),
		"Show":   needs(access.FixesRead, func(at *fixes.Place) error { _, err := fixes.Show(ctx, at, run); return err }),
		"Names":  needs(access.FixesRead, func(at *fixes.Place) error { _, err := fixes.Names(ctx, at); return err }),
	})
}

// TestGate: what is missing comes back, and closes the gate where the store requires
// it; nothing is done that did not pass for that very thing.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		at := h.place(access.Admin("kei"))
		made := h.plan()
		h.require()
		before := len(h.double.Calls())
		var closed *fixes.Closed
		passed, err := fixes.Gate(t.Context(), at, made, nil)
		if passed != nil || !errors.As(err, &closed) || len(closed.Missing) != 1 || closed.Missing[0].Finding != made.Fixes[0].Finding || len(closed.Missing[0].Does) == 0 {
			t.Fatalf("%+v, %v", passed, err)
		}
		blank, reason := " ", "incident 42"
		var ours *locale.Error
		if _, err := fixes.Gate(t.Context(), at, made, &blank); !errors.As(err, &ours) || ours.Key != "keep.gateReason" {
			t.Errorf("a blank reason: %v", err)
		}
		if passed, err = fixes.Gate(t.Context(), at, made, &reason); err != nil || passed.Without != reason || len(passed.Missing) != 1 {
			t.Fatalf("with a reason: %+v, %v", passed, err)
		}
		if _, err := fixes.Approve(t.Context(), at, made, "of another"); !errors.As(err, &ours) || ours.Key != "run.notApproved" {
			t.Errorf("approved another: %v", err)
		}
		if _, err := fixes.Apply(t.Context(), at, passed, nil, fixes.Doing{Say: quiet}); !errors.As(err, &ours) || ours.Key != "run.notApproved" {
			t.Errorf("applied what nobody approved: %v", err)
		}
		approval, err := fixes.Approve(t.Context(), at, made, made.Digest)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fixes.Apply(t.Context(), at, &fixes.Passed{Plan: made}, approval, fixes.Doing{Say: quiet}); err == nil {
			t.Error("applied what passed no gate")
		}
		if _, err := fixes.Undo(t.Context(), at, passed, fixes.Doing{Say: quiet}); err == nil {
			t.Error("undid what passed to be applied")
		}
		if n := len(h.double.Calls()); n != before {
			t.Errorf("%d calls to AWS", n-before)
		}
	})
}

// TestRun: a fix is applied, kept, shown, looked at and taken back, and what becomes
// of it comes back as data.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		at := h.place(access.Admin("kei"))
		made := h.plan()
		begun := 0
		var events []string
		result := h.apply(at, made, fixes.Doing{Begins: func() {
			if begun++; len(events) > 0 {
				t.Errorf("a change before it began: %v", events)
			}
		}, Say: func(r fixes.Report) { events = append(events, string(r.Event)) }})
		if begun != 1 || !result.Mended() || events[len(events)-1] != string(fixes.Done) {
			t.Errorf("begun %d times, events %v, %+v", begun, events, result)
		}
		if said := h.told(); said != "keep.head" {
			t.Errorf("told %s", said)
		}
		list, err := fixes.List(t.Context(), at)
		if err != nil || len(list) != 1 || list[0].ID != result.Run || list[0].State != "done" || list[0].Findings[0] != "DynamoDB.2 carts" || list[0].Unrecorded != nil {
			t.Fatalf("%+v, %v", list, err)
		}
		seen, err := fixes.Verify(t.Context(), at, result.Run, fixes.Look{})
		if err != nil || !seen.Result.Mended() || seen.Plan.Digest != made.Digest {
			t.Errorf("%+v, %v", seen, err)
		}
		passed, err := fixes.GateUndo(t.Context(), at, result.Run, nil)
		if err != nil || len(passed.Missing) != 1 || passed.Missing[0].Opens == nil {
			t.Fatalf("%+v, %v", passed, err)
		}
		would, err := fixes.RehearseUndo(t.Context(), at, result.Run)
		if err != nil || len(would) != 1 || would[0].Event != fixes.WouldRestore {
			t.Errorf("%+v, %v", would, err)
		}
		if _, err := fixes.Undo(t.Context(), at, passed, fixes.Doing{Say: quiet}); err != nil {
			t.Fatal(err)
		}
		shown, err := fixes.Show(t.Context(), at, result.Run)
		if err != nil || shown.State != "undone" || !shown.Restored || shown.Steps[0].Event != fixes.Undone {
			t.Errorf("%+v, %v", shown, err)
		}
	})
}

// TestOff: where nobody keeps account, a fix leaves its journal and no store.
func TestOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		at := h.place(access.Admin("kei"))
		at.Off = true
		begun := 0
		result := h.apply(at, h.plan(), fixes.Doing{Begins: func() { begun++ }, Say: quiet})
		if begun != 1 {
			t.Errorf("begun %d times", begun)
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(h.dir), desk.FileName)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a store: %v", err)
		}
		list, err := fixes.List(t.Context(), at)
		if err != nil || len(list) != 1 || list[0].ID != result.Run || list[0].Unrecorded != nil || h.told() != "" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// TestSettle: what a store could not be told is told it later, under the name of who
// did it, and not where nobody keeps account.
func TestSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		made := h.plan()
		file := filepath.Join(filepath.Dir(h.dir), desk.FileName)
		if err := os.Mkdir(file, 0o700); err != nil { // there is no store to open
			t.Fatal(err)
		}
		at := h.place(access.Admin("mina"))
		reason := "incident 42"
		passed, err := fixes.Gate(t.Context(), at, made, &reason)
		if err != nil {
			t.Fatal(err)
		}
		approval, err := fixes.Approve(t.Context(), at, made, made.Digest)
		if err != nil {
			t.Fatal(err)
		}
		h.told()
		result, err := fixes.Apply(t.Context(), at, passed, approval, fixes.Doing{Say: quiet})
		var ours *locale.Error
		if err != nil || !errors.As(result.Unrecorded, &ours) || ours.Key != "keep.runUnrecorded" {
			t.Fatalf("%v, %+v", err, result)
		}
		if said := h.told(); said != "keep.runLater" {
			t.Errorf("told %s", said)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		off := h.place(access.Admin("kei"))
		off.Off = true
		if err := fixes.Settle(t.Context(), off); err != nil || h.told() != "" {
			t.Errorf("told the store: %v", err)
		}
		other := h.place(access.Admin("kei"))
		if err := fixes.Settle(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		if said := h.told(); said != "keep.head keep.runTold" {
			t.Errorf("told %s", said)
		}
		list, err := fixes.List(t.Context(), other)
		if err != nil || list[0].Unrecorded != nil {
			t.Errorf("%+v, %v", list, err)
		}
		d, done, err := h.open(t.Context(), file, false)
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		entries, err := auditOf(t, d, result.Run)
		if err != nil || entries[len(entries)-1] != "mina fix.apply incident 42" {
			t.Errorf("%v, %v", entries, err)
		}
	})
}
