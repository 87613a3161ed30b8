package auditing_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/auditing"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/control"
)

// TestPermissions: whoever may see findings may not read the audit log for that.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	read := []access.Permission{access.AuditRead}
	h.Permissions(map[string]desktest.Operation{
		"Verify": desktest.Op(read, func(d *desk.Desk) error { _, err := auditing.Verify(t.Context(), d, ""); return err }),
		"List": desktest.Op(read, func(d *desk.Desk) error {
			_, err := auditing.List(t.Context(), d, auditing.Query{Limit: 1})
			return err
		}),
		"AsOf": desktest.Op(read, func(d *desk.Desk) error {
			_, err := auditing.AsOf(t.Context(), d, "2026-11-01", auditing.Place{}, "", 1)
			return err
		}),
		"SampleFindings": desktest.Op(read, func(d *desk.Desk) error {
			_, err := auditing.SampleFindings(t.Context(), d, "x", 1, auditing.Place{})
			return err
		}),
		"SampleDecisions": desktest.Op(read, func(d *desk.Desk) error {
			_, err := auditing.SampleDecisions(t.Context(), d, "x", 1, "")
			return err
		}),
		"Export": desktest.Op(read, func(d *desk.Desk) error { return auditing.Export(t.Context(), d, &bytes.Buffer{}) }),
	})
	d := h.Desk(access.Granted("u-1", "Sato", access.FindingsRead, access.FindingsDecide))
	if _, err := auditing.Verify(t.Context(), d, ""); err == nil {
		t.Error("a reader of findings reads the audit log")
	}
}

// TestAudit verifies a log against a head, and writes it.
func TestAudit(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	h.Scan(d, control.Failed)
	v, err := auditing.Verify(t.Context(), d, "")
	if err != nil || v.Chain.Problem != nil || v.Chain.Entries == 0 || v.Compared.Differences != 0 {
		t.Fatalf("%+v, %v", v, err)
	}
	if held, err := auditing.Verify(t.Context(), d, v.Chain.Last); err != nil || held.Chain.Problem != nil || !held.Chain.Held {
		t.Errorf("its own head: %+v, %v", held.Chain, err)
	}
	if other, err := auditing.Verify(t.Context(), d, strings.Repeat("0", 64)); err != nil || other.Chain.Problem == nil {
		t.Errorf("another head: %+v, %v", other.Chain, err)
	}
	var b bytes.Buffer
	if err := auditing.Export(t.Context(), d, &b); err != nil || int64(strings.Count(b.String(), "\n")) < v.Chain.Entries {
		t.Errorf("%s, %v", b.String(), err)
	}
}

// TestList: pages of the log follow each other from the latest entry to the first, and
// leave nothing out.
func TestList(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	for range 4 {
		h.Scan(d, control.Failed)
	}
	v, err := auditing.Verify(t.Context(), d, "")
	if err != nil {
		t.Fatal(err)
	}
	var seqs []int64
	for q := (auditing.Query{Limit: 2}); ; {
		page, err := auditing.List(t.Context(), d, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.List {
			seqs = append(seqs, e.Seq)
		}
		if q.Before = page.Before; q.Before == 0 {
			break
		}
	}
	if int64(len(seqs)) != v.Chain.Entries || seqs[0] != v.Chain.Entries || seqs[len(seqs)-1] != 1 {
		t.Errorf("pages have %v of %d entries", seqs, v.Chain.Entries)
	}
	scans, err := auditing.List(t.Context(), d, auditing.Query{Actions: []string{"scan"}, Since: "2h", Limit: 100})
	if err != nil || len(scans.List) != 3 || scans.List[0].Action != "scan" || scans.Before != 0 {
		t.Errorf("scans of two hours: %+v, %v", scans, err)
	}
	if _, err := auditing.List(t.Context(), d, auditing.Query{Since: "someday", Limit: 1}); err == nil {
		t.Error("someday is a date")
	}
}
