package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/web/ui"
)

// mostOfBody is what a request may carry where its operation does not say more.
const mostOfBody = 1 << 20

type requestKey struct{}

// guarded is what every request passes before anything looks at it.
func (s *Server) guarded(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, http.StatusForbidden, locale.M("web.crossSite"))
	}))
	inner := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()
		r = r.WithContext(context.WithValue(context.WithValue(r.Context(), requestKey{}, id), serverKey{}, s))
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("Content-Security-Policy", ui.Policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		said := &status{ResponseWriter: w}
		defer s.logged(said, r, s.options.Now())
		// A page of another name that resolves to this machine would have the same origin as itself.
		if !slices.Contains(s.options.Hosts, strings.ToLower(r.Host)) {
			s.refuse(said, r, http.StatusMisdirectedRequest, locale.M("web.otherHost", locale.A("hosts", s.options.Hosts)))
			return
		}
		if !s.within(s.requests, said, r) {
			return
		}
		r.Body = http.MaxBytesReader(said, r.Body, mostOfBody)
		inner.ServeHTTP(said, r)
	})
}

// status remembers what was answered.
type status struct {
	http.ResponseWriter
	code int
}

// WriteHeader implements [http.ResponseWriter].
func (s *status) WriteHeader(code int) {
	if s.code == 0 {
		s.code = code
	}
	s.ResponseWriter.WriteHeader(code)
}

// Write implements [http.ResponseWriter].
func (s *status) Write(b []byte) (int, error) {
	if s.code == 0 {
		s.code = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap lets [http.ResponseController] at the writer.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// logged writes a line a request. Paths of links are secrets, and queries may hold
// names: the route alone is told.
func (s *Server) logged(w *status, r *http.Request, began time.Time) {
	if fault := recover(); fault != nil {
		if fault == http.ErrAbortHandler { //nolint:errorlint,err113 // it is compared so by net/http
			panic(fault)
		}
		s.options.Log.ErrorContext(r.Context(), "panic", "request", requestID(r.Context()), "fault", fault, "stack", string(debug.Stack()))
		if w.code == 0 {
			s.refuse(w, r, http.StatusInternalServerError, locale.M("web.inner", locale.A("request", requestID(r.Context()))))
		}
	}
	s.options.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("request", requestID(r.Context())), slog.String("method", r.Method), slog.String("route", r.Pattern), slog.Int("status", w.code),
		slog.Duration("took", s.options.Now().Sub(began)))
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// langOf is the language of whoever asks: the first of theirs that there is.
func (s *Server) langOf(header string) locale.Lang {
	for part := range strings.SplitSeq(header, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		name, _, _ := strings.Cut(tag, "-")
		if lang, err := locale.Parse(strings.ToLower(name)); err == nil {
			return lang
		}
	}
	return s.options.Lang
}
