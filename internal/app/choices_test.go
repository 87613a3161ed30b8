package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

func unprotected(t *testing.T, acls int) string {
	t.Helper()
	f := object{"restApis": []object{{"id": "rest000001", "name": "orders", "stages": []object{{"stageName": "prod"}, {"stageName": "dev"}}}}}
	var list []object
	for i := range acls {
		list = append(list, object{"name": fmt.Sprintf("edge-%03d", i), "id": fmt.Sprintf("6f0c1c52-58a1-4a3e-9c0b-%012d", i)})
	}
	f["webAcls"] = list
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestWebACLsAreNamed names the web ACLs that there are to whoever has to choose
// one, and lists them once, over pages.
func TestWebACLsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		acls  int
		fault *awsdouble.Fault
		input string
		key   string
		says  string
		calls int
	}{
		"two":      {2, nil, "", "run.needsInput.choices", "edge-000 arn:aws:wafv2:ap-northeast-1:111122223333:regional/webacl/edge-000/", 1},
		"mistyped": {2, nil, "edge-000", "run.oddInput.choices", "edge-001 arn:", 1},
		"pages":    {150, nil, "", "run.needsInput.choices", "and 130 more", 2},
		"none":     {0, nil, "", "run.needsInput.none", "ap-northeast-1 has none: make one first", 1},
		"refused":  {2, &awsdouble.Fault{Operation: "ListWebACLs", Kind: awsdouble.Deny}, "", "run.needsInput.unlisted", "could not be listed (wafv2:ListWebACLs: ", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double, env := fixing(t, unprotected(t, c.acls))
				if c.fault != nil {
					double.Fault(*c.fault)
				}
				o := app.PlanOptions{FixOptions: app.FixOptions{Region: region, Rate: rate(t, "max")}, Inputs: map[string]string{}}
				for _, stage := range []string{"prod", "dev"} {
					o.Wishes = append(o.Wishes, app.Wish{Control: "APIGateway.4", Ref: stageRef("/restapis/rest000001/stages/"+stage, "AWS::ApiGateway::Stage")})
				}
				if c.input != "" {
					o.Inputs["webAcl"] = c.input
				}
				_, err := app.MakePlan(t.Context(), env, o)
				var ours *locale.Error
				if !errors.As(err, &ours) || ours.Key != c.key {
					t.Fatalf("%v, want %s", err, c.key)
				}
				var open *app.Undecided
				if !errors.As(err, &open) || open.Remedy == "" || open.Input.Name != "webAcl" || (c.fault == nil) != (len(open.Choices) == c.acls) {
					t.Errorf("to decide: %+v", open)
				}
				if text := env.Catalog.Text(ours.Key, ours.Args...); !strings.Contains(text, c.says) || strings.Contains(text, "{") {
					t.Errorf("%s, want %s", text, c.says)
				}
				if n := operations(double, account)["wafv2 ListWebACLs"]; n != c.calls {
					t.Errorf("%d calls, want %d", n, c.calls)
				}
				policy := fixPolicy(t, env, app.FixPolicyOptions{Selection: control.Selection{Patterns: []string{"APIGateway.4"}}, Partition: "aws"})
				allowsAll(t, policy, slices.DeleteFunc(double.Calls(), func(c awsdouble.Call) bool { return c.Service == "sts" }))
			})
		})
	}
}
