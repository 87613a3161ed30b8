package app_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/types/apigateway"
)

// quiet is a control that a fix of APIGateway.3 makes fail: nothing may be traced.
func quiet() *control.Control {
	return &control.Control{ID: "Test.1", Files: fstest.MapFS{}, Checks: []control.Check{control.IsNot(control.Property[*apigateway.Stage, bool]{
		Name: "TracingEnabled", Of: func(s *apigateway.Stage) fact.Value[bool] { return s.TracingEnabled },
	}, true)}}
}

// TestBeside: after a fix every control judges what was changed. What failed before
// is not the run's doing; what fails for it is told, and so is what nobody could see.
func TestBeside(t *testing.T) {
	c := fixCases()["3"]
	for name, test := range map[string]struct {
		also   *control.Control
		denied string // the operation, once the plan is made
		want   string // what is told
		mended bool
	}{
		"nothing worse":           {nil, "", "[]", true},
		"another control fails":   {quiet(), "", "[Test.1 FAILED true PASSED]", false},
		"methods cannot be read":  {nil, "GetResources", "[APIGateway.2 UNKNOWN true UNKNOWN]", true},
		"the fails and the blind": {quiet(), "GetResources", "[APIGateway.2 UNKNOWN true UNKNOWN Test.1 FAILED true PASSED]", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double, env := fixing(t, broken)
				if test.also != nil {
					env.Controls = append(env.Controls[:len(env.Controls):len(env.Controls)], test.also)
				}
				o := app.FixOptions{Region: region, Rate: rate(t, "max")}
				made, err := app.MakePlan(t.Context(), env, app.PlanOptions{FixOptions: o, Wishes: []app.Wish{{Control: c.control, Ref: c.ref()}}})
				if err != nil {
					t.Fatal(err)
				}
				if test.denied != "" {
					double.Fault(awsdouble.Fault{Operation: test.denied, Kind: awsdouble.Deny})
				}
				dir := filepath.Join(t.TempDir(), "runs")
				double.ClearCalls()
				r, err := app.Apply(t.Context(), env, made, o, dir, func(execute.Report) {})
				if err != nil {
					t.Fatal(err)
				}
				calls := operations(double, account)
				// Before, at the first look, right before the change, after it, and at last.
				if calls["apigateway GetStage"] != 6 || calls["apigateway GetRestApi"] != 1 || calls["apigateway GetResources"] != 2 && test.denied == "" {
					t.Errorf("calls %v", calls)
				}
				for i := range 2 {
					if got := beside(r); got != test.want || r.Mended() != test.mended {
						t.Errorf("%s, mended: %t; want %s, %t", got, r.Mended(), test.want, test.mended)
					}
					if i == 0 {
						if r, err = app.Verify(t.Context(), env, r.Run, o, dir); err != nil {
							t.Fatal(err)
						}
					}
				}
			})
		})
	}
}

// beside lists what is told of other controls.
func beside(r *app.RunResult) string {
	list := []string{}
	for _, b := range r.Beside {
		list = append(list, fmt.Sprint(b.Finding.Control, " ", b.Finding.Status, " ", b.Judged, " ", b.Before))
	}
	return fmt.Sprint(list)
}
