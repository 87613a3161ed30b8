package keep_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// TestCompare is what becomes of a finding between two scans.
func TestCompare(t *testing.T) {
	at := func(s control.Status, state lifecycle.State) *store.StateAt {
		return &store.StateAt{Status: s, State: state}
	}
	open, passed, unknown, gone := at(control.Failed, lifecycle.Active), at(control.Passed, lifecycle.Active), at(control.Unknown, lifecycle.Active), at(control.NotApplicable, lifecycle.Archived)
	off := at(control.Failed, lifecycle.Archived)
	for _, c := range []struct {
		was, is *store.StateAt
		want    keep.Change
	}{
		{nil, open, keep.Appeared}, {nil, passed, ""}, {nil, unknown, ""}, {nil, nil, ""}, {open, open, keep.Still}, {open, passed, keep.Fixed}, {open, gone, keep.Fixed},
		{open, off, keep.Unclear}, {open, nil, keep.Fixed}, {open, unknown, keep.Unclear}, {passed, open, keep.Reopened}, {gone, open, keep.Reopened},
		{off, open, keep.Reopened}, {unknown, open, keep.Appeared}, {passed, passed, ""}, {off, off, ""},
	} {
		if got := keep.Compare(c.was, c.is); got != c.want {
			t.Errorf("%+v to %+v: %q, want %q", c.was, c.is, got, c.want)
		}
	}
}

// at makes a scan one of other Regions, or of other controls.
func (h *house) at(regions []string, controls ...string) store.Scan {
	s := h.look()
	s.Accounts[0].Regions = regions
	if controls != nil {
		s.Controls = controls
	}
	return s
}

// diff compares two scans: the rows as "new a", and what only one did.
func (h *house) diff(from, to int64, f store.Filter) (rows []string, d *keep.Difference) {
	h.t.Helper()
	h.view(func(ctx context.Context, r store.Reader) (err error) {
		d, err = keep.Diff(ctx, r, from, to, f)
		return err
	})
	for i := range d.Deltas {
		at := d.Deltas[i].At()
		rows = append(rows, string(d.Deltas[i].Change)+" "+strings.TrimSuffix(at.Resource.Name, "/prod")+" "+at.Control)
	}
	return rows, d
}

// only tells of one scan what it alone did.
func only(a *keep.Alone) string {
	var text []string
	for _, at := range a.Scopes {
		text = append(text, at.Region)
	}
	text = append(text, a.Controls...)
	for i := range a.Gaps {
		text = append(text, a.Gaps[i].Code)
	}
	return fmt.Sprint(strings.Join(text, " "), " ", a.Failed)
}

// TestDiffOfBoth compares nothing that only one of two scans looked at, and says
// what that was.
func TestDiffOfBoth(t *testing.T) {
	tokyoGap := func(s store.Scan) store.Scan {
		s.Gaps = []resource.Gap{{Scope: scope(tokyo), Hides: []resource.Type{"AWS::ApiGateway::Stage"}, Call: "apigateway:GetStages", Code: "AccessDenied"}}
		return s
	}
	elsewhere := seesAt(scope(osaka), "APIGateway.1", "far", control.Failed)
	second := seesAt(scope(tokyo), "APIGateway.2", "near", control.Failed)
	near, nearFixed, fresh := sees("near", control.Failed), sees("near", control.Passed), sees("fresh", control.Failed)
	for name, c := range map[string]struct {
		scans  func(*house) // two, of which the store is all
		filter store.Filter
		want   []string
		from   string
		to     string
		shared bool
	}{
		"the same": {func(h *house) { h.save(h.look(), near); h.save(h.look(), nearFixed, fresh) }, store.Filter{}, []string{"new fresh APIGateway.1", "fixed near APIGateway.1"}, " 0", " 0", true},
		"a Region more": {
			func(h *house) { h.save(h.look(), near); h.save(h.at([]string{tokyo, osaka}), near, elsewhere) }, store.Filter{},
			[]string{"still near APIGateway.1"}, " 0", osaka + " 1", true,
		},
		"a Region less": {
			func(h *house) { h.save(h.at([]string{tokyo, osaka}), near, elsewhere); h.save(h.look(), near) }, store.Filter{},
			[]string{"still near APIGateway.1"}, osaka + " 1", " 0", true,
		},
		"another Region": {
			func(h *house) { h.save(h.look(), near); h.save(h.at([]string{osaka}), elsewhere) }, store.Filter{},
			nil, tokyo + " 1", osaka + " 1", false,
		},
		"a filter on what both did": {
			func(h *house) { h.save(h.look(), near); h.save(h.at([]string{tokyo, osaka}), near, elsewhere) }, store.Filter{Regions: []string{tokyo}},
			[]string{"still near APIGateway.1"}, " 0", " 0", true,
		},
		"a control more": {
			func(h *house) { h.save(h.at([]string{tokyo}, "APIGateway.1"), near); h.save(h.look(), near, second) }, store.Filter{},
			[]string{"still near APIGateway.1"}, " 0", "APIGateway.2 1", true,
		},
		"a control less": {
			func(h *house) {
				h.save(h.look(), near, second)
				h.save(h.at([]string{tokyo}, "apigateway.1"), nearFixed)
			}, store.Filter{Controls: []string{"apigateway.2"}},
			nil, "APIGateway.2 1", " 0", false,
		},
		"a gap since": {
			func(h *house) { h.save(h.look(), near); h.save(tokyoGap(h.look()), fresh) }, store.Filter{},
			[]string{"new fresh APIGateway.1", "unclear near APIGateway.1"}, " 0", "AccessDenied 0", true,
		},
		"a gap before": {
			func(h *house) { h.save(tokyoGap(h.look())); h.save(h.look(), near) }, store.Filter{},
			[]string{"unclear near APIGateway.1"}, "AccessDenied 0", " 0", true,
		},
		"the same gap twice": {
			func(h *house) { h.save(tokyoGap(h.look()), near); h.save(tokyoGap(h.look())) }, store.Filter{}, []string{"unclear near APIGateway.1"}, " 0", " 0", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			c.scans(h)
			got, d := h.diff(1, 2, c.filter)
			if !slices.Equal(got, c.want) || only(&d.FromOnly) != c.from || only(&d.ToOnly) != c.to || d.Shared != c.shared {
				t.Errorf("%q, only the first %q, only the second %q, shared %t; want %q, %q, %q, %t", got, only(&d.FromOnly), only(&d.ToOnly), d.Shared, c.want, c.from, c.to, c.shared)
			}
		})
	}
}

