// Package desktest furnishes desks for the tests of use cases: a store of their
// own, a clock that stands still, and findings in it.
package desktest

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/spool"
	"github.com/kumoban/kumoban/internal/store"
)

// Account and Region are where findings lie, Control is what judged them.
const (
	Account = "111122223333"
	Region  = "ap-northeast-1"
	Control = "S3.9"
)

// House is a store, with the clock of whoever works on it.
type House struct {
	T      testing.TB
	Time   time.Time
	Config desk.Config
	Path   string

	mu sync.Mutex // a server may ask for the time while a scan lets an hour go by
}

func (h *House) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.Time
}

// New makes an empty store.
func New(t testing.TB) *House {
	t.Helper()
	set, err := control.Select(controls.All(), control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	return &House{
		T: t, Time: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), Config: desk.Config{File: "kumoban.yaml", Controls: set},
		Path: filepath.Join(t.TempDir(), "k.db"),
	}
}

// Desk opens the store for somebody, and closes it when the test ends.
func (h *House) Desk(s access.Subject) *desk.Desk {
	h.T.Helper()
	d, err := desk.Open(context.WithoutCancel(h.T.Context()), desk.Options{
		Address: h.Path, Make: true, Subject: s, Now: h.now, Zone: "Asia/Tokyo", Config: &h.Config,
	})
	if err != nil {
		h.T.Fatal(err)
	}
	h.T.Cleanup(d.Close)
	return d
}

// Scan saves a scan that saw one bucket for each status, an hour later, and
// returns the ids of their findings.
func (h *House) Scan(d *desk.Desk, statuses ...control.Status) (ids []string) {
	h.T.Helper()
	h.mu.Lock()
	h.Time = h.Time.Add(time.Hour)
	h.mu.Unlock()
	at := resource.Scope{Partition: "aws", Account: Account, Region: Region}
	c := h.Config.Controls.Find(Control)
	seen := spool.New(h.T.TempDir())
	defer seen.Close()
	for i, status := range statuses {
		name := "bucket-" + strconv.Itoa(i+1)
		f := finding.Finding{Control: c.ID, Severity: c.Severity, Status: status, Resource: resource.Ref{
			Scope: at, Type: c.Checks[0].Type, Name: name, ARN: "arn:aws:s3:::" + name,
		}}
		seen.Add(&f)
		ids = append(ids, f.ID())
	}
	k, err := d.Keeper(access.ScansSave)
	if err != nil {
		h.T.Fatal(err)
	}
	if _, err := k.SaveScan(h.T.Context(), store.Scan{
		Started: h.Time.Add(-time.Minute), Ended: h.Time, Source: lifecycle.SourceLive, Version: "test", Controls: []string{c.ID}, Findings: len(statuses),
		Accounts: []resource.Account{{Partition: "aws", ID: Account, Name: "shop", Regions: []string{Region}}},
	}, seen); err != nil {
		h.T.Fatal(err)
	}
	return ids
}

// Operation is a use case, as it is called with a desk.
type Operation struct {
	Needs []access.Permission
	Do    func(*desk.Desk) error
}

// Op makes an Operation.
func Op(needs []access.Permission, do func(*desk.Desk) error) Operation { return Operation{needs, do} }

// Permissions holds use cases to the permissions that they need: one too few, and
// they are refused; with those alone they are not, whatever else is wrong.
func (h *House) Permissions(operations map[string]Operation) {
	h.T.Helper()
	admin := h.Desk(access.Admin("kei"))
	var refused *access.Refused
	for name, o := range operations {
		for i := range o.Needs {
			without := slices.Delete(slices.Clone(o.Needs), i, i+1)
			if err := o.Do(admin.For(access.Granted("u-1", "Sato", without...))); !errors.As(err, &refused) {
				h.T.Errorf("%s without %s: %v", name, o.Needs[i], err)
			}
		}
		if err := o.Do(admin.For(access.Granted("u-1", "Sato", o.Needs...))); errors.As(err, &refused) {
			h.T.Errorf("%s with %v: %v", name, o.Needs, err)
		}
	}
}
