package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/page"
	"github.com/kumoban/kumoban/internal/web/owner"
	"github.com/kumoban/kumoban/internal/web/ui"
)

// pages registers what is no API.
func (s *Server) pages(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /signin/{link}", s.signIn)
	mux.HandleFunc("POST /signout", s.signOut)
	mux.Handle("GET "+owner.Root, s.owner)
	mux.Handle("POST "+owner.Root, s.owner)
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

// console is the front end: its files and texts are public, its pages are for whoever
// is signed in, and have their state in the address.
func (s *Server) console(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, root) { // no operation
		s.refuse(w, r, http.StatusNotFound, locale.M("web.noSuchPage"))
		return
	}
	if _, ok := s.sessions.who(r); !ok && !ui.IsFile(strings.TrimPrefix(r.URL.Path, "/")) {
		s.say(w, r, http.StatusUnauthorized, "web.signIn")
		return
	}
	s.front.ServeHTTP(w, r)
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
