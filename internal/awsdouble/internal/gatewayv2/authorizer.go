package gatewayv2

import (
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func authorizerOperations() []gateway.Operation {
	const all = "/apis/{apiId}/authorizers"
	return []gateway.Operation{
		gateway.Op("GetAuthorizers", "GET", all, 200, getAuthorizers),
		gateway.Op("GetAuthorizer", "GET", all+"/{authorizerId}", 200, getAuthorizer),
		gateway.Op("CreateAuthorizer", "POST", all, 201, createAuthorizer),
	}
}

func getAuthorizers(r *service.Request) (any, error) {
	a, err := api(r)
	if err != nil {
		return nil, err
	}
	return page(r, a.Authorizers)
}

func getAuthorizer(r *service.Request) (any, error) {
	a, err := api(r)
	if err != nil {
		return nil, err
	}
	for _, x := range a.Authorizers {
		if x.AuthorizerID == r.Vars["authorizerId"] {
			return x, nil
		}
	}
	return nil, service.NotFound("Invalid Authorizer identifier specified")
}

func createAuthorizer(r *service.Request) (any, error) {
	a, err := api(r)
	if err != nil {
		return nil, err
	}
	x := &world.Authorizer{}
	if err := r.Decode(x); err != nil {
		return nil, err
	}
	if x.Name == "" {
		return nil, service.BadRequest("Name is a required parameter")
	}
	check := checkRequestAuthorizer
	switch kind := gateway.Value(x.AuthorizerType); kind {
	case "REQUEST":
	case "JWT":
		check = checkJWTAuthorizer
	default:
		return nil, service.BadRequest("Invalid authorizer type specified: " + kind)
	}
	if err := check(a, x); err != nil {
		return nil, err
	}
	x.AuthorizerID = r.World.NewID(6)
	a.Authorizers = append(a.Authorizers, x)
	return x, nil
}

func checkRequestAuthorizer(a *world.API, x *world.Authorizer) error {
	version := gateway.Value(x.AuthorizerPayloadFormatVersion)
	switch {
	case !strings.HasPrefix(gateway.Value(x.AuthorizerURI), "arn:"):
		return service.BadRequest("Invalid Authorizer URI: " + gateway.Value(x.AuthorizerURI) + ". Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.")
	case a.ProtocolType == http && version != "1.0" && version != "2.0":
		return service.BadRequest("AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer")
	case a.ProtocolType == webSocket && (version != "" || x.EnableSimpleResponses != nil):
		return service.BadRequest("AuthorizerPayloadFormatVersion and EnableSimpleResponses are supported for protocolType HTTP only")
	}
	return nil
}

func checkJWTAuthorizer(a *world.API, x *world.Authorizer) error {
	switch {
	case a.ProtocolType != http:
		return service.BadRequest("Authorizer type JWT is supported for protocolType HTTP only")
	case x.AuthorizerURI != nil:
		return service.BadRequest("AuthorizerUri is not supported for the authorizer type JWT")
	case x.JWTConfiguration == nil || !strings.HasPrefix(gateway.Value(x.JWTConfiguration.Issuer), "https://") || len(x.JWTConfiguration.Audience) == 0:
		return service.BadRequest("JwtConfiguration with an https Issuer and an Audience is required for the authorizer type JWT")
	case len(x.IdentitySource) != 1:
		return service.BadRequest("Exactly one IdentitySource is required for the authorizer type JWT")
	}
	return nil
}
