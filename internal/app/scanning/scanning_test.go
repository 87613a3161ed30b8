package scanning_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/scanning"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/spool"
	"github.com/kumoban/kumoban/internal/store"
)

// TestPermissions: nobody saves scans without the permission for it.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	save := []access.Permission{access.ScansSave}
	h.Permissions(map[string]desktest.Operation{
		"Save": desktest.Op(save, func(d *desk.Desk) error {
			_, err := scanning.Save(t.Context(), d, &app.ScanOptions{}, scanning.Options{})
			return err
		}),
		"Run": desktest.Op([]access.Permission{access.ScansRun, access.ScansSave}, func(d *desk.Desk) error {
			_, _, err := scanning.Run(t.Context(), d, &app.Env{}, app.ScanOptions{}, scanning.Options{})
			return err
		}),
		"Import": desktest.Op(save, func(d *desk.Desk) error {
			_, err := scanning.Import(t.Context(), d, &app.Env{}, strings.NewReader("{}"), "-", false)
			return err
		}),
	})
}

// TestSave: a scan that is over is kept, told and known to its reports; one that
// cannot be kept fails, or is lost where that was said.
func TestSave(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	h.Scan(d, control.Passed)
	var told, lost []string
	scan := &app.ScanOptions{}
	saving, err := scanning.Save(t.Context(), d, scan, scanning.Options{Tell: func(said []desk.Notice) {
		for _, n := range said {
			told = append(told, n.Key)
		}
	}})
	if err != nil || saving.Saved != nil || scan.Stored() != nil || scan.Known == nil {
		t.Fatalf("before: %+v, %v", saving, err)
	}
	f := finding.Finding{Control: desktest.Control, Severity: control.Medium, Status: control.Failed, Resource: resource.Ref{
		Scope: resource.Scope{Partition: "aws", Account: desktest.Account, Region: desktest.Region}, Type: h.Config.Controls.Find(desktest.Control).Checks[0].Type, ARN: "arn:aws:s3:::bucket-1",
	}}
	seen := spool.New(t.TempDir())
	defer seen.Close()
	seen.Add(&f)
	h.Time = h.Time.Add(time.Hour)
	over := store.Scan{
		Started: h.Time.Add(-time.Minute), Ended: h.Time, Source: lifecycle.SourceLive, Controls: []string{desktest.Control},
		Accounts: []resource.Account{{Partition: "aws", ID: desktest.Account, Regions: []string{desktest.Region}}},
	}
	if err := scan.Keep(t.Context(), over, seen); err != nil {
		t.Fatal(err)
	}
	if saving.Saved == nil || saving.Saved.Worst != control.Medium || scan.Stored() == nil || strings.Join(told, " ") != "keep.saved keep.head" {
		t.Errorf("%+v, told %v", saving.Saved, told)
	}
	d.Close()
	if err := scan.Keep(t.Context(), over, seen); err == nil {
		t.Error("a store that is closed keeps scans")
	}
	other := h.Desk(access.Admin("kei"))
	if saving, err = scanning.Save(t.Context(), other, scan, scanning.Options{Lost: func(err error) { lost = append(lost, err.Error()) }}); err != nil {
		t.Fatal(err)
	}
	other.Close()
	if err := scan.Keep(t.Context(), over, seen); err != nil || len(lost) != 1 || saving.Saved != nil {
		t.Errorf("%v, lost %v", err, lost)
	}
}

// TestImport refuses what is no saved scan.
func TestImport(t *testing.T) {
	d := desktest.New(t).Desk(access.Admin("kei"))
	said, err := scanning.Import(t.Context(), d, &app.Env{}, strings.NewReader("hello"), "-", false)
	if err == nil || len(said) > 0 {
		t.Errorf("%v, %v", said, err)
	}
}
