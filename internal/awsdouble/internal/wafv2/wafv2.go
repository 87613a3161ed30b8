// Package wafv2 is AWS WAF in the AWS double: web ACLs and the stages that have them.
package wafv2

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// operation declares one of them.
func operation(name string, write bool, resource func(*service.Request) string, do func(*service.Request) (any, error)) *service.Operation {
	o := service.NewJSON("wafv2", name, write, resource, do)
	o.Busy = &service.Error{Status: 400, Code: "WAFUnavailableEntityException"}
	return o
}

// Operations are all operations of the service.
func Operations() []*service.Operation {
	acl := func(r *service.Request) string { return r.Field("WebACLArn") }
	return []*service.Operation{
		operation("CreateWebACL", true, func(r *service.Request) string {
			return r.Region.AccountARN("wafv2", "regional/webacl/"+r.Field("Name")+"/*")
		}, createWebACL),
		operation("ListWebACLs", false, nil, listWebACLs),
		operation("GetWebACL", false, func(r *service.Request) string {
			return r.Region.AccountARN("wafv2", "regional/webacl/"+r.Field("Name")+"/"+r.Field("Id"))
		}, getWebACL),
		operation("AssociateWebACL", true, acl, associateWebACL),
		operation("DisassociateWebACL", true, func(r *service.Request) string { return r.Field("ResourceArn") }, disassociateWebACL),
		operation("GetWebACLForResource", false, func(r *service.Request) string { return r.Field("ResourceArn") }, getWebACLForResource),
	}
}

func missingACL() *service.Error {
	return service.Refuse("WAFNonexistentItemException", "AWS WAF couldn’t perform the operation because your resource doesn’t exist.")
}

func badParameter(field, reason string) *service.Error {
	return service.Refuse("WAFInvalidParameterException", "Error reason: "+reason+", field: "+field)
}

func checkScope(r *service.Request, scope string) error {
	switch {
	case scope == "REGIONAL":
		return nil
	case scope == "CLOUDFRONT" && r.Region.Name == "us-east-1":
		return &service.Error{Status: 501, Code: "UnknownOperationException", Message: "awsdouble keeps regional web ACLs only"}
	}
	return badParameter("SCOPE_VALUE", "The scope is not valid.")
}

type aclSummary struct {
	Name, Id, Description, LockToken, ARN string
}

func summary(x *world.WebACL) aclSummary {
	return aclSummary{Name: x.Name, Id: x.ID, Description: x.Description, LockToken: x.LockToken, ARN: x.ARN}
}

func createWebACL(r *service.Request) (any, error) {
	var in struct {
		Name, Scope, Description               string
		DefaultAction, Rules, VisibilityConfig json.RawMessage
		Tags                                   json.RawMessage
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := checkScope(r, in.Scope); err != nil {
		return nil, err
	}
	switch {
	case in.Name == "" || strings.Trim(in.Name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "":
		return nil, badParameter("ENTITY_NAME", "The name is not valid.")
	case len(in.DefaultAction) == 0:
		return nil, badParameter("DEFAULT_ACTION", "A required field is missing from the parameter.")
	case len(in.VisibilityConfig) == 0:
		return nil, badParameter("VISIBILITY_CONFIG", "A required field is missing from the parameter.")
	case slices.ContainsFunc(r.Region.WebACLs, func(x *world.WebACL) bool { return x.Name == in.Name }):
		return nil, service.Refuse("WAFDuplicateItemException", "AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.")
	}
	x := &world.WebACL{Name: in.Name, Description: in.Description, DefaultAction: in.DefaultAction, Rules: in.Rules, VisibilityConfig: in.VisibilityConfig}
	r.Region.CompleteWebACL(x)
	r.Region.WebACLs = append(r.Region.WebACLs, x)
	return struct{ Summary aclSummary }{summary(x)}, nil
}

func listWebACLs(r *service.Request) (any, error) {
	var in struct {
		Scope, NextMarker string
		Limit             *int
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := checkScope(r, in.Scope); err != nil {
		return nil, err
	}
	size := 100
	if in.Limit != nil {
		size = *in.Limit
	}
	if size < 1 || size > 100 {
		return nil, badParameter("LIMIT", "The limit is not valid.")
	}
	page, next, ok := service.Page(r.Region.WebACLs, "webacls"+r.Account.ID+r.Region.Name, in.NextMarker, size)
	if !ok {
		return nil, badParameter("NEXT_MARKER", "The marker is not valid.")
	}
	out := []aclSummary{}
	for _, x := range page {
		out = append(out, summary(x))
	}
	return struct {
		NextMarker string `json:",omitempty"`
		WebACLs    []aclSummary
	}{next, out}, nil
}

func getWebACL(r *service.Request) (any, error) {
	var in struct{ Name, Scope, Id, ARN string }
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in.ARN == "" {
		if err := checkScope(r, in.Scope); err != nil {
			return nil, err
		}
	}
	for _, x := range r.Region.WebACLs {
		if in.ARN != "" && x.ARN == in.ARN || in.ARN == "" && x.Name == in.Name && x.ID == in.Id {
			return struct {
				WebACL    *world.WebACL
				LockToken string
			}{x, x.LockToken}, nil
		}
	}
	return nil, missingACL()
}

func aclByARN(r *service.Request, arn string) *world.WebACL {
	for _, x := range r.Region.WebACLs {
		if x.ARN == arn {
			return x
		}
	}
	return nil
}

// restStage finds the stage that an ARN names. WAF protects REST stages; HTTP
// and WebSocket APIs cannot carry a web ACL.
func restStage(r *service.Request, arn string) (*world.RestStage, error) {
	path, here := strings.CutPrefix(arn, r.Region.ARN(""))
	parts := strings.Split(path, "/")
	if !here || len(parts) != 5 || parts[1] != "restapis" || parts[3] != "stages" {
		return nil, badParameter("RESOURCE_ARN", "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes.")
	}
	if a := r.Region.RestAPI(parts[2]); a != nil {
		for _, s := range a.Stages {
			if s.StageName == parts[4] {
				return s, nil
			}
		}
	}
	return nil, missingACL()
}

func associateWebACL(r *service.Request) (any, error) {
	var in struct{ WebACLArn, ResourceArn string }
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	s, err := restStage(r, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if aclByARN(r, in.WebACLArn) == nil {
		return nil, missingACL()
	}
	s.WebACLArn = &in.WebACLArn
	return struct{}{}, nil
}

func disassociateWebACL(r *service.Request) (any, error) {
	var in struct{ ResourceArn string }
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	s, err := restStage(r, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	s.WebACLArn = nil
	return struct{}{}, nil
}

func getWebACLForResource(r *service.Request) (any, error) {
	var in struct{ ResourceArn string }
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	s, err := restStage(r, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	out := struct {
		WebACL *world.WebACL `json:",omitempty"`
	}{}
	if s.WebACLArn != nil {
		out.WebACL = aclByARN(r, *s.WebACLArn)
	}
	return out, nil
}
