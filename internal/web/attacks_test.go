package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/control"
)

// TestAttacks: requests of other sites, other names and too many bytes are refused.
func TestAttacks(t *testing.T) {
	s := serve(t, access.Admin("mina"))
	id := s.house.Scan(s.desk, control.Failed)[0]
	s.signIn()
	note := object{"findings": []object{{"id": id}}, "reason": "x"}
	for name, c := range map[string]struct {
		code    int
		headers []string
	}{
		"another site, by Fetch Metadata": {http.StatusForbidden, []string{"Sec-Fetch-Site", "cross-site"}},
		"another port of this machine":    {http.StatusForbidden, []string{"Origin", "http://127.0.0.1:1"}},
		"a name that resolves to us":      {http.StatusMisdirectedRequest, []string{"Host", "rebind.example.com"}},
		"its own page":                    {http.StatusOK, []string{"Sec-Fetch-Site", "same-origin", "Origin", s.url}},
	} {
		if r, text := s.ask(http.MethodPost, "/api/v1/findings/note", note, c.headers...); r.StatusCode != c.code {
			t.Errorf("%s: %s, want %d\n%s", name, r.Status, c.code, text)
		}
	}
	large := object{"findings": []object{{"id": id}}, "reason": strings.Repeat("x", 10<<20)}
	if r, text := s.ask(http.MethodPost, "/api/v1/findings/note", large); r.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(text, "web.tooLarge") {
		t.Errorf("10 MB of notes: %s\n%s", r.Status, text)
	}
	if r, _ := s.ask(http.MethodGet, "/assets/..%2f..%2fetc%2fpasswd", nil); r.StatusCode != http.StatusNotFound && r.StatusCode != http.StatusBadRequest {
		t.Errorf("a path upwards: %s", r.Status)
	}
	r, _ := s.ask(http.MethodGet, "//evil.example.com/x", nil)
	if at, _ := url.Parse(r.Header.Get("Location")); at != nil && at.Host != "" {
		t.Errorf("it redirects to %s", at)
	}
	r, _ = s.ask(http.MethodGet, "/", nil)
	for _, want := range []string{"script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(r.Header.Get("Content-Security-Policy"), want) || strings.Contains(r.Header.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("Content-Security-Policy: %s", r.Header.Get("Content-Security-Policy"))
		}
	}
	at, _ := url.Parse(s.url)
	for _, c := range s.client.Jar.Cookies(at) {
		if strings.Contains(s.log.String(), c.Value) {
			t.Error("the session's secret is in the log")
		}
	}
	if !strings.Contains(s.log.String(), "route=") || strings.Contains(s.log.String(), "/signin/A") {
		t.Errorf("the log:\n%s", s.log)
	}
}

// pipes is a listener whose connections are in memory, so that waiting for them takes
// no time.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

// Accept implements [net.Listener].
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (p *pipes) Close() error {
	close(p.done)
	return nil
}

// Addr implements [net.Listener].
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8700} }

