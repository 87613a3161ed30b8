package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/web"
)

// site is a server that runs, and a browser that is signed in.
type site struct {
	t      *testing.T
	house  *desktest.House
	desk   *desk.Desk
	server *web.Server
	url    string
	client *http.Client
	log    *bytes.Buffer
}

func serve(t *testing.T, who access.Subject, more ...func(*site, *web.Options)) *site {
	t.Helper()
	h := desktest.New(t)
	s := &site{t: t, house: h, desk: h.Desk(access.Admin("mina")), log: &bytes.Buffer{}}
	test := httptest.NewUnstartedServer(nil)
	host := test.Listener.Addr().String()
	s.furnish(who, host, more...)
	test.Config.Handler = s.server
	test.Start()
	t.Cleanup(test.Close)
	s.url = test.URL
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.client = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s
}

// furnish makes the server, which is called by a name.
func (s *site) furnish(who access.Subject, host string, more ...func(*site, *web.Options)) {
	s.t.Helper()
	h := s.house
	options := web.Options{
		Desk: s.desk, Subject: who, Hosts: []string{host}, Lang: locale.English, Controls: h.Config.Controls.Controls(), Version: "test", Now: s.desk.Now, Public: &url.URL{Scheme: "https", Host: publicHost},
		Log: slog.New(slog.NewTextHandler(s.log, nil)), Env: &app.Env{
			Version: "test", Controls: h.Config.Controls.Controls(), Now: s.desk.Now, Log: slog.New(slog.DiscardHandler),
			Load: func(context.Context, string) (aws.Config, error) { return aws.Config{}, errors.New("no network here") },
		},
	}
	for _, change := range more {
		change(s, &options)
	}
	var err error
	if s.server, err = web.New(options); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) signIn() {
	s.t.Helper()
	if r, _ := s.ask(http.MethodGet, s.server.Link(), nil); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/" {
		s.t.Fatalf("signing in: %s", r.Status)
	}
}

// ask sends a request; headers are pairs.
func (s *site) ask(method, path string, body any, headers ...string) (*http.Response, string) {
	s.t.Helper()
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		in = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, in)
	if err != nil {
		s.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer, string(text)
}

type object = map[string]any
