package execute

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
)

// roleDriver is for IAM roles. They belong to the whole account.
type roleDriver struct{ *service }

func (d roleDriver) call(operation, name string) *awsclient.Call {
	return &awsclient.Call{Service: "iam", Operation: operation, Action: operation, Resource: d.here("role/" + name)}
}

// ask makes a call about a role.
func (d roleDriver) ask(ctx context.Context, operation string, thing plan.Thing, in url.Values, out any) error {
	form := url.Values{"RoleName": {thing.Name}}
	for name, v := range in {
		form[name] = v
	}
	_, err := awsclient.Do(ctx, d.lane, d.call(operation, thing.Name), func(ctx context.Context) (struct{}, error) {
		return struct{}{}, d.wire.Query(ctx, wire.IAM(), operation, form, out)
	})
	return err
}

type role struct {
	Arn   string                        `xml:"GetRoleResult>Role>Arn"`
	Trust string                        `xml:"GetRoleResult>Role>AssumeRolePolicyDocument"` // as in a URL
	Tags  []struct{ Key, Value string } `xml:"GetRoleResult>Role>Tags>member"`
}

// get returns the role, or nil.
func (d roleDriver) get(ctx context.Context, thing plan.Thing) (*role, error) {
	var out role
	err := d.ask(ctx, "GetRole", thing, nil, &out)
	switch {
	case missing(err):
		return nil, nil
	case err == nil && out.Arn == "":
		err = awsclient.NewGarbled(d.call("GetRole", ""), "the answer has no ARN")
	}
	return &out, err
}

// attached lists the ARNs of the managed policies on the role, in order.
func (d roleDriver) attached(ctx context.Context, thing plan.Thing) ([]string, error) {
	var arns []string
	for in := (url.Values{}); ; {
		var page struct {
			Policies []struct{ PolicyArn string } `xml:"ListAttachedRolePoliciesResult>AttachedPolicies>member"`
			Marker   string                       `xml:"ListAttachedRolePoliciesResult>Marker"`
		}
		if err := d.ask(ctx, "ListAttachedRolePolicies", thing, in, &page); err != nil {
			return nil, err
		}
		for _, p := range page.Policies {
			arns = append(arns, p.PolicyArn)
		}
		if page.Marker == "" {
			slices.Sort(arns)
			return arns, nil
		}
		in.Set("Marker", page.Marker)
	}
}

func (d roleDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	r, err := d.get(ctx, thing)
	if err != nil || r == nil {
		return State{}, err
	}
	return stateOfRead(thing, properties, func(name string) (any, bool, error) {
		switch name {
		case "AssumeRolePolicyDocument":
			document, err := url.PathUnescape(r.Trust)
			if err != nil {
				return nil, true, awsclient.NewGarbled(d.call("GetRole", ""), "the trust policy is not encoded as in a URL")
			}
			return canonical(document), true, nil
		case "ManagedPolicyArns":
			arns, err := d.attached(ctx, thing)
			if len(arns) == 0 {
				return nil, true, err
			}
			return arns, true, err
		}
		return nil, false, nil
	})
}

