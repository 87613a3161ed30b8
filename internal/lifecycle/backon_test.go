package lifecycle

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
)

// TestBackOn brings a finding back whose control was switched off and on again,
// though somebody decided something about it meanwhile: that was no look.
func TestBackOn(t *testing.T) {
	r := put(control.Failed, New, Active)
	off, _ := Archive(r, ReasonDisabled, hour(10), 10)
	noted, _, err := Note(&off, By{Who: "hana", At: hour(20), Why: "on again tomorrow"})
	if err != nil {
		t.Fatal(err)
	}
	o := Observation{At: hour(19), Scan: 19}
	o.Finding.Control, o.Severity, o.Status = r.Control, r.Severity, control.Failed
	o.Resource = r.Resource
	if next, _, change := Observe(&noted, &o); change == Stale || next.State != Active {
		t.Errorf("change %d, %s", change, next.State)
	}
	o.At, o.Scan = hour(9), 9
	if next, _, change := Observe(&noted, &o); change != Stale || next.State != Archived {
		t.Errorf("a look before it was switched off: change %d, %s", change, next.State)
	}
}
