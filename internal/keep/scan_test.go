package keep_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// TestArchiving closes what a scan would have seen, and nothing else.
func TestArchiving(t *testing.T) {
	gone := sees("gone", control.Failed)
	for _, c := range []struct {
		name   string
		change func(h *house, s *store.Scan)
		want   string
	}{
		{"whole", func(*house, *store.Scan) {}, "NOT_APPLICABLE NEW ARCHIVED"},
		{"interrupted", func(_ *house, s *store.Scan) { s.Incomplete = "interrupted" }, "FAILED NEW ACTIVE"},
		{"timeout", func(_ *house, s *store.Scan) { s.Incomplete = "timeout" }, "FAILED NEW ACTIVE"},
		{"another control", func(_ *house, s *store.Scan) { s.Controls = []string{"APIGateway.10"} }, "FAILED NEW ACTIVE"},
		{"another Region", func(_ *house, s *store.Scan) { s.Accounts[0].Regions = []string{osaka} }, "FAILED NEW ACTIVE"},
		{"another account", func(_ *house, s *store.Scan) { s.Accounts[0].ID = two }, "FAILED NEW ACTIVE"},
		{"another partition", func(_ *house, s *store.Scan) { s.Accounts[0].Partition = "aws-cn" }, "FAILED NEW ACTIVE"},
		{"an unnamed account", func(_ *house, s *store.Scan) { s.Accounts[0].ID = "" }, "FAILED NEW ACTIVE"},
		{"another source", func(_ *house, s *store.Scan) { s.Source = "demo" }, "FAILED NEW ACTIVE"},
		{"nowhere", func(_ *house, s *store.Scan) { s.Accounts = nil }, "FAILED NEW ACTIVE"},
		{"a gap of the type", func(_ *house, s *store.Scan) {
			s.Gaps = []resource.Gap{{Scope: scope(tokyo), Hides: []resource.Type{"AWS::ApiGateway::Stage"}, Call: "apigateway:GetStages", Code: "AccessDenied"}}
		}, "FAILED NEW ACTIVE"},
		{"a gap of another type", func(_ *house, s *store.Scan) {
			s.Gaps = []resource.Gap{{Scope: scope(tokyo), Hides: []resource.Type{"AWS::ApiGatewayV2::Stage"}, Call: "apigatewayv2:GetStages", Code: "AccessDenied"}}
		}, "NOT_APPLICABLE NEW ARCHIVED"},
		{"a gap elsewhere", func(_ *house, s *store.Scan) {
			s.Gaps = []resource.Gap{{Scope: scope(osaka), Call: "apigateway:GetRestApis", Code: "AccessDenied"}}
		}, "NOT_APPLICABLE NEW ARCHIVED"},
		{"a gap of the whole account", func(_ *house, s *store.Scan) {
			s.Gaps = []resource.Gap{{Scope: resource.Scope{Partition: "aws", Account: one}, Call: "sts:GetCallerIdentity", Code: "AccessDenied"}}
		}, "FAILED NEW ACTIVE"},
		{"older", func(_ *house, s *store.Scan) {
			s.Started, s.Ended = s.Started.Add(-48*time.Hour), s.Ended.Add(-48*time.Hour)
		}, "FAILED NEW ACTIVE"},
		{"begun before the last one ended", func(_ *house, s *store.Scan) { s.Started = s.Started.Add(-time.Hour) }, "FAILED NEW ACTIVE"},
		{"switched off", func(h *house, _ *store.Scan) { h.Disabled = []string{"APIGateway.1"} }, "FAILED NEW ARCHIVED"},
		{"switched off, interrupted", func(h *house, s *store.Scan) { h.Disabled, s.Incomplete = []string{"apigateway.1"}, "interrupted" }, "FAILED NEW ARCHIVED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.save(h.look(), gone, sees("stays", control.Failed))
			s := h.look()
			if c.change(h, &s); s.Source == "demo" {
				h.save(s)
			} else {
				h.save(s, sees("stays", control.Failed))
			}
			h.is(gone, c.want)
			if !strings.HasPrefix(c.name, "switched off") {
				h.is(sees("stays", 0), "FAILED NEW ACTIVE")
			}
			h.whole()
		})
	}
}

