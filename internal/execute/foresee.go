package execute

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// Foreseer looks, before anything is changed, at what AWS will look at when a
// step is done: half a fix is worse than none. What it has looked at once it
// does not look at again. It is for one goroutine.
type Foreseer struct {
	clients Clients
	seen    map[string]foreseen
}

type foreseen struct {
	doubts []locale.Message
	err    error
}

// NewForeseer looks in one account and Region.
func NewForeseer(c Clients) *Foreseer { return &Foreseer{clients: c, seen: map[string]foreseen{}} }

// Step looks at what a step names. A clear no is a [*locale.Error]; other errors
// are [*awsclient.Fault]. What could not be looked at, and what only AWS can
// tell, are doubts: they are to be said, and AWS decides.
func (f *Foreseer) Step(ctx context.Context, step *plan.Step) (doubts []locale.Message, err error) {
	for i := range step.Changes {
		c := &step.Changes[i]
		more, err := f.change(ctx, step, c)
		if err != nil {
			return doubts, err
		}
		doubts = append(doubts, more...)
	}
	return doubts, nil
}

func (f *Foreseer) change(ctx context.Context, step *plan.Step, c *plan.Change) ([]locale.Message, error) {
	if step.Thing.Type == typeRole && !step.Make {
		return nil, changedRole(step, c)
	}
	will, ok := c.Will.(string)
	if !ok {
		return nil, nil // taken away, or made by another step
	}
	switch {
	case step.Thing.Type == typeLogGroup && c.Property == "KmsKeyId":
		return f.once("key "+will+" "+step.Thing.Name, func() ([]locale.Message, error) {
			doubt, err := CheckLogKey(ctx, f.clients, will, step.Thing.Name)
			if doubt == nil {
				return nil, err
			}
			return []locale.Message{*doubt}, err
		})
	case step.Thing.Type == typeWebACLAssociation && c.Property == webACL:
		return f.once("acl "+will, func() ([]locale.Message, error) { return f.webACL(ctx, will) })
	case step.Thing.Type == typeAccount && c.Property == accountRole:
		return f.once("role "+will, func() ([]locale.Message, error) {
			role, err := LookAtRole(ctx, f.clients, will)
			if err == nil && role.Gone {
				err = locale.Errorf("run.role.none", locale.A("role", will))
			}
			return role.Doubts, err
		})
	case step.Thing.Type == apigatewayv2.StageType && c.Property == logPart+"DestinationArn":
		return f.delivery(ctx, step, will)
	}
	return nil, nil
}

func (f *Foreseer) once(key string, look func() ([]locale.Message, error)) ([]locale.Message, error) {
	got, ok := f.seen[key]
	if !ok {
		got.doubts, got.err = look()
		f.seen[key] = got
	}
	return got.doubts, got.err
}

