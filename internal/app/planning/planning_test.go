package planning_test

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
	"github.com/kumoban/kumoban/internal/app/planning"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/spool"
	"github.com/kumoban/kumoban/internal/store"
)

// tables are one without backups and one that has them.
const tables = `{"resources": [
	{"type": "AWS::DynamoDB::Table", "properties": {"TableName": "carts", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": false}}},
	{"type": "AWS::DynamoDB::Table", "properties": {"TableName": "orders", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}}}]}`

// house is an account, and a store of whoever plans for it.
type house struct {
	t     *testing.T
	env   *app.Env
	reach app.FixOptions
	path  string
	said  []string // keys of what was told
}

func newHouse(t *testing.T) *house {
	t.Helper()
	_, env, reach := desktest.Env(t, tables)
	return &house{t: t, env: env, reach: reach, path: filepath.Join(t.TempDir(), "k.db")}
}

func (h *house) open(ctx context.Context, address string, makes bool) (*desk.Desk, func(), error) {
	set, err := control.Select(h.env.Controls, control.Selection{})
	if err != nil {
		return nil, nil, err
	}
	d, err := desk.Open(ctx, desk.Options{
		Address: address, Make: makes, Subject: access.Admin("kei"), Now: time.Now, Zone: "Asia/Tokyo", Config: &desk.Config{File: "kumoban.yaml", Controls: set},
	})
	if err != nil {
		return nil, nil, err
	}
	return d, d.Close, nil
}

func (h *house) place(s access.Subject) *planning.Place {
	return &planning.Place{Subject: s, Env: h.env, Store: h.path, Open: h.open, Tell: func(n desk.Notice) { h.said = append(h.said, n.Key) }}
}

func (h *house) request() planning.Request {
	return planning.Request{Controls: []string{"DynamoDB.2"}, Options: app.PlanOptions{FixOptions: h.reach}}
}

// accept has the store know the finding on carts, which somebody accepts for a day.
func (h *house) accept() (id string) {
	h.t.Helper()
	ctx := h.t.Context()
	d, done, err := h.open(ctx, h.path, true)
	if err != nil {
		h.t.Fatal(err)
	}
	defer done()
	k, err := d.Keeper(access.ScansSave)
	if err != nil {
		h.t.Fatal(err)
	}
	f := finding.Finding{Control: "DynamoDB.2", Severity: control.Medium, Status: control.Failed, Resource: resource.Ref{
		Scope: resource.Scope{Partition: "aws", Account: desktest.Account, Region: desktest.Region}, Type: "AWS::DynamoDB::Table", Name: "carts",
		ARN: "arn:aws:dynamodb:" + desktest.Region + ":" + desktest.Account + ":table/carts",
	}}
	seen := spool.New(h.t.TempDir())
	defer seen.Close()
	seen.Add(&f)
	if _, err := k.SaveScan(ctx, store.Scan{
		Started: time.Now(), Ended: time.Now(), Source: lifecycle.SourceLive, Version: "test", Controls: []string{f.Control}, Findings: 1,
		Accounts: []resource.Account{{Partition: "aws", ID: desktest.Account, Regions: []string{desktest.Region}}},
	}, seen); err != nil {
		h.t.Fatal(err)
	}
	if _, err := k.Suppress(ctx, []string{f.ID()}, keep.Exemption{Reason: "a toy", Until: time.Now().Add(24 * time.Hour)}); err != nil {
		h.t.Fatal(err)
	}
	return f.ID()
}

// TestPermissions: nobody makes plans without the permission for it.
func TestPermissions(t *testing.T) {
	h := newHouse(t)
	desktest.New(t).Permissions(map[string]desktest.Operation{
		"Make": desktest.Op([]access.Permission{access.FixesPlan}, func(d *desk.Desk) error {
			_, err := planning.Make(t.Context(), h.place(d.Subject), planning.Request{Findings: []string{"none"}})
			return err
		}),
	})
}

// TestMake: what fails is planned, less what somebody has accepted as long as that
// holds; what was named is planned whatever was decided.
func TestMake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		at := h.place(access.Admin("kei"))
		plan := func(r planning.Request) *planning.Made {
			t.Helper()
			made, err := planning.Make(t.Context(), at, r)
			if err != nil {
				t.Fatal(err)
			}
			return made
		}
		if made := plan(h.request()); made.Plan == nil || len(made.Plan.Fixes) != 1 || made.Plan.Fixes[0].Resource.Name != "carts" || made.Left != nil {
			t.Errorf("without a store: %+v", made)
		}
		id := h.accept()
		made := plan(h.request())
		if made.Plan != nil || made.Accepted != 1 || len(made.Left) != 1 || made.Left[0].Why.Key != "cli.fix.suppressedUntil" {
			t.Errorf("accepted: %+v", made)
		}
		named := h.request()
		named.Findings = []string{id[:12]}
		if made := plan(named); made.Plan == nil {
			t.Errorf("named: %+v", made)
		}
		all := h.request()
		all.Accepted = true
		if made := plan(all); made.Plan == nil || made.Left != nil {
			t.Errorf("with what is accepted: %+v", made)
		}
		time.Sleep(25 * time.Hour)
		if made := plan(h.request()); made.Plan == nil || made.Left != nil {
			t.Errorf("when that is over: %+v", made)
		}
		if h.said != nil {
			t.Errorf("told %v", h.said)
		}
	})
}

// TestUnread: a store that nobody named and that does not work is told of; one that
// was named stops the plan, and so does one that is not there.
func TestUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		at := h.place(access.Admin("kei"))
		at.Named = true
		var ours *locale.Error
		if _, err := planning.Make(t.Context(), at, h.request()); !errors.As(err, &ours) || ours.Key != "cli.fix.noSuchStore" {
			t.Errorf("none there: %v", err)
		}
		if err := os.Mkdir(h.path, 0o700); err != nil {
			t.Fatal(err)
		}
		if made, err := planning.Make(t.Context(), at, h.request()); err == nil || made.Plan != nil {
			t.Errorf("named: %+v, %v", made, err)
		}
		at.Named = false
		made, err := planning.Make(t.Context(), at, h.request())
		if said := strings.Join(h.said, " "); err != nil || made.Plan == nil || said != "cli.fix.storeUnread" {
			t.Errorf("%+v, %v, told %s", made, err, said)
		}
	})
}

// TestNothing says why there is no plan.
func TestNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		passes, both := h.request(), h.request()
		passes.Resources = []string{"orders"}
		both.Scan, both.Hub = "scan.json", "hub.json"
		blank := h.request()
		blank.Resources = []string{" "}
		for want, r := range map[string]planning.Request{"cli.fix.noneFails": passes, "cli.fix.oneSource": both, "cli.emptyValue": blank, "cli.fix.noFinding": {Findings: []string{"0123456789ab"}}} {
			var ours *locale.Error
			if _, err := planning.Make(t.Context(), h.place(access.Admin("kei")), r); !errors.As(err, &ours) || ours.Key != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
	})
}