// TestSwitchedOff archives a control's findings though the scan saw them, takes
// in no new ones, and brings them back when it is on again.
func TestSwitchedOff(t *testing.T) {
	h := newHouse(t)
	old, fresh := sees("old", control.Failed), sees("fresh", control.Failed)
	h.save(h.look(), old)
	h.Disabled = []string{"apigateway.1"}
	if saved := h.save(h.look(), old, fresh); saved.Archived != 1 || saved.New != 0 {
		t.Errorf("%+v", saved)
	}
	if r := h.is(old, "FAILED NEW ARCHIVED"); r.Reason != lifecycle.ReasonDisabled {
		t.Error(r.Reason)
	}
	h.Disabled = nil
	h.save(h.look(), old, fresh)
	if r := h.is(old, "FAILED NEW ACTIVE"); r.Reopened != 1 {
		t.Error("reopened", r.Reopened)
	}
	h.is(fresh, "FAILED NEW ACTIVE")
}

// TestOverlap saves two scans that ran at the same time, in either order of their
// ends: neither undoes what the other saw.
func TestOverlap(t *testing.T) {
	h := newHouse(t)
	fixed, broken, made, hidden := sees("fixed", control.Failed), sees("broken", control.Passed), sees("made", control.Failed), sees("hidden", control.Unknown)
	h.save(h.look(), fixed, broken)
	short := h.look()
	long := short
	long.Started, long.Ended = short.Started.Add(-time.Minute), short.Ended.Add(time.Minute)
	h.now = long.Ended
	h.save(short, sees("fixed", control.Passed), sees("broken", control.Failed), made, hidden)
	// It read everything before the short one did, and ended after it.
	saved := h.save(long, fixed, broken, sees("hidden", control.Passed))
	h.is(fixed, "PASSED RESOLVED ACTIVE")
	h.is(broken, "FAILED NEW ACTIVE")
	h.is(made, "FAILED NEW ACTIVE")
	h.is(hidden, "PASSED RESOLVED ACTIVE") // one of both could tell
	if saved.Older != 2 || saved.Archived != 0 {
		t.Errorf("%+v", saved)
	}
	h.save(h.look(), fixed, broken)
	h.is(fixed, "FAILED NEW ACTIVE")
	h.is(made, "NOT_APPLICABLE NEW ARCHIVED")
}

// TestOutOfOrder saves an older scan after a newer one: what the newer one did not
// see any more stays gone, and what it judged stays judged.
func TestOutOfOrder(t *testing.T) {
	h := newHouse(t)
	seen, gone, elsewhere := sees("seen", control.Passed), sees("gone", control.Failed), seesAt(scope(osaka), "APIGateway.1", "x", control.Failed)
	older, newer := h.look(), h.look()
	older.Accounts[0].Regions = []string{tokyo, osaka}
	h.save(newer, seen)
	saved := h.save(older, sees("seen", control.Failed), gone, elsewhere)
	if saved.Older != 1 || saved.New != 2 || saved.Archived != 1 || saved.Reopened != 0 {
		t.Errorf("%+v", saved)
	}
	h.is(seen, "PASSED RESOLVED ACTIVE")
	h.is(elsewhere, "FAILED NEW ACTIVE")
	r := h.is(gone, "NOT_APPLICABLE NEW ARCHIVED")
	if r.First != control.Failed || !r.FirstSeen.Equal(older.Ended) || !r.Changed.Equal(newer.Ended) {
		t.Errorf("%+v", r)
	}
	if len(h.history(r.ID)) != 2 {
		t.Errorf("%+v", h.history(r.ID))
	}
}

// TestTwice saves the same scan again: nothing happens but that it is told.
func TestTwice(t *testing.T) {
	h := newHouse(t)
	a, b := sees("a", control.Failed), sees("b", control.Passed)
	s := h.look()
	h.save(s, a, b)
	if _, err := h.Resolve(t.Context(), []string{a.ID()}, "known"); err != nil {
		t.Fatal(err)
	}
	if saved := h.save(s, a, b); saved.Same != 2 || saved.Changed+saved.New+saved.Archived+saved.Older != 0 {
		t.Errorf("%+v", saved)
	}
	h.is(a, "FAILED RESOLVED ACTIVE")
	h.save(h.look(), a)
	if saved := h.save(s, a, b); saved.Older != 2 {
		t.Errorf("%+v", saved)
	}
	h.is(b, "NOT_APPLICABLE NEW ARCHIVED")
}

