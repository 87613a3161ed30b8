package awsclient

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestQuotasOfOperations never makes more calls of a scarce operation than its
// quota less a fifth, and does not slow those down that have plenty.
func TestQuotasOfOperations(t *testing.T) {
	const calls = 50
	for name, want := range map[string]struct {
		rate, burst, own float64
		shared           Quota
	}{
		"kms CreateKey":            {4, 4, 5, each(500)},
		"kms EnableKeyRotation":    {12, 12, 15, each(500)},
		"kms GetKeyPolicy":         {400, 400, 0, each(500)},
		"logs CreateLogGroup":      {8, 8, 0, each(10)},
		"logs PutRetentionPolicy":  {4, 4, 5, each(10)},
		"wafv2 AssociateWebACL":    {0.4, 1, 0.5, each(1)},
		"iam GetRole":              {4, 8, 0, Quota{}},
		"cloudtrail GetTrail":      {8, 8, 0, Quota{}},
		"cloudtrail LookupEvents":  {1.6, 1, 2, Quota{}},
		"account ListRegions":      {4, 4, 0, Quota{}},
		"apigateway GetApis":       {8, 32, 0, Quota{Rate: 10, Burst: 40}},
		"wafv2 DisassociateWebACL": {0.4, 1, 0.5, each(1)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var call Call
				call.Service, call.Operation, _ = strings.Cut(name, " ")
				if want.shared.Rate > 0 {
					call.Shared = &want.shared
				}
				if want.own > 0 {
					call.Quota = PerSecond(want.own)
				}
				l, start := lane(t, ""), time.Now()
				for range calls {
					if _, err := Do(t.Context(), l, &call, func(context.Context) (int, error) { return 1, nil }); err != nil {
						t.Fatal(err)
					}
				}
				floor := max(0, (calls-want.burst)/want.rate)
				if got := time.Since(start).Seconds(); got < floor-0.001 || got > floor+0.01 {
					t.Errorf("%d calls took %.2f s, want %.2f", calls, got, floor)
				}
			})
		})
	}
}
