package app_test

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
)

type printed struct {
	Statement []struct {
		Sid, Effect      string
		Action, Resource []string
	}
}

// TestScanPolicy holds the printed policy to the calls that the double saw:
// each call is allowed, and nothing is allowed that no call used.
func TestScanPolicy(t *testing.T) {
	for _, patterns := range [][]string{nil, {"APIGateway.9"}, {"APIGateway.2"}, {"APIGateway.10", "APIGateway.11"}} {
		t.Run(strings.Join(patterns, " "), func(t *testing.T) {
			selection := control.Selection{Patterns: patterns}
			var out bytes.Buffer
			if err := app.ScanPolicy(&out, environment(t, nil), app.PolicyOptions{Selection: selection, Partition: "aws"}); err != nil {
				t.Fatal(err)
			}
			var p printed
			if err := json.Unmarshal(out.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				double := awsdouble.New(awsdouble.Options{})
				load(t, double, account, region, fleet(3, 2, 2, 2))
				scan(t, t.Context(), double, app.ScanOptions{Rate: rate(t, "max"), Selection: selection})
				comparePolicy(t, p, double.Calls())
			})
		})
	}
}

func comparePolicy(t *testing.T, p printed, calls []awsdouble.Call) {
	t.Helper()
	used := map[string]bool{}
	for _, c := range calls {
		if c.Action == "sts:GetCallerIdentity" {
			continue // needs no permission, and none can take it away
		}
		allowed := false
		for _, s := range p.Statement {
			for _, a := range s.Action {
				for _, r := range s.Resource {
					if a == c.Action && matches(r, c.Resource) {
						used[a+" "+r], allowed = true, true
					}
				}
			}
		}
		if !allowed {
			t.Errorf("the scan called %s on %s, which the policy does not allow", c.Action, c.Resource)
		}
	}
	for _, s := range p.Statement {
		for _, a := range s.Action {
			for _, r := range s.Resource {
				if !used[a+" "+r] {
					t.Errorf("the policy allows %s on %s, which the scan did not call", a, r)
				}
			}
		}
	}
}

// matches is narrower than IAM's wildcard: here * stays within one part of a
// path, which is what a least-privilege policy means by it.
func matches(pattern, arn string) bool {
	ok, err := path.Match(pattern, arn)
	return ok && err == nil
}
