package execute

import (
	"context"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/room"
)

func getAccount() *awsclient.Call {
	return gatewayCall("GetAccount", "GET", "/account", "throttleSettings")
}
func updateAccount() *awsclient.Call {
	c := gatewayCall("UpdateAccount", "PATCH", "/account", "throttleSettings")
	c.Quota = &awsclient.Quota{Rate: 1.0 / 20, Burst: 1}
	return c
}

// accountDriver is for the settings that API Gateway has for an account and
// Region.
type accountDriver struct {
	*service
	lasting
}

const (
	accountRole = "CloudWatchRoleArn"
	roleGone    = "CloudWatchRole.Gone" // that IAM has no such role
)

func (d accountDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	role, err := d.role(ctx)
	if err != nil {
		return State{}, err
	}
	gone := false
	if slices.Contains(properties, roleGone) {
		if gone, err = d.gone(ctx, role); err != nil {
			return State{}, err
		}
		if role, err = d.role(ctx); err != nil { // as it is after the other call
			return State{}, err
		}
	}
	return stateOf(d, thing, properties, func(name string) (any, bool) {
		switch name {
		case accountRole:
			return filled(&role), true
		case roleGone:
			return gone, true
		}
		return nil, false
	})
}

// role is the one that is set, "" for none.
func (d accountDriver) role(ctx context.Context) (string, error) {
	account, err := d.ask(ctx, restAPIs, getAccount(), nil)
	return room.TextOf(account, "cloudwatchRoleArn"), err
}

// gone tells whether IAM has no role of an ARN. Of another account nobody can say.
func (d accountDriver) gone(ctx context.Context, arn string) (bool, error) {
	path, here := strings.CutPrefix(arn, "arn:"+d.scope.Partition+":iam::"+d.scope.Account+":role/")
	if !here {
		return arn == "", nil
	}
	r, err := roleDriver{service: d.service}.get(ctx, plan.Thing{Type: typeRole, Name: path[strings.LastIndexByte(path, '/')+1:]})
	return err == nil && (r == nil || r.Arn != arn), err
}

func (d accountDriver) Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error) {
	if _, named := w.Want[accountRole]; !named || len(w.Want) != 1 {
		return Written{}, wrong("of an %s kumoban can write %s alone", thing.Type, accountRole)
	}
	_, done, err := writeWith(ctx, d.service, updateAccount(), thing, &w, []string{accountRole}, d.Read, func(ctx context.Context, _ State, values map[string]any) (room.Tree, error) {
		role, err := text(values, accountRole)
		if err != nil {
			return nil, err
		}
		return d.send(ctx, restAPIs, updateAccount(), room.Tree{"patchOperations": []any{replace("/cloudwatchRoleArn", role)}})
	})
	return done, err
}

// Calls needs the role passed. One that another step makes has a name that
// begins with kumoban-.
func (d accountDriver) Calls(step *plan.Step) []*awsclient.Call {
	role := d.here("role/kumoban-*")
	calls := []*awsclient.Call{getAccount(), updateAccount()}
	if slices.ContainsFunc(step.Guards, func(g plan.Guard) bool { return g.Property == roleGone }) {
		name := "*"
		for _, c := range step.Changes {
			if arn, ok := c.Was.(string); ok {
				_, name, _ = strings.Cut(arn, ":role/")
			}
		}
		calls = append(calls, roleDriver{service: d.service}.getCalls(name)...)
	}
	for _, c := range step.Changes {
		if arn, ok := c.Will.(string); ok {
			_, name, _ := strings.Cut(arn, ":role/")
			role = d.here("role/" + name)
			calls = append(calls, roleDriver{service: d.service}.getCalls(name)...) // of [LookAtRole]
		}
	}
	return append(calls, permission("iam", "PassRole", role))
}

// webACLDriver is for what protects a stage: the association of a web ACL with
// it, named by the stage's ARN.
type webACLDriver struct {
	*service
	lasting
}

const webACL = "WebACLArn"

func associateWebACL(acl string) *awsclient.Call {
	return &awsclient.Call{Service: "wafv2", Operation: "AssociateWebACL", Action: "AssociateWebACL", Resource: acl}
}
func disassociateWebACL() *awsclient.Call {
	return &awsclient.Call{Service: "wafv2", Operation: "DisassociateWebACL", Action: "DisassociateWebACL", Resource: "*"}
}

func (d webACLDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	stage, err := d.restStage(ctx, thing)
	if missing(err) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	return stateOf(d, thing, properties, func(name string) (any, bool) { return told(stage, "webAclArn"), name == webACL })
}

func (d webACLDriver) Write(ctx context.Context, thing plan.Thing, w Writing) (Written, error) {
	acl, err := text(w.Want, webACL)
	if _, named := w.Want[webACL]; err != nil || !named || len(w.Want) != 1 {
		return Written{}, wrong("of an %s kumoban can write %s alone", thing.Type, webACL)
	}
	call, in := associateWebACL("*"), map[string]string{"ResourceArn": thing.ARN, "WebACLArn": acl}
	if acl == "" {
		call, in = disassociateWebACL(), map[string]string{"ResourceArn": thing.ARN}
	}
	_, done, err := writeWith(ctx, d.service, call, thing, &w, []string{webACL}, d.Read, func(ctx context.Context, _ State, _ map[string]any) (answered, error) {
		return answered{}, d.wire.JSON(ctx, wire.WAFv2(), call.Operation, in, nil)
	})
	if fault(err).Code == "WAFNonexistentItemException" {
		// WAF does not say which of the two is not there.
		if _, unread := d.restStage(ctx, thing); missing(unread) {
			return done, unread
		}
	}
	return done, err
}

func (d webACLDriver) Calls(step *plan.Step) []*awsclient.Call {
	acl := d.here("regional/webacl/*/*")
	for _, c := range step.Changes {
		if arn, ok := c.Will.(string); ok && strings.Count(arn, ":") == 5 {
			acl = d.here(arn[strings.LastIndexByte(arn, ':')+1:])
		}
	}
	return []*awsclient.Call{getRestStage(), getWebACL(acl), associateWebACL(acl), disassociateWebACL(), permission("apigateway", "SetWebACL", "::"+stagePath)}
}
