package awsclient

import (
	"context"
	"slices"
	"sync"
	"time"
)

// concurrency is how many requests one account and Region has under way: more
// than the quota of ten a second would buy nothing but throttling.
const concurrency = 10

// Lane is the way to one account in one Region: its buckets, and the queue of
// calls that wait for a token.
type Lane struct {
	rate  Rate
	slots chan struct{}
	wake  chan struct{} // tells the dispatcher of a new call

	mu          sync.Mutex
	buckets     map[string]*bucket
	queues      map[string]*queue // by the name of the scarcest bucket
	dispatching bool
}

// queue is the calls that wait for a token of each of the same buckets, in the
// order of their arrival.
type queue struct {
	buckets []*bucket // the operation's own, if it has one, then the service's
	waiting []chan struct{}
}

// wait returns when the call has a token of every bucket that it draws on. It
// takes them all at one moment: a token taken early and used late would let a
// later second hold more calls than the quota allows.
func (l *Lane) wait(ctx context.Context, c *Call) error {
	ready := make(chan struct{})
	l.mu.Lock()
	q := l.queue(c)
	q.waiting = append(q.waiting, ready)
	if !l.dispatching {
		l.dispatching = true
		go l.dispatch()
	}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		l.mu.Lock()
		defer l.mu.Unlock()
		q.waiting = slices.DeleteFunc(q.waiting, func(x chan struct{}) bool { return x == ready })
		return ctx.Err()
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
		pause = time.Minute // a new call wakes the dispatcher before that
		waiting = false
		var chosen *queue
		for _, q := range l.queues {
			if len(q.waiting) == 0 {
				continue
			}
			waiting = true
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
		close(chosen.waiting[0])
		chosen.waiting = chosen.waiting[1:]
	}
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
	name := c.Service
	if c.Quota != nil {
		name = c.Name()
	}
	if q := l.queues[name]; q != nil {
		return q
	}
	q := &queue{buckets: []*bucket{l.bucket(c.Service, quota(c.Service))}}
	if c.Quota != nil {
		q.buckets = []*bucket{l.bucket(name, *c.Quota), q.buckets[0]}
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
func (l *Lane) throttled(c *Call) { l.of(c)[0].halve(time.Now()) }

func (l *Lane) succeeded(c *Call) {
	for _, b := range l.of(c) {
		b.recover()
	}
}
