package execute_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
)

const (
	accountType = "AWS::ApiGateway::Account"
	roleType    = "AWS::IAM::Role"
	v2Type      = "AWS::ApiGatewayV2::Stage"
	aclType     = "AWS::WAFv2::WebACLAssociation"
)

// logTo is the step by which a stage of an API gets its access log.
func logTo(protocol, group string) *plan.Step {
	s := step(thing(v2Type, httpStage), false, nil, map[string]any{"AccessLogSettings.DestinationArn": logGroup + group})
	s.With = []plan.Change{{Property: "ProtocolType", Was: protocol, Will: protocol}}
	return s
}

// foreseen is one look: what is foreseen, and by which calls.
type foreseen struct {
	step    *plan.Step
	more    string // of the fixture, before its first brace closes
	deny    string // an operation
	err     string // a message key, or the class of a fault
	doubt   string
	says    string // what the doubt must say in English
	calls   string // the operations, in order
	refused bool   // the double refuses the change
}

func foreseeCases() map[string]foreseen {
	acl := func(arn string) *plan.Step {
		return step(thing(aclType, restStage), false, nil, map[string]any{"WebACLArn": arn})
	}
	role := func(arn string) *plan.Step {
		return step(plan.Thing{Type: accountType, Name: "account"}, false, nil, map[string]any{"CloudWatchRoleArn": arn})
	}
	const iam = "arn:aws:iam::111122223333:role/"
	policy := func(n int) string {
		return fmt.Sprintf(`"resourcePolicies": [{"policyName": "AWSLogDeliveryWrite20150319", "policyDocument": %q}, {"policyName": "x", "policyDocument": "{}"}],`, strings.Repeat("a", n))
	}
	change := func(property string, was, will any) *plan.Step {
		return step(plan.Thing{Type: roleType, Name: "logs"}, false, map[string]any{property: was}, map[string]any{property: will})
	}
	return map[string]foreseen{
		"a web ACL":                    {step: acl(webACL), calls: "GetWebACL"},
		"no web ACL":                   {step: acl(strings.Replace(webACL, "edge/1", "edge/2", 1)), err: "run.acl.gone", calls: "GetWebACL", refused: true},
		"no web ACL of that name":      {step: acl(strings.Replace(webACL, "edge/1", "other/1", 1)), err: "run.acl.gone", calls: "GetWebACL", refused: true},
		"a web ACL of CloudFront":      {step: acl(strings.Replace(webACL, "regional", "global", 1)), err: "run.acl.unfit", refused: true},
		"a web ACL elsewhere":          {step: acl(strings.Replace(webACL, "northeast", "southeast", 1)), err: "run.acl.unfit", refused: true},
		"a web ACL of another account": {step: acl(strings.Replace(webACL, "1111", "9999", 1)), err: "run.acl.unfit", refused: true},
		"a web ACL unseen":             {step: acl(webACL), deny: "GetWebACL", doubt: "run.acl.unread", says: "could not look whether web ACL " + webACL, calls: "GetWebACL"},
		"none any more":                {step: step(thing(aclType, restStage), false, map[string]any{"WebACLArn": webACL}, map[string]any{"WebACLArn": nil})},

		"a role":                 {step: role(logsRole), calls: "GetRole"},
		"a role that is made":    {step: step(plan.Thing{Type: accountType, Name: "account"}, false, nil, map[string]any{"CloudWatchRoleArn": map[string]any{"of": "1", "name": "Arn"}})},
		"no role":                {step: role(iam + "none"), err: "run.role.none", calls: "GetRole", refused: true},
		"no role of that path":   {step: role(iam + "team/logs"), err: "run.role.none", calls: "GetRole", refused: true},
		"a role with a path":     {step: role(iam + "team/a/deep"), calls: "GetRole"},
		"a role unseen":          {step: role(logsRole), deny: "GetRole", doubt: "run.role.unread", says: "could not look whether the role", calls: "GetRole"},
		"a role elsewhere":       {step: role("arn:aws:iam::999922223333:role/logs"), doubt: "run.role.elsewhere", says: "another account", refused: true},
		"a role of others":       {step: role(iam + "lambda"), doubt: "run.role.distrusts", says: "does not let apigateway.amazonaws.com", calls: "GetRole", refused: true},
		"a role on conditions":   {step: role(iam + "perhaps"), doubt: "run.role.unsure", says: "cannot be judged", calls: "GetRole"},
		"another trust":          {step: change("AssumeRolePolicyDocument", "{}", trust), err: "run.role.differs"},
		"another path":           {step: change("Path", "/", "/team/"), err: "run.role.differs"},
		"another boundary":       {step: change("PermissionsBoundary", nil, "arn:aws:iam::111122223333:policy/x"), err: "run.role.differs"},
		"more policies":          {step: change("ManagedPolicyArns", []any{pushLogs, "arn:aws:iam::aws:policy/ReadOnlyAccess"}, []any{pushLogs}), err: "run.role.differs"},
		"a policy yet to attach": {step: change("ManagedPolicyArns", nil, []any{pushLogs})},

		"below vendedlogs":   {step: logTo("HTTP", "/aws/vendedlogs/x")},
		"of a WebSocket API": {step: logTo("WEBSOCKET", "/apigw/orders")},
		"no policy":          {step: logTo("HTTP", "/apigw/orders"), doubt: "run.delivery.none", says: "at most 5,120 characters; there is none yet", calls: "DescribeResourcePolicies"},
		"a policy": {step: logTo("HTTP", "/apigw/orders"), more: policy(4000), doubt: "run.delivery.size",
			says: "log group /apigw/orders is not below /aws/vendedlogs/", calls: "DescribeResourcePolicies"},
		"a full policy": {step: logTo("HTTP", "/apigw/orders"), more: policy(5050), doubt: "run.delivery.size",
			says: "of 2, the longest (AWSLogDeliveryWrite20150319) has 5050 of 5,120 characters", calls: "DescribeResourcePolicies", refused: true},
		"policies unseen": {step: logTo("HTTP", "/apigw/orders"), deny: "DescribeResourcePolicies", doubt: "run.delivery.unread",
			says: "could not look how long it is (logs:DescribeResourcePolicies: AccessDeniedException)", calls: "DescribeResourcePolicies"},
	}
}