// TestSlow: whoever sends a request slowly, or none, is not waited for.
func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := desktest.New(t)
		s := &site{t: t, house: h, desk: h.Desk(access.Admin("mina")), log: &bytes.Buffer{}}
		s.furnish(access.Admin("mina"), "127.0.0.1:8700")
		l := &pipes{make(chan net.Conn), make(chan struct{})}
		ended := make(chan error, 1)
		ctx, stop := context.WithCancel(t.Context())
		go func() { ended <- s.server.Serve(ctx, l) }()
		const host = "127.0.0.1:8700"
		for what, c := range map[string]struct {
			sent   string
			within time.Duration
		}{
			"headers that do not end": {"GET /healthz HTTP/1.1\r\nHost: " + host + "\r\nX: ", 6 * time.Second},
			"a body that does not":    {"POST /api/v1/findings/note HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{", 31 * time.Second},
			"nothing":                 {"", 6 * time.Second},
		} {
			ours, theirs := net.Pipe()
			l.conns <- theirs
			began := time.Now()
			if _, err := io.WriteString(ours, c.sent); err != nil {
				t.Fatal(what, err)
			}
			_, _ = io.Copy(io.Discard, ours) // until it is closed
			if took := time.Since(began); took > c.within {
				t.Errorf("%s: it was waited for %v", what, took)
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestTooMany: whoever asks without end, or guesses links, is sent away for a while.
func TestTooMany(t *testing.T) {
	s := serve(t, access.Admin("mina"))
	codes := map[int]int{}
	var last *http.Response
	for range 14 {
		last, _ = s.ask(http.MethodGet, "/signin/"+strings.Repeat("B", 26), nil)
		codes[last.StatusCode]++
	}
	if codes[http.StatusForbidden] != 10 || codes[http.StatusTooManyRequests] != 4 || last.Header.Get("Retry-After") == "" {
		t.Errorf("guesses: %v %v", codes, last.Header)
	}
	s.signIn() // the right link is none of them
	for range 3000 {
		if last, _ = s.ask(http.MethodGet, "/healthz", nil); last.StatusCode == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("3,000 requests at once, and nobody minds")
}

// TestInjected: what people write is text, wherever it comes back.
func TestInjected(t *testing.T) {
	s := serve(t, access.Admin("mina"))
	id := s.house.Scan(s.desk, control.Failed)[0]
	s.signIn()
	const evil = "</script><script>alert(1)</script>"
	s.do(http.MethodPost, "/findings/note", object{"findings": []object{{"id": id}}, "reason": evil + "\r\nSet-Cookie: a=b"}, http.StatusOK)
	s.do(http.MethodPost, "/findings/assign", object{"findings": []object{{"id": id}}, "to": evil}, http.StatusOK)
	for _, path := range []string{"/api/v1/findings/" + id, "/api/v1/findings?assignee=" + url.QueryEscape(evil), "/api/v1/findings/" + id + "/evidence?as=html", "/api/v1/findings?after=" + url.QueryEscape(evil), "/" + evil} {
		r, text := s.ask(http.MethodGet, path, nil, "Accept-Language", evil, "X-Request-Id", evil)
		// JSON is read as nothing else, and needs no other spelling.
		json := strings.HasSuffix(r.Header.Get("Content-Type"), "json")
		if !json && strings.Contains(text, "<script>alert") || r.Header.Get("X-Content-Type-Options") != "nosniff" || len(r.Cookies()) > 0 {
			t.Errorf("%s: %v\n%.2000s", path, r.Header, text)
		}
		for name, values := range r.Header {
			if strings.Contains(strings.Join(values, ""), "alert") {
				t.Errorf("%s: header %s: %v", path, name, values)
			}
		}
	}
}

// TestNoSecrets: no operation that only reads tells what one signs in with.
func TestNoSecrets(t *testing.T) {
	s, ids := busy(t)
	document, err := os.ReadFile("../../docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var api struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(document, &api); err != nil {
		t.Fatal(err)
	}
	link := strings.TrimPrefix(s.server.Link(), "/signin/")
	at, _ := url.Parse(s.url)
	session := s.client.Jar.Cookies(at)[0].Value
	asked := 0
	for path, methods := range api.Paths {
		if methods["get"] == nil || strings.HasSuffix(path, "/events") {
			continue
		}
		path = strings.NewReplacer("/findings/{id}", "/findings/"+ids[0], "/controls/{id}", "/controls/S3.9", "{id}", "q1").Replace(path)
		r, text := s.ask(http.MethodGet, path, nil)
		asked++
		if strings.Contains(text, link) || strings.Contains(text, session) || strings.Contains(fmt.Sprint(r.Header), session) {
			t.Errorf("%s tells a secret", path)
		}
	}
	if asked < 20 || strings.Contains(s.log.String(), link) || strings.Contains(s.log.String(), session) {
		t.Errorf("%d operations; the log: %s", asked, s.log)
	}
}
