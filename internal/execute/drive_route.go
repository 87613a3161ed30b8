package execute

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	v2 "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
)

func getRoute() *awsclient.Call {
	return gatewayCall("GetRoute", "GET", "/apis/*/routes/*", "routeId")
}
func updateRoute() *awsclient.Call {
	return gatewayCall("UpdateRoute", "PATCH", "/apis/*/routes/*", "routeId")
}
func getIntegration() *awsclient.Call {
	return gatewayCall("GetIntegration", "GET", "/apis/*/integrations/*", "integrationId")
}
func updateIntegration() *awsclient.Call {
	return gatewayCall("UpdateIntegration", "PATCH", "/apis/*/integrations/*", "integrationId")
}

// routeDriver is for routes of HTTP and WebSocket APIs.
type routeDriver struct {
	*service
	lasting
}

func (d routeDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	id, err := d.ids(thing, "apis", "routes")
	if err != nil {
		return State{}, err
	}
	route, err := do(ctx, d.service, getRoute(), d.v2().GetRoute, &v2.GetRouteInput{ApiId: &id[0], RouteId: &id[1]})
	switch {
	case missing(err):
		return State{}, nil
	case err != nil:
		return State{}, err
	case aws.ToString(route.RouteId) != id[1]:
		return State{}, awsclient.NewGarbled(getRoute(), "the answer is about another route")
	}
	return stateOf(d, thing, properties, func(name string) (any, bool) {
		switch name {
		case "AuthorizationType":
			return string(cmp.Or(route.AuthorizationType, types.AuthorizationTypeNone)), true
		case "AuthorizerId":
			return filled(route.AuthorizerId), true
		case "RouteKey":
			return filled(route.RouteKey), true
		case "ApiGatewayManaged":
			return aws.ToBool(route.ApiGatewayManaged), true
		}
		return nil, ofAPI(name)
	})
}

// Default is a route that lets everybody in.
func (routeDriver) Default(property string) any {
	if property == "AuthorizationType" {
		return "NONE"
	}
	return nil
}

func (d routeDriver) Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error) {
	id, err := d.ids(thing, "apis", "routes")
	if err != nil {
		return Written{}, err
	}
	group := names(w.Want)
	for _, name := range group {
		if name != "AuthorizationType" && name != "AuthorizerId" {
			return Written{}, wrong("an %s has no property %s that kumoban can write", thing.Type, name)
		}
	}
	_, done, err := writeWith(ctx, d.service, updateRoute(), thing, &w, group, d.Read, func(ctx context.Context, _ State, values map[string]any) (*v2.UpdateRouteOutput, error) {
		in := &v2.UpdateRouteInput{ApiId: &id[0], RouteId: &id[1]}
		for _, name := range names(values) {
			value, err := text(values, name)
			if err != nil {
				return nil, err
			}
			if name == "AuthorizationType" {
				in.AuthorizationType = cmp.Or(types.AuthorizationType(value), types.AuthorizationTypeNone)
			} else {
				in.AuthorizerId = &value // an empty one takes it away
			}
		}
		return d.v2().UpdateRoute(ctx, in)
	})
	return done, err
}

func (d routeDriver) Calls(*plan.Step) []*awsclient.Call {
	return []*awsclient.Call{getRoute(), updateRoute()}
}

// integrationDriver is for integrations of HTTP APIs.
type integrationDriver struct {
	*service
	lasting
}

func (d integrationDriver) integration(ctx context.Context, thing plan.Thing) (id []string, out *v2.GetIntegrationOutput, err error) {
	if id, err = d.ids(thing, "apis", "integrations"); err != nil {
		return nil, nil, err
	}
	out, err = do(ctx, d.service, getIntegration(), d.v2().GetIntegration, &v2.GetIntegrationInput{ApiId: &id[0], IntegrationId: &id[1]})
	if err == nil && aws.ToString(out.IntegrationId) != id[1] {
		err = awsclient.NewGarbled(getIntegration(), "the answer is about another integration")
	}
	return id, out, err
}

const serverName = "TlsConfig.ServerNameToVerify"

func (d integrationDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	_, integration, err := d.integration(ctx, thing)
	return d.state(thing, properties, integration, err)
}

func (d integrationDriver) state(thing plan.Thing, properties []string, integration *v2.GetIntegrationOutput, err error) (State, error) {
	if missing(err) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	return stateOf(d, thing, properties, func(name string) (any, bool) {
		switch tls := integration.TlsConfig; {
		case tls != nil && name == serverName:
			return aws.ToString(tls.ServerNameToVerify), true // empty: TLS without a name, which is not absent
		case name == "IntegrationType":
			return filled(&integration.IntegrationType), true
		case name == "ApiGatewayManaged":
			return aws.ToBool(integration.ApiGatewayManaged), true
		}
		return nil, name == serverName || ofAPI(name)
	})
}

// Write names the integration's type, as Terraform's provider always does, and
// takes TLS settings away by an empty object. AWS documents no way to take them
// away: UpdateIntegration leaves alone what is not sent, and there is no call to
// delete them. The empty object is how Terraform's provider does it
// (expandTLSConfig of hashicorp/aws). Should API Gateway ever take it for TLS
// without a name to verify, reading back finds that: Read tells such settings
// from none. The AWS CLI commands that are printed do and look the same.
func (d integrationDriver) Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error) {
	if _, named := w.Want[serverName]; !named || len(w.Want) != 1 {
		return Written{}, wrong("of an %s kumoban can write %s alone", thing.Type, serverName)
	}
	var id []string
	var integration *v2.GetIntegrationOutput
	read := func(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
		var err error
		id, integration, err = d.integration(ctx, thing)
		return d.state(thing, properties, integration, err)
	}
	_, done, err := writeWith(ctx, d.service, updateIntegration(), thing, &w, []string{serverName}, read, func(ctx context.Context, _ State, values map[string]any) (*v2.UpdateIntegrationOutput, error) {
		name, err := text(values, serverName)
		if err != nil {
			return nil, err
		}
		tls := &types.TlsConfigInput{}
		if name != "" {
			tls.ServerNameToVerify = &name
		}
		return d.v2().UpdateIntegration(ctx, &v2.UpdateIntegrationInput{ApiId: &id[0], IntegrationId: &id[1], IntegrationType: integration.IntegrationType, TlsConfig: tls})
	})
	return done, err
}

func (d integrationDriver) Calls(*plan.Step) []*awsclient.Call {
	return []*awsclient.Call{getIntegration(), updateIntegration()}
}
