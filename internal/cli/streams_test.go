package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/kumoban/kumoban/internal/cli"
)

// hostile would clear the screen, retitle the terminal, turn the writing and
// forge a line.
const hostile = "\x1b]0;x\a\x1b[2J\u202e\u009b31m\x7f\r\nkumoban: all passed"

func commands(s string) bool {
	return strings.ContainsAny(s, "\x1b\a\r\x7f\u202e\u009b") || strings.Contains(s, "\nkumoban: all passed")
}

// TestStderrIsPlain lets nothing from outside command the terminal.
func TestStderrIsPlain(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<ErrorResponse><Error><Code>AccessDenied\u202e</Code><Message>no \u009b31m\u202e\n\u007fkumoban: all passed</Message></Error></ErrorResponse>")
	}))
	defer server.Close()
	environ := []string{"AWS_ENDPOINT_URL=" + server.URL, "AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=abc",
		"AWS_REGION=ap-northeast-1", "HOME=" + t.TempDir(), "KUMOBAN_" + hostile + "=1"}
	for _, args := range [][]string{
		{"scan"},
		{"scan", "--debug"},
		{"scan", "--region", hostile},
		{"scan", "--config", hostile},
		{"scan", "--accounts", hostile, "--role-name", "x"},
		{"scan", "--format", hostile},
		{"scan", "--" + hostile},
		{"report", hostile},
		{"demo", "--output", hostile + "/x"},
		{hostile},
		{"help", hostile},
	} {
		var stderr bytes.Buffer
		if code := cli.Run(t.Context(), args, strings.NewReader(""), io.Discard, &stderr, environ); code != 1 {
			t.Errorf("%q: exit code %d: %s", args, code, stderr.String())
		}
		if commands(stderr.String()) || stderr.Len() == 0 {
			t.Errorf("%q: stderr %q", args, stderr.String())
		}
	}
}

type brokenPipe struct{ writes int }

func (b *brokenPipe) Write([]byte) (int, error) {
	b.writes++
	return 0, syscall.EPIPE
}

// TestReaderGone is silent about a stdout that nobody reads.
func TestReaderGone(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"controls", "explain", "APIGateway.9"}, {"iam-policy", "scan"}, {"scan", "--help"}} {
		var stdout brokenPipe
		var stderr bytes.Buffer
		code := cli.Run(t.Context(), args, strings.NewReader(""), &stdout, &stderr, nil)
		if code != 0 || stderr.Len() > 0 || stdout.writes != 1 {
			t.Errorf("%q: exit code %d after %d writes: %s", args, code, stdout.writes, stderr.String())
		}
	}
}
