package gatewayv2

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func routeOperations() []gateway.Operation {
	const all, one = "/apis/{apiId}/routes", "/apis/{apiId}/routes/{routeId}"
	return []gateway.Operation{
		gateway.Op("GetRoutes", "GET", all, 200, getRoutes),
		gateway.Op("GetRoute", "GET", one, 200, getRoute),
		gateway.Op("CreateRoute", "POST", all, 201, createRoute),
		gateway.Op("UpdateRoute", "PATCH", one, 200, updateRoute),
	}
}

func getRoutes(r *service.Request) (any, error) {
	a, err := api(r)
	if err != nil {
		return nil, err
	}
	return page(r, a.Routes)
}

func getRoute(r *service.Request) (any, error) {
	_, x, err := route(r)
	if err != nil {
		return nil, err
	}
	return x, nil
}

func route(r *service.Request) (*world.API, *world.Route, error) {
	a, err := api(r)
	if err != nil {
		return nil, nil, err
	}
	for _, x := range a.Routes {
		if x.RouteID == r.Vars["routeId"] {
			return a, x, nil
		}
	}
	return nil, nil, service.NotFound("Unable to find Route by id " + r.Vars["routeId"] + " within the provided API")
}

// routeInput is what CreateRoute and UpdateRoute take.
type routeInput struct {
	APIKeyRequired                   *bool                                `json:"apiKeyRequired"`
	AuthorizationScopes              []string                             `json:"authorizationScopes"`
	AuthorizationType                *string                              `json:"authorizationType"`
	AuthorizerID                     *string                              `json:"authorizerId"`
	ModelSelectionExpression         *string                              `json:"modelSelectionExpression"`
	OperationName                    *string                              `json:"operationName"`
	RequestModels                    map[string]string                    `json:"requestModels"`
	RequestParameters                map[string]world.ParameterConstraint `json:"requestParameters"`
	RouteKey                         *string                              `json:"routeKey"`
	RouteResponseSelectionExpression *string                              `json:"routeResponseSelectionExpression"`
	Target                           *string                              `json:"target"`
}

func createRoute(r *service.Request) (any, error) {
	a, err := api(r)
	if err != nil {
		return nil, err
	}
	var in routeInput
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if gateway.Value(in.RouteKey) == "" {
		return nil, service.BadRequest("RouteKey is a required parameter")
	}
	x := &world.Route{RouteID: r.World.NewID(7)}
	x.Complete()
	if err := in.apply(a, x); err != nil {
		return nil, err
	}
	a.Routes = append(a.Routes, x)
	return x, nil
}

func updateRoute(r *service.Request) (any, error) {
	a, x, err := route(r)
	if err != nil {
		return nil, err
	}
	var in routeInput
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in.RouteKey != nil && *in.RouteKey != x.RouteKey && gateway.Value(x.APIGatewayManaged) {
		return nil, service.BadRequest("The key of a route that is managed by API Gateway can't be updated")
	}
	next := *x
	if err := in.apply(a, &next); err != nil {
		return nil, err
	}
	*x = next
	return x, nil
}

func (in *routeInput) apply(a *world.API, x *world.Route) error {
	if in.RouteKey != nil && *in.RouteKey != x.RouteKey {
		if err := checkRouteKey(a, *in.RouteKey); err != nil {
			return err
		}
		x.RouteKey = *in.RouteKey
	}
	if in.Target != nil {
		id := strings.TrimPrefix(*in.Target, "integrations/")
		if !slices.ContainsFunc(a.Integrations, func(i *world.V2Integration) bool { return i.IntegrationID == id }) {
			return service.BadRequest("Invalid integration identifier specified: " + *in.Target)
		}
		x.Target = in.Target
	}
	for to, v := range map[**string]*string{
		&x.OperationName: in.OperationName, &x.ModelSelectionExpression: in.ModelSelectionExpression,
		&x.RouteResponseSelectionExpression: in.RouteResponseSelectionExpression, &x.AuthorizationType: in.AuthorizationType,
	} {
		if v != nil {
			*to = v
		}
	}
	if in.AuthorizerID != nil {
		x.AuthorizerID = gateway.OrNil(*in.AuthorizerID)
	}
	if in.APIKeyRequired != nil {
		x.APIKeyRequired = in.APIKeyRequired
	}
	if in.AuthorizationScopes != nil {
		x.AuthorizationScopes = in.AuthorizationScopes
	}
	if in.RequestModels != nil {
		x.RequestModels = in.RequestModels
	}
	if in.RequestParameters != nil {
		x.RequestParameters = in.RequestParameters
	}
	return checkAuthorization(a, x)
}

func checkRouteKey(a *world.API, key string) error {
	if a.ProtocolType == http && key != "$default" && !regexp.MustCompile(`^(ANY|GET|PUT|POST|DELETE|PATCH|OPTIONS|HEAD) /\S*$`).MatchString(key) {
		return service.BadRequest("The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP METHOD> /<RESOURCE PATH>\" or \"$default\"")
	}
	if slices.ContainsFunc(a.Routes, func(x *world.Route) bool { return x.RouteKey == key }) {
		return service.Conflict("Route with key " + key + " already exists for this API")
	}
	return nil
}

// checkAuthorization: an authorizer of the right kind, JWT for HTTP APIs only,
// and in a WebSocket API authorization on $connect only.
func checkAuthorization(a *world.API, x *world.Route) error {
	kind := gateway.Value(x.AuthorizationType)
	if kind != "NONE" && a.ProtocolType == webSocket && x.RouteKey != "$connect" {
		return service.BadRequest("Authorization is only supported on the $connect route of a WEBSOCKET API")
	}
	var want string // kind of authorizer
	switch kind {
	case "NONE", "AWS_IAM":
		if x.AuthorizerID != nil {
			return service.BadRequest("An authorizer ID is only valid with the authorization type CUSTOM or JWT")
		}
		return nil
	case "CUSTOM":
		want = "REQUEST"
	case "JWT":
		want = "JWT"
		if a.ProtocolType != http {
			return service.BadRequest("JWT authorization is only supported for HTTP APIs")
		}
	default:
		return service.BadRequest("Invalid authorization type specified: " + kind)
	}
	for _, y := range a.Authorizers {
		if y.AuthorizerID == gateway.Value(x.AuthorizerID) && gateway.Value(y.AuthorizerType) == want {
			return nil
		}
	}
	return service.BadRequest("Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.")
}
