package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/view"
)

// Problem is an error as RFC 9457 has it, in the language of whoever asked.
type Problem struct {
	Type    string         `json:"type"`
	Title   string         `json:"title"`
	Status  int            `json:"status"`
	Detail  string         `json:"detail"`
	Code    string         `json:"code"` // the message's key, for machines
	Request string         `json:"request,omitempty"`
	Current []view.Finding `json:"current,omitempty" doc:"of 412: the finding as it is now"`
}

// Error returns the sentence.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements [huma.StatusError].
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements [huma.ContentTypeFilter].
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problem makes one of a message.
func (s *Server) problem(ctx context.Context, lang locale.Lang, code int, m locale.Message) *Problem {
	return &Problem{
		Type: "about:blank", Title: http.StatusText(code), Status: code, Detail: s.views[lang].Catalog.Text(m.Key, m.Args...), Code: m.Key, Request: requestID(ctx),
	}
}

// refuse answers with a problem where no operation does.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, code int, m locale.Message) {
	s.problem(r.Context(), s.langOf(r.Header.Get("Accept-Language")), code, m).write(w)
}

func (p *Problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // whoever asked may be gone
}

// codes are the answers to the faults of use cases.
var codes = map[desk.Fault]int{
	desk.Wrong: http.StatusUnprocessableEntity, desk.Denied: http.StatusForbidden, desk.Unknown: http.StatusNotFound, desk.Changed: http.StatusPreconditionFailed,
	desk.Busy: http.StatusServiceUnavailable, desk.Down: http.StatusServiceUnavailable, desk.Inner: http.StatusInternalServerError,
}

// sentence is what an error of a use case says to whoever asked; what nobody wrote a
// sentence for is not told.
func sentence(err error, request string) locale.Message {
	var said *locale.Error
	if errors.As(err, &said) && desk.FaultOf(err) != desk.Inner {
		return said.Message
	}
	return locale.M("web.inner", locale.A("request", request))
}

// failed makes a problem of an error of a use case.
func (s *Server) failed(ctx context.Context, v *view.View, err error) *Problem {
	fault := desk.FaultOf(err)
	if fault == desk.Inner || fault == desk.Down {
		s.options.Log.ErrorContext(ctx, "failed", "request", requestID(ctx), "error", err.Error())
	}
	p := s.problem(ctx, v.Catalog.Lang, codes[fault], sentence(err, requestID(ctx)))
	var stale *desk.Stale
	if errors.As(err, &stale) {
		now := *v
		now.Know(stale.Exceptions)
		p.Current = now.FindingsBody([]lifecycle.Record{stale.Is}, 1, "").Findings
	}
	return p
}

// invalid makes a problem of what the framework found wrong with a request: where it
// is, in the reader's language; its own words are English.
func (s *Server) invalid(ctx huma.Context, code int, errs []error) *Problem {
	var where []string
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			where = append(where, locale.Clean(d.ErrorDetail().Location))
		}
	}
	lang := s.langOf(ctx.Header("Accept-Language"))
	m := locale.M("web.badRequest")
	switch {
	case code == http.StatusRequestEntityTooLarge:
		m = locale.M("web.tooLarge")
	case code == http.StatusNotFound:
		m = locale.M("web.noSuchPage")
	case len(where) > 0:
		m = locale.M("web.badValue", locale.A("where", strings.Join(where, ", ")))
	}
	return s.problem(ctx.Context(), lang, code, m)
}
