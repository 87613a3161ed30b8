// Package gatewayv2 is version 2 of API Gateway's control plane in the AWS
// double: HTTP and WebSocket APIs, VPC links, domain names.
package gatewayv2

import (
	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// Operations are all operations of version 2.
func Operations() []*service.Operation {
	return gateway.Declare("apigatewayv2", "/v2", nil, nil, apiOperations(), stageOperations(), routeOperations(),
		integrationOperations(), authorizerOperations(), vpcLinkOperations(), domainOperations())
}

// items is a page of a listing.
type items[T any] struct {
	Items     []T    `json:"items"`
	NextToken string `json:"nextToken,omitempty"`
}

func page[T any](r *service.Request, list []T) (any, error) {
	page, next, err := gateway.Page(r, list, "maxResults", "nextToken")
	return items[T]{Items: page, NextToken: next}, err
}

// api finds the HTTP or WebSocket API of the path.
func api(r *service.Request) (*world.API, error) {
	id := r.Vars["apiId"]
	if a := r.Region.API(id); a != nil {
		return a, nil
	}
	return nil, service.NotFound("Invalid API identifier specified " + r.Account.ID + ":" + id)
}

// stage finds the stage of the path.
func stage(r *service.Request) (*world.API, *world.Stage, error) {
	a, err := api(r)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range a.Stages {
		if s.StageName == r.Vars["stageName"] {
			return a, s, nil
		}
	}
	return nil, nil, service.NotFound("Unable to find Stage by name " + r.Vars["stageName"] + " within the provided API")
}

// The values of an API's protocolType.
const (
	http      = "HTTP"
	webSocket = "WEBSOCKET"
)