// TestClocks takes a scan from the future for one of now, so that the next one is
// no older, and says what a clock that went back left undone.
func TestClocks(t *testing.T) {
	h := newHouse(t)
	a := sees("a", control.Failed)
	for _, far := range []time.Duration{time.Microsecond, 30 * time.Minute, 2 * time.Hour, 10_000 * time.Hour} {
		s := h.look()
		s.Started, s.Ended = h.now.Add(far/2), h.now.Add(far)
		if saved := h.save(s, a); !saved.Ahead.Equal(h.now.Add(far)) {
			t.Errorf("ahead by %s: %+v", far, saved)
		}
		r := h.record(a.ID())
		h.view(func(ctx context.Context, reader store.Reader) error {
			list, err := reader.Scans(ctx, 1)
			if !list[0].Ended.Equal(h.now) || !list[0].Started.Equal(h.now) || !r.LastSeen.Equal(h.now) {
				t.Errorf("ahead by %s: %v to %v, seen %v; it is %v", far, list[0].Started, list[0].Ended, r.LastSeen, h.now)
			}
			return err
		})
		h.now = h.now.Add(time.Second)
		if saved := h.save(store.Scan{Started: h.now, Ended: h.now, Source: s.Source, Accounts: s.Accounts, Controls: s.Controls}, sees("a", control.Passed)); saved.Older != 0 || !saved.Ahead.IsZero() {
			t.Errorf("ahead by %s, the scan after it: %+v", far, saved)
		}
		h.is(a, "PASSED RESOLVED ACTIVE")
	}
	h.save(h.look(), a)
	h.now = h.now.Add(-24 * time.Hour)
	if saved := h.save(h.look(), sees("a", control.Passed)); saved.Older != 1 || saved.Changed != 0 {
		t.Errorf("%+v", saved)
	}
	h.is(a, "FAILED NEW ACTIVE")
	h.whole()
}

// TestSources refuses a finding that is stored from another source, and changes
// nothing.
func TestSources(t *testing.T) {
	h := newHouse(t)
	a := sees("a", control.Failed)
	h.save(h.look(), a)
	before := h.state()
	s := h.look()
	s.Source = "demo"
	_, err := h.SaveScan(t.Context(), s, []lifecycle.Observation{sees("new", control.Failed), sees("a", control.Passed)})
	if err == nil || !strings.Contains(err.Error(), `"demo"`) || h.state() != before {
		t.Error(err)
	}
}

// TestDuplicates takes what one scan says twice as one: the gravest word.
func TestDuplicates(t *testing.T) {
	h := newHouse(t)
	saved := h.save(h.look(), sees("a", control.Passed), sees("a", control.Failed), sees("a", control.Unknown), sees("b", control.NotApplicable))
	if saved.New != 2 {
		t.Errorf("%+v", saved)
	}
	h.is(sees("a", 0), "FAILED NEW ACTIVE")
	h.is(sees("b", 0), "NOT_APPLICABLE NEW ARCHIVED")
	if saved = h.save(h.look(), sees("a", control.Failed), sees("b", control.NotApplicable)); saved.Same != 2 {
		t.Errorf("%+v", saved)
	}
}

// TestStandIns follow the finding that stands for resources which nobody saw.
func TestStandIns(t *testing.T) {
	h := newHouse(t)
	stand := func(status control.Status, reason, key string) lifecycle.Observation {
		var o lifecycle.Observation
		o.Control, o.Severity, o.Status, o.Reason, o.Message = "APIGateway.1", control.Medium, status, reason, locale.M(key)
		o.Resource = resource.Ref{Scope: scope(tokyo), Type: "AWS::::Account", ARN: "AWS::::Account:" + one}
		return o
	}
	none := stand(control.Passed, finding.ReasonEmpty, "finding.empty")
	h.save(h.look(), none)
	h.is(none, "PASSED RESOLVED ACTIVE")
	h.save(h.look(), sees("a", control.Failed))
	if r := h.is(none, "NOT_APPLICABLE NEW ARCHIVED"); r.Reason != lifecycle.ReasonReplaced {
		t.Error(r.Reason)
	}
	h.is(sees("a", 0), "FAILED NEW ACTIVE")
	blind := h.look()
	blind.Gaps = []resource.Gap{{Scope: scope(tokyo), Hides: []resource.Type{"AWS::ApiGateway::Stage"}, Call: "apigateway:GetStages", Code: "AccessDenied"}}
	h.save(blind, stand(control.Unknown, finding.ReasonUnread, "finding.hidden"))
	h.is(none, "UNKNOWN NEW ACTIVE")
	h.is(sees("a", 0), "FAILED NEW ACTIVE")
	h.save(h.look(), none)
	h.is(none, "PASSED RESOLVED ACTIVE")
	if r := h.is(sees("a", 0), "NOT_APPLICABLE NEW ARCHIVED"); r.Reason != lifecycle.ReasonGone {
		t.Error(r.Reason)
	}
}

