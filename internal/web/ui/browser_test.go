package ui_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/story"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/web"
	"github.com/kumoban/kumoban/internal/web/ui"
)

// site is where a browser finds the console, and the link by which it signs in.
type site struct {
	Base string `json:"base"`
	Link string `json:"link"`
}

// serve tells the demo company's weeks in one language, and serves the console on them
// as `kumoban serve` does.
func serve(t *testing.T, lang locale.Lang) site {
	t.Helper()
	dir := t.TempDir()
	demo, err := story.Tell(t.Context(), story.Options{Dir: dir, Now: time.Now, Lang: lang, Version: "test", Controls: controls.All()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(demo.Stop)
	set, err := control.Select(controls.All(), control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(context.WithoutCancel(t.Context()), desk.Options{
		Address: filepath.Join(dir, story.StoreName), Subject: access.Admin("mina@example.com"), Now: time.Now, Zone: "UTC", Config: &desk.Config{Controls: set},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	server := httptest.NewUnstartedServer(nil)
	s, err := web.New(web.Options{
		Desk: d, Subject: d.Subject, Hosts: []string{server.Listener.Addr().String()}, Lang: lang, Controls: controls.All(), Version: "test", Now: time.Now,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = s
	server.Start()
	t.Cleanup(server.Close)
	return site{server.URL, s.Link()}
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
		First, Skipped, Searched, Noted, Story, Back, Language string
		Turned, Returned, Kept                                 bool
		Faults                                                 []string
	}
}

// TestInBrowser looks at every page in both languages, light and dark, on a
// telephone and on a screen, and goes through a story by keyboard.
func TestInBrowser(t *testing.T) {
	console, chromium := outside.Node(t), outside.Chromium(t)
	var told sync.WaitGroup
	sites := map[locale.Lang]site{}
	var mu sync.Mutex
	for _, lang := range locale.Langs() {
		told.Go(func() {
			s := serve(t, lang)
			mu.Lock()
			defer mu.Unlock()
			sites[lang] = s
		})
	}
	told.Wait()
	given, err := json.Marshal(sites)
	if err != nil || len(sites) != len(locale.Langs()) {
		t.Fatalf("%v, %v", sites, err)
	}
	args := []string{string(given), chromium}
	if folder := os.Getenv("KUMOBAN_SCREENSHOTS"); folder != "" {
		args = append(args, folder)
	}
	var got looked
	if err := json.Unmarshal(console.Run(t, "test/browser.mjs", args...), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Views) < 2*28 {
		t.Fatalf("%d views", len(got.Views))
	}
	not := signsOf(t)
	for i := range got.Views {
		judge(t, &got.Views[i], not)
	}
	k := &got.Keyboard
	if k.First != "ページの本文へ移動" || k.Skipped != "page" || !strings.Contains(k.Searched, "APIGateway.5") || strings.Contains(k.Searched, "EC2.19") ||
		k.Noted == "" || !strings.Contains(k.Story, "finding=") || k.Back != "/" || !k.Turned || !k.Returned || k.Language != "?show=all" || !k.Kept || len(k.Faults) > 0 {
		t.Errorf("by keyboard: %+v", k)
	}
}

// signs are what a page may not show.
type signs struct {
	keys    *regexp.Regexp // of the catalogue, or a place that nothing was put into: that was never said
	english *regexp.Regexp // what the catalogue says otherwise in Japanese
}

func signsOf(t *testing.T) signs {
	t.Helper()
	texts := map[locale.Lang]map[string]string{}
	for _, lang := range locale.Langs() {
		data, err := ui.Texts(lang)
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]string{}
		if err := json.Unmarshal(data, &of); err != nil {
			t.Fatal(err)
		}
		texts[lang] = of
	}
	var keys, english []string
	hole := regexp.MustCompile(`\{[a-zA-Z]+\}`)
	for key, text := range texts[locale.English] {
		holes := hole.FindAllString(text, -1)
		for _, h := range holes {
			keys = append(keys, regexp.QuoteMeta(h))
		}
		if strings.Contains(key, ".") {
			keys = append(keys, regexp.QuoteMeta(key))
		}
		if len(holes) == 0 && strings.Contains(text, " ") && texts[locale.Japanese][key] != text {
			english = append(english, regexp.QuoteMeta(text))
		}
	}
	return signs{
		keys:    regexp.MustCompile(`(^|\s)(` + strings.Join(keys, "|") + `)(\s|$)|undefined|NaN|\[object|Invalid Date`),
		english: regexp.MustCompile(`\b(` + strings.Join(english, "|") + `)\b`),
	}
}

var japanese = regexp.MustCompile(`.{0,20}[\p{Hiragana}\p{Katakana}\p{Han}].{0,20}`)

func judge(t *testing.T, v *seen, not signs) {
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
	if found := not.keys.FindString(all); found != "" {
		at("it shows %q", found)
	}
	other := not.english
	if v.Lang == "en" {
		other = japanese
	}
	if found := other.FindString(all); found != "" {
		at("it says %q, which is of the other language", found)
	}
	if len(v.Text) < 100 || v.Lang == "ja" && !japanese.MatchString(all) {
		at("it says little: %s", all)
	}
}
