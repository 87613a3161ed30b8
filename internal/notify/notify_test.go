package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
)

const secret = "/services/T0SECRET/B0SECRET/tokentokentoken"

func target(t *testing.T, s string) Target {
	t.Helper()
	x, err := ParseTarget(s)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// sentence holds an error to be one for users that keeps the secret.
func sentence(t *testing.T, err error, key string) {
	t.Helper()
	var e *locale.Error
	if !errors.As(err, &e) || e.Key != key {
		t.Errorf("%v, want %s", err, key)
		return
	}
	for _, lang := range locale.Langs() {
		c, failed := locale.New(lang)
		if failed != nil {
			t.Fatal(failed)
		}
		text := c.Text(e.Key, e.Args...)
		if strings.Contains(text, "SECRET") || strings.Contains(text, "tokentoken") || strings.ContainsAny(text, "{\x1b\n") || len(text) > 900 {
			t.Errorf("%q", text)
		}
	}
}

func TestParseTarget(t *testing.T) {
	for s, ok := range map[string]bool{
		"https://hooks.slack.com" + secret: true, " https://example.com/x\n": true, "https://u:p@example.com/x?token=y": true,
		"http://127.0.0.1:1/x": true, "http://[::1]:1/x": true, "http://localhost/x": true,
		"http://example.com" + secret: false, "http://127.0.0.1.example.com/": false, "http://localhost.example.com/": false, "http://0.0.0.0/": false,
		"ftp://example.com/": false, "": false, "hooks.slack.com" + secret: false, "https:///x": false, "https:opaque": false, "https://exa\x1bmple.com" + secret: false,
	} {
		x, err := ParseTarget(s)
		if ok != (err == nil) {
			t.Errorf("%q: %v", s, err)
		}
		if err != nil {
			sentence(t, err, "ask.post.badURL")
		}
		for _, shown := range []string{fmt.Sprint(x), fmt.Sprintf("%+v %#v %s %q", x, x, x, x)} {
			if strings.Contains(shown, "SECRET") || strings.Contains(shown, "token") {
				t.Errorf("%q", shown)
			}
		}
		if data, err := json.Marshal([]any{x}); err != nil || string(data) != "[{}]" {
			t.Errorf("%s, %v", data, err)
		}
	}
}

// TestPosts goes over TLS to a server.
func TestPosts(t *testing.T) {
	var got, kind, path string
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got, kind, path = string(b), r.Header.Get("Content-Type"), r.Method+" "+r.URL.Path
		_, _ = io.WriteString(w, "ok\n")
	}))
	defer s.Close()
	p := New(s.Client().Transport)
	if err := p.Slack(t.Context(), target(t, s.URL+secret), []byte(`{"text":"花"}`)); err != nil || got != `{"text":"花"}` || !strings.HasPrefix(kind, "application/json") || path != "POST "+secret {
		t.Errorf("%v: %s %s %s", err, got, kind, path)
	}
	// A certificate that nobody vouches for.
	sentence(t, New(http.DefaultTransport).Webhook(t.Context(), target(t, s.URL+secret), nil), "ask.post.unreachable")
	sentence(t, p.Webhook(t.Context(), Target{}, nil), "ask.post.badURL")
}

// TestRedirects follows none that takes the message to another host, to plain
// http, or that turns it into a question for a page.
func TestRedirects(t *testing.T) {
	reached := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer other.Close()
	var location string
	var status int
	posted := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/new" {
			b, _ := io.ReadAll(r.Body)
			posted = r.Method + " " + string(b)
			return
		}
		http.Redirect(w, r, location, status)
	}))
	defer s.Close()
	p, x := New(http.DefaultTransport), target(t, s.URL+secret)
	for _, c := range []struct {
		to     string
		status int
	}{{other.URL, 307}, {other.URL, 308}, {other.URL, 302}, {"https://" + x.url.Host, 307}, {"/new", 301}, {"/new", 302}, {"/new", 303}, {secret, 307}} {
		location, status = c.to, c.status
		sentence(t, p.Webhook(t.Context(), x, []byte("m")), "ask.post.redirected")
	}
	if reached > 0 || posted != "" {
		t.Errorf("the message went to another host %d times, or was %q", reached, posted)
	}
	location, status = "/new", 308
	if err := p.Webhook(t.Context(), x, []byte("m")); err != nil || posted != "POST m" {
		t.Errorf("%v, %q", err, posted)
	}
}

