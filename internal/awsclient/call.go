// Package awsclient is how kumoban calls AWS: every call is declared with its
// IAM action and the quota it draws on, waits for its turn, is retried when
// that may help, and fails with a class that says what to do.
package awsclient

import (
	"context"
	"math/rand/v2"
	"time"
)

// Call declares one AWS call. Policies and rate limits are derived from it.
type Call struct {
	Service   string            // IAM prefix and quota: "apigateway"
	Operation string            // "GetStages"
	Action    string            // the part of the IAM action after the colon: "GET"
	Resource  string            // ARN after the Region with * for ids: "::/restapis/*/stages"; "*" where the action has no resource; or a whole ARN
	When      map[string]string // what a policy may narrow the action to: condition keys with their values; nil: nothing
	Expect    string            // the key that a whole answer holds: "item"; empty: any
	Quota     *Quota            // of the operation alone, inside the service's; nil: the documented one, if any
	Leads     bool              // its answer may call for calls of a scarcer quota, so it goes first
}

// Name is what gaps and origins call it: "apigateway:GetStages".
func (c *Call) Name() string { return c.Service + ":" + c.Operation }

// A call is made up to attempts times before it counts as failed; one that
// nobody answers, only fewAttempts times.
const (
	attempts    = 10
	fewAttempts = 3
)

// An attempt that takes longer than attemptTimeout counts as failed.
const attemptTimeout = 30 * time.Second

type callKey struct{}

// Do makes a call through the account's and Region's lane: it waits for a
// token before every attempt, tells the lane about throttling, and retries
// what may pass with exponential back-off and full jitter. A failure is an
// [*Fault].
func Do[Out any](ctx context.Context, lane *Lane, call *Call, attempt func(context.Context) (Out, error)) (Out, error) {
	return Change(ctx, lane, call, nil, attempt)
}

// Change is [Do] for a call that changes something. Before every attempt, when
// its turn has come, look sees whether the change may still be made; nothing
// waits between the two. What look returns as an error ends the call, unchanged.
func Change[Out any](ctx context.Context, lane *Lane, call *Call, look func(context.Context) error, attempt func(context.Context) (Out, error)) (Out, error) {
	var zero Out
	ctx = context.WithValue(ctx, callKey{}, call)
	for n := 1; ; n++ {
		if err := lane.wait(ctx, call); err != nil {
			return zero, interrupted(ctx, call)
		}
		if look != nil {
			// Its connection is lent to the looking, which may need the last one.
			lane.release(call)
			if err := look(ctx); err != nil {
				return zero, err
			}
		}
		start := time.Now()
		out, err := once(ctx, attempt)
		if look == nil {
			lane.release(call)
		}
		if err == nil {
			lane.succeeded(call)
			lane.log.Debug("called", "call", call.Name(), "attempt", n, "took", time.Since(start))
			return out, nil
		}
		if ctx.Err() != nil {
			return zero, interrupted(ctx, call)
		}
		fault := classify(call, err)
		lane.log.Debug("call failed", "call", call.Name(), "attempt", n, "took", time.Since(start), "code", fault.Code, "message", fault.Message)
		if fault.Class == Throttled {
			lane.throttled(call)
		}
		if n >= fault.attempts() {
			return zero, fault
		}
		if Sleep(ctx, backoff(n)) != nil {
			return zero, interrupted(ctx, call)
		}
	}
}

func once[Out any](ctx context.Context, attempt func(context.Context) (Out, error)) (Out, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	return attempt(ctx)
}

// backoff is a random time up to 100 ms × 2ⁿ, at most 10 s.
func backoff(n int) time.Duration {
	most := min(100*time.Millisecond<<n, 10*time.Second)
	return rand.N(most)
}

// Sleep waits, or returns the context's error when that ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
