package iam

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/room"
)

// roleDriver is for IAM roles. They belong to the whole account.
type roleDriver struct {
	*drive.Service
	drive.Plain
}

func (d roleDriver) call(operation, name string) *awsclient.Call {
	return &awsclient.Call{Service: "iam", Operation: operation, Action: operation, Resource: d.Here("role/" + name)}
}

// model is the service's name in the wire's table.
const model = "iam"

// role is what GetRole says of one.
type role struct {
	room.Tree
	Arn string
}

// trust is the trust policy, which comes as in a URL.
func (r *role) trust() (string, error) {
	return url.PathUnescape(room.TextOf(r.Tree, "AssumeRolePolicyDocument"))
}

// get returns the role, or nil.
func (d roleDriver) get(ctx context.Context, thing plan.Thing) (*role, error) {
	call := d.call("GetRole", thing.Name)
	call.Expect = "Role"
	out, err := d.Ask(ctx, model, call, room.Tree{"RoleName": thing.Name})
	if drive.Missing(err) {
		return nil, nil
	}
	tree, _ := out["Role"].(room.Tree)
	r := &role{tree, room.TextOf(tree, "Arn")}
	if err == nil && r.Arn == "" {
		err = awsclient.NewGarbled(call, "the answer has no ARN")
	}
	return r, err
}

// attached lists the ARNs of the managed policies on the role, in order.
func (d roleDriver) attached(ctx context.Context, thing plan.Thing) ([]string, error) {
	call := d.call("ListAttachedRolePolicies", thing.Name)
	call.Expect, call.MayLack = "AttachedPolicies", true
	policies, err := awsclient.All(d.List(ctx, model, call, room.Tree{"RoleName": thing.Name}))
	var arns []string
	for _, p := range policies {
		arns = append(arns, room.TextOf(p, "PolicyArn"))
	}
	slices.Sort(arns)
	return arns, err
}

// Read looks at the properties in their order: each has a call of its own.
func (d roleDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
	r, err := d.get(ctx, thing)
	if err != nil || r == nil {
		return drive.State{}, err
	}
	fresh := true
	return drive.StateOfRead(d, thing, properties, func(name string) (any, bool, error) {
		switch name {
		case "AssumeRolePolicyDocument":
			if !fresh {
				if r, err = d.get(ctx, thing); err != nil || r == nil {
					return nil, true, err
				}
			}
			document, err := r.trust()
			if err != nil {
				return nil, true, awsclient.NewGarbled(d.call("GetRole", ""), "the trust policy is not encoded as in a URL")
			}
			return drive.Canonical(document), true, nil
		case "Path":
			return drive.Says(r.Tree, "Path"), true, nil
		case "PermissionsBoundary":
			return drive.Says(r.Tree, "PermissionsBoundary.PermissionsBoundaryArn"), true, nil
		case "ManagedPolicyArns":
			fresh = false
			arns, err := d.attached(ctx, thing)
			if len(arns) == 0 {
				return nil, true, err
			}
			return arns, true, err
		}
		return nil, false, nil
	})
}

// Write changes one property, each of which has calls of its own. It changes
// neither path, which IAM cannot, nor boundary, on which others may rely.
func (d roleDriver) Write(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	property := drive.Names(w.Want)[0]
	switch property {
	case "Path", "PermissionsBoundary":
		return drive.Written{}, &awsclient.Fault{Call: d.call("GetRole", "").Name(), Code: "Changed",
			Message: "the role " + thing.Name + " has another " + property + ", which kumoban does not change"}
	case "AssumeRolePolicyDocument":
		document, err := drive.Text(w.Want, property)
		if err != nil {
			return drive.Written{}, err
		}
		return d.update(ctx, thing, w, "UpdateAssumeRolePolicy", property, room.Tree{"PolicyDocument": document})
	case "ManagedPolicyArns":
		return d.attach(ctx, thing, w)
	}
	return drive.Written{}, drive.Wrong("an %s has no property %s that kumoban can write", thing.Type, property)
}

// update makes one call for a property.
func (d roleDriver) update(ctx context.Context, thing plan.Thing, w drive.Writing, operation, property string, in room.Tree) (drive.Written, error) {
	in["RoleName"] = thing.Name
	call := d.call(operation, thing.Name)
	_, done, err := drive.WriteWith(ctx, d.Service, call, thing, &w, []string{property}, d.Read, func(ctx context.Context, _ drive.State, _ map[string]any) (room.Tree, error) {
		return d.Send(ctx, model, call, in)
	})
	return done, err
}

// attach attaches the policy that is wanted. It detaches none, for others may
// rely on it.
func (d roleDriver) attach(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	const property = "ManagedPolicyArns"
	want, err := drive.Texts(w.Want[property])
	if err != nil {
		return drive.Written{}, err
	}
	if len(want) != 1 {
		return drive.Written{}, drive.Wrong("kumoban attaches one policy to a role, not %d", len(want))
	}
	decide := w.Decide
	w.Decide = func(state drive.State, group []string) (map[string]any, error) {
		have, err := drive.Texts(plan.Normal(state.Values[property]))
		if err != nil {
			return nil, err
		}
		for _, arn := range have {
			if arn != want[0] {
				return nil, &awsclient.Fault{Call: d.call("AttachRolePolicy", "").Name(), Code: "Changed",
					Message: "the role " + thing.Name + " has " + arn + ", which kumoban does not detach"}
			}
		}
		return decide(state, group)
	}
	return d.update(ctx, thing, w, "AttachRolePolicy", property, room.Tree{"PolicyArn": want[0]})
}

