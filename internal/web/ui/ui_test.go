package ui_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/web/ui"
)

const (
	// mostJS is what all scripts together may weigh, in bytes of gzip.
	mostJS = 450_000
	// mostFirst is what comes before anything is shown: charts are not in it.
	mostFirst = 330_000
)

var asset = regexp.MustCompile(`(?:src|href)="/(assets/[^"]+)"`)

// TestSize weighs the scripts that are committed.
func TestSize(t *testing.T) {
	names, err := filepath.Glob("dist/assets/*.js.gz")
	if err != nil || len(names) < 5 {
		t.Fatalf("%v, %v", names, err)
	}
	page := read(t, "dist/index.html")
	all, first := 0, 0
	for _, name := range names {
		data := read(t, name)
		all += len(data)
		script := unpack(t, data)
		if strings.Contains(page, strings.TrimSuffix(filepath.Base(name), ".gz")) {
			first += len(data)
		}
		if len(script) < 100 {
			t.Errorf("%s is empty", name)
		}
	}
	t.Logf("scripts: %d bytes of gzip, %d of them before anything is shown", all, first)
	if all > mostJS || first > mostFirst {
		t.Errorf("scripts weigh %d bytes, %d at first; %d and %d are allowed", all, first, mostJS, mostFirst)
	}
}

