package gatewayv2

import (
	"encoding/json"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func integrationOperations() []gateway.Operation {
	const all, one = "/apis/{apiId}/integrations", "/apis/{apiId}/integrations/{integrationId}"
	return []gateway.Operation{
		gateway.Op("GetIntegrations", "GET", all, 200, getIntegrations),
		gateway.Op("GetIntegration", "GET", one, 200, getIntegration),
		gateway.Op("CreateIntegration", "POST", all, 201, createIntegration),
		gateway.Op("UpdateIntegration", "PATCH", one, 200, updateIntegration),
	}
}

func getIntegrations(r *service.Request) (any, error) {
	a, err := api(r)
	if err != nil {
		return nil, err
	}
	return page(r, a.Integrations)
}

func getIntegration(r *service.Request) (any, error) {
	_, x, err := integration(r)
	if err != nil {
		return nil, err
	}
	return x, nil
}

func integration(r *service.Request) (*world.API, *world.V2Integration, error) {
	a, err := api(r)
	if err != nil {
		return nil, nil, err
	}
	for _, x := range a.Integrations {
		if x.IntegrationID == r.Vars["integrationId"] {
			return a, x, nil
		}
	}
	return nil, nil, service.NotFound("Invalid Integration identifier specified")
}

func createIntegration(r *service.Request) (any, error) {
	a, err := api(r)
	if err != nil {
		return nil, err
	}
	x := &world.V2Integration{}
	if err := r.Decode(x); err != nil {
		return nil, err
	}
	if gateway.Value(x.IntegrationType) == "" {
		return nil, service.BadRequest("IntegrationType is a required parameter")
	}
	if *x.IntegrationType == "AWS_PROXY" && x.IntegrationSubtype == nil {
		world.Fill(&x.IntegrationMethod, "POST")
	}
	x.IntegrationID = r.World.NewID(7)
	x.Complete(a.ProtocolType)
	if err := checkIntegration(r, a, x); err != nil {
		return nil, err
	}
	a.Integrations = append(a.Integrations, x)
	return x, nil
}

// updateIntegration decodes the changes over a copy: a field that is not sent
// keeps its value.
func updateIntegration(r *service.Request) (any, error) {
	a, x, err := integration(r)
	if err != nil {
		return nil, err
	}
	next, err := gateway.Clone(x)
	if err != nil {
		return nil, err
	}
	if err := r.Decode(next); err != nil {
		return nil, err
	}
	next.IntegrationID, next.APIGatewayManaged = x.IntegrationID, x.APIGatewayManaged
	if emptied(r) {
		next.TLSConfig = nil
	}
	if err := checkIntegration(r, a, next); err != nil {
		return nil, err
	}
	*x = *next
	return x, nil
}

func checkIntegration(r *service.Request, a *world.API, x *world.V2Integration) error {
	kind, uri, httpAPI := *x.IntegrationType, gateway.Value(x.IntegrationURI), a.ProtocolType == http
	longest := 29000
	if httpAPI {
		longest = 30000
	}
	private := *x.ConnectionType == "VPC_LINK"
	switch {
	case kind != "AWS" && kind != "HTTP" && kind != "MOCK" && kind != "HTTP_PROXY" && kind != "AWS_PROXY":
		return service.BadRequest("Invalid integration type specified: " + kind)
	case httpAPI && kind != "HTTP_PROXY" && kind != "AWS_PROXY":
		return service.BadRequest("Integration type " + kind + " is not supported for protocolType HTTP")
	case strings.HasPrefix(kind, "HTTP") && gateway.Value(x.IntegrationMethod) == "":
		return service.BadRequest("HttpMethod must be specified for " + kind + " integrations")
	case kind == "AWS_PROXY" && x.IntegrationSubtype == nil && !strings.HasPrefix(uri, "arn:"):
		return service.BadRequest("Integration URI must be an ARN for the integration type AWS_PROXY")
	case strings.HasPrefix(kind, "HTTP") && !private && !strings.HasPrefix(uri, "http://") && !strings.HasPrefix(uri, "https://"):
		return service.BadRequest("Invalid HTTP endpoint specified for URI")
	case *x.TimeoutInMillis < 50 || *x.TimeoutInMillis > longest:
		return service.BadRequest("Timeout is out of the range that is supported for protocolType " + a.ProtocolType)
	case *x.ConnectionType != "INTERNET" && !private:
		return service.BadRequest("Invalid connection type specified: " + *x.ConnectionType)
	case x.TLSConfig != nil && !(httpAPI && private):
		return service.BadRequest("TlsConfig is only supported for private integrations of HTTP APIs")
	case !private:
		return nil
	}
	return checkPrivate(r, httpAPI, kind, uri, gateway.Value(x.ConnectionID))
}

// checkPrivate: a VPC link; for an HTTP API one of version 2 that exists, and
// the ARN of a listener or a Cloud Map service as its target.
func checkPrivate(r *service.Request, httpAPI bool, kind, uri, link string) error {
	if !strings.HasPrefix(kind, "HTTP") {
		return service.BadRequest("Integration type " + kind + " is not supported with a VPC link")
	}
	if link == "" {
		return service.BadRequest("ConnectionId is required when connectionType is VPC_LINK")
	}
	if !httpAPI {
		return nil
	}
	if vpcLink(r.Region, link) == nil {
		return service.BadRequest("VPC link ID " + link + " does not exist")
	}
	if !strings.HasPrefix(uri, "arn:") {
		return service.BadRequest("For VpcLink " + link + ", integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN.")
	}
	return nil
}

// emptied tells whether the request takes the TLS settings away: Terraform's
// provider sends an empty object for it. AWS's documentation is silent.
func emptied(r *service.Request) bool {
	var in struct {
		TLSConfig *world.TLSConfig `json:"tlsConfig"`
	}
	return json.Unmarshal(r.Body, &in) == nil && in.TLSConfig != nil && gateway.Value(in.TLSConfig.ServerNameToVerify) == ""
}
