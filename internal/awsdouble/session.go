package awsdouble

import (
	"encoding/json"
	"regexp"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/session"
)

// permitted refuses what the session does not allow that a call is made in: the call
// itself, and to pass roles that it names.
func permitted(o *service.Operation, req *service.Request, call *Call) *service.Error {
	if call.Action == "sts:GetCallerIdentity" { // needs no permission, and none can take it away
		return nil
	}
	needs := []session.Need{{Action: call.Action, Resource: call.Resource, Keys: keysOf(o, req)}}
	for _, role := range passed(o, req) {
		needs = append(needs, session.Need{Action: "iam:PassRole", Resource: role, Keys: map[string]string{"iam:PassedToService": principal(o)}})
	}
	for _, n := range needs {
		if !req.Caller.Policy.Allows(n) {
			return denied(o, req.Caller.ARN, n.Action, n.Resource, "session")
		}
	}
	return nil
}

// keysOf are what policies may be narrowed by, of a call that has it.
func keysOf(o *service.Operation, req *service.Request) map[string]string {
	keys := map[string]string{}
	if o.Signing != "iam" {
		return keys
	}
	for key, parameter := range map[string]string{"iam:PolicyARN": "PolicyArn", "iam:PermissionsBoundary": "PermissionsBoundary"} {
		if v := req.Form.Get(parameter); v != "" {
			keys[key] = v
		}
	}
	return keys
}

var roleARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+$`)

// passed are the roles that a change hands to the service that it is made of.
func passed(o *service.Operation, req *service.Request) (roles []string) {
	if !o.Write || o.Signing == "iam" || o.Signing == "sts" {
		return nil
	}
	var body any
	if len(req.In) > 0 {
		body = req.In
	} else if json.Unmarshal(req.Body, &body) != nil {
		return nil
	}
	return rolesIn(body)
}

func rolesIn(v any) (roles []string) {
	switch v := v.(type) {
	case string:
		if roleARN.MatchString(v) {
			return []string{v}
		}
	case []any:
		for _, inner := range v {
			roles = append(roles, rolesIn(inner)...)
		}
	case map[string]any:
		for _, inner := range v {
			roles = append(roles, rolesIn(inner)...)
		}
	}
	return roles
}

// principal is the service that roles are passed to. Of what EC2 is asked, flow logs
// alone take one.
func principal(o *service.Operation) string {
	if o.Signing == "ec2" {
		return "vpc-flow-logs.amazonaws.com"
	}
	return o.Signing + ".amazonaws.com"
}
