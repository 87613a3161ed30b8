package execute

import (
	"cmp"
	"context"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
)

func getRoute() *awsclient.Call {
	return gatewayCall("GetRoute", "GET", "/apis/*/routes/*", "RouteId")
}
func updateRoute() *awsclient.Call {
	return gatewayCall("UpdateRoute", "PATCH", "/apis/*/routes/*", "RouteId")
}
func getIntegration() *awsclient.Call {
	return gatewayCall("GetIntegration", "GET", "/apis/*/integrations/*", "IntegrationId")
}
func updateIntegration() *awsclient.Call {
	return gatewayCall("UpdateIntegration", "PATCH", "/apis/*/integrations/*", "IntegrationId")
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
	route, err := d.about(ctx, httpAPIs, getRoute(), room.Tree{"ApiId": id[0], "RouteId": id[1]}, "route")
	switch {
	case missing(err):
		return State{}, nil
	case err != nil:
		return State{}, err
	}
	return stateOf(d, thing, properties, func(name string) (any, bool) {
		switch name {
		case "AuthorizationType":
			return cmp.Or(told(route, name), "NONE"), true
		case "AuthorizerId", "RouteKey":
			return told(route, name), true
		case managed:
			return route[managed] == true, true
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
	_, done, err := writeWith(ctx, d.service, updateRoute(), thing, &w, group, d.Read, func(ctx context.Context, _ State, values map[string]any) (room.Tree, error) {
		in := room.Tree{"ApiId": id[0], "RouteId": id[1]}
		for _, name := range names(values) {
			value, err := text(values, name)
			if err != nil {
				return nil, err
			}
			if in[name] = value; name == "AuthorizationType" { // an empty authorizer takes it away
				in[name] = cmp.Or(value, "NONE")
			}
		}
		return d.send(ctx, httpAPIs, updateRoute(), in)
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

func (d integrationDriver) integration(ctx context.Context, thing plan.Thing) (room.Tree, error) {
	id, err := d.ids(thing, "apis", "integrations")
	if err != nil {
		return nil, err
	}
	return d.about(ctx, httpAPIs, getIntegration(), room.Tree{"ApiId": id[0], "IntegrationId": id[1]}, "integration")
}

const serverName = "TlsConfig.ServerNameToVerify"

func (d integrationDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	integration, err := d.integration(ctx, thing)
	return d.state(thing, properties, integration, err)
}

func (d integrationDriver) state(thing plan.Thing, properties []string, integration room.Tree, err error) (State, error) {
	if missing(err) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	return stateOf(d, thing, properties, func(name string) (any, bool) {
		switch tls := integration["TlsConfig"]; {
		case tls != nil && name == serverName:
			return room.TextOf(integration, name), true // empty: TLS without a name, which is not absent
		case name == "IntegrationType":
			return told(integration, name), true
		case name == managed:
			return integration[managed] == true, true
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
	id, err := d.ids(thing, "apis", "integrations")
	if err != nil {
		return Written{}, err
	}
	var integration room.Tree
	read := func(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
		integration, err = d.integration(ctx, thing)
		return d.state(thing, properties, integration, err)
	}
	_, done, err := writeWith(ctx, d.service, updateIntegration(), thing, &w, []string{serverName}, read, func(ctx context.Context, _ State, values map[string]any) (room.Tree, error) {
		name, err := text(values, serverName)
		if err != nil {
			return nil, err
		}
		in := room.Tree{"ApiId": id[0], "IntegrationId": id[1], "IntegrationType": told(integration, "IntegrationType"), "TlsConfig": room.Tree{}}
		if name != "" {
			in = room.Put(in, serverName, name)
		}
		return d.send(ctx, httpAPIs, updateIntegration(), in)
	})
	return done, err
}

func (d integrationDriver) Calls(*plan.Step) []*awsclient.Call {
	return []*awsclient.Call{getIntegration(), updateIntegration()}
}
