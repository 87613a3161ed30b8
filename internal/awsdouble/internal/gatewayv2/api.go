package gatewayv2

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func apiOperations() []gateway.Operation {
	const all, one = "/apis", "/apis/{apiId}"
	return []gateway.Operation{
		gateway.Op("GetApis", "GET", all, 200, getAPIs),
		gateway.Op("GetApi", "GET", one, 200, getAPI),
		gateway.Op("CreateApi", "POST", all, 201, createAPI),
		gateway.Op("DeleteApi", "DELETE", one, 204, deleteAPI),
	}
}

func getAPIs(r *service.Request) (any, error) {
	list := make([]*world.APIWire, len(r.Region.APIs))
	for i, a := range r.Region.APIs {
		list[i] = &a.APIWire
	}
	return page(r, list)
}

func getAPI(r *service.Request) (any, error) {
	a, err := api(r)
	if err != nil {
		return nil, err
	}
	return a.APIWire, nil
}

type createAPIInput struct {
	APIKeySelectionExpression *string           `json:"apiKeySelectionExpression"`
	CorsConfiguration         *world.Cors       `json:"corsConfiguration"`
	CredentialsArn            *string           `json:"credentialsArn"`
	Description               *string           `json:"description"`
	DisableExecuteAPIEndpoint *bool             `json:"disableExecuteApiEndpoint"`
	DisableSchemaValidation   *bool             `json:"disableSchemaValidation"`
	IPAddressType             *string           `json:"ipAddressType"`
	Name                      string            `json:"name"`
	ProtocolType              string            `json:"protocolType"`
	RouteKey                  string            `json:"routeKey"`
	RouteSelectionExpression  *string           `json:"routeSelectionExpression"`
	Tags                      map[string]string `json:"tags"`
	Target                    string            `json:"target"`
	Version                   *string           `json:"version"`
}

func createAPI(r *service.Request) (any, error) {
	var in createAPIInput
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	socket := in.ProtocolType == webSocket
	switch {
	case in.Name == "":
		return nil, service.BadRequest("Name is a required parameter")
	case !socket && in.ProtocolType != http:
		return nil, service.BadRequest("Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]")
	case socket && gateway.Value(in.RouteSelectionExpression) == "":
		return nil, service.BadRequest("RouteSelectionExpression is a required parameter for WEBSOCKET APIs")
	case !socket && in.RouteSelectionExpression != nil && *in.RouteSelectionExpression != "$request.method $request.path" &&
		*in.RouteSelectionExpression != "${request.method} ${request.path}":
		return nil, service.BadRequest("Invalid route selection expression specified for an HTTP API")
	case socket && (in.CorsConfiguration != nil || in.Target != "" || in.RouteKey != "" || in.CredentialsArn != nil):
		return nil, service.BadRequest("CORS and quick create are supported for protocolType HTTP only")
	case in.Target == "" && (in.RouteKey != "" || in.CredentialsArn != nil):
		return nil, service.BadRequest("Target is a required parameter for quick create")
	}
	a := &world.API{APIWire: world.APIWire{
		APIKeySelectionExpression: in.APIKeySelectionExpression, CorsConfiguration: in.CorsConfiguration, Description: in.Description,
		DisableExecuteAPIEndpoint: in.DisableExecuteAPIEndpoint, DisableSchemaValidation: in.DisableSchemaValidation,
		IPAddressType: in.IPAddressType, Name: in.Name, ProtocolType: in.ProtocolType, RouteSelectionExpression: in.RouteSelectionExpression,
		Tags: in.Tags, Version: in.Version, CreatedDate: &world.ISO{Time: r.Now},
	}}
	if in.Target != "" {
		quickCreate(r, a, in)
	}
	r.Region.CompleteAPI(a)
	r.Region.APIs = append(r.Region.APIs, a)
	return a.APIWire, nil
}

// quickCreate makes the stage, route and integration that API Gateway then
// manages itself.
func quickCreate(r *service.Request, a *world.API, in createAPIInput) {
	managed := world.Ptr(true)
	kind, method := "HTTP_PROXY", "ANY"
	if strings.HasPrefix(in.Target, "arn:") {
		kind, method = "AWS_PROXY", "POST"
	}
	i := &world.V2Integration{APIGatewayManaged: managed, IntegrationID: r.World.NewID(7), IntegrationType: &kind,
		IntegrationMethod: &method, IntegrationURI: &in.Target, CredentialsArn: in.CredentialsArn}
	key := in.RouteKey
	if key == "" {
		key = "$default"
	}
	a.Integrations = append(a.Integrations, i)
	a.Routes = append(a.Routes, &world.Route{APIGatewayManaged: managed, RouteKey: key, Target: world.Ptr("integrations/" + i.IntegrationID)})
	a.Stages = append(a.Stages, &world.Stage{APIGatewayManaged: managed, StageName: "$default", AutoDeploy: managed,
		DeploymentID: world.Ptr(r.World.NewID(6)), CreatedDate: &world.ISO{Time: r.Now}})
}

func deleteAPI(r *service.Request) (any, error) {
	a, err := api(r)
	if err != nil {
		return nil, err
	}
	r.Region.APIs = slices.DeleteFunc(r.Region.APIs, func(x *world.API) bool { return x == a })
	return nil, nil
}
