// Package gatewayv1 is version 1 of API Gateway's control plane in the AWS
// double: REST APIs, domain names, client certificates, account settings.
package gatewayv1

import (
	"cmp"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// Operations are all operations of version 1.
func Operations() []*service.Operation {
	one := func(calls, seconds float64) *service.Rate { return &service.Rate{Rate: calls / seconds, Burst: calls} }
	own := map[string]*service.Rate{
		"GetResources": one(5, 2), "UpdateAccount": one(1, 20), "UpdateDomainName": one(1, 30), "CreateDeployment": one(1, 5),
	}
	all := gateway.Declare("apigateway", "", own, parameters, accountOperations(), restOperations(), stageOperations(),
		resourceOperations(), deploymentOperations(), domainOperations(), certificateOperations())
	for _, o := range all {
		if strings.HasPrefix(o.Name, "Create") {
			o.Parameters = func(r *service.Request, body map[string]any) map[string]any {
				return parameters(r, map[string]any{"c" + o.Name[1:] + "Input": body})
			}
		}
	}
	return all
}

// parameters names the parts of the path as CloudTrail does. The body of a call that
// makes something stands in a member of its own, such as createDeploymentInput.
func parameters(r *service.Request, body map[string]any) map[string]any {
	names := map[string]string{
		"restapi_id": "restApiId", "stage_name": "stageName", "domain_name": "domainName", "resource_id": "resourceId",
		"parent_id": "parentId", "http_method": "httpMethod", "clientcertificate_id": "clientCertificateId",
	}
	for k, v := range r.Vars {
		body[cmp.Or(names[k], k)] = v
	}
	return body
}

// items is a page of a listing. AWS sends the key "item" and an empty array
// when there is nothing.
type items[T any] struct {
	Position string `json:"position,omitempty"`
	Item     []T    `json:"item"`
}

func page[T any](r *service.Request, list []T) (items[T], error) {
	page, next, err := gateway.Page(r, list, "limit", "position")
	return items[T]{Position: next, Item: page}, err
}

// restAPI finds the REST API of the path.
func restAPI(r *service.Request) (*world.RestAPI, error) {
	id := r.Vars["restapi_id"]
	if a := r.Region.RestAPI(id); a != nil {
		return a, nil
	}
	return nil, service.NotFound("Invalid API identifier specified " + r.Account.ID + ":" + id)
}

// stage finds the stage of the path and brings its cache up to date.
func stage(r *service.Request) (*world.RestAPI, *world.RestStage, error) {
	a, err := restAPI(r)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range a.Stages {
		if s.StageName == r.Vars["stage_name"] {
			settleCache(s, r.Now)
			return a, s, nil
		}
	}
	return nil, nil, service.NotFound("Invalid stage identifier specified")
}