// changedRole refuses to make another role of one that exists: whoever made it
// relies on whom it trusts, and IAM moves no role to another path. What half a
// run left, a policy that is not attached yet, is brought to its end.
func changedRole(step *plan.Step, c *plan.Change) error {
	if c.Property == "ManagedPolicyArns" {
		was, err := texts(c.Was)
		if err != nil {
			return err
		}
		will, err := texts(c.Will)
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

func getWebACL(acl string) *awsclient.Call {
	return &awsclient.Call{Service: "wafv2", Operation: "GetWebACL", Action: "GetWebACL", Resource: acl, Expect: "WebACL"}
}

// webACL looks whether a web ACL is there. Its ARN names its scope, which must
// be regional, its name and its id.
func (f *Foreseer) webACL(ctx context.Context, arn string) ([]locale.Message, error) {
	s := f.clients.service()
	path, here := strings.CutPrefix(arn, "arn:"+s.scope.Partition+":wafv2:"+s.scope.Region+":"+s.scope.Account+":")
	parts := strings.Split(path, "/")
	if !here || len(parts) != 4 || parts[0] != "regional" || parts[1] != "webacl" {
		return nil, locale.Errorf("run.acl.unfit", locale.A("acl", arn), locale.A("account", s.scope.Account), locale.A("region", s.scope.Region))
	}
	var out struct {
		WebACL struct{ ARN string }
	}
	call := getWebACL(arn)
	err := s.json(ctx, wire.WAFv2(), call, map[string]string{"Name": parts[2], "Id": parts[3], "Scope": "REGIONAL"}, &out)
	switch {
	case fault(err).Class == awsclient.Refused:
		return []locale.Message{*unread("run.acl.unread", err, locale.A("acl", arn))}, nil
	case fault(err).Code == "WAFNonexistentItemException", err == nil && out.WebACL.ARN != "" && out.WebACL.ARN != arn:
		return nil, locale.Errorf("run.acl.gone", locale.A("acl", arn))
	case err == nil && out.WebACL.ARN == "":
		err = awsclient.NewGarbled(call, "the web ACL has no ARN")
	}
	return nil, err
}

// unread says that something could not be looked at.
func unread(key string, err error, args ...locale.Arg) *locale.Message {
	f := fault(err)
	return said(key, append(args, locale.A("call", f.Call), locale.A("code", f.Code))...)
}

// policyLimit is how long a CloudWatch Logs resource policy of an account may
// be, in characters: PutResourcePolicy of the API reference.
const policyLimit = 5120

// vended is how names begin for which AWS allows the delivery as a whole when
// the account's policy gets near its limit.
const vended = "/aws/vendedlogs/"

func describeResourcePolicies() *awsclient.Call {
	return &awsclient.Call{Service: "logs", Operation: "DescribeResourcePolicies", Action: "DescribeResourcePolicies", Resource: "*", Expect: "resourcePolicies", MayLack: true}
}

// delivery warns of a log group for which AWS may have to lengthen the account's
// resource policy, as it does when an HTTP API's access log is set up.
func (f *Foreseer) delivery(ctx context.Context, step *plan.Step, destination string) ([]locale.Message, error) {
	_, group, ok := strings.Cut(strings.TrimSuffix(destination, ":*"), ":log-group:")
	if !ok || strings.HasPrefix(group, vended) || !isHTTP(step) {
		return nil, nil
	}
	sizes, err := f.once("policies", func() ([]locale.Message, error) { return f.policies(ctx) })
	if err != nil {
		return nil, err
	}
	var doubts []locale.Message
	for _, m := range sizes {
		m.Args = append([]locale.Arg{locale.A("group", group)}, m.Args...)
		doubts = append(doubts, m)
	}
	return doubts, nil
}

// isHTTP goes by what a plan tells of the API.
func isHTTP(step *plan.Step) bool {
	for _, c := range step.With {
		if c.Property == "ProtocolType" {
			return c.Will == "HTTP"
		}
	}
	return false
}

// policies says how long the account's resource policies are.
func (f *Foreseer) policies(ctx context.Context) ([]locale.Message, error) {
	s := f.clients.service()
	type policy struct{ PolicyName, PolicyDocument string }
	call := describeResourcePolicies()
	longest, name, n := 0, "", 0
	for list, err := range awsclient.Pages(ctx, s.lane, call, func(ctx context.Context, token *string) (awsclient.Page[policy], error) {
		var page struct {
			ResourcePolicies []policy
			NextToken        *string
		}
		in := map[string]any{}
		if token != nil {
			in["nextToken"] = *token
		}
		err := s.wire.JSON(ctx, wire.Logs(), call.Operation, in, &page)
		return awsclient.Page[policy]{Items: page.ResourcePolicies, Next: page.NextToken}, err
	}) {
		if fault(err).Class == awsclient.Refused {
			return []locale.Message{*unread("run.delivery.unread", err, locale.A("limit", policyLimit))}, nil
		}
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if size := utf8.RuneCountInString(p.PolicyDocument); n == 0 || size > longest {
				longest, name = size, p.PolicyName
			}
			n++
		}
	}
	if n == 0 {
		return []locale.Message{locale.M("run.delivery.none", locale.A("limit", policyLimit))}, nil
	}
	return []locale.Message{locale.M("run.delivery.size", locale.A("n", n), locale.A("policy", name), locale.A("size", longest), locale.A("limit", policyLimit))}, nil
}
