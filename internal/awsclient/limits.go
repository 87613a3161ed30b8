package awsclient

import (
	"log/slog"
	"math"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/kumoban/kumoban/internal/locale"
)

// Quota is a token bucket of AWS's.
type Quota struct {
	Rate  float64 // tokens a second
	Burst float64
}

// Rate is the share of each quota that kumoban takes.
type Rate struct {
	share float64
	limit float64 // requests a second; 0: the share decides
}

// The default leaves 20 % of every bucket to the customer's own deployments.
// Max stays 2 % below the quota: two clocks never agree to the last token.
const (
	defaultShare = 0.80
	maxShare     = 0.98
)

// ParseRate reads --rate: "" is the default, "max" the whole quota, and a
// number is in requests a second for one account, Region and service.
func ParseRate(s string) (Rate, error) {
	switch s {
	case "":
		return Rate{share: defaultShare}, nil
	case "max":
		return Rate{share: maxShare}, nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= 0.01 && n <= 1000) {
		return Rate{}, locale.Errorf("cli.badRate", locale.A("rate", s))
	}
	return Rate{share: maxShare, limit: n}, nil
}

// Unlimited is for what only stands in for AWS and has no quotas.
func Unlimited() Rate { return Rate{share: 1e6} }

// bucket returns the client's bucket for a quota. A share of the burst is
// rounded down, but to at least one.
func (r Rate) bucket(q Quota) *bucket {
	tokens, burst := q.Rate*r.share, q.Burst*r.share
	if r.limit > 0 {
		burst *= min(1, r.limit/tokens)
		tokens = min(tokens, r.limit)
	}
	return &bucket{
		limiter: rate.NewLimiter(rate.Limit(tokens), max(1, int(burst+1e-9))), full: rate.Limit(tokens),
		most: max(1, int(q.Rate)),
	}
}

// Limits hands out the lanes of one run.
type Limits struct {
	rate  Rate
	log   *slog.Logger
	mu    sync.Mutex
	lanes map[[2]string]*Lane
}

// NewLimits returns the limits of one run; they are this process's alone.
func NewLimits(r Rate, log *slog.Logger) *Limits {
	return &Limits{rate: r, log: log, lanes: map[[2]string]*Lane{}}
}

// Lane returns the lane of one account and Region. The same account reached
// by two profiles has one lane, for it has one quota.
func (l *Limits) Lane(account, region string) *Lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := [2]string{account, region}
	if l.lanes[key] == nil {
		l.lanes[key] = &Lane{
			rate: l.rate, log: l.log.With("account", account, "region", region), wake: make(chan struct{}, 1), buckets: map[string]*bucket{}, queues: map[string]*queue{},
		}
	}
	return l.lanes[key]
}

// bucket adapts: it halves when AWS throttles and recovers with each success.
type bucket struct {
	limiter *rate.Limiter
	full    rate.Limit
	most    int // requests under way at once: as many as tokens a second, for more would only buy throttling
	running int // guarded by the lane
	mu      sync.Mutex
	halved  time.Time
}

// slowest is the share of its full rate that a bucket never falls below, so
// that a run always goes on.
const slowest = 1.0 / 16

// halve halves the rate and empties the bucket; answers of requests that were
// under way together count once. It tells whether it did.
func (b *bucket) halve(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.halved) < time.Second {
		return false
	}
	b.halved = now
	b.limiter.SetLimitAt(now, max(b.limiter.Limit()/2, b.full*slowest))
	if n := int(b.limiter.TokensAt(now)); n > 0 {
		b.limiter.ReserveN(now, n)
	}
	return true
}

// recover adds a fortieth of the full rate.
func (b *bucket) recover() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if limit := b.limiter.Limit(); limit < b.full {
		b.limiter.SetLimit(min(b.full, limit+b.full/40))
	}
}

// delay is how long until there is a token; 0 is now. It rounds up, so that
// waking is never a nanosecond too early.
func (b *bucket) delay(now time.Time) time.Duration {
	missing := 1 - b.limiter.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	seconds := missing / float64(b.limiter.Limit())
	if seconds > 3600 { // the dispatcher looks again before that; a Duration would overflow
		return time.Hour
	}
	return time.Duration(math.Ceil(seconds * float64(time.Second)))
}