// TestPage holds what was built to the policy of content: no code and no style in
// the page, no font, nothing of another host; and every file that it names is there.
func TestPage(t *testing.T) {
	page := read(t, "dist/index.html")
	if found := regexp.MustCompile(`<style|\sstyle=|<script[^>]*>[^<]|\son[a-z]+=|https?://`).FindString(page); found != "" {
		t.Errorf("the page has %q", found)
	}
	named := asset.FindAllStringSubmatch(page, -1)
	if len(named) < 3 {
		t.Fatalf("it names %v", named)
	}
	for _, m := range named {
		read(t, "dist/"+m[1]+".gz")
	}
	hashed := regexp.MustCompile(`-[0-9a-z]{8}\.(js|css)\.gz$`)
	err := fs.WalkDir(os.DirFS("dist/assets"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !hashed.MatchString(name) {
			t.Errorf("%s has no hash in its name", name)
		}
		if strings.HasSuffix(name, ".css.gz") && regexp.MustCompile(`@font-face|@import|url\(["']?(https?:)?//`).MatchString(unpack(t, read(t, "dist/assets/"+name))) {
			t.Errorf("%s loads fonts, or something from elsewhere", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func unpack(t *testing.T, data string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func ask(t *testing.T, method, path string, header map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	h, err := ui.Handler()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestHandler: files by name, the page for every other address, and nothing that a
// browser keeps longer than it is true.
func TestHandler(t *testing.T) {
	page := read(t, "dist/index.html")
	script := "/" + asset.FindStringSubmatch(page)[1]
	for _, c := range []struct {
		method, path, cache string
		code                int
	}{
		{"GET", "/", "no-cache", 200},
		{"GET", "/findings", "no-cache", 200},
		{"HEAD", "/findings/377d65a7a79b", "no-cache", 200},
		{"GET", script, "public, max-age=31536000, immutable", 200},
		{"GET", "/icon.svg", "no-cache", 200},
		{"GET", "/licences.txt", "no-cache", 200},
		{"GET", "/texts/ja.json", "no-cache", 200},
		{"GET", "/texts/fr.json", "", 404},
		{"GET", "/favicon.ico", "", 404},
		{"GET", "/controls/S3.9", "no-cache", 200},
		{"GET", "/assets/nothing", "", 404},
		{"GET", "/assets/old-00000000.js", "", 404},
		{"POST", "/", "", 405},
	} {
		w := ask(t, c.method, c.path, nil)
		if w.Code != c.code || w.Header().Get("Cache-Control") != c.cache {
			t.Errorf("%s %s: %d, %q", c.method, c.path, w.Code, w.Header().Get("Cache-Control"))
		}
		if c.code == 200 && (w.Header().Get("Content-Security-Policy") != ui.Policy || w.Header().Get("X-Content-Type-Options") != "nosniff" || c.method == "HEAD" && w.Body.Len() > 0) {
			t.Errorf("%s %s: %v", c.method, c.path, w.Header())
		}
	}
	if w := ask(t, "GET", "/anything/below", nil); w.Body.String() != page {
		t.Errorf("a deep address shows %q", w.Body)
	}
	plain := ask(t, "GET", script, nil)
	packed := ask(t, "GET", script, map[string]string{"Accept-Encoding": "br, gzip"})
	if packed.Header().Get("Content-Encoding") != "gzip" || unpack(t, packed.Body.String()) != plain.Body.String() || !bytes.Contains(plain.Body.Bytes(), []byte("import")) {
		t.Errorf("with gzip: %v", packed.Header())
	}
	tag := plain.Header().Get("ETag")
	if w := ask(t, "GET", script, map[string]string{"If-None-Match": tag}); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("unchanged: %d, %d bytes", w.Code, w.Body.Len())
	}
	if w := ask(t, "GET", "/texts/ja.json", map[string]string{"If-None-Match": tag}); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"page.findings":"検出結果"`) {
		t.Errorf("another file: %d %.80s", w.Code, w.Body)
	}
}

// TestTextsAreSaid: the compiler finds texts that are not in the catalogue; what is
// in the catalogue and nowhere said is found here.
func TestTextsAreSaid(t *testing.T) {
	var source strings.Builder
	err := filepath.WalkDir("../../../console/src", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(name, ".gen.ts") {
			source.WriteString(read(t, name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, m := range regexp.MustCompile(`"([a-zA-Z.]+)"`).FindAllStringSubmatch(source.String(), -1) {
		said[m[1]] = true
	}
	var families []string
	for _, m := range regexp.MustCompile("`([a-zA-Z.]+\\.)\\$\\{").FindAllStringSubmatch(source.String(), -1) {
		families = append(families, m[1])
	}
	data, err := ui.Texts(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := json.Unmarshal(data, &texts); err != nil || len(texts) < 100 || len(families) < 5 {
		t.Fatalf("%d texts, families %v, %v", len(texts), families, err)
	}
	for key := range texts {
		if !said[key] && !slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f) }) {
			t.Errorf("nothing in console/src says %s%s", ui.Namespace, key)
		}
	}
}

type locked struct {
	Packages map[string]struct {
		Version, Resolved, License string
		Dev, DevOptional           bool
	}
}

// TestPackages: each package is named by its exact version, from no host, and what
// goes into the program is under a licence that allows it.
func TestPackages(t *testing.T) {
	var wanted struct{ Dependencies, DevDependencies map[string]string }
	if err := json.Unmarshal([]byte(read(t, "../../../console/package.json")), &wanted); err != nil {
		t.Fatal(err)
	}
	exact := regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	for _, list := range []map[string]string{wanted.Dependencies, wanted.DevDependencies} {
		for name, version := range list {
			if !exact.MatchString(version) {
				t.Errorf("%s: %s is no exact version", name, version)
			}
		}
	}
	text := read(t, "../../../console/package-lock.json")
	var lock locked
	if err := json.Unmarshal([]byte(text), &lock); err != nil || len(lock.Packages) < 50 {
		t.Fatalf("%d packages, %v", len(lock.Packages), err)
	}
	allowed := []string{"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "(BSD-3-Clause AND Apache-2.0)"}
	for name, p := range lock.Packages {
		if p.Resolved != "" {
			t.Errorf("%s names a host: %s", name, p.Resolved)
		}
		if name != "" && !p.Dev && !p.DevOptional && !slices.Contains(allowed, p.License) {
			t.Errorf("%s %s is under %q", name, p.Version, p.License)
		}
	}
}
