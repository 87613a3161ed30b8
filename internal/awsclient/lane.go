package awsclient

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Lane is the way to one account in one Region: its buckets, and the queues of
// calls that wait for a token.
type Lane struct {
	rate Rate
	log  *slog.Logger
	wake chan struct{} // tells the dispatcher that the queues changed

	elsewhere atomic.Bool // another Region knows the caller

	mu          sync.Mutex
	buckets     map[string]*bucket
	queues      map[string]*queue // by the name of the scarcest bucket
	dispatching bool
}

// KnownElsewhere says that another Region accepts the credentials: where this
// one does not know them, they are not at fault.
func (l *Lane) KnownElsewhere() { l.elsewhere.Store(true) }

// blame looks again at a fault of credentials.
func (l *Lane) blame(f *Fault) *Fault {
	if !l.elsewhere.Load() || !Stranger(f.Code) {
		return f
	}
	return &Fault{f.Call, RegionOff, CodeRegion, f.Code + ": " + f.Message}
}

// queue is the calls that wait for a token of each of the same buckets: those
// that lead to scarcer ones first, then in the order of what they are about.
type queue struct {
	buckets []*bucket // the operation's own, if it has one, then the service's
	waiting []waiter
}

type waiter struct {
	leads bool
	order int
	ready chan struct{}
}

// before tells who goes first; of equals, who came first.
func (w waiter) before(x waiter) bool {
	if w.leads != x.leads {
		return w.leads
	}
	return w.order < x.order
}

type orderKey struct{}

// InOrder marks calls as being about the n-th item of a listing. Of calls that
// wait, those about earlier items go first, so that a listing is finished from
// its beginning.
func InOrder(ctx context.Context, n int) context.Context {
	return context.WithValue(ctx, orderKey{}, n)
}

// wait returns when the call has a token of every bucket that it draws on. It
// takes them all at one moment, and only when the call can be made at once: a
// token taken early and used late would let a later second hold more calls than
// the quota allows. Each wait that succeeds is followed by a release.
func (l *Lane) wait(ctx context.Context, c *Call) error {
	order, _ := ctx.Value(orderKey{}).(int)
	w := waiter{c.Leads, order, make(chan struct{})}
	l.mu.Lock()
	q := l.queue(c)
	q.add(w)
	if !l.dispatching {
		l.dispatching = true
		go l.dispatch()
	}
	l.mu.Unlock()
	l.changed()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
		l.mu.Lock()
		before := len(q.waiting)
		q.waiting = slices.DeleteFunc(q.waiting, func(x waiter) bool { return x.ready == w.ready })
		if len(q.waiting) == before { // it was let go at the same moment
			q.common().running--
		}
		l.mu.Unlock()
		l.changed()
		return ctx.Err()
	}
}

// release tells that a call which wait let go has ended.
func (l *Lane) release(c *Call) {
	l.mu.Lock()
	l.queue(c).common().running--
	l.mu.Unlock()
	l.changed()
}

func (l *Lane) changed() {
	select {
	case l.wake <- struct{}{}:
	default: // it has been told and not yet looked
	}
}

// dispatch hands out tokens until nobody waits.
func (l *Lane) dispatch() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		l.mu.Lock()
		pause, waiting := l.next(time.Now())
		if !waiting {
			l.dispatching = false
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
		timer.Reset(pause)
		select {
		case <-timer.C:
		case <-l.wake:
		}
	}
}

// next lets every call go that can go now, and says how long to pause until
// one may. Calls of a scarcer quota go before others, for there are fewer
// moments at which they can.
func (l *Lane) next(now time.Time) (pause time.Duration, waiting bool) {
	for {
		pause = time.Minute // any change of the queues wakes the dispatcher before that
		waiting = false
		var chosen *queue
		for _, q := range l.queues {
			if len(q.waiting) == 0 {
				continue
			}
			waiting = true
			if q.common().running >= q.common().most {
				continue // the end of one of those wakes the dispatcher
			}
			delay := q.delay(now)
			if delay == 0 && (chosen == nil || len(q.buckets) > len(chosen.buckets)) {
				chosen = q
			}
			pause = min(pause, delay)
		}
		if chosen == nil {
			return pause, waiting
		}
		for _, b := range chosen.buckets {
			b.limiter.AllowN(now, 1)
		}
		chosen.common().running++
		close(chosen.waiting[0].ready)
		chosen.waiting = chosen.waiting[1:]
	}
}

// common is the service's bucket.
func (q *queue) common() *bucket { return q.buckets[len(q.buckets)-1] }

func (q *queue) add(w waiter) {
	i := len(q.waiting)
	for i > 0 && w.before(q.waiting[i-1]) {
		i--
	}
	q.waiting = slices.Insert(q.waiting, i, w)
}

// delay is how long until every bucket has a token; 0 is now.
func (q *queue) delay(now time.Time) time.Duration {
	var longest time.Duration
	for _, b := range q.buckets {
		longest = max(longest, b.delay(now))
	}
	return longest
}

// queue returns the queue of a call; l.mu is held.
func (l *Lane) queue(c *Call) *queue {
	name, own := c.Service, c.Quota
	if own != nil {
		name = c.Name()
	}
	if q := l.queues[name]; q != nil {
		return q
	}
	shared := quota(c.Service)
	if c.Shared != nil {
		shared = *c.Shared
	}
	q := &queue{buckets: []*bucket{l.bucket(c.Service, shared)}}
	if own != nil {
		q.buckets = []*bucket{l.bucket(name, *own), q.buckets[0]}
	}
	l.queues[name] = q
	return q
}

func (l *Lane) bucket(name string, q Quota) *bucket {
	if l.buckets[name] == nil {
		l.buckets[name] = l.rate.bucket(q)
	}
	return l.buckets[name]
}

// of returns the buckets that a call draws on, the scarcer first.
func (l *Lane) of(c *Call) []*bucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.queue(c).buckets
}

// throttled slows the scarcest bucket of the call down.
func (l *Lane) throttled(c *Call) {
	b := l.of(c)[0]
	if b.halve(time.Now()) {
		l.log.Info("AWS throttles: slowing down", "call", c.Name(), "rate", float64(b.limiter.Limit()))
	}
}

func (l *Lane) succeeded(c *Call) {
	for _, b := range l.of(c) {
		b.recover()
	}
}
