package app_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// truth is what a scan without faults says of the fault tests' account.
func truth(t *testing.T) map[string]string {
	t.Helper()
	var s seen
	synctest.Test(t, func(t *testing.T) {
		s = scan(t, t.Context(), faulty(t), app.ScanOptions{Rate: rate(t, "max")})
		if s.err != nil || s.result.Gaps != 0 {
			t.Fatalf("error %v, %d gaps", s.err, s.result.Gaps)
		}
	})
	return s.statuses
}

func faulty(t *testing.T) *awsdouble.Double {
	double := awsdouble.New(awsdouble.Options{Seed: 1})
	load(t, double, account, region, fleet(12, 4, 9, 3))
	return double
}

// TestRandomFaults spoils 30 % of all calls in every way there is. No verdict
// may become PASSED by it, nothing may go unsaid, and faults that retries
// absorb leave no trace.
func TestRandomFaults(t *testing.T) {
	want := truth(t)
	for _, kind := range []awsdouble.Kind{
		awsdouble.Throttle, awsdouble.ServerError, awsdouble.Unavailable, awsdouble.Reset, awsdouble.ResetAfter,
		awsdouble.Truncate, awsdouble.Cut, awsdouble.Empty, awsdouble.Garble, awsdouble.Deny,
	} {
		t.Run(string(kind), func(t *testing.T) {
			clean := 0
			const seeds = 20
			for seed := range uint64(seeds) {
				synctest.Test(t, func(t *testing.T) {
					double := awsdouble.New(awsdouble.Options{Seed: seed})
					load(t, double, account, region, fleet(12, 4, 9, 3))
					for _, service := range []string{"apigateway", "apigatewayv2"} {
						double.Fault(awsdouble.Fault{Service: service, Probability: 0.3, Kind: kind})
					}
					s := scan(t, t.Context(), double, app.ScanOptions{Rate: rate(t, "max")})
					checkHonest(t, want, s)
					if s.err == nil && s.result.Gaps == 0 && maps.Equal(want, s.statuses) {
						clean++
					}
				})
			}
			t.Logf("%d of %d runs ended with every verdict", clean, seeds)
			if kind != awsdouble.Deny && clean < seeds {
				t.Errorf("retries should have absorbed the faults of all %d runs", seeds)
			}
			if kind == awsdouble.Deny && clean > 0 {
				t.Error("refusals left no trace: the test shows nothing")
			}
		})
	}
}

// checkHonest compares a run under faults with the truth: every finding it has
// in common is the same or UNKNOWN, what is missing is accounted for by a gap,
// and a new one is never PASSED.
func checkHonest(t *testing.T, want map[string]string, s seen) {
	t.Helper()
	for key, status := range s.statuses {
		if old, known := want[key]; status != "UNKNOWN" && (!known || old != status) {
			t.Errorf("%s is %s, without faults it is %q", key, status, old)
		}
	}
	lost := 0
	for key := range want {
		if _, there := s.statuses[key]; !there {
			lost++
		}
	}
	if lost > 0 && s.result.Gaps == 0 {
		t.Errorf("%d findings are missing and no gap says so", lost)
	}
}

// TestEveryCallDenied refuses each single call of a scan in turn. Only what
// the call hides may be unknown; all else has its verdict.
func TestEveryCallDenied(t *testing.T) {
	want := truth(t)
	var calls []awsdouble.Call
	synctest.Test(t, func(t *testing.T) {
		double := faulty(t)
		scan(t, t.Context(), double, app.ScanOptions{Rate: rate(t, "max")})
		calls = double.Calls()
	})
	for _, kind := range []awsdouble.Kind{awsdouble.Deny, awsdouble.ServerError, awsdouble.Empty, awsdouble.Cut} {
		for _, call := range calls {
			t.Run(fmt.Sprintf("%s %s %s", kind, call.Operation, call.Path), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					double := faulty(t)
					double.Fault(awsdouble.Fault{Service: call.Service, Operation: call.Operation, Path: call.Path, Kind: kind})
					s := scan(t, t.Context(), double, app.ScanOptions{Rate: rate(t, "max")})
					checkDenied(t, want, s, call)
				})
			})
		}
	}
}

