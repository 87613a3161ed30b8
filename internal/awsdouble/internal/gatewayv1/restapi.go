package gatewayv1

import (
	"slices"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func restOperations() []gateway.Operation {
	return []gateway.Operation{
		gateway.Op("GetRestApis", "GET", "/restapis", 200, getRestAPIs),
		gateway.Op("GetRestApi", "GET", "/restapis/{restapi_id}", 200, getRestAPI),
		gateway.Op("CreateRestApi", "POST", "/restapis", 201, createRestAPI),
		gateway.Op("DeleteRestApi", "DELETE", "/restapis/{restapi_id}", 202, deleteRestAPI),
	}
}

func getRestAPIs(r *service.Request) (any, error) {
	list := make([]*world.RestAPIWire, len(r.Region.RestAPIs))
	for i, a := range r.Region.RestAPIs {
		list[i] = &a.RestAPIWire
	}
	return page(r, list)
}

func getRestAPI(r *service.Request) (any, error) {
	a, err := restAPI(r)
	if err != nil {
		return nil, err
	}
	out := taggedRestAPI{RestAPIWire: a.RestAPIWire, Tags: a.Tags}
	if out.Tags == nil {
		out.Tags = map[string]string{}
	}
	return out, nil
}

// taggedRestAPI shows tags even if there are none: AWS leaves them out of
// listings and of CreateRestApi's answer only.
type taggedRestAPI struct {
	world.RestAPIWire
	Tags map[string]string `json:"tags"`
}

type createRestAPIInput struct {
	Name                      string                       `json:"name"`
	Description               *string                      `json:"description"`
	Version                   *string                      `json:"version"`
	BinaryMediaTypes          []string                     `json:"binaryMediaTypes"`
	MinimumCompressionSize    *int                         `json:"minimumCompressionSize"`
	APIKeySource              *string                      `json:"apiKeySource"`
	EndpointConfiguration     *world.EndpointConfiguration `json:"endpointConfiguration"`
	Policy                    *string                      `json:"policy"`
	Tags                      map[string]string            `json:"tags"`
	DisableExecuteAPIEndpoint *bool                        `json:"disableExecuteApiEndpoint"`
	SecurityPolicy            *string                      `json:"securityPolicy"`
	EndpointAccessMode        *string                      `json:"endpointAccessMode"`
}

func createRestAPI(r *service.Request) (any, error) {
	var in createRestAPIInput
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	switch {
	case in.Name == "":
		return nil, service.BadRequest("API Name cannot be empty")
	case in.Description != nil && *in.Description == "":
		return nil, service.BadRequest("Description cannot be an empty string")
	case in.MinimumCompressionSize != nil && (*in.MinimumCompressionSize < 0 || *in.MinimumCompressionSize > 10485760):
		return nil, service.BadRequest("Invalid minimum compression size, must be between 0 and 10485760")
	case in.APIKeySource != nil && *in.APIKeySource != "HEADER" && *in.APIKeySource != "AUTHORIZER":
		return nil, service.BadRequest("Invalid API key source specified: " + *in.APIKeySource)
	}
	if err := checkEndpoint(in.EndpointConfiguration); err != nil {
		return nil, err
	}
	if err := checkSecurityPolicy(gateway.Value(in.SecurityPolicy), gateway.Value(in.EndpointAccessMode), in.EndpointConfiguration, "EDGE"); err != nil {
		return nil, err
	}
	a := &world.RestAPI{RestAPIWire: world.RestAPIWire{
		Name: in.Name, Description: in.Description, Version: in.Version, BinaryMediaTypes: in.BinaryMediaTypes,
		MinimumCompressionSize: in.MinimumCompressionSize, APIKeySource: in.APIKeySource, EndpointConfiguration: in.EndpointConfiguration,
		Policy: in.Policy, Tags: in.Tags, DisableExecuteAPIEndpoint: in.DisableExecuteAPIEndpoint,
		SecurityPolicy: in.SecurityPolicy, EndpointAccessMode: in.EndpointAccessMode, CreatedDate: &world.Epoch{Time: r.Now},
	}}
	r.Region.CompleteRestAPI(a)
	r.Region.RestAPIs = append(r.Region.RestAPIs, a)
	return a.RestAPIWire, nil
}

func deleteRestAPI(r *service.Request) (any, error) {
	a, err := restAPI(r)
	if err != nil {
		return nil, err
	}
	r.Region.RestAPIs = slices.DeleteFunc(r.Region.RestAPIs, func(x *world.RestAPI) bool { return x == a })
	return nil, nil
}

func checkEndpoint(e *world.EndpointConfiguration) error {
	if e == nil {
		return nil
	}
	for _, t := range e.Types {
		if t != "REGIONAL" && t != "EDGE" && t != "PRIVATE" {
			return service.BadRequest("Invalid endpoint configuration type specified: " + t)
		}
	}
	return nil
}
