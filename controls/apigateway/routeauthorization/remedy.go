package routeauthorization

import (
	"cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

func remedies() []remedy.Remedy {
	return []remedy.Remedy{{
		Name: "authorize",
		On:   apigatewayv2.RouteType,
		Does: []remedy.Effect{remedy.Interrupts, remedy.Costs},
		Inputs: []remedy.Input{
			{Name: "authorizationType", Required: true, Values: []string{"AWS_IAM", "JWT", "CUSTOM"}},
			{Name: "authorizer", Pattern: `[A-Za-z0-9]+`},
		},
		Ensure:  ensure.On(authorize),
		Charges: requests,
		Touches: []remedy.Touch{{Type: apigatewayv2.RouteType, Properties: []string{"AuthorizationType", "AuthorizerId"}}},
	}}
}

func authorize(r *apigatewayv2.Route, c remedy.Case) ([]remedy.Ensure, error) {
	if err := cmp.Or(
		ensure.Known(r.Api.ProtocolType, "ProtocolType"), ensure.Known(r.RouteKey, "RouteKey"),
		ensure.Known(r.AuthorizationType, "AuthorizationType"), ensure.Known(r.AuthorizerId, "AuthorizerId"),
	); err != nil {
		return nil, err
	}
	kind, err := ensure.Given(c, "authorizationType")
	if err != nil {
		return nil, err
	}
	authorizer := c.Inputs["authorizer"]
	if err := possible(r, kind, authorizer); err != nil {
		return nil, err
	}
	set := []remedy.Property{{Name: "AuthorizationType", Value: kind}}
	switch {
	case authorizer != "":
		set = append(set, remedy.Property{Name: "AuthorizerId", Value: authorizer})
	case fact.Filled(r.AuthorizerId) == fact.True:
		set = append(set, remedy.Property{Name: "AuthorizerId", Value: nil})
	}
	about := append(ensure.Same("RouteKey", r.RouteKey), ensure.About(r.Api, r.ApiGatewayManaged)...)
	return []remedy.Ensure{{ID: "route", Thing: ensure.Thing(r), Set: set, Other: about}}, nil
}

// requests may be billed by a Lambda authorizer, and are not by API Gateway.
func requests(c remedy.Case) []cost.Charge {
	if kind := c.Inputs["authorizationType"]; kind == "AWS_IAM" || kind == "JWT" {
		return []cost.Charge{{Kind: cost.Nothing}}
	}
	return []cost.Charge{{Kind: cost.Authorizer}}
}

// possible tells why a route cannot have this authorization.
func possible(r *apigatewayv2.Route, kind, authorizer string) error {
	protocol := r.Api.ProtocolType.Or("")
	key := r.RouteKey.Or("")
	switch {
	case protocol != "HTTP" && protocol != "WEBSOCKET":
		return locale.Errorf("fix.unknownProtocol", locale.A("resource", r.Name), locale.A("protocol", protocol))
	case protocol == "WEBSOCKET" && key != "$connect":
		return locale.Errorf("fix.unauthorizable", locale.A("route", key))
	case protocol == "WEBSOCKET" && kind == "JWT":
		return locale.Errorf("fix.noJWT")
	case kind == "AWS_IAM" && authorizer != "":
		return locale.Errorf("fix.noAuthorizer")
	case kind == "JWT" && authorizer == "", kind == "CUSTOM" && authorizer == "":
		return locale.Errorf("fix.needsAuthorizer", locale.A("type", kind))
	case kind != "AWS_IAM" && kind != "JWT" && kind != "CUSTOM":
		return locale.Errorf("fix.badInput", locale.A("input", "authorizationType"), locale.A("value", kind))
	}
	return nil
}