func (d roleDriver) Make(ctx context.Context, thing plan.Thing, values map[string]any, token string) ([]string, error) {
	const trust = "AssumeRolePolicyDocument"
	document, err := drive.Text(values, trust)
	if err != nil {
		return nil, err
	}
	in := room.Tree{
		"RoleName": thing.Name, trust: document, "Description": "Made by kumoban for API Gateway's logs",
		"Tags": []any{room.Tree{"Key": drive.TokenTag, "Value": token}},
	}
	has := []string{trust}
	for _, name := range []string{"Path", "PermissionsBoundary"} {
		v, err := drive.Text(values, name)
		if err != nil {
			return nil, err
		}
		if v != "" {
			in[name] = v
			has = append(has, name)
		}
	}
	call := d.call("CreateRole", thing.Name)
	_, err = drive.Change(ctx, d.Service, call, nil, func(ctx context.Context) (room.Tree, error) { return d.Send(ctx, model, call, in) })
	if drive.Fault(err).Code == "EntityAlreadyExists" {
		if r, unread := d.get(ctx, thing); unread != nil {
			return nil, unread
		} else if r.made(token) {
			err = nil
		}
	}
	return has, err
}

// made tells whether the run with this token made the role.
func (r *role) made(token string) bool {
	return r != nil && room.TextOf(r.Tree, "Tags[Key="+drive.TokenTag+"].Value") == token
}

func (d roleDriver) Outputs(ctx context.Context, thing plan.Thing, _ string) (map[string]any, error) {
	r, err := d.get(ctx, thing)
	if err == nil && r == nil {
		err = drive.Wrong("there is no role %s", thing.Name)
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"Arn": r.Arn}, nil
}

// Remove leaves the role: an account setting of any Region may name it.
func (d roleDriver) Remove(context.Context, plan.Thing, map[string]any, bool, string) (string, error) {
	return drive.KeptShared, nil
}

func (d roleDriver) Settled(context.Context, plan.Thing, remedy.Wait) (bool, error) { return true, nil }

// Calls lets the caller attach no other policy than the step does: whoever may
// attach any to a role, and pass it, may do anything.
func (d roleDriver) Calls(step *plan.Step) []*awsclient.Call {
	operations := []string{"ListAttachedRolePolicies", "AttachRolePolicy", "UpdateAssumeRolePolicy"}
	if step.Make {
		operations = append(operations, "CreateRole")
	}
	name := strings.TrimPrefix(textOf(step, "Path"), "/") + step.Thing.Name
	calls := d.getCalls(name)
	for _, o := range operations {
		c := d.call(o, name)
		switch boundary := textOf(step, "PermissionsBoundary"); {
		case o == "AttachRolePolicy":
			c.When = map[string]string{"iam:PolicyARN": d.toAttach(step)}
		case o == "CreateRole" && boundary != "":
			c.When = map[string]string{"iam:PermissionsBoundary": boundary}
		}
		calls = append(calls, c)
	}
	if step.Make {
		calls = append(calls, drive.Permission("iam", "TagRole", d.Here("role/"+name)))
	}
	return calls
}

// textOf is what a step makes of a property, "" where it says nothing of it.
func textOf(step *plan.Step, property string) string {
	for _, c := range step.Changes {
		if s, ok := c.Will.(string); ok && c.Property == property {
			return s
		}
	}
	return ""
}

// toAttach is the policy that a step attaches; the one for logs, where the step
// stands for any.
func (d roleDriver) toAttach(step *plan.Step) string {
	for _, c := range step.Changes {
		if arns, err := drive.Texts(c.Will); err == nil && len(arns) == 1 && c.Property == "ManagedPolicyArns" {
			return arns[0]
		}
	}
	return "arn:" + d.Scope.Partition + ":iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

// Foresee refuses to make another role of one that exists.
func (roleDriver) Foresee(_ context.Context, a drive.Ahead) ([]locale.Message, error) {
	if a.Step.Make {
		return nil, nil
	}
	return nil, changedRole(a.Step, a.Change)
}

// changedRole refuses to make another role of one that exists: whoever made it
// relies on whom it trusts, and IAM moves no role to another path. What half a
// run left, a policy that is not attached yet, is brought to its end.
func changedRole(step *plan.Step, c *plan.Change) error {
	if c.Property == "ManagedPolicyArns" {
		was, err := drive.Texts(c.Was)
		if err != nil {
			return err
		}
		will, err := drive.Texts(c.Will)
		if err != nil {
			return err
		}
		if within(was, will) {
			return nil
		}
	}
	return locale.Errorf("run.role.differs", locale.A("role", step.Thing.Name), locale.A("property", c.Property))
}

func within(some, all []string) bool {
	have := map[string]bool{}
	for _, x := range all {
		have[x] = true
	}
	for _, x := range some {
		if !have[x] {
			return false
		}
	}
	return true
}

// ARN is that of a role which a step makes.
func (d roleDriver) ARN(made *plan.Step) string {
	path := textOf(made, "Path")
	if path == "" {
		path = "/"
	}
	return "arn:" + d.Scope.Partition + ":iam::" + d.Scope.Account + ":role" + path + made.Thing.Name
}
