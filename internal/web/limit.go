package web

import (
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/kumoban/kumoban/internal/locale"
)

// Limits of requests: a page of the console asks for a dozen things at once, and
// nobody who guesses links needs more than a few tries.
const (
	requestsASecond, requestsAtOnce = 200, 1000
	guessesAMinute, guessesAtOnce   = 10, 10
	// callers are how many are counted apart, and callerFor how long one is
	// remembered that does nothing.
	callers   = 10_000
	callerFor = 10 * time.Minute
)

// limit lets so many requests of each caller through, and no more.
type limit struct {
	every rate.Limit
	burst int

	mu sync.Mutex
	of map[string]*counted
}

type counted struct {
	*rate.Limiter
	used time.Time
}

func newLimit(every rate.Limit, burst int) *limit {
	return &limit{every: every, burst: burst, of: map[string]*counted{}}
}

// take counts a request of a caller; 0 lets it through, else it is how long to wait.
func (l *limit) take(caller string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.of[caller]
	if c == nil {
		if len(l.of) >= callers {
			l.sweep(now)
		}
		if len(l.of) >= callers {
			caller = "" // whoever comes then shares what one may do
		}
		if c = l.of[caller]; c == nil {
			c = &counted{Limiter: rate.NewLimiter(l.every, l.burst)}
			l.of[caller] = c
		}
	}
	c.used = now
	r := c.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

func (l *limit) sweep(now time.Time) {
	for caller, c := range l.of {
		if now.Sub(c.used) > callerFor {
			delete(l.of, caller)
		}
	}
}

// caller is whoever sends a request, as far as the network tells.
func caller(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// within lets a request through that is within a limit, and refuses another.
func (s *Server) within(l *limit, w http.ResponseWriter, r *http.Request) bool {
	wait := l.take(caller(r), time.Now()) // whatever clock the desk goes by
	if wait == 0 {
		return true
	}
	seconds := int(wait/time.Second) + 1
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	s.refuse(w, r, http.StatusTooManyRequests, locale.M("web.tooMany", locale.A("seconds", seconds)))
	return false
}
