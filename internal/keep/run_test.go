package keep_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// TestToldOnce tells a store of the same deed again and again: it has it once, and
// two of one kind apart.
func TestToldOnce(t *testing.T) {
	h := newHouse(t)
	failed, passed := sees("a", control.Failed), sees("a", control.Passed)
	h.save(h.look(), failed)
	run := store.Run{ID: "20261101-090000-0123abcd", Digest: strings.Repeat("0123abcd", 8), Findings: []string{failed.ID()}, State: "done", Plan: []byte("{}"), Journal: []byte("{}")}
	done := h.now.Add(time.Minute)
	h.now = h.now.Add(time.Hour)
	deeds := []keep.Deed{
		{What: "fix.apply.begin", Line: 2}, {What: "fix.apply", Line: 2, Now: []finding.Finding{passed.Finding}}, {What: "fix.resume", Line: 9, At: done}, {What: "fix.resume", Line: 17},
	}
	for range 3 {
		for _, d := range deeds {
			if _, err := h.SaveRun(t.Context(), run, d); err != nil {
				t.Fatal(err)
			}
		}
	}
	var actions []string
	h.view(func(ctx context.Context, r store.Reader) error {
		entries, err := r.AuditOf(ctx, run.ID)
		for i := range entries {
			actions = append(actions, entries[i].Action)
			if entries[i].Action == "fix.resume" && strings.Contains(entries[i].Detail, `"line":9`) && !strings.Contains(entries[i].Detail, done.UTC().Format(time.RFC3339)[:16]) {
				t.Errorf("when it was done is lost: %s", entries[i].Detail)
			}
		}
		return err
	})
	if got, want := strings.Join(actions, " "), "fix.apply.begin fix.apply fix.resume fix.resume"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	fixed := 0
	for _, e := range h.history(failed.ID()) {
		if e.Kind == lifecycle.EventFixed {
			fixed++
		}
	}
	if fixed != 3 || h.whole() != 5 {
		t.Errorf("%d fixes in the history, %d entries", fixed, h.whole())
	}
	h.is(failed, "PASSED RESOLVED ACTIVE")

	// The same run with another plan is another one's.
	before := h.state()
	run.Digest = strings.Repeat("0123abcd", 7) + "ffffffff"
	if _, err := h.SaveRun(t.Context(), run, keep.Deed{What: "fix.resume", Line: 20}); err == nil || !strings.Contains(err.Error(), "is not the one that was approved") {
		t.Error(err)
	}
	if h.state() != before {
		t.Error("it was stored")
	}
}