// Write attaches what is not attached. It detaches nothing, for others may rely
// on it.
func (d roleDriver) Write(ctx context.Context, thing plan.Thing, values, _ map[string]any) error {
	for _, name := range names(values) {
		var err error
		switch name {
		case "AssumeRolePolicyDocument":
			var document string
			if document, err = text(values, name); err == nil {
				err = d.ask(ctx, "UpdateAssumeRolePolicy", thing, url.Values{"PolicyDocument": {document}}, nil)
			}
		case "ManagedPolicyArns":
			err = d.attach(ctx, thing, values[name])
		default:
			err = wrong("an %s has no property %s that kumoban can write", thing.Type, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d roleDriver) attach(ctx context.Context, thing plan.Thing, list any) error {
	want, err := texts(list)
	if err != nil {
		return err
	}
	have, err := d.attached(ctx, thing)
	if err != nil {
		return err
	}
	for _, arn := range have {
		if !slices.Contains(want, arn) {
			return &awsclient.Fault{Call: d.call("AttachRolePolicy", "").Name(), Code: "Changed",
				Message: "the role " + thing.Name + " has " + arn + ", which kumoban does not detach"}
		}
	}
	for _, arn := range want {
		if slices.Contains(have, arn) {
			continue
		}
		if err := d.ask(ctx, "AttachRolePolicy", thing, url.Values{"PolicyArn": {arn}}, nil); err != nil {
			return err
		}
	}
	return nil
}

// texts reads a list of strings, as it is in memory or as it comes out of JSON.
func texts(list any) ([]string, error) {
	switch list := list.(type) {
	case nil:
		return nil, nil
	case []string:
		return list, nil
	case []any:
		out := make([]string, len(list))
		for i, v := range list {
			s, ok := v.(string)
			if !ok {
				return nil, wrong("%v is not a list of texts", list)
			}
			out[i] = s
		}
		return out, nil
	}
	return nil, wrong("%v is not a list of texts", list)
}

func (d roleDriver) Make(ctx context.Context, thing plan.Thing, values map[string]any, token string) (map[string]any, error) {
	document, err := text(values, "AssumeRolePolicyDocument")
	if err != nil {
		return nil, err
	}
	in := url.Values{"AssumeRolePolicyDocument": {document}, "Description": {"Made by kumoban for API Gateway's logs"}}
	for i, tag := range [][2]string{{tokenTag, token}} {
		n := strconv.Itoa(i + 1)
		in["Tags.member."+n+".Key"], in["Tags.member."+n+".Value"] = []string{tag[0]}, []string{tag[1]}
	}
	err = d.ask(ctx, "CreateRole", thing, in, nil)
	if fault(err).Code == "EntityAlreadyExists" {
		if r, unread := d.get(ctx, thing); unread != nil {
			return nil, unread
		} else if r.made(token) {
			err = nil
		}
	}
	if err == nil {
		err = d.attach(ctx, thing, values["ManagedPolicyArns"])
	}
	if err != nil {
		return nil, err
	}
	return d.Outputs(ctx, thing, token)
}

// made tells whether the run with this token made the role.
func (r *role) made(token string) bool {
	return r != nil && slices.ContainsFunc(r.Tags, func(t struct{ Key, Value string }) bool { return t.Key == tokenTag && t.Value == token })
}

func (d roleDriver) Outputs(ctx context.Context, thing plan.Thing, _ string) (map[string]any, error) {
	r, err := d.get(ctx, thing)
	if err == nil && r == nil {
		err = wrong("there is no role %s", thing.Name)
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"Arn": r.Arn}, nil
}

// Remove leaves the role: an account setting of any Region may name it.
func (d roleDriver) Remove(context.Context, plan.Thing, string) (string, error) {
	return keptShared, nil
}

func (d roleDriver) Settled(context.Context, plan.Thing, remedy.Wait) (bool, error) { return true, nil }

// Calls lets the caller attach no other policy than the step does: whoever may
// attach any to a role, and pass it, may do anything.
func (d roleDriver) Calls(step *plan.Step) []*awsclient.Call {
	operations := []string{"GetRole", "ListAttachedRolePolicies", "AttachRolePolicy", "UpdateAssumeRolePolicy"}
	if step.Make {
		operations = append(operations, "CreateRole")
	}
	var calls []*awsclient.Call
	for _, o := range operations {
		c := d.call(o, step.Thing.Name)
		if o == "AttachRolePolicy" {
			c.When = map[string]string{"iam:PolicyARN": d.toAttach(step)}
		}
		calls = append(calls, c)
	}
	if step.Make {
		calls = append(calls, permission("iam", "TagRole", d.here("role/"+step.Thing.Name)))
	}
	return calls
}

// toAttach is the policy that a step attaches; the one for logs, where the step
// stands for any.
func (d roleDriver) toAttach(step *plan.Step) string {
	for _, c := range step.Changes {
		if arns, err := texts(c.Will); err == nil && len(arns) == 1 && c.Property == "ManagedPolicyArns" {
			return arns[0]
		}
	}
	return "arn:" + d.scope.Partition + ":iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}