// TestFailsWhole saves nothing where one part cannot be saved.
func TestFailsWhole(t *testing.T) {
	h := newHouse(t)
	h.save(h.look(), sees("a", control.Failed))
	before := h.state()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.SaveScan(ctx, h.look(), []lifecycle.Observation{sees("a", control.Passed)}); err == nil || h.state() != before {
		t.Error("an ended context saves", err)
	}
}

// busy is a store that others write to, a few times.
type busy struct {
	store.Store
	times int
}

func (b *busy) Update(ctx context.Context, do func(store.Writer) error) error {
	if b.times--; b.times >= 0 {
		return &store.Problem{Kind: store.Busy}
	}
	return b.Store.Update(ctx, do)
}

// TestPatience saves a scan though another is writing for long, and gives up at
// last.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		b := &busy{h.Store, 5}
		h.Store = b
		if saved := h.save(h.look(), sees("a", control.Failed), sees("a", control.Passed)); saved.New != 1 {
			t.Errorf("%+v", saved)
		}
		b.times = 1000
		start := time.Now()
		if _, err := h.SaveScan(t.Context(), h.look(), nil); err == nil || time.Since(start) < time.Minute || time.Since(start) > 5*time.Minute {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// TestSideBySide saves scans and takes decisions from several processes at once:
// each is whole, and the audit log one chain.
func TestSideBySide(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	first := houseOn(t, opened(t, path))
	a := sees("a", control.Failed)
	first.save(first.look(), a)
	now := first.now.Add(time.Hour)
	var all sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		h := houseOn(t, opened(t, path))
		h.now = now.Add(time.Duration(i) * time.Second)
		all.Go(func() {
			for n := range 5 {
				s := h.look()
				if _, errs[i] = h.SaveScan(t.Context(), s, []lifecycle.Observation{a, sees(fmt.Sprint(i, "-", n), control.Failed)}); errs[i] != nil {
					return
				}
				if _, errs[i] = h.Note(t.Context(), []string{a.ID()}, fmt.Sprint(i, n)); errs[i] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			t.Error(i, err)
		}
	}
	if n := first.whole(); n != 1+6*5*2 {
		t.Error(n, "entries")
	}
	if notes := first.history(a.ID()); len(notes) != 30 {
		t.Error(len(notes), "notes")
	}
	first.view(func(ctx context.Context, r store.Reader) error {
		n, err := r.Count(ctx, store.Filter{})
		if n != 31 {
			t.Error(n, "records")
		}
		return err
	})
}

// TestKnows tells of resources that are live as far as the last look says.
func TestKnows(t *testing.T) {
	h := newHouse(t)
	stage := resource.Type("AWS::ApiGateway::Stage")
	knows := func(at resource.Scope, types ...resource.Type) bool { return h.Knows(t.Context(), at, types...) }
	if knows(scope(tokyo), stage) {
		t.Error("known before any look")
	}
	h.save(h.look(), sees("prod", control.Passed))
	for name, c := range map[string]struct {
		at    resource.Scope
		types []resource.Type
		want  bool
	}{
		"seen":            {scope(tokyo), []resource.Type{"AWS::ApiGateway::DomainName", stage}, true},
		"another type":    {scope(tokyo), []resource.Type{"AWS::ApiGateway::DomainName"}, false},
		"another Region":  {scope(osaka), []resource.Type{stage}, false},
		"another account": {resource.Scope{Partition: "aws", Account: two, Region: tokyo}, []resource.Type{stage}, false},
	} {
		if got := knows(c.at, c.types...); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	h.save(h.look())
	if knows(scope(tokyo), stage) {
		t.Error("known after it was gone")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if !h.Knows(ended, scope(tokyo), stage) {
		t.Error("a store that does not answer knows nothing")
	}
}
