package apigateway

import (
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

func TestStageURL(t *testing.T) {
	for _, c := range []struct {
		arn       string
		webSocket bool
		want      string // "" is an error
	}{
		{"arn:aws:apigateway:ap-northeast-1::/apis/a1b2c3d4e5/stages/$default", false, "https://a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com"},
		{"arn:aws:apigateway:ap-northeast-1::/apis/a1b2c3d4e5/stages/prod", false, "https://a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com/prod"},
		{"arn:aws:apigateway:eu-west-1::/apis/a1b2c3d4e5/stages/live_1-a", true, "wss://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/live_1-a"},
		{"arn:aws-cn:apigateway:cn-north-1::/apis/a1b2c3d4e5/stages/prod", false, "https://a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn/prod"},
		{"arn:aws-us-gov:apigateway:us-gov-west-1::/apis/a1b2c3d4e5/stages/prod", true, "wss://a1b2c3d4e5.execute-api.us-gov-west-1.amazonaws.com/prod"},
		{"", false, ""},
		{"arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages/prod", false, ""},
		{"arn:aws:apigateway:ap-northeast-1::/apis/a1b2c3d4e5/routes/prod", false, ""},
		{"arn:aws:apigateway:ap-northeast-1::/apis/a1b2c3d4e5", false, ""},
		{"arn:aws:apigateway:ap-northeast-1::/apis/evil.example/stages/prod", false, ""},
		{"arn:aws:apigateway:ap-northeast-1::/apis/a1@evil/stages/prod", false, ""},
		{"arn:aws:apigateway:ap-northeast-1::/apis/a1b2c3d4e5/stages/..", false, ""},
		{"arn:aws:apigateway:evil.example::/apis/a1b2c3d4e5/stages/prod", false, ""},
		{"arn:aws:s3:ap-northeast-1::/apis/a1b2c3d4e5/stages/prod", false, ""},
	} {
		got, err := StageURL(resource.Ref{ARN: c.arn}, c.webSocket)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", c.arn, got, err, c.want)
		}
	}
}

// received is what came of a probe's request.
type received struct {
	method, path, host string
	header             http.Header
	length             int64
}

func probed(t *testing.T, answer http.HandlerFunc) (server *httptest.Server, seen *[]received) {
	t.Helper()
	seen = new([]received)
	server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*seen = append(*seen, received{r.Method, r.URL.Path, r.Host, r.Header, r.ContentLength})
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server, seen
}

// TestProbe sends one harmless request, whatever the answer.
func TestProbe(t *testing.T) {
	for name, c := range map[string]struct {
		scheme, stage string
		answer        http.HandlerFunc
		method, path  string
	}{
		"HTTP, $default": {"https", "", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, "OPTIONS", "/kumoban-probe"},
		"HTTP, a stage":  {"https", "/prod", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "OPTIONS", "/prod/kumoban-probe"},
		"WebSocket":      {"wss", "/live", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(426) }, "GET", "/live"},
		"a failure":      {"https", "/prod", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, "OPTIONS", "/prod/kumoban-probe"},
		"a redirect": {"https", "/prod", func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, "OPTIONS", "/prod/kumoban-probe"},
	} {
		t.Run(name, func(t *testing.T) {
			server, seen := probed(t, c.answer)
			client := server.Client()
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			at, err := url.Parse(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: "secret"}})
			client.Jar = jar
			if err := Probe(t.Context(), client, c.scheme+strings.TrimPrefix(server.URL, "https")+c.stage); err != nil {
				t.Fatal(err)
			}
			if len(*seen) != 1 {
				t.Fatalf("%d requests", len(*seen))
			}
			r := (*seen)[0]
			if r.method != c.method || r.path != c.path || r.length > 0 || r.header.Get("User-Agent") != "kumoban" {
				t.Errorf("%+v", r)
			}
			for _, h := range []string{"Cookie", "Authorization", "Origin", "Upgrade", "Sec-Websocket-Key", "X-Amz-Security-Token"} {
				if r.header.Get(h) != "" {
					t.Errorf("it carries %s", h)
				}
			}
			if client.CheckRedirect != nil || client.Jar != jar {
				t.Error("the client that was handed in has changed")
			}
		})
	}
}

// TestProbeFails says so in one sentence where nobody answered.
func TestProbeFails(t *testing.T) {
	server, seen := probed(t, func(http.ResponseWriter, *http.Request) {})
	client := server.Client()
	for _, bad := range []string{"", "prod", "http://example.com/prod", "https://user:secret@example.com/", "https:///prod", "https://example.com/?a=b", "ftp://example.com", "https://%"} {
		if err := Probe(t.Context(), client, bad); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if len(*seen) != 0 {
		t.Errorf("%d requests", len(*seen))
	}
	closed := httptest.NewTLSServer(nil)
	closed.Close()
	var ours *locale.Error
	if err := Probe(t.Context(), client, closed.URL+"/prod"); !errors.As(err, &ours) || ours.Key != "fix.probe.failed" {
		t.Errorf("%v", err)
	}
	var untrusted *locale.Error
	if err := Probe(t.Context(), &http.Client{Transport: &http.Transport{}}, server.URL); !errors.As(err, &untrusted) {
		t.Errorf("a certificate that nobody vouches for: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Probe(ctx, client, server.URL); drive.Fault(err).Class != awsclient.Interrupted {
		t.Error(err)
	}
}
