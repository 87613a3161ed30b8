// Package awsclient is how kumoban calls AWS: every call is declared with its
// IAM action and the quota it draws on, waits for its turn, is retried when
// that may help, and fails with a class that says what to do.
package awsclient

import (
	"context"
	"log/slog"
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
	MayLack   bool              // Expect is a list that AWS may leave out where it is empty
	Quota     *Quota            // of the operation alone, inside the service's; nil: the documented one, if any
	Shared    *Quota            // of the service; nil: the documented one, or a cautious share
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

// Where AWS says how long to wait, that is waited, but not longer than
// mostAsked.
const mostAsked = time.Minute

type callKey struct{}

// exchange is one attempt of a call, as the guard sees it on the wire.
type exchange struct {
	call   *Call
	status int           // of the answer; 0: none came
	asked  time.Duration // to be waited before the next attempt
	body   []byte        // of a successful answer that was looked into, or the beginning of another
	broken bool          // the body broke off
	reads  bool          // who asks judges whether an answer is whole
}

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
		x := &exchange{call: call}
		out, err := once(context.WithValue(ctx, callKey{}, x), attempt)
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
		fault := lane.blame(classify(x, err))
		lane.log.Debug("call failed", "call", call.Name(), "attempt", n, "took", time.Since(start), "status", x.status, "code", fault.Code, "message", fault.Message)
		if undecoded(err) && lane.log.Enabled(ctx, slog.LevelDebug) {
			lane.log.Debug("not decoded", "call", call.Name(), "field", misfit[Out](x, err))
		}
		if fault.Class == Throttled {
			lane.throttled(call)
		}
		if n >= fault.attempts() {
			return zero, fault
		}
		if Sleep(ctx, max(backoff(n), min(x.asked, mostAsked))) != nil {
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