// TestDiffCarried does not call still what only an older scan had seen: both
// scans looked elsewhere.
func TestDiffCarried(t *testing.T) {
	h := newHouse(t)
	h.save(h.look(), sees("near", control.Failed))
	h.save(h.at([]string{osaka}))
	h.save(h.at([]string{osaka}), seesAt(scope(osaka), "APIGateway.1", "far", control.Failed))
	if got, d := h.diff(2, 3, store.Filter{}); !slices.Equal(got, []string{"new far APIGateway.1"}) || d.FromOnly.Failed+d.ToOnly.Failed != 0 {
		t.Errorf("%q, %+v", got, d)
	}
}

// TestDiffOrder tells rows by change, severity and resource, and counts controls
// as people do.
func TestDiffOrder(t *testing.T) {
	h := newHouse(t)
	see := func(api, id string, severity control.Severity) lifecycle.Observation {
		o := seesAt(scope(tokyo), id, api, control.Failed)
		o.Severity = severity
		return o
	}
	all := []string{"APIGateway.1", "APIGateway.2", "APIGateway.10"}
	fixed := see("a", "APIGateway.1", control.Critical)
	h.save(h.at([]string{tokyo}, all...), fixed)
	fixed.Status = control.Passed
	h.save(h.at([]string{tokyo}, all...), fixed,
		see("b", "APIGateway.10", control.Low), see("b", "APIGateway.2", control.Low), see("a", "APIGateway.10", control.Low), see("c", "APIGateway.1", control.High))
	want := []string{"new c APIGateway.1", "new a APIGateway.10", "new b APIGateway.2", "new b APIGateway.10", "fixed a APIGateway.1"}
	if got, _ := h.diff(1, 2, store.Filter{}); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestDiffOfFix compares with a look after a fix only what that looked at.
func TestDiffOfFix(t *testing.T) {
	h := newHouse(t)
	h.save(h.look(), sees("a", control.Failed), sees("b", control.Failed))
	mended := sees("a", control.Passed)
	h.run("r1", "fix.apply", mended.Finding)
	got, d := h.diff(1, 2, store.Filter{})
	if !slices.Equal(got, []string{"fixed a APIGateway.1"}) || d.To.What() != store.KindApply || len(d.To.Looked) != 1 || !d.Shared {
		t.Errorf("%q, %+v", got, d)
	}
}

func (h *house) run(id, what string, now ...finding.Finding) {
	h.t.Helper()
	if _, err := h.SaveRun(h.t.Context(), store.Run{ID: id, State: "done", Plan: []byte("{}"), Journal: []byte("")}, keep.Deed{What: what, Version: "test", Now: now}); err != nil {
		h.t.Fatal(err)
	}
}

// TestBetween takes the latest scans that looked at something of the same.
func TestBetween(t *testing.T) {
	h := newHouse(t)
	h.save(h.look())                                // 1
	h.save(h.at([]string{osaka}))                   // 2
	h.run("r1", "fix.verify", sees("a", 0).Finding) // 3
	h.save(h.look())                                // 4
	h.save(h.at([]string{tokyo, osaka}))            // 5
	h.save(h.at([]string{osaka}))                   // 6
	for name, c := range map[string]struct {
		ids      []int64
		from, to int64
	}{
		"none": {nil, 5, 6}, "one": {[]int64{1}, 1, 5}, "two": {[]int64{6, 1}, 6, 1}, "after a fix": {[]int64{3}, 3, 6},
	} {
		h.view(func(ctx context.Context, r store.Reader) error {
			from, to, err := keep.Between(ctx, r, c.ids)
			if from != c.from || to != c.to {
				t.Errorf("%s: %d to %d, want %d to %d", name, from, to, c.from, c.to)
			}
			return err
		})
	}
	h.view(func(ctx context.Context, r store.Reader) error {
		if _, _, err := keep.Between(ctx, r, []int64{6}); err == nil {
			t.Error("there is none after the last")
		}
		return nil
	})
}
