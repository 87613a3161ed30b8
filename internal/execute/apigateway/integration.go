package apigateway

import (
	"context"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
)

func getIntegration() *awsclient.Call {
	return gatewayCall("GetIntegration", "GET", "/apis/*/integrations/*", "IntegrationId")
}
func updateIntegration() *awsclient.Call {
	return gatewayCall("UpdateIntegration", "PATCH", "/apis/*/integrations/*", "IntegrationId")
}

// integrationDriver is for integrations of HTTP APIs.
type integrationDriver struct {
	*drive.Service
	drive.Lasting
}

func (d integrationDriver) integration(ctx context.Context, thing plan.Thing) (room.Tree, error) {
	id, err := ids(d.Service, thing, "apis", "integrations")
	if err != nil {
		return nil, err
	}
	return d.About(ctx, httpAPIs, getIntegration(), room.Tree{"ApiId": id[0], "IntegrationId": id[1]}, "integration")
}

const serverName = "TlsConfig.ServerNameToVerify"

func (d integrationDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
	integration, err := d.integration(ctx, thing)
	return d.state(thing, properties, integration, err)
}

func (d integrationDriver) state(thing plan.Thing, properties []string, integration room.Tree, err error) (drive.State, error) {
	if drive.Missing(err) {
		return drive.State{}, nil
	}
	if err != nil {
		return drive.State{}, err
	}
	return drive.StateOf(d, thing, properties, func(name string) (any, bool) {
		switch tls := integration["TlsConfig"]; {
		case tls != nil && name == serverName:
			return room.TextOf(integration, name), true // empty: TLS without a name, which is not absent
		case name == "IntegrationType":
			return drive.Says(integration, name), true
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
func (d integrationDriver) Write(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	if _, named := w.Want[serverName]; !named || len(w.Want) != 1 {
		return drive.Written{}, drive.Wrong("of an %s kumoban can write %s alone", thing.Type, serverName)
	}
	id, err := ids(d.Service, thing, "apis", "integrations")
	if err != nil {
		return drive.Written{}, err
	}
	var integration room.Tree
	read := func(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
		integration, err = d.integration(ctx, thing)
		return d.state(thing, properties, integration, err)
	}
	_, done, err := drive.WriteWith(ctx, d.Service, updateIntegration(), thing, &w, []string{serverName}, read, func(ctx context.Context, _ drive.State, values map[string]any) (room.Tree, error) {
		name, err := drive.Text(values, serverName)
		if err != nil {
			return nil, err
		}
		in := room.Tree{"ApiId": id[0], "IntegrationId": id[1], "IntegrationType": drive.Says(integration, "IntegrationType"), "TlsConfig": room.Tree{}}
		if name != "" {
			in = room.Put(in, serverName, name)
		}
		return d.Send(ctx, httpAPIs, updateIntegration(), in)
	})
	return done, err
}

func (d integrationDriver) Calls(*plan.Step) []*awsclient.Call {
	return []*awsclient.Call{getIntegration(), updateIntegration()}
}
