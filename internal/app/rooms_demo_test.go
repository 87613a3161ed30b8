package app_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/catalog"
)

// TestDemoHasEveryRoom scans the demo with every control under the real quotas: all
// that judge resources pass and fail somewhere, nothing stays unread, and nobody waits.
func TestDemoHasEveryRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{Quotas: true})
		if err := double.Demo(); err != nil {
			t.Fatal(err)
		}
		s := scanFor(t, t.Context(), controls.All(), double, double.Transport(), app.ScanOptions{Rate: rate(t, "")})
		if s.err != nil || len(s.gaps) > 0 || s.took > time.Second {
			t.Errorf("it took %v: %v, %v", s.took, s.err, s.gaps)
		}
		for _, c := range double.Calls() {
			if c.Throttled {
				t.Errorf("throttled: %s %s", c.Service, c.Operation)
			}
		}
		for _, c := range controls.All() {
			got := map[string]int{}
			for key, status := range s.statuses {
				if strings.HasPrefix(key, c.ID+" ") {
					got[status]++
				}
			}
			e := catalog.Find(c.Checks[0].Type)
			one := e == nil || e.Room.Setting
			if got["UNKNOWN"] > 0 || got["PASSED"]+got["FAILED"] == 0 || !one && (got["PASSED"] == 0 || got["FAILED"] == 0) {
				t.Errorf("%s: %v", c.ID, got)
			}
		}
		t.Logf("%d calls, %d findings, %v", len(double.Calls()), len(s.statuses), s.took)
	})
}
