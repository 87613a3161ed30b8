package web

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/page"
)

// pages registers what is no API.
func (s *Server) pages(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /signin/{link}", s.signIn)
	mux.HandleFunc("POST /signout", s.signOut)
	mux.HandleFunc("GET /assets/", s.asset)
	mux.HandleFunc("GET /", s.console)
}

// ready tells whether the store answers.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if _, err := s.at(r.Context(), access.Subject{}); err != nil {
		s.refuse(w, r, http.StatusServiceUnavailable, sentence(err, requestID(r.Context())))
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}

// asset is a file of the console. They are public, and named by what is in them.
func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	name := path.Clean(r.URL.Path)[1:]
	if s.options.Console == nil {
		s.refuse(w, r, http.StatusNotFound, locale.M("web.noSuchPage"))
		return
	}
	if info, err := fs.Stat(s.options.Console, name); err != nil || info.IsDir() {
		s.refuse(w, r, http.StatusNotFound, locale.M("web.noSuchPage"))
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeFileFS(w, r, s.options.Console, name)
}

// console is the page that the console's own routes begin with, whichever they are:
// its state stands in the address.
func (s *Server) console(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.sessions.who(r); !ok {
		s.say(w, r, http.StatusUnauthorized, "web.signIn")
		return
	}
	if path.Ext(r.URL.Path) != "" { // a file, not a route
		s.say(w, r, http.StatusNotFound, "web.noSuchPage")
		return
	}
	if s.options.Console == nil {
		s.say(w, r, http.StatusOK, "web.noConsole")
		return
	}
	http.ServeFileFS(w, r, s.options.Console, "index.html")
}

// say answers with a sentence on a page of its own.
func (s *Server) say(w http.ResponseWriter, r *http.Request, code int, key string) {
	lang := s.langOf(r.Header.Get("Accept-Language"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, `<!DOCTYPE html>
<html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>kumoban</title></head>
<body><h1>kumoban</h1><p>%s</p></body></html>
`, lang, page.Escape(s.views[lang].Catalog.Text(key)))
}
