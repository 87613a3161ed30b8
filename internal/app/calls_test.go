package app_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
)

// TestFewestCalls counts the calls of a scan with all nine controls: 503, and
// one GetResources for each REST API whose integrations matter.
func TestFewestCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{})
		load(t, double, account, region, fleet(200, 20, 100, 10))
		s := scan(t, t.Context(), double, app.ScanOptions{Rate: rate(t, "max")})
		if s.err != nil || s.result.Gaps != 0 {
			t.Fatalf("error %v, %d gaps", s.err, s.result.Gaps)
		}
		want := map[string]int{
			"apigateway GetRestApis": 1, "apigateway GetStages": 200, "apigateway GetDomainNames": 1,
			"apigatewayv2 GetApis": 1, "apigatewayv2 GetStages": 100, "apigatewayv2 GetRoutes": 100, "apigatewayv2 GetIntegrations": 100,
			"apigateway GetResources": 20, "apigatewayv2 GetVpcLinks": 1, "sts GetCallerIdentity": 1,
			"securityhub BatchGetSecurityControls": 1, // the parameters of two controls
		}
		if diff := cmp.Diff(want, operations(double, account)); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		if want := 400*5 + 100*4 + 10; len(s.statuses) != want { // .1 on both kinds of stages; .9, .8, .10; .11
			t.Errorf("%d findings, want %d", len(s.statuses), want)
		}
	})
}

// TestCallsByControl asks only for what the chosen controls need.
func TestCallsByControl(t *testing.T) {
	for pattern, want := range map[string]map[string]int{
		"APIGateway.4":  {"apigateway GetRestApis": 1, "apigateway GetStages": 4},
		"APIGateway.2":  {"apigateway GetRestApis": 1, "apigateway GetStages": 4, "apigateway GetResources": 1},
		"APIGateway.8":  {"apigatewayv2 GetApis": 1, "apigatewayv2 GetRoutes": 3},
		"APIGateway.9":  {"apigatewayv2 GetApis": 1, "apigatewayv2 GetStages": 3},
		"APIGateway.10": {"apigatewayv2 GetApis": 1, "apigatewayv2 GetVpcLinks": 1, "apigatewayv2 GetIntegrations": 3},
		"APIGateway.11": {"apigateway GetDomainNames": 1},
		"APIGateway.1":  {"apigateway GetRestApis": 1, "apigateway GetStages": 4, "apigatewayv2 GetApis": 1, "apigatewayv2 GetStages": 3},
	} {
		t.Run(pattern, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := awsdouble.New(awsdouble.Options{})
				load(t, double, account, region, fleet(4, 1, 3, 2))
				s := scan(t, t.Context(), double, app.ScanOptions{Rate: rate(t, "max"), Selection: control.Selection{Patterns: []string{pattern}}})
				if s.err != nil || s.result.Gaps != 0 {
					t.Fatalf("error %v, %d gaps", s.err, s.result.Gaps)
				}
				want["sts GetCallerIdentity"] = 1
				if pattern == "APIGateway.1" || pattern == "APIGateway.8" { // which have a parameter
					want["securityhub BatchGetSecurityControls"] = 1
				}
				if diff := cmp.Diff(want, operations(double, account)); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestPages reads listings that do not fit one page of 500.
func TestPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{})
		load(t, double, account, region, fleet(1100, 0, 501, 1001))
		s := scan(t, t.Context(), double, app.ScanOptions{Rate: rate(t, "max")})
		got := operations(double, account)
		for operation, want := range map[string]int{"apigateway GetRestApis": 3, "apigatewayv2 GetApis": 2, "apigateway GetDomainNames": 3} {
			if got[operation] != want {
				t.Errorf("%s: %d calls, want %d", operation, got[operation], want)
			}
		}
		if want := 2200*5 + 501*4 + 1001; len(s.statuses) != want {
			t.Errorf("%d findings, want %d", len(s.statuses), want)
		}
	})
}

// buckets are API Gateway's documented quotas.
const (
	quotaRate, quotaBurst         = 10.0, 40.0
	resourcesRate, resourcesBurst = 2.5, 5.0
)

// TestMaxRate ends within 1.10 of the floor that the quotas set, on a double
// that enforces them, wherever in the listing the scarce GetResources falls.
func TestMaxRate(t *testing.T) {
	for _, c := range []struct {
		name                    string
		rest, bare, v2, domains int
	}{
		{"the issue's account", 200, 20, 100, 10},
		{"certificates missing at the end", 200, -20, 100, 10},
		{"many certificates missing", 400, 150, 20, 0},
		{"GetResources decides", 60, 60, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := awsdouble.New(awsdouble.Options{Quotas: true, Latency: 60 * time.Millisecond})
				load(t, double, account, region, fleet(c.rest, c.bare, c.v2, c.domains))
				s := scan(t, t.Context(), double, app.ScanOptions{Rate: rate(t, "max")})
				if s.err != nil || s.result.Gaps != 0 {
					t.Fatalf("error %v, %d gaps", s.err, s.result.Gaps)
				}
				all, resources, throttled := 0, 0, 0
				for _, call := range double.Calls() {
					if call.Service == "sts" || call.Service == "securityhub" {
						continue
					}
					all++
					if call.Operation == "GetResources" {
						resources++
					}
					if call.Throttled {
						throttled++
					}
				}
				floor := max((float64(all)-quotaBurst)/quotaRate, (float64(resources)-resourcesBurst)/resourcesRate)
				ratio := s.took.Seconds() / floor
				t.Logf("%d calls, %d of them GetResources, %d throttled: %.1f s, floor %.1f s, ratio %.3f", all, resources, throttled, s.took.Seconds(), floor, ratio)
				if ratio > 1.10 {
					t.Errorf("took %.3f of the floor, want at most 1.10", ratio)
				}
				if want := c.rest*2*5 + c.v2*4 + max(1, c.domains); len(s.statuses) < want {
					t.Errorf("%d findings, want at least %d", len(s.statuses), want)
				}
			})
		})
	}
}

// TestDefaultRate never takes more than 32 + 8·t calls in any t seconds, so
// that the customer's own deployments keep a fifth of the quota.
func TestDefaultRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{Quotas: true, Latency: 60 * time.Millisecond})
		load(t, double, account, region, fleet(200, 20, 100, 10))
		s := scan(t, t.Context(), double, app.ScanOptions{Rate: rate(t, "")})
		if s.err != nil || s.result.Gaps != 0 {
			t.Fatalf("error %v, %d gaps", s.err, s.result.Gaps)
		}
		var times []time.Time
		for _, call := range double.Calls() {
			if call.Service != "sts" && call.Service != "securityhub" { // which have quotas of their own
				times = append(times, call.Time)
			}
			if call.Throttled {
				t.Errorf("%s was throttled", call.Operation)
			}
		}
		most := 0.0
		for i := range times {
			for j := i; j < len(times); j++ {
				allowed := 32 + 8*times[j].Sub(times[i]).Seconds()
				most = max(most, float64(j-i+1)-allowed)
			}
		}
		t.Logf("%d calls in %.1f s; the fullest window holds %.6f calls more than 32 + 8·t", len(times), s.took.Seconds(), most)
		if most > 1e-6 {
			t.Errorf("a window holds %f calls too many", most)
		}
	})
}
