package notify

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
)

// Undelivered is the error about one attempt to deliver a message.
type Undelivered struct {
	Why   error         // a [locale.Error], which holds no secret
	After time.Duration // what the receiver asks for before the next attempt; 0: nothing
	Final bool          // the receiver says that no other attempt will do
}

// Error returns the English sentence.
func (u *Undelivered) Error() string { return u.Why.Error() }

// Unwrap returns the sentence as a [locale.Error].
func (u *Undelivered) Unwrap() error { return u.Why }

// Attempt posts a message once, with more headers, for whoever keeps account of
// attempts. The error is an [*Undelivered], or the context's. Where no answer came the
// message may have arrived: the headers have to tell whoever gets it twice.
func (p *Poster) Attempt(ctx context.Context, t Target, body []byte, header http.Header) (said string, err error) {
	if t.url == nil {
		return "", &Undelivered{Why: locale.Errorf("ask.post.badURL"), Final: true}
	}
	a, err := p.once(ctx, t, body, header)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, errRedirect):
		return "", &Undelivered{Why: locale.Errorf("ask.post.redirected", locale.A("host", t.String()))}
	case err != nil:
		return "", &Undelivered{Why: locale.Errorf("ask.post.unreachable", locale.A("host", t.String()), locale.A("error", t.cause(err)))}
	case a.status/100 == 2:
		return a.said, nil
	}
	after, _ := wanted(a.after, time.Now())
	return "", &Undelivered{Why: t.refused(a), After: after, Final: a.status == http.StatusGone}
}

// AttemptSlack is Attempt for an incoming webhook of Slack, which says that it took a
// message.
func (p *Poster) AttemptSlack(ctx context.Context, t Target, body []byte) error {
	said, err := p.Attempt(ctx, t, body, nil)
	if err == nil && strings.TrimSpace(said) != "ok" {
		return &Undelivered{Why: locale.Errorf("ask.post.notSlack", locale.A("host", t.String()))}
	}
	return err
}

// wanted reads Retry-After.
func wanted(after string, now time.Time) (time.Duration, bool) {
	if seconds, err := strconv.ParseInt(after, 10, 32); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(after); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}
