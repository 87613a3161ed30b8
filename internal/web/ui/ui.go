// Package ui is the console's front end as it was built: `make console` makes dist
// from the sources in console/. Nothing of Node is needed to serve it.
package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
)

//go:generate go run ../../tool/textsgen ../../../console/src/keys.gen.ts

//go:embed dist
var built embed.FS

// Policy is what a page of the console may do: what stands in files of its own
// server, and nothing else. No code and no style stands in a page.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Namespace begins the keys of the texts that the console is handed.
const Namespace = "console."

const (
	index = "index.html"
	// A name below assets holds the hash of what it names.
	assets  = "assets/"
	texts   = "texts/"
	forever = "public, max-age=31536000, immutable"
	// What else there is may be another at the next start.
	ask = "no-cache"
)

// file is what one address answers.
type file struct {
	data, small []byte // as it is, and with gzip, where it was packed
	kind, tag   string // its type, and its ETag
}

// Handler serves the console: files by their names, the texts of a language below
// /texts/, and for every address that a page may have the same page, which knows
// what to show there.
func Handler() (http.Handler, error) {
	files := map[string]file{}
	if err := collect(files); err != nil {
		return nil, err
	}
	for _, lang := range locale.Langs() {
		data, err := Texts(lang)
		if err != nil {
			return nil, err
		}
		files[texts+string(lang)+".json"] = newFile("texts.json", data, nil)
	}
	return handler(files), nil
}

// Texts are those of the console in one language, as a JSON object.
func Texts(lang locale.Lang) ([]byte, error) {
	c, err := locale.New(lang)
	if err != nil {
		return nil, err
	}
	return json.Marshal(c.Under(Namespace))
}

// collect reads what was built; names that end in .gz are files that were packed.
func collect(files map[string]file) error {
	return fs.WalkDir(built, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := built.ReadFile(name)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(name, "dist/")
		name, packed := strings.CutSuffix(name, ".gz")
		if !packed {
			files[name] = newFile(name, data, nil)
			return nil
		}
		whole, err := unpack(data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files[name] = newFile(name, whole, data)
		return nil
	})
}

func unpack(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func newFile(name string, data, small []byte) file {
	sum := sha256.Sum256(data)
	return file{data: data, small: small, kind: kind(name), tag: `"` + hex.EncodeToString(sum[:12]) + `"`}
}

// kind is a file's type: the machine's own table of types has no say in it.
func kind(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".json":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// IsFile tells whether a name, without the slash before it, can be a file's: no page has it. Pages have ids in
// theirs, as /controls/S3.9.
func IsFile(name string) bool {
	dir, rest, deep := strings.Cut(name, "/")
	return deep && (dir+"/" == assets || dir+"/" == texts && rest != "") || !deep && path.Ext(name) != ""
}

type handler map[string]file

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	f, ok := h[name]
	switch {
	case ok:
	case IsFile(name):
		http.NotFound(w, r)
		return
	default:
		name = index
		f = h[index]
	}
	head := w.Header()
	head.Set("Content-Type", f.kind)
	head.Set("Content-Security-Policy", Policy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Vary", "Accept-Encoding")
	head.Set("Cache-Control", ask)
	if strings.HasPrefix(name, assets) {
		head.Set("Cache-Control", forever)
	}
	head.Set("ETag", f.tag)
	data := f.data
	if f.small != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		data = f.small
		head.Set("Content-Encoding", "gzip")
		head.Set("ETag", strings.TrimSuffix(f.tag, `"`)+`-gz"`)
	}
	if r.Header.Get("If-None-Match") == head.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	head.Set("Content-Length", fmt.Sprint(len(data)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(data) // whoever asked has gone
	}
}
