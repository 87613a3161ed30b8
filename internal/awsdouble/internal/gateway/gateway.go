// Package gateway is what both versions of API Gateway's control plane share
// in the AWS double.
package gateway

import (
	"encoding/json"
	"strconv"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
)

// Operation is the short form of an API Gateway operation's declaration.
type Operation struct {
	name, method, path string
	status             int
	do                 func(*service.Request) (any, error)
}

// Op declares an operation that answers success with status.
func Op(name, method, path string, status int, do func(*service.Request) (any, error)) Operation {
	return Operation{name: name, method: method, path: path, status: status, do: do}
}

// Declare makes operations of an API version whose paths begin with prefix; own are
// the quotas of single ones, in the bucket of all of API Gateway's control plane
// ("Amazon API Gateway quotas", section on control-plane operations). CloudTrail shows
// what was asked as parameters says. IAM's resource is the path without the prefix;
// that of a private domain name has the account and the domain name's id.
func Declare(name, prefix string, own map[string]*service.Rate, parameters func(*service.Request, map[string]any) map[string]any, groups ...[]Operation) []*service.Operation {
	var all []*service.Operation
	for _, group := range groups {
		for _, o := range group {
			all = append(all, &service.Operation{
				Service: name, Signing: "apigateway", Name: o.name, IAM: "apigateway:" + o.method, FrontDoor: true,
				Method: o.method, Path: prefix + o.path, Status: o.status, Write: o.method != "GET",
				Own: own[o.name], Shared: &service.Rate{Rate: 10, Burst: 40}, Parameters: parameters,
				Resource: func(r *service.Request) string {
					if id := r.Query.Get("domainNameId"); id != "" {
						return r.Region.AccountARN("apigateway", r.Path+"+"+id)
					}
					return r.Region.ARN(r.Path)
				},
				Do: o.do,
			})
		}
	}
	return all
}

const (
	defaultLimit = 25
	maxLimit     = 500
)

// Page cuts a page out of a listing of the request's path. param and token are
// the names of the query parameters for the page's size and place.
func Page[T any](r *service.Request, list []T, param, token string) (page []T, next string, err error) {
	size := defaultLimit
	if text := r.Query.Get(param); text != "" {
		if size, err = strconv.Atoi(text); err != nil || size < 1 || size > maxLimit {
			return nil, "", service.BadRequest("Invalid value for " + param + " specified, must be between 1 and " + strconv.Itoa(maxLimit))
		}
	}
	page, next, ok := service.Page(list, r.Account.ID+r.Region.Name+param+r.Path, r.Query.Get(token), size)
	if !ok {
		return nil, "", service.BadRequest("Invalid " + token + " parameter specified")
	}
	if page == nil {
		page = []T{}
	}
	return page, next, nil
}

// Clone copies what JSON shows of a value.
func Clone[T any](v *T) (*T, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	out := new(T)
	return out, json.Unmarshal(b, out)
}

// Value is what p points to, or the zero value.
func Value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// OrNil is a pointer to s, or nil for the empty string.
func OrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
