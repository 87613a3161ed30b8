package cli

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// heard is what a program has printed so far.
type heard struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements [io.Writer].
func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(b)
}

func (h *heard) find(what *regexp.Regexp) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return what.FindString(h.text.String())
}

var linkOf = regexp.MustCompile(`http://\S+/signin/\S+`)

// TestDemoServes: the demo's console shows the company to whoever has the link, and
// leaves nothing behind.
func TestDemoServes(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	ctx, stop := context.WithCancel(t.Context())
	var out, errs heard
	code := make(chan int, 1)
	go func() {
		code <- RunWith(ctx, nil, []string{"demo", "--serve", "--no-open", "--listen", "127.0.0.1:0"}, strings.NewReader(""), &out, &errs, os.Environ())
	}()
	var link string
	for link == "" {
		select {
		case c := <-code:
			t.Fatalf("it ended with %d: %s", c, errs.text.String())
		case <-time.After(20 * time.Millisecond):
			link = out.find(linkOf)
		}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	var page struct{ Total int }
	for _, address := range []string{link, link[:strings.Index(link, "/signin")] + "/api/v1/findings"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(request)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %+v, %v", address, answer, err)
		}
		if strings.HasSuffix(address, "findings") {
			err = json.NewDecoder(answer.Body).Decode(&page)
		}
		if answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if page.Total < 30 {
		t.Errorf("%d findings wait for somebody", page.Total)
	}
	stop()
	if c := <-code; c != exitDone {
		t.Errorf("it ended with %d: %s", c, errs.text.String())
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "kumoban-demo-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