// TestForesee says what stops a step, and what nobody could tell, by looking
// alone; and the double, which judges by itself, refuses where it says no.
func TestForesee(t *testing.T) {
	const roles = `{"roleName": "deep", "path": "/team/a/", "assumeRolePolicyDocument": ` + trust + `, "attachedPolicies": [{"policyArn": "` + pushLogs + `"}]},
		{"roleName": "lambda", "assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}},
		{"roleName": "perhaps", "assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole",
			"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}}, "attachedPolicies": [{"policyArn": "` + pushLogs + `"}]},`
	for name, c := range foreseeCases() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				with := strings.Replace(fixture, `"roles": [`, `"roles": [`+roles, 1)
				double := newDouble(t, awsdouble.Options{}, strings.Replace(with, "{", "{"+c.more, 1))
				if c.deny != "" {
					double.Fault(awsdouble.Fault{Operation: c.deny, Kind: awsdouble.Deny})
				}
				foreseer := execute.NewForeseer(drivers(t, double))
				for range 2 { // the second time from memory
					doubts, err := foreseer.Step(t.Context(), &plan.Plan{}, c.step)
					c.check(t, doubts, err)
				}
				var calls []string
				for _, call := range double.Calls() {
					calls = append(calls, call.Operation)
				}
				if got := strings.Join(calls, " "); got != c.calls {
					t.Errorf("called %q, want %q", got, c.calls)
				}
				allowed(t, drivers(t, double)[c.step.Thing.Type], c.step, double.Calls())
				if c.deny == "" {
					c.judged(t, double)
				}
			})
		})
	}
}

func (c *foreseen) check(t *testing.T, doubts []locale.Message, err error) {
	t.Helper()
	var ours *locale.Error
	if c.err == "" && err != nil || c.err != "" && (!errors.As(err, &ours) || ours.Key != c.err) {
		t.Errorf("%v, want %s", err, c.err)
	}
	if c.doubt == "" {
		if len(doubts) > 0 {
			t.Errorf("doubts %v", doubts)
		}
		return
	}
	if len(doubts) != 1 || doubts[0].Key != c.doubt {
		t.Fatalf("doubts %v, want %s", doubts, c.doubt)
	}
	for _, lang := range locale.Langs() {
		catalog, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		text := catalog.Text(doubts[0].Key, doubts[0].Args...)
		if strings.Contains(text, "{") || lang == locale.English && !strings.Contains(strings.ReplaceAll(text, "5120", "5,120"), c.says) {
			t.Errorf("%s: %s\nwant %s", lang, text, c.says)
		}
	}
}

// judged asks the double, which decides by itself, whether it would refuse.
func (c *foreseen) judged(t *testing.T, double *awsdouble.Double) {
	t.Helper()
	will, ok := c.step.Changes[0].Will.(string)
	if !ok || c.step.Thing.Type == roleType {
		return
	}
	var answer string
	switch c.step.Thing.Type {
	case aclType:
		answer = raw(t, double, "wafv2", "AWSWAF_20190729.AssociateWebACL", `{"WebACLArn": "`+will+`", "ResourceArn": "`+restStage+`"}`)
	case accountType:
		answer = raw(t, double, "apigateway", "PATCH /account", `{"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": "`+will+`"}]}`)
	default:
		if strings.Contains(will, "vendedlogs") {
			raw(t, double, "logs", "Logs_20140328.CreateLogGroup", `{"logGroupName": "/aws/vendedlogs/x"}`)
		}
		answer = raw(t, double, "apigateway", "PATCH /v2/apis/h1/stages/$default", `{"accessLogSettings": {"destinationArn": "`+will+`", "format": "$context.requestId"}}`)
	}
	if refused := strings.Contains(answer, "xception") || strings.Contains(answer, `"message"`); refused != c.refused {
		t.Errorf("the double says %s", answer)
	}
}

// TestForeseeUnanswered is no doubt but a fault: asked again, there is an answer.
func TestForeseeUnanswered(t *testing.T) {
	for name, operation := range map[string]string{"a web ACL": "GetWebACL", "a role": "GetRole", "no policy": "DescribeResourcePolicies"} {
		synctest.Test(t, func(t *testing.T) {
			double := newDouble(t, awsdouble.Options{}, fixture)
			double.Fault(awsdouble.Fault{Operation: operation, Kind: awsdouble.ServerError})
			c := foreseeCases()[name]
			_, err := execute.NewForeseer(drivers(t, double)).Step(t.Context(), &plan.Plan{}, c.step)
			var f *awsclient.Fault
			if !errors.As(err, &f) || f.Class == awsclient.Refused {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}
