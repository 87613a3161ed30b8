package awsdouble

import (
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
)

// quota is what one account may call of a service in one Region: a bucket for
// all of API Gateway's control plane, and buckets of single operations inside
// it; Security Hub has the latter only. Figures: "Amazon API Gateway quotas",
// section on control-plane operations; the overview of Security Hub's API.
type quota struct {
	all    *bucket // nil: none
	single map[string]*bucket
}

// bucket holds at most burst tokens and gains rate a second.
type bucket struct {
	rate, burst float64
	tokens      float64
	at          time.Time
}

func newQuota(o *service.Operation) *quota {
	if o.Model != nil {
		return &quota{single: map[string]*bucket{}}
	}
	if o.Signing == "securityhub" {
		of := func(rate, burst float64) *bucket { return &bucket{rate: rate, burst: burst, tokens: burst} }
		return &quota{single: map[string]*bucket{
			"GetFindings": of(3, 6), "BatchImportFindings": of(10, 30), "BatchUpdateFindings": of(10, 30), "GetFindingHistory": of(10, 30),
		}}
	}
	one := func(calls, seconds float64) *bucket {
		return &bucket{rate: calls / seconds, burst: calls, tokens: calls}
	}
	return &quota{
		all: &bucket{rate: 10, burst: 40, tokens: 40},
		single: map[string]*bucket{
			"GetResources":     one(5, 2),
			"UpdateAccount":    one(1, 20),
			"UpdateDomainName": one(1, 30),
			"CreateDeployment": one(1, 5),
		},
	}
}

func newBucket(r *service.Rate) *bucket {
	return &bucket{rate: r.Rate, burst: r.Burst, tokens: r.Burst}
}

func (b *bucket) has(now time.Time) bool {
	if !b.at.IsZero() && now.After(b.at) {
		b.tokens = min(b.burst, b.tokens+b.rate*now.Sub(b.at).Seconds())
	}
	b.at = now
	// A token that is whole but for rounding is whole.
	return b.tokens >= 1-1e-9
}

// room reports whether a call may pass.
func (q *quota) room(o *service.Operation, now time.Time) bool {
	if o.Shared != nil && q.all == nil {
		q.all = newBucket(o.Shared)
	}
	if o.Own != nil && q.single[o.Name] == nil {
		q.single[o.Name] = newBucket(o.Own)
	}
	room := q.all == nil || q.all.has(now)
	if b := q.of(o); b != nil {
		room = b.has(now) && room
	}
	return room
}

// take takes the tokens of a call that passes.
func (q *quota) take(o *service.Operation) {
	if q.all != nil {
		q.all.tokens--
	}
	if b := q.of(o); b != nil {
		b.tokens--
	}
}

// of is the operation's own bucket, or nil; API Gateway's are version 1's.
func (q *quota) of(o *service.Operation) *bucket {
	if o.Service == "apigatewayv2" {
		return nil
	}
	return q.single[o.Name]
}

// decide says whether a call is throttled, and which fault strikes it if it is
// not. A call that is refused takes no token and wastes no other fault.
func (d *Double) decide(c *Call, o *service.Operation) (f *Handle, throttled bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	var q *quota
	if d.options.Quotas && (o.Signing == "apigateway" || o.Signing == "securityhub" || o.Own != nil || o.Shared != nil) {
		at := place{c.Account, c.Region, o.Signing}
		if q = d.buckets[at]; q == nil {
			q = newQuota(o)
			d.buckets[at] = q
		}
		if !q.room(o, now) {
			c.Throttled = true
			return nil, true
		}
	}
	f = d.pick(c)
	if f != nil && f.fault.Kind == Throttle {
		c.Throttled = true
		return nil, true
	}
	if q != nil {
		q.take(o)
	}
	return f, false
}
