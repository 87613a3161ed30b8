package gatewayv1

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func resourceOperations() []gateway.Operation {
	const all = "/restapis/{restapi_id}/resources"
	const method = all + "/{resource_id}/methods/{http_method}"
	return []gateway.Operation{
		gateway.Op("GetResources", "GET", all, 200, getResources),
		gateway.Op("CreateResource", "POST", all+"/{parent_id}", 201, createResource),
		gateway.Op("PutMethod", "PUT", method, 201, putMethod),
		gateway.Op("PutIntegration", "PUT", method+"/integration", 201, putIntegration),
	}
}

// getResources shows the methods' verbs alone unless embed=methods is asked
// for, as AWS does.
func getResources(r *service.Request) (any, error) {
	a, err := restAPI(r)
	if err != nil {
		return nil, err
	}
	out, err := page(r, a.Resources)
	if err != nil {
		return nil, err
	}
	embed := r.Query["embed"]
	if slices.Contains(embed, "methods") {
		return out, nil
	}
	if len(embed) > 0 {
		return nil, service.BadRequest("Invalid embed parameter specified")
	}
	out.Item = slices.Clone(out.Item)
	for i, x := range out.Item {
		bare := *x
		bare.ResourceMethods = nil
		for verb := range x.ResourceMethods {
			if bare.ResourceMethods == nil {
				bare.ResourceMethods = map[string]*world.Method{}
			}
			bare.ResourceMethods[verb] = &world.Method{}
		}
		out.Item[i] = &bare
	}
	return out, nil
}

func resource(a *world.RestAPI, id string) (*world.RestResource, error) {
	for _, x := range a.Resources {
		if x.ID == id {
			return x, nil
		}
	}
	return nil, service.NotFound("Invalid Resource identifier specified")
}

func createResource(r *service.Request) (any, error) {
	a, err := restAPI(r)
	if err != nil {
		return nil, err
	}
	parent, err := resource(a, r.Vars["parent_id"])
	if err != nil {
		return nil, err
	}
	var in struct {
		PathPart string `json:"pathPart"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := checkPathPart(a, parent, in.PathPart); err != nil {
		return nil, err
	}
	x := &world.RestResource{
		ID: r.World.NewID(6), ParentID: &parent.ID, PathPart: &in.PathPart,
		Path: strings.TrimSuffix(parent.Path, "/") + "/" + in.PathPart,
	}
	a.Resources = append(a.Resources, x)
	return x, nil
}

func checkPathPart(a *world.RestAPI, parent *world.RestResource, part string) error {
	plain := strings.TrimSuffix(strings.TrimPrefix(part, "{"), "}")
	if plain == "" || strings.ContainsAny(plain, "/{}") {
		return service.BadRequest("Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.")
	}
	if strings.HasSuffix(gateway.Value(parent.PathPart), "+}") {
		return service.BadRequest("Cannot create a child of a resource with a greedy path variable: " + *parent.PathPart)
	}
	for _, x := range a.Resources {
		if gateway.Value(x.ParentID) != parent.ID {
			continue
		}
		if *x.PathPart == part {
			return service.Conflict("Another resource with the same parent already has this name: " + part)
		}
		if strings.HasPrefix(part, "{") && strings.HasPrefix(*x.PathPart, "{") {
			return service.BadRequest("A sibling (" + *x.PathPart + ") of this resource already has a variable path part -- only one is allowed")
		}
	}
	return nil
}

// pathResource finds the resource of the path; an unknown API reads like an
// unknown resource here, as AWS answers.
func pathResource(r *service.Request) (*world.RestResource, error) {
	a, err := restAPI(r)
	if err != nil {
		return nil, service.NotFound("Invalid Resource identifier specified")
	}
	return resource(a, r.Vars["resource_id"])
}

func putMethod(r *service.Request) (any, error) {
	x, err := pathResource(r)
	if err != nil {
		return nil, err
	}
	var in struct {
		AuthorizationType   string            `json:"authorizationType"`
		AuthorizerID        *string           `json:"authorizerId"`
		APIKeyRequired      bool              `json:"apiKeyRequired"`
		OperationName       *string           `json:"operationName"`
		RequestParameters   map[string]bool   `json:"requestParameters"`
		RequestModels       map[string]string `json:"requestModels"`
		RequestValidatorID  *string           `json:"requestValidatorId"`
		AuthorizationScopes []string          `json:"authorizationScopes"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	verb := r.Vars["http_method"]
	switch {
	case !slices.Contains([]string{"GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"}, verb):
		return nil, service.BadRequest("Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY")
	case in.AuthorizationType == "CUSTOM" || in.AuthorizationType == "COGNITO_USER_POOLS":
		// The double keeps no version 1 authorizers, so none is valid.
		return nil, service.BadRequest("Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.")
	case in.AuthorizationType != "NONE" && in.AuthorizationType != "AWS_IAM":
		return nil, service.BadRequest("Invalid authorization type specified: " + in.AuthorizationType)
	case in.RequestValidatorID != nil:
		return nil, service.BadRequest("Invalid Request Validator identifier specified")
	case x.ResourceMethods[verb] != nil:
		return nil, service.Conflict("Method already exists for this resource")
	}
	m := &world.Method{
		HTTPMethod: &verb, AuthorizationType: &in.AuthorizationType, APIKeyRequired: &in.APIKeyRequired, OperationName: in.OperationName,
		RequestParameters: in.RequestParameters, RequestModels: in.RequestModels, AuthorizationScopes: in.AuthorizationScopes,
	}
	if x.ResourceMethods == nil {
		x.ResourceMethods = map[string]*world.Method{}
	}
	x.ResourceMethods[verb] = m
	return m, nil
}

func putIntegration(r *service.Request) (any, error) {
	x, err := pathResource(r)
	if err != nil {
		return nil, err
	}
	m := x.ResourceMethods[r.Vars["http_method"]]
	if m == nil {
		return nil, service.NotFound("Invalid Method identifier specified")
	}
	var in world.Integration
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := checkIntegration(&in); err != nil {
		return nil, err
	}
	in.Complete(x.ID)
	m.MethodIntegration = &in
	return in, nil
}

func checkIntegration(in *world.Integration) error {
	kind, uri := gateway.Value(in.Type), gateway.Value(in.URI)
	switch {
	case !slices.Contains([]string{"HTTP", "AWS", "MOCK", "HTTP_PROXY", "AWS_PROXY"}, kind):
		return service.BadRequest("Invalid integration type specified: " + kind)
	case kind != "MOCK" && gateway.Value(in.HTTPMethod) == "":
		return service.BadRequest("Enumeration value for HttpMethod must be non-empty")
	case strings.HasPrefix(kind, "HTTP") && !strings.HasPrefix(uri, "http://") && !strings.HasPrefix(uri, "https://"):
		return service.BadRequest("Invalid HTTP endpoint specified for URI")
	case strings.HasPrefix(kind, "AWS") && !strings.HasPrefix(uri, "arn:"):
		return service.BadRequest("Invalid ARN specified in the request")
	case gateway.Value(in.ConnectionType) == "VPC_LINK" && gateway.Value(in.ConnectionID) == "":
		return service.BadRequest("connectionId is required when connectionType is VPC_LINK")
	case in.TimeoutInMillis != nil && (*in.TimeoutInMillis < 50 || *in.TimeoutInMillis > 29000):
		return service.BadRequest("Timeout should be between 50 ms and 29000 ms")
	}
	return nil
}
