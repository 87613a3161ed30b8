package awsdouble

import (
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
)

// quota is what one account may call in one Region: a bucket for all of API
// Gateway's control plane, and buckets of single operations inside it. Figures:
// "Amazon API Gateway quotas", section on control-plane operations.
type quota struct {
	all    bucket
	single map[string]*bucket
}

// bucket holds at most burst tokens and gains rate a second.
type bucket struct {
	rate, burst float64
	tokens      float64
	at          time.Time
}

func newQuota() *quota {
	one := func(calls, seconds float64) *bucket {
		return &bucket{rate: calls / seconds, burst: calls, tokens: calls}
	}
	return &quota{
		all: bucket{rate: 10, burst: 40, tokens: 40},
		single: map[string]*bucket{
			"GetResources":     one(5, 2),
			"UpdateAccount":    one(1, 20),
			"UpdateDomainName": one(1, 30),
			"CreateDeployment": one(1, 5),
		},
	}
}

func (b *bucket) has(now time.Time) bool {
	if !b.at.IsZero() && now.After(b.at) {
		b.tokens = min(b.burst, b.tokens+b.rate*now.Sub(b.at).Seconds())
	}
	b.at = now
	// A token that is whole but for rounding is whole.
	return b.tokens >= 1-1e-9
}

// room reports whether a call may pass. The buckets of single operations are
// version 1's.
func (q *quota) room(o *service.Operation, now time.Time) bool {
	room := q.all.has(now)
	if b := q.single[o.Name]; b != nil && o.Service == "apigateway" {
		room = b.has(now) && room
	}
	return room
}

// take takes the tokens of a call that passes.
func (q *quota) take(o *service.Operation) {
	q.all.tokens--
	if b := q.single[o.Name]; b != nil && o.Service == "apigateway" {
		b.tokens--
	}
}

// decide says whether a call is throttled, and which fault strikes it if it is
// not. A call that is refused takes no token and wastes no other fault.
func (d *Double) decide(c *Call, o *service.Operation) (f *Handle, throttled bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	var q *quota
	if d.options.Quotas && o.Signing == "apigateway" {
		at := place{c.Account, c.Region}
		if q = d.buckets[at]; q == nil {
			q = newQuota()
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
