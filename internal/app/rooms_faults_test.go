package app_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// allRooms is a double with a resource of every type of the catalogue.
func allRooms(t *testing.T) *awsdouble.Double {
	t.Helper()
	fixture, err := os.ReadFile("../awsdouble/testdata/rooms.json")
	if err != nil {
		t.Fatal(err)
	}
	double := awsdouble.New(awsdouble.Options{Seed: 1})
	if err := double.Load(account, region, fixture); err != nil {
		t.Fatal(err)
	}
	return double
}

// callsOf are the calls that a scan makes for the sake of each control.
func callsOf(t *testing.T) map[string][]string {
	t.Helper()
	calls := map[string][]string{}
	for _, c := range controls.All() {
		set, err := control.Select(controls.All(), control.Selection{Patterns: []string{c.ID}})
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range awslive.Calls(set) {
			calls[c.ID] = append(calls[c.ID], call.Operation)
		}
	}
	return calls
}

// TestEveryCallOfRoomsSpoilt spoils every operation by which a scan reads, in turn
// and in every way. Nothing may pass by it, and what does not rest on the operation
// keeps its verdict. An answer that is whole and names nothing is not among the ways:
// that is how an account without such resources answers, see [awslive.Known].
func TestEveryCallOfRoomsSpoilt(t *testing.T) {
	var want seen
	var calls []awsdouble.Call
	synctest.Test(t, func(t *testing.T) {
		double := allRooms(t)
		want = scanFor(t, t.Context(), controls.All(), double, double.Transport(), app.ScanOptions{Rate: rate(t, "max")})
		calls = double.Calls()
	})
	if want.err != nil || len(want.gaps) > 0 {
		t.Fatalf("%v, %v", want.err, want.gaps)
	}
	byControl, done := callsOf(t), map[string]bool{"GetCallerIdentity": true, "BatchGetSecurityControls": true} // parameters have AWS's defaults where nobody tells
	for id, list := range byControl {
		for _, operation := range list {
			made := slices.ContainsFunc(calls, func(c awsdouble.Call) bool { return c.Operation == operation })
			if !made && !strings.HasPrefix(id, "APIGateway") {
				t.Errorf("the fixture has nothing for which %s asks %s", id, operation)
			}
		}
	}
	for _, call := range calls {
		if done[call.Operation] {
			continue
		}
		done[call.Operation] = true
		for _, kind := range []awsdouble.Kind{awsdouble.Deny, awsdouble.Throttle, awsdouble.ServerError, awsdouble.Truncate, awsdouble.Cut, awsdouble.Empty, awsdouble.Garble} {
			t.Run(call.Service+" "+call.Operation+" "+string(kind), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					double := allRooms(t)
					fault := double.Fault(awsdouble.Fault{Operation: call.Operation, Kind: kind})
					s := scanFor(t, t.Context(), controls.All(), double, double.Transport(), app.ScanOptions{Rate: rate(t, "max")})
					if fault.Count() == 0 {
						t.Fatal("the fault struck nothing")
					}
					checkHonest(t, want.statuses, s)
					changed := 0
					for key, status := range want.statuses {
						if s.statuses[key] == status {
							continue
						}
						changed++
						if id, _, _ := strings.Cut(key, " "); !slices.Contains(byControl[id], call.Operation) {
							t.Errorf("%s is %q, was %s, and does not rest on the call", key, s.statuses[key], status)
						}
					}
					if changed == 0 && s.result.Gaps == 0 {
						t.Error("the fault left no trace")
					}
				})
			})
		}
	}
}
