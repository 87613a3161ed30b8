package securityhub_test

import (
	"slices"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/securityhub"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
)

// TestSyncWalk decides on both sides of the double, and brings them in step.
func TestSyncWalk(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{"findings": stored(2)})
	h := hubOf(t, d)
	first, _ := pull(t, h, securityhub.Filter{})
	if _, err := h.SetWorkflow(t.Context(), []securityhub.Identifier{securityhub.IdentifierOf(first[0])}, securityhub.Workflow{Status: lifecycle.Suppressed, Note: "known", By: "ben"}); err != nil {
		t.Fatal(err)
	}
	ours := []*lifecycle.Record{record("s000", "APIGateway.3", control.Failed, nil), record("s001", "APIGateway.3", control.Failed, func(r *lifecycle.Record) { r.Workflow = lifecycle.Notified })}
	history := []lifecycle.Event{{At: time.Now(), Kind: lifecycle.EventWorkflow, To: "NOTIFIED", By: "aiko", Reason: "asked"}}
	step := func() []sides.Step {
		list, _ := pull(t, h, securityhub.Filter{})
		pairs := sides.Pairs(slices.Values(ours), slices.Values(list))
		for i := range pairs {
			var err error
			if pairs[i].Decided.Theirs, err = h.Decided(t.Context(), pairs[i].Theirs); err != nil {
				t.Fatal(err)
			}
			if pairs[i].Ours == ours[1] {
				pairs[i].Decided.Ours = sides.LastDecision(ours[1], history)
			}
		}
		return sides.InStep(pairs)
	}
	steps := step()
	if len(steps) != 2 || steps[0].To != sides.Here || steps[0].Decision.By != "ben" || steps[0].Decision.Note != "known" || steps[1].To != sides.There || steps[1].Decision.By != "aiko" {
		t.Fatalf("%+v", steps)
	}
	won := steps[0].Decision
	next, events, err := lifecycle.FromHub(ours[0], won.Status, time.Time{}, lifecycle.By{Who: won.By, At: won.At, Why: won.Note}, "x")
	if err != nil || next.Workflow != lifecycle.Suppressed || len(events) == 0 || events[0].By != lifecycle.ByHub+":ben" {
		t.Fatalf("%+v, %+v, %v", next, events, err)
	}
	ours[0] = &next
	w := steps[1].Decision
	if _, err := h.SetWorkflow(t.Context(), []securityhub.Identifier{securityhub.IdentifierOf(steps[1].Theirs)}, securityhub.Workflow{Status: w.Status, Note: w.Note, By: w.By}); err != nil {
		t.Fatal(err)
	}
	if again := step(); len(again) != 0 {
		t.Errorf("not in step: %+v", again)
	}
}
