// Package routeauthorization is APIGateway.8: routes of HTTP and WebSocket APIs
// name an authorization type.
package routeauthorization

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

//go:embed guide.*.md messages.*.txt snippets
var files embed.FS

// Control returns the control.
func Control() *control.Control {
	return &control.Control{
		ID: "APIGateway.8",
		Parameters: []control.Parameter{
			{Name: "authorizationType"},
			{Name: "exemptUnauthorizableRoutes", Values: []string{"true", "false"}, Default: "false", Ours: true},
		},
		Checks:   []control.Check{control.On(check)},
		Remedies: remedies(),
		Questions: []control.Question{
			{Key: "public", Kind: control.YesNo},
			{Key: "own-check", Kind: control.YesNo},
			{Key: "callers-ready", Kind: control.YesNo},
			{Key: "production", Kind: control.YesNo},
		},
		Files: files,
	}
}

// check is strict with WebSocket routes that cannot carry an authorizer, for no
// text of AWS exempts them; the user may.
func check(r *apigatewayv2.Route, p control.Params) control.Verdict {
	key, kind := r.RouteKey.Or("?"), r.AuthorizationType.Or("NONE")
	args := []locale.Arg{locale.A("route", key), locale.A("type", kind)}
	holds, fail := fact.In(r.AuthorizationType, "AWS_IAM", "CUSTOM", "JWT"), control.Fail("open", args...)
	if want := p.Get("authorizationType"); want != "" {
		if holds == fact.True {
			fail = control.Fail("other", append(args, locale.A("want", want))...)
		}
		holds = fact.Is(r.AuthorizationType, want)
	}
	cannot := fact.Is(r.Api.ProtocolType, "WEBSOCKET").And(fact.Is(r.RouteKey, "$connect").Not())
	if p.Get("exemptUnauthorizableRoutes") == "true" && holds != fact.True {
		switch {
		case cannot == fact.True:
			return control.Exempt("unauthorizable", locale.A("route", key))
		case cannot == fact.Unknown && r.RouteKey.Present() == fact.Unknown:
			return control.Unread("RouteKey", r.RouteKey.Origin())
		case cannot == fact.Unknown:
			return control.Unread("ProtocolType", r.Api.ProtocolType.Origin())
		}
	}
	v := control.Decide(holds, r.AuthorizationType, "AuthorizationType", control.Pass("authorized", args...), fail)
	if v.Status == control.Failed && cannot == fact.True {
		v = v.Note("cannotCarry")
	}
	return v
}
