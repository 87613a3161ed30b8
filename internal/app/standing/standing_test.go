package standing_test

import (
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/standing"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

// TestPermissions: nobody sees how accounts stand without the permission for it.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	ctx := t.Context()
	read := []access.Permission{access.FindingsRead}
	h.Permissions(map[string]desktest.Operation{
		"Scores":  desktest.Op(read, func(d *desk.Desk) error { _, err := standing.Scores(ctx, d, standing.Place{}); return err }),
		"History": desktest.Op(read, func(d *desk.Desk) error { _, err := standing.History(ctx, d, 1, false); return err }),
		"Diff":    desktest.Op(read, func(d *desk.Desk) error { _, err := standing.Diff(ctx, d, nil, standing.Place{}); return err }),
		"DiffSince": desktest.Op(read, func(d *desk.Desk) error {
			_, err := standing.DiffSince(ctx, d, "1d", standing.Place{})
			return err
		}),
		"Heat":         desktest.Op(read, func(d *desk.Desk) error { _, err := standing.Heat(ctx, d, standing.Place{}); return err }),
		"Parts":        desktest.Op(read, func(d *desk.Desk) error { _, err := standing.Parts(ctx, d, standing.Place{}, "service"); return err }),
		"Points":       desktest.Op(read, func(d *desk.Desk) error { _, err := standing.Points(ctx, d, standing.Place{}, "1d"); return err }),
		"Requirements": desktest.Op(read, func(d *desk.Desk) error { _, err := standing.Requirements(ctx, d, standing.Place{}, ""); return err }),
		"Covered":      desktest.Op(read, func(d *desk.Desk) error { _, err := standing.Covered(ctx, d); return err }),
		"Trend":        desktest.Op(read, func(d *desk.Desk) error { _, err := standing.Trend(ctx, d, nil); return err }),
	})
}

// TestStanding: two scans, of which the second finds one bucket mended.
func TestStanding(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	if list, err := standing.Scores(t.Context(), d, standing.Place{}); err != nil || len(list) > 0 {
		t.Errorf("of nothing: %+v, %v", list, err)
	}
	h.Scan(d, control.Failed, control.Failed)
	ids := h.Scan(d, control.Passed, control.Failed)
	list, err := standing.Scores(t.Context(), d, standing.Place{})
	if err != nil || len(list) == 0 || list[0].Failed != 1 || !list[0].At.Equal(h.Time) {
		t.Errorf("scores: %+v, %v", list, err)
	}
	if _, err := standing.Scores(t.Context(), d, standing.Place{Accounts: []string{"444455556666"}}); err == nil {
		t.Error("an account that nobody scanned has a score")
	}
	past, err := standing.History(t.Context(), d, 1, false)
	if err != nil || len(past.Scans) != 1 || past.Scans[0].ID != 2 || past.Scores[2].Scan != 2 {
		t.Errorf("history: %+v, %v", past, err)
	}
	if _, err := standing.History(t.Context(), d, 0, false); err == nil {
		t.Error("no scan at all is asked for")
	}
	diff, err := standing.Diff(t.Context(), d, nil, standing.Place{})
	if err != nil || diff.From.ID != 1 || diff.To.ID != 2 || diff.Deltas[0].Is.Finding != ids[0] {
		t.Errorf("difference: %+v, %v", diff, err)
	}
	for _, wrong := range [][]string{{"x"}, {"0"}, {"#7"}} {
		if _, err := standing.Diff(t.Context(), d, wrong, standing.Place{}); err == nil {
			t.Errorf("scan %s is compared", wrong)
		}
	}
}

// TestTrend: a report gets the score of the scan before, in the store's zone; where
// the store is gone it goes without, and that is told.
func TestTrend(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	h.Scan(d, control.Failed)
	h.Scan(d, control.Passed)
	var told []desk.Notice
	trend, err := standing.Trend(t.Context(), d, func(n desk.Notice) { told = append(told, n) })
	if err != nil {
		t.Fatal(err)
	}
	set, err := control.Select(h.Config.Controls.Controls(), control.Selection{Patterns: []string{desktest.Control}})
	if err != nil {
		t.Fatal(err)
	}
	s := &report.Scan{Source: "live", Controls: set}
	s.Accounts = []resource.Account{{Partition: "aws", ID: desktest.Account, Regions: []string{desktest.Region}}}
	past := trend(s, nil)
	if len(past.Points) != 2 || past.Points[0].At.Location().String() != "Asia/Tokyo" || len(told) > 0 {
		t.Errorf("%+v, told %v", past, told)
	}
	d.Close()
	if past = trend(s, nil); len(past.Points) > 0 || len(told) != 1 || told[0].Key != "keep.noTrend" {
		t.Errorf("without a store: %+v, told %v", past, told)
	}
}

// TestDiffSince compares the latest scan with the last one that had ended by then.
func TestDiffSince(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	h.Scan(d, control.Failed, control.Failed)
	if _, err := standing.DiffSince(t.Context(), d, "1d", standing.Place{}); err == nil {
		t.Error("one scan is compared with nothing")
	}
	h.Time = h.Time.Add(48 * time.Hour)
	h.Scan(d, control.Failed, control.Failed)
	h.Time = h.Time.Add(24 * time.Hour)
	h.Scan(d, control.Passed, control.Failed)
	for since, want := range map[string]int64{"1d": 2, "2026-11-03": 1, "2h": 2, "90d": 1} {
		diff, err := standing.DiffSince(t.Context(), d, since, standing.Place{})
		if err != nil || diff.From.ID != want || diff.To.ID != 3 || len(diff.Deltas) != 2 || diff.Deltas[0].Change != keep.Fixed {
			t.Errorf("%s: %+v, %v, want from scan %d", since, diff, err, want)
		}
	}
}
