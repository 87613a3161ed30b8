package ui_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/cli"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/web/ui"
)

// stage is the console before a store of the demo's findings. What the API answers
// is what commands write as JSON, which have the same shapes.
type stage struct {
	t       *testing.T
	demo    *app.Demo
	environ []string
	mu      sync.Mutex // a store in a file has one writer
}

func newStage(t *testing.T) *stage {
	t.Helper()
	demo, err := app.StartDemo(false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(demo.Stop)
	dir := t.TempDir()
	s := &stage{t: t, demo: demo, environ: []string{"HOME=" + dir, "KUMOBAN_STORE=" + filepath.Join(dir, "kumoban.db"), "KUMOBAN_STATE_DIR=" + dir}}
	for range 2 {
		if code, _, said := s.run("scan", "-q"); code != 0 {
			t.Fatalf("scan: %d %s", code, said)
		}
	}
	return s
}

func (s *stage) run(args ...string) (code int, out, said string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var stdout, stderr bytes.Buffer
	code = cli.RunWith(s.t.Context(), s.demo.Load, args, strings.NewReader(""), &stdout, &stderr, s.environ)
	return code, stdout.String(), stderr.String()
}

// command is what answers a request.
func command(r *http.Request) []string {
	flags := func(args ...string) []string {
		for name, values := range r.URL.Query() {
			for _, v := range values {
				args = append(args, "--"+name+"="+v)
			}
		}
		return args
	}
	path := strings.TrimPrefix(r.URL.Path, "/api/v1")
	if words, ok := map[string]string{
		"/findings": "findings list", "/scores": "score", "/scans": "history", "/questions": "ask list",
		"/exceptions/proposed": "findings proposed", "/exceptions/expiring": "findings expiring",
	}[path]; ok {
		return flags(strings.Fields(words)...)
	}
	if id, ok := strings.CutPrefix(path, "/findings/"); ok {
		return []string{"findings", "show", id}
	}
	return nil
}

func (s *stage) api(w http.ResponseWriter, r *http.Request) {
	args := command(r)
	if args == nil {
		http.NotFound(w, r)
		return
	}
	code, out, said := s.run(append(args, "--format=json", "--lang="+r.Header.Get("Accept-Language"))...)
	if code != 0 {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(map[string]any{"status": http.StatusUnprocessableEntity, "detail": said})
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(out))
}

// serve returns the console's address.
func (s *stage) serve() string {
	files, err := ui.Handler()
	if err != nil {
		s.t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", files)
	mux.HandleFunc("/api/v1/", s.api)
	server := httptest.NewServer(mux)
	s.t.Cleanup(server.Close)
	return server.URL
}

// seen is what a browser saw of one page.
type seen struct {
	Name, Lang, HTMLLang, Title, Text, Hidden string
	Dark, ShownDark                           bool
	Width, Client, Scroll                     int
	Violations, Axe, Faults                   []string
}

type looked struct {
	Views    []seen
	Keyboard struct {
		First, Skipped, Searched, Story, Back, Language string
		Turned, Returned, Kept                          bool
		Faults                                          []string
	}
}

// TestInBrowser looks at every page in both languages, light and dark, on a
// telephone and on a screen, and goes through a story by keyboard.
func TestInBrowser(t *testing.T) {
	console, chromium := outside.Node(t), outside.Chromium(t)
	args := []string{newStage(t).serve(), chromium}
	if folder := os.Getenv("KUMOBAN_SCREENSHOTS"); folder != "" {
		args = append(args, folder)
	}
	var got looked
	if err := json.Unmarshal(console.Run(t, "test/browser.mjs", args...), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Views) < 4*5 {
		t.Fatalf("%d views", len(got.Views))
	}
	keys := catalogueKeys(t)
	for i := range got.Views {
		judge(t, &got.Views[i], keys)
	}
	k := &got.Keyboard
	if k.First != "ページの本文へ移動" || k.Skipped != "page" || !strings.Contains(k.Searched, "APIGateway.5") || strings.Contains(k.Searched, "EC2.19") ||
		!strings.Contains(k.Story, "finding=") || k.Back != "/" || !k.Turned || !k.Returned || k.Language != "?show=all" || !k.Kept || len(k.Faults) > 0 {
		t.Errorf("by keyboard: %+v", k)
	}
}

// catalogueKeys finds the keys of the console's texts: what a reader sees of one
// was never said.
func catalogueKeys(t *testing.T) *regexp.Regexp {
	t.Helper()
	data, err := ui.Texts(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for key, text := range texts {
		for _, place := range regexp.MustCompile(`\{[a-zA-Z]+\}`).FindAllString(text, -1) {
			keys = append(keys, regexp.QuoteMeta(place))
		}
		if strings.Contains(key, ".") {
			keys = append(keys, regexp.QuoteMeta(key))
		}
	}
	return regexp.MustCompile(`(^|\s)(` + strings.Join(keys, "|") + `)(\s|$)|undefined|NaN|\[object`)
}

var japanese = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)

func judge(t *testing.T, v *seen, keys *regexp.Regexp) {
	t.Helper()
	at := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s, %s, dark %v, %d px: "+format, append([]any{v.Name, v.Lang, v.Dark, v.Width}, args...)...)
	}
	if v.HTMLLang != v.Lang || v.ShownDark != v.Dark {
		at("it is in %q, dark: %v", v.HTMLLang, v.ShownDark)
	}
	if v.Scroll > v.Client {
		at("%d pixels wide, it scrolls sideways", v.Scroll)
	}
	for _, list := range [][]string{v.Violations, v.Axe, v.Faults} {
		if len(list) > 0 {
			at("%s", strings.Join(list, "\n"))
		}
	}
	all := v.Title + "\n" + v.Text + "\n" + v.Hidden
	if found := keys.FindString(all); found != "" {
		at("it shows %q", found)
	}
	if len(v.Text) < 100 || japanese.MatchString(all) != (v.Lang == "ja") {
		at("it says in the wrong language, or nothing: %s", all)
	}
}
