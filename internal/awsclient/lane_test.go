package awsclient

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/smithy-go"
)

func lane(t *testing.T, rate string) *Lane {
	t.Helper()
	r, err := ParseRate(rate)
	if err != nil {
		t.Fatal(err)
	}
	return NewLimits(r, slog.New(slog.DiscardHandler)).Lane("111122223333", "ap-northeast-1")
}

// TestSlowsDownAndRecovers halves the rate when AWS throttles and comes back
// with successes.
func TestSlowsDownAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := lane(t, "")
		call := &Call{Service: "apigateway", Operation: "GetApis", Shared: &Quota{Rate: 10, Burst: 40}}
		limit := func() float64 { return float64(l.of(call)[0].limiter.Limit()) }
		throttled := true
		attempt := func(context.Context) (int, error) {
			if throttled {
				return 0, &smithy.GenericAPIError{Code: "TooManyRequestsException"}
			}
			return 1, nil
		}
		if _, err := Do(t.Context(), l, call, attempt); err == nil {
			t.Fatal("throttled to the end, yet no error")
		}
		if got := limit(); got != 0.5 {
			t.Errorf("after ten refusals %v a second, want the floor of 0.5", got)
		}
		throttled = false
		for range 100 {
			if _, err := Do(t.Context(), l, call, attempt); err != nil {
				t.Fatal(err)
			}
		}
		if got := limit(); got != 8 {
			t.Errorf("after 100 successes %v a second, want 8", got)
		}
	})
}

// TestNoWindowHoldsTooMany lets calls of both kinds come and go at once and
// counts them in every window.
func TestNoWindowHoldsTooMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := lane(t, "")
		plain := &Call{Service: "apigateway", Operation: "GetStages", Shared: &Quota{Rate: 10, Burst: 40}}
		scarce := &Call{Service: "apigateway", Operation: "GetResources", Shared: &Quota{Rate: 10, Burst: 40}, Quota: &Quota{Rate: 2.5, Burst: 5}}
		var mu sync.Mutex
		var all, resources []time.Time
		var wg sync.WaitGroup
		for i := range 200 {
			call := plain
			if i%4 == 0 {
				call = scarce
			}
			ctx, cancel := context.WithCancel(t.Context())
			if i%9 == 0 { // some are given up while they wait
				time.AfterFunc(time.Duration(i)*50*time.Millisecond, cancel)
			}
			wg.Go(func() {
				defer cancel()
				if l.wait(ctx, call) != nil {
					return
				}
				l.release(call)
				mu.Lock()
				defer mu.Unlock()
				all = append(all, time.Now())
				if call == scarce {
					resources = append(resources, time.Now())
				}
			})
		}
		wg.Wait()
		if len(all) < 150 || len(resources) < 30 {
			t.Fatalf("%d calls, %d of them scarce: too many were lost", len(all), len(resources))
		}
		within(t, "all", all, 32, 8)
		within(t, "GetResources", resources, 4, 2)
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, q := range l.queues {
			if len(q.waiting) > 0 {
				t.Errorf("%d calls still wait", len(q.waiting))
			}
		}
	})
}

func within(t *testing.T, name string, times []time.Time, burst, rate float64) {
	t.Helper()
	for i := range times {
		for j := i; j < len(times); j++ {
			if n, most := float64(j-i+1), burst+rate*times[j].Sub(times[i]).Seconds(); n > most+1e-6 {
				t.Fatalf("%s: %v calls within %v, at most %v are allowed", name, n, times[j].Sub(times[i]), most)
			}
		}
	}
}

// TestEarlierItemsFirst finishes a listing from its beginning, and lets calls
// that lead to scarcer ones go before others.
func TestEarlierItemsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := lane(t, "1") // burst 4
		plain := &Call{Service: "apigateway", Operation: "GetRoutes", Shared: &Quota{Rate: 10, Burst: 40}}
		leads := &Call{Service: "apigateway", Operation: "GetStages", Shared: &Quota{Rate: 10, Burst: 40}, Leads: true}
		for range 4 {
			if err := l.wait(t.Context(), plain); err != nil {
				t.Fatal(err)
			}
			l.release(plain)
		}
		var mu sync.Mutex
		var got []int
		var wg sync.WaitGroup
		for _, n := range []int{3, 1, 2, 103, 101, 102} {
			call := plain
			if n > 100 {
				call = leads
			}
			wg.Go(func() {
				if l.wait(InOrder(t.Context(), n), call) == nil {
					l.release(call)
					mu.Lock()
					got = append(got, n)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for i, want := range []int{101, 102, 103, 1, 2, 3} {
			if got[i] != want {
				t.Fatalf("order %v", got)
			}
		}
	})
}
