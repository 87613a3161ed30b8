package owner

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often whoever calls is answered: a reader and a few programs that look into
// mails, but nobody who tries. Of 2^256 tokens nobody finds one; this keeps the load
// small that trying makes.
const (
	callsEvery   = time.Second      // of an address
	callsAtOnce  = 60               //
	usesEvery    = time.Second      // of a link
	usesAtOnce   = 30               //
	saysEvery    = 6 * time.Second  // answers by a link
	saysAtOnce   = 10               //
	guessEvery   = 30 * time.Second // tokens that are nobody's, of an address
	guessAtOnce  = 10               //
	mostLimited  = 10_000           // addresses and links that are remembered
	forgetsAfter = 10 * time.Minute
)

// limits are those of each address and link.
type limits struct {
	now func() time.Time

	mu *sync.Mutex
	of map[string]*limited
}

type limited struct {
	*rate.Limiter
	used time.Time
}

func newLimits(now func() time.Time) limits {
	return limits{now: now, mu: &sync.Mutex{}, of: map[string]*limited{}}
}

// limiter is the one of a key, and the time.
func (l *limits) limiter(key string, every time.Duration, burst int) (*limited, time.Time) {
	now := l.now()
	if len(l.of) >= mostLimited {
		for key, one := range l.of {
			if now.Sub(one.used) > forgetsAfter {
				delete(l.of, key)
			}
		}
		if len(l.of) >= mostLimited { // a crowd: what is remembered has to stay small
			clear(l.of)
		}
	}
	one := l.of[key]
	if one == nil {
		one = &limited{Limiter: rate.NewLimiter(rate.Every(every), burst)}
		l.of[key] = one
	}
	one.used = now
	return one, now
}

// address tells whether an address may call once more.
func (l *limits) address(from string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, now := l.limiter("address "+from, callsEvery, callsAtOnce)
	return one.AllowN(now, 1)
}

// may tells whether a link may be used once more from an address, which did not guess
// too often.
func (l *limits) may(from, link string, says bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if guesses, now := l.limiter("guess "+from, guessEvery, guessAtOnce); guesses.TokensAt(now) < 1 {
		return false
	}
	one, now := l.limiter("link "+link, usesEvery, usesAtOnce)
	if says {
		one, now = l.limiter("says "+link, saysEvery, saysAtOnce)
	}
	return one.AllowN(now, 1)
}

// guessed counts a token that is nobody's.
func (h *Handler) guessed(r *http.Request) {
	h.limits.mu.Lock()
	defer h.limits.mu.Unlock()
	one, now := h.limits.limiter("guess "+h.address(r), guessEvery, guessAtOnce)
	one.AllowN(now, 1)
}

// address is who calls: one machine, or one network where each machine has many
// addresses.
func (h *Handler) address(r *http.Request) string {
	from, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		from = r.RemoteAddr
	}
	if h.options.Forwarded {
		all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last := strings.TrimSpace(all[len(all)-1]); last != "" {
			from = last
		}
	}
	ip, err := netip.ParseAddr(from)
	if err != nil {
		return "?" // all of these share one
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		if net, err := ip.Prefix(64); err == nil {
			return net.String()
		}
	}
	return ip.String()
}
