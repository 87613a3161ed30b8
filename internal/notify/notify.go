// Package notify posts messages to webhooks and to Slack's incoming webhooks, and
// sends mail.
//
// The address of a webhook is a secret, for whoever has it can post. It stands
// in no error and no log; its host does.
package notify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
)

// Target is the address of a webhook. It shows only its host.
type Target struct{ url *url.URL }

// ParseTarget reads an address: https, or http to this machine alone.
func ParseTarget(s string) (Target, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Hostname() == "" || u.Opaque != "" {
		return Target{}, locale.Errorf("ask.post.badURL")
	}
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && here) {
		return Target{}, locale.Errorf("ask.post.badURL")
	}
	return Target{u}, nil
}

// String is the host.
func (t Target) String() string {
	if t.url == nil {
		return ""
	}
	return locale.Clean(t.url.Host)
}

// GoString is the host.
func (t Target) GoString() string { return "notify.Target(" + strconv.Quote(t.String()) + ")" }

// Limits of one posting.
const (
	attemptTimeout = 10 * time.Second
	attempts       = 4
	longestWait    = time.Minute // that a receiver may ask for
	mostAnswer     = 4 << 10     // bytes of an answer that are read
	mostSaid       = 200         // characters of it that are shown
)

// Poster posts.
type Poster struct{ client http.Client }

// New returns a poster over a transport, as [http.Client] has it.
func New(transport http.RoundTripper) *Poster {
	return &Poster{http.Client{Transport: transport, Timeout: attemptTimeout, CheckRedirect: follow}}
}

var errRedirect = errors.New("redirected elsewhere")

// follow goes along where the same host takes the same request.
func follow(r *http.Request, via []*http.Request) error {
	const most = 3
	first := via[0]
	if len(via) > most || r.Method != http.MethodPost || r.URL.Host != first.URL.Host || r.URL.Scheme != first.URL.Scheme {
		return errRedirect
	}
	return nil
}

// Webhook posts JSON to a webhook; any 2xx says that it arrived. It is posted
// again where the receiver says that it could not take it now (429 or 5xx), but
// not where no answer came, for then it may have arrived. The error is a
// [locale.Error], or the context's.
func (p *Poster) Webhook(ctx context.Context, t Target, body []byte) error {
	_, err := p.post(ctx, t, body)
	return err
}

// Slack posts the JSON of a message to an incoming webhook of Slack.
func (p *Poster) Slack(ctx context.Context, t Target, body []byte) error {
	said, err := p.post(ctx, t, body)
	if err == nil && strings.TrimSpace(said) != "ok" {
		return locale.Errorf("ask.post.notSlack", locale.A("host", t.String()))
	}
	return err
}

func (p *Poster) post(ctx context.Context, t Target, body []byte) (string, error) {
	if t.url == nil {
		return "", locale.Errorf("ask.post.badURL")
	}
	for n := 1; ; n++ {
		a, err := p.once(ctx, t, body, nil)
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case errors.Is(err, errRedirect):
			return "", locale.Errorf("ask.post.redirected", locale.A("host", t.String()))
		case err != nil:
			return "", locale.Errorf("ask.post.unreachable", locale.A("host", t.String()), locale.A("error", t.cause(err)))
		case a.status/100 == 2:
			return a.said, nil
		}
		pause, again := a.pause(n, time.Now())
		if !again {
			return "", t.refused(a)
		}
		if err := sleep(ctx, pause); err != nil {
			return "", err
		}
	}
}

func (t Target) refused(a answer) error {
	status := locale.A("status", strconv.Itoa(a.status))
	if said := t.redacted(a.said); said != "" {
		return locale.Errorf("ask.post.refused", locale.A("host", t.String()), status, locale.A("said", said))
	}
	return locale.Errorf("ask.post.refusedSilently", locale.A("host", t.String()), status)
}

type answer struct {
	status int
	after  string // Retry-After
	said   string
}

func (p *Poster) once(ctx context.Context, t Target, body []byte, header http.Header) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url.String(), bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for name, values := range header {
		r.Header[name] = values
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "kumoban")
	response, err := p.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close() //nolint:errcheck // the status says whether it arrived
	// What it said is for people: half of it is better than none.
	said, _ := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	return answer{response.StatusCode, response.Header.Get("Retry-After"), string(said)}, nil
}

// pause is how long to wait before attempt n+1, and whether it is worth it.
func (a *answer) pause(n int, now time.Time) (time.Duration, bool) {
	if n >= attempts || a.status != http.StatusTooManyRequests && a.status/100 != 5 || a.status == http.StatusNotImplemented {
		return 0, false
	}
	pause := time.Second << n
	if asked, ok := wanted(a.after, now); ok {
		pause = asked
	}
	return pause, pause <= longestWait
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// cause is an error without the address that net/http puts before it.
func (t Target) cause(err error) any {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	if said, ok := locale.Cause(err).(string); ok {
		return t.redacted(said)
	}
	return locale.Cause(err)
}

// redacted takes the parts of the address that are secret out of a text that
// came from outside, and makes it one short line.
func (t Target) redacted(s string) string {
	secrets := []string{t.url.String(), t.url.RequestURI(), t.url.RawQuery, t.url.Path, t.url.EscapedPath()}
	if t.url.User != nil {
		password, _ := t.url.User.Password()
		secrets = append(secrets, t.url.User.String(), password)
	}
	for _, list := range t.url.Query() {
		secrets = append(secrets, list...)
	}
	secrets = append(secrets, strings.Split(t.url.Path, "/")...)
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range secrets {
		const shortest = 6 // shorter parts are words such as "hooks", and hide nothing
		if len(secret) >= shortest {
			s = strings.ReplaceAll(s, secret, "…")
		}
	}
	s = locale.Clean(strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > mostSaid {
		s = string(r[:mostSaid]) + "…"
	}
	return s
}
