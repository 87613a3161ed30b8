package web

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/view"
)

// root is where the API is.
const root = "/api/v1"

// PermissionKey is what an operation of the document says its permission by.
const PermissionKey = "x-permission"

// api is the operations while they are registered.
type api struct {
	*Server
	huma huma.API
}

// hooked has the framework's own errors told by the server that the request is to:
// there is one hook for all.
var hooked = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false // a list that is empty is [] here
	huma.NewError = func(code int, msg string, _ ...error) huma.StatusError {
		return &Problem{Type: "about:blank", Title: http.StatusText(code), Status: code, Detail: msg}
	}
	huma.NewErrorWithContext = func(ctx huma.Context, code int, msg string, errs ...error) huma.StatusError {
		if ctx != nil {
			if s, ok := ctx.Context().Value(serverKey{}).(*Server); ok {
				return s.invalid(ctx, code, errs)
			}
		}
		return huma.NewError(code, msg)
	}
})

type serverKey struct{}

// api registers all operations, and the document.
func (s *Server) api(mux *http.ServeMux) {
	hooked()
	names := huma.NewMapRegistry("#/components/schemas/", schemaName)
	// They are objects of whatever a message tells.
	names.RegisterTypeAlias(guide.FactType(), reflect.TypeFor[*string]())
	names.RegisterTypeAlias(reflect.TypeFor[locale.Args](), reflect.TypeFor[map[string]any]())
	a := &api{s, humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "kumoban", Version: "1", Description: "What kumoban's console is made of. Findings have the JSON that commands write."},
			Components: &huma.Components{Schemas: names, SecuritySchemes: map[string]*huma.SecurityScheme{
				"session": {Type: "apiKey", In: "cookie", Name: cookie},
			}},
			Security: []map[string][]string{{"session": {}}},
		},
		OpenAPIPath: root + "/openapi", DefaultFormat: "application/json",
		Formats: map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
	})}
	a.me()
	a.findings()
	a.decisions()
	a.standing()
	a.overview()
	a.questions()
	a.links()
	a.owners()
	a.rulings()
	a.messages()
	a.runs()
	a.plans()
	a.fixing()
	a.audit()
	a.controls()
	a.jobs()
	a.schedules()
	a.bulk()
	nullable(names)
}

// schemaName names a type in the document: shapes of view end in JSON or Body.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	if strings.HasSuffix(t.PkgPath(), "/guide") {
		return "Control" + name // a question of a control is none that was put to somebody
	}
	for _, end := range []string{"JSON", "Body"} {
		if short := strings.TrimSuffix(name, end); short != "" {
			name = short
		}
	}
	return name
}

// operation describes one.
type operation struct {
	id, method, path string
	takes            access.Permission
	says             string // a summary, in English
}

// asked is who asks, where and in which language.
type asked struct {
	desk *desk.Desk
	view *view.View
	who  access.Subject
}

type askedKey struct{}

// add registers an operation. Who asks is signed in and has its permission before
// anything of the request is looked at. What the document says besides, more does.
func add[In, Out any](a *api, o operation, do func(context.Context, *asked, *In) (*Out, error), more ...func(*huma.Operation)) {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: root + o.path, Summary: o.says, Extensions: map[string]any{PermissionKey: string(o.takes)},
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity}, MaxBodyBytes: mostOfBody,
	}
	op.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		at, p := a.admit(r, o.takes)
		if p != nil {
			p.write(w)
			return
		}
		next(huma.WithValue(ctx, askedKey{}, at))
	}}
	for _, say := range more {
		say(&op)
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *In) (*Out, error) {
		at, _ := ctx.Value(askedKey{}).(*asked)
		out, err := do(ctx, at, in)
		if err != nil {
			return nil, a.failed(ctx, at.view, err)
		}
		return out, nil
	})
}

// admit tells who asks; nil is nobody who may, with the problem.
func (s *Server) admit(r *http.Request, takes access.Permission) (*asked, *Problem) {
	lang := s.langOf(r.Header.Get("Accept-Language"))
	who, ok := s.sessions.who(r)
	if !ok {
		return nil, s.problem(r.Context(), lang, http.StatusUnauthorized, locale.M("web.signIn"))
	}
	if err := who.May(takes); err != nil {
		return nil, s.failed(r.Context(), s.views[lang], err)
	}
	d, err := s.at(r.Context(), who)
	if err != nil {
		return nil, s.failed(r.Context(), s.views[lang], err)
	}
	return &asked{d, s.viewed(lang, d), who}, nil
}
