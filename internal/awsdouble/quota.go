package awsdouble

import (
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
)

// quota is what one account may call of a service in one Region: a bucket for
// all of its operations, where it has one, and buckets of single operations inside it.
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

// of is the operation's own bucket, or nil: another version of the service may have an
// operation of the same name.
func (q *quota) of(o *service.Operation) *bucket {
	if o.Own == nil {
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
	if d.options.Quotas && (o.Own != nil || o.Shared != nil) {
		at := place{c.Account, c.Region, o.Signing}
		if q = d.buckets[at]; q == nil {
			q = &quota{single: map[string]*bucket{}}
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