func checkDenied(t *testing.T, want map[string]string, s seen, call awsdouble.Call) {
	t.Helper()
	if call.Service == "sts" {
		if s.err == nil {
			t.Error("nobody knows which account this is, yet the scan went on")
		}
		return
	}
	checkHonest(t, want, s)
	if call.Service == "securityhub" { // where it does not tell its parameters, they have AWS's defaults
		if s.result.Gaps != 0 || len(s.statuses) != len(want) {
			t.Errorf("%d gaps, %d findings of %d", s.result.Gaps, len(s.statuses), len(want))
		}
		return
	}
	for key, status := range want {
		if got := s.statuses[key]; got != status && !hides(call, key) {
			t.Errorf("%s is %q, want %s: %s %s does not hide it", key, got, status, call.Operation, call.Path)
		}
	}
	if call.Operation == "GetVpcLinks" {
		if s.result.Gaps != 0 || !maps.Equal(want, s.statuses) {
			t.Error("without GetVpcLinks the integrations are read themselves: nothing is lost")
		}
		return
	}
	if s.result.Gaps != 1 {
		t.Errorf("%d gaps, want one: %v", s.result.Gaps, s.gaps)
	}
}

// hides tells, independently of the scanner, whether a call is needed for a
// finding.
func hides(call awsdouble.Call, key string) bool {
	f := strings.Fields(key)
	control, arn := f[0], f[3]
	_, path, _ := strings.Cut(arn, "::")
	switch call.Operation {
	case "GetRestApis":
		return strings.HasPrefix(path, "/restapis/")
	case "GetApis":
		return strings.HasPrefix(path, "/apis/")
	case "GetDomainNames":
		return strings.HasPrefix(path, "/domainnames/")
	case "GetResources":
		return control == "APIGateway.2" && strings.HasPrefix(path, strings.TrimSuffix(call.Path, "resources")+"stages/")
	}
	// GetStages, GetRoutes, GetIntegrations: the parts below the call's own path
	return strings.HasPrefix(path, strings.TrimPrefix(call.Path, "/v2")+"/")
}

// TestNothingReadable is an error, not an empty report.
func TestNothingReadable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := faulty(t)
		for _, service := range []string{"apigateway", "apigatewayv2"} {
			double.Fault(awsdouble.Fault{Service: service, Kind: awsdouble.Deny})
		}
		s := scan(t, t.Context(), double, app.ScanOptions{Rate: rate(t, "max")})
		var nothing awslive.Nothing
		if !errors.As(s.err, &nothing) {
			t.Errorf("error %v, want that nothing could be read", s.err)
		}
		for key, status := range s.statuses {
			if status != "UNKNOWN" {
				t.Errorf("%s is %s", key, status)
			}
		}
	})
}

// TestStopped reports what was found so far as incomplete, whether a signal or
// --timeout ends the run.
func TestStopped(t *testing.T) {
	want := truth(t)
	for reason, stop := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"timeout": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 2*time.Second)
		},
		"interrupted": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(2*time.Second, cancel)
			return ctx, cancel
		},
	} {
		t.Run(reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := faulty(t)
				ctx, cancel := stop(t.Context())
				defer cancel()
				s := scan(t, ctx, double, app.ScanOptions{Rate: rate(t, "4")})
				if s.err != nil || s.result.Incomplete != reason || s.result.Gaps != 1 {
					t.Errorf("error %v, incomplete %q, %d gaps; want %q and one gap", s.err, s.result.Incomplete, s.result.Gaps, reason)
				}
				judged := 0
				for key, status := range s.statuses {
					if status != "UNKNOWN" {
						judged++
						if want[key] != status {
							t.Errorf("%s is %s, want %s", key, status, want[key])
						}
					}
				}
				if judged == 0 || judged >= len(want) {
					t.Errorf("%d of %d verdicts: the test shows nothing", judged, len(want))
				}
			})
		})
	}
}