// server answers on the virtual clock.
type server struct {
	answers []reply
	times   []time.Time
	bodies  []string
	fails   error
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.times, s.bodies = append(s.times, time.Now()), append(s.bodies, string(b))
	if s.fails != nil {
		return nil, s.fails
	}
	a := s.answers[min(len(s.times), len(s.answers))-1]
	if a.status == 0 {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	h := http.Header{}
	if a.after != "" {
		h.Set("Retry-After", a.after)
	}
	body := io.Reader(strings.NewReader(a.body))
	if a.body == endless {
		body = io.LimitReader(zeros{}, 1<<30)
	}
	return &http.Response{StatusCode: a.status, Header: h, Body: io.NopCloser(body), Request: r}, nil
}

// reply is an answer of the server; none where the status is 0.
type reply struct {
	status      int
	after, body string
}

const endless = "endless"

func TestRetries(t *testing.T) {
	for name, c := range map[string]struct {
		answers []reply
		key     string
		calls   int
		took    time.Duration
	}{
		"at once":              {[]reply{{204, "", ""}}, "", 1, 0},
		"told to wait":         {[]reply{{429, "7", ""}, {200, "", "ok"}}, "", 2, 7 * time.Second},
		"told a date":          {[]reply{{503, "Sat, 01 Jan 2000 00:00:09 GMT", ""}, {200, "", "ok"}}, "", 2, 9 * time.Second},
		"told too long":        {[]reply{{429, "3600", ""}}, "ask.post.refusedSilently", 1, 0},
		"told nonsense":        {[]reply{{500, "-5", ""}, {500, "soon", ""}, {200, "", ""}}, "", 3, 6 * time.Second},
		"fails on":             {[]reply{{502, "", ""}}, "ask.post.refusedSilently", 4, 14 * time.Second},
		"refused":              {[]reply{{403, "", "invalid_token " + secret + " \x1b[31m\nx"}}, "ask.post.refused", 1, 0},
		"refused at length":    {[]reply{{400, "", strings.Repeat("x", 1<<20)}}, "ask.post.refused", 1, 0},
		"not implemented":      {[]reply{{501, "", ""}}, "ask.post.refusedSilently", 1, 0},
		"nobody answers":       {[]reply{{}}, "ask.post.unreachable", 1, 10 * time.Second},
		"an answer from 1 GiB": {[]reply{{200, "", endless}}, "", 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{answers: c.answers}
				start := time.Now()
				err := New(s).Webhook(t.Context(), target(t, "https://hooks.example.com"+secret+"?key=tokentoken"), []byte("m"))
				if c.key == "" && err != nil {
					t.Error(err)
				} else if c.key != "" {
					sentence(t, err, c.key)
				}
				if took := time.Since(start); len(s.times) != c.calls || took != c.took || s.bodies[len(s.bodies)-1] != "m" {
					t.Errorf("%d calls in %s with %q", len(s.times), took, s.bodies)
				}
			})
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestNoAnswer is not posted again: it may have arrived.
func TestNoAnswer(t *testing.T) {
	s := &server{fails: fmt.Errorf("read tcp: connection reset by peer while at https://hooks.example.com%s", secret)}
	sentence(t, New(s).Webhook(t.Context(), target(t, "https://hooks.example.com"+secret), nil), "ask.post.unreachable")
	if len(s.times) != 1 {
		t.Errorf("posted %d times", len(s.times))
	}
}

func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s := &server{answers: []reply{{429, "30", ""}}}
		start := time.Now()
		if err := New(s).Webhook(ctx, target(t, "https://hooks.example.com"+secret), nil); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}

func TestSlackSaysOK(t *testing.T) {
	s := &server{answers: []reply{{200, "", "<html>sign in</html>"}}}
	sentence(t, New(s).Slack(t.Context(), target(t, "https://hooks.example.com"+secret), nil), "ask.post.notSlack")
	s = &server{answers: []reply{{400, "", "invalid_blocks"}}}
	err := New(s).Slack(t.Context(), target(t, "https://hooks.example.com"+secret), nil)
	sentence(t, err, "ask.post.refused")
	if !strings.Contains(err.Error(), "invalid_blocks") || !strings.Contains(err.Error(), "hooks.example.com") {
		t.Errorf("%v helps nobody", err)
	}
}
