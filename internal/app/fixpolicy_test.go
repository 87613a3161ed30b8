package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// broken is an account in which each of the nine controls has something to mend,
// and in which API Gateway has no role for its logs.
const broken = `{
  "webAcls": [{"name": "edge", "id": "1"}],
  "roles": [{"roleName": "writer", "path": "/ops/",
    "assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}},
    "attachedPolicies": [{"policyArn": "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"}]}],
  "vpcLinks": [{"vpcLinkId": "vl1", "name": "link"}],
  "keys": [{"keyId": "theirs", "policy": {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
    {"Effect": "Allow", "Principal": {"Service": "logs.ap-northeast-1.amazonaws.com"}, "Resource": "*",
      "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
      "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:ap-northeast-1:111122223333:log-group:/aws/vendedlogs/kumoban/*"}}}]}}],
  "restApis": [{"id": "r1", "name": "orders", "stages": [{"stageName": "prod", "cacheClusterEnabled": true, "methodSettings": {
    "*/*": {"cachingEnabled": true, "cacheDataEncrypted": false}}}],
    "resources": [{"id": "root", "path": "/", "resourceMethods": {"GET": {"httpMethod": "GET", "methodIntegration": {"type": "HTTP", "uri": "https://example.com"}}}}]}],
  "apis": [
    {"apiId": "h1", "name": "web", "protocolType": "HTTP", "stages": [{"stageName": "$default"}],
      "routes": [{"routeId": "rt1", "routeKey": "GET /", "target": "integrations/i1"}],
      "integrations": [{"integrationId": "i1", "integrationType": "HTTP_PROXY", "integrationMethod": "ANY",
        "integrationUri": "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:listener/app/x/1/2", "connectionType": "VPC_LINK", "connectionId": "vl1"}]},
    {"apiId": "w1", "name": "chat", "protocolType": "WEBSOCKET", "stages": [{"stageName": "prod"}]}],
  "domainNames": [{"domainName": "api.example.com", "securityPolicy": "TLS_1_2", "mappedApiIds": ["r1"]},
    {"domainName": "in.example.com", "domainNameId": "abcd", "endpointConfiguration": {"types": ["PRIVATE"]}, "securityPolicy": "TLS_1_2"}]
}`

type fixCase struct {
	control string
	kind    resource.Type
	path    string
	remedy  string
	inputs  map[string]string
	stops   string // an operation that is refused once, so that the run is resumed
}

func fixCases() map[string]fixCase {
	const rest, web, chat = "/restapis/r1/stages/prod", "/apis/h1/stages/$default", "/apis/w1/stages/prod"
	return map[string]fixCase{
		"1 REST":      {"APIGateway.1", apigateway.StageType, rest, "", nil, "AttachRolePolicy"},
		"1 WebSocket": {"APIGateway.1", apigatewayv2.StageType, chat, "", nil, "UpdateAccount"},
		"1 role gone": {"APIGateway.1", apigatewayv2.StageType, chat, "", map[string]string{
			"accountRole": "replace", "roleName": "logs", "rolePath": "/team/a/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/bounds",
		}, "AttachRolePolicy"},
		"9 own role":  {"APIGateway.9", apigatewayv2.StageType, chat, "", map[string]string{"role": "arn:aws:iam::111122223333:role/ops/writer"}, "PutRetentionPolicy"},
		"9 own group": {"APIGateway.9", apigatewayv2.StageType, web, "", map[string]string{"logGroup": "/mine"}, "PutRetentionPolicy"},
		"2":           {"APIGateway.2", apigateway.StageType, rest, "", map[string]string{"certificate": "new"}, "UpdateStage"},
		"3":           {"APIGateway.3", apigateway.StageType, rest, "", nil, "UpdateStage"},
		"4":           {"APIGateway.4", apigateway.StageType, rest, "", map[string]string{"webAcl": "arn:aws:wafv2:ap-northeast-1:111122223333:regional/webacl/edge/1"}, "AssociateWebACL"},
		"5":           {"APIGateway.5", apigateway.StageType, rest, "", nil, "UpdateStage"},
		"5 stop":      {"APIGateway.5", apigateway.StageType, rest, "stop-caching", nil, "UpdateStage"},
		"8":           {"APIGateway.8", apigatewayv2.RouteType, "/apis/h1/routes/rt1", "", map[string]string{"authorizationType": "AWS_IAM"}, "UpdateRoute"},
		"9 HTTP":      {"APIGateway.9", apigatewayv2.StageType, web, "", nil, "PutRetentionPolicy"},
		"9 a new key": {"APIGateway.9", apigatewayv2.StageType, web, "", map[string]string{"kmsKey": "new"}, "EnableKeyRotation"},
		"9 a key":     {"APIGateway.9", apigatewayv2.StageType, web, "", map[string]string{"kmsKey": "arn:aws:kms:ap-northeast-1:111122223333:key/theirs"}, "PutRetentionPolicy"},
		"9 WebSocket": {"APIGateway.9", apigatewayv2.StageType, chat, "", map[string]string{"kmsKey": "new"}, "PutRetentionPolicy"},
		"10":          {"APIGateway.10", apigatewayv2.IntegrationType, "/apis/h1/integrations/i1", "", map[string]string{"serverName": "in.example.com"}, "UpdateIntegration"},
		"11":          {"APIGateway.11", apigateway.DomainNameType, "/domainnames/api.example.com", "", map[string]string{"securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"}, "UpdateDomainName"},
		"11 private":  {"APIGateway.11", apigateway.DomainNameType, "/domainnames/in.example.com+abcd", "", map[string]string{"securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"}, "UpdateDomainName"},
	}
}

// fixture is the account, with a role that is gone where the case is about one.
func (c *fixCase) fixture() string {
	if c.inputs["accountRole"] == "" {
		return broken
	}
	return strings.Replace(broken, "{", `{"account": {"cloudwatchRoleArn": "arn:aws:iam::111122223333:role/old/stack"},`, 1)
}

// ref names the resource; the ARN of a private domain name holds the account.
func (c *fixCase) ref() resource.Ref {
	r := live(c.kind, c.path)
	if strings.Contains(c.path, "+") {
		r.ARN = strings.Replace(r.ARN, "::/", ":"+account+":/", 1)
	}
	return r
}

// fixing is a double with an environment that reaches it, in process.
func fixing(t *testing.T, fixture string) (*awsdouble.Double, *app.Env) {
	t.Helper()
	double := awsdouble.New(awsdouble.Options{})
	if err := double.Load(account, region, []byte(fixture)); err != nil {
		t.Fatal(err)
	}
	key, secret := double.CredentialsFor(account)
	env := environment(t, nil)
	env.Load = func(context.Context, string) (aws.Config, error) {
		return awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: double.Transport()}), nil
	}
	return double, env
}

// TestFixPolicy plans, applies, is stopped on the way, resumes, verifies and
// undoes every remedy, each step in a session with no more than that step's policy, and holds the printed policies to the calls that the
// double saw: each is allowed by the policy for the plan and by that for the
// control; and what the plan's policy allows was called, or is explained.
func TestFixPolicy(t *testing.T) {
	for name, c := range fixCases() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double, env := fixing(t, c.fixture())
				made := c.run(t, double, env)
				planned := fixPolicy(t, env, app.FixPolicyOptions{Plan: made, Delivered: true})
				allowsAll(t, planned, double.Calls())
				explained(t, planned, double.Calls())
				if c.inputs["roleName"] != "" {
					return // no policy without a plan can know the name
				}
				selection := control.Selection{Patterns: []string{c.control}}
				allowsAll(t, fixPolicy(t, env, app.FixPolicyOptions{Selection: selection, Remedy: c.remedy, Partition: "aws", Delivered: true}), double.Calls())
				allowsAll(t, fixPolicy(t, env, app.FixPolicyOptions{Partition: "aws", Regions: []string{region}, Delivered: true}), double.Calls())
			})
		})
	}
}

// run makes and unmakes one fix and returns its plan.
func (c *fixCase) run(t *testing.T, double *awsdouble.Double, env *app.Env) *plan.Plan {
	t.Helper()
	o := app.FixOptions{Region: region, Rate: rate(t, "max"), As: withFixer(t, double)}
	made, err := app.MakePlan(t.Context(), env, app.PlanOptions{
		FixOptions: o, Wishes: []app.Wish{{Control: c.control, Ref: c.ref()}}, Remedy: c.remedy, Inputs: c.inputs, Prices: builtIn(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "runs")
	silent := func(execute.Report) {}
	double.Fault(awsdouble.Fault{Operation: c.stops, Kind: awsdouble.Deny, Times: 1})
	result, err := app.Apply(t.Context(), env, made, o, dir, silent)
	if err == nil || result == nil {
		t.Fatalf("%s was refused, and nothing stopped", c.stops)
	}
	resumed, err := app.Resume(t.Context(), env, result.Run, o, dir, silent)
	if err != nil || !resumed.Mended() {
		t.Fatalf("resumed: %v", err)
	}
	if verified, err := app.Verify(t.Context(), env, result.Run, o, dir); err != nil || !verified.Mended() {
		t.Fatalf("verified: %v", err)
	}
	var ours *locale.Error
	if _, err := app.Delivered(t.Context(), env, result.Run, o, dir, false); err != nil && !errors.As(err, &ours) {
		t.Fatalf("delivered: %v", err)
	}
	if _, err := app.Undo(t.Context(), env, result.Run, o, dir, silent); err != nil {
		t.Fatalf("undone: %v", err)
	}
	return made
}

type fullPolicy struct {
	Version   string
	Statement []struct {
		Sid, Effect      string
		Action, Resource []string
		Condition        map[string]map[string]string
	}
}

func fixPolicy(t *testing.T, env *app.Env, o app.FixPolicyOptions) fullPolicy {
	t.Helper()
	var out bytes.Buffer
	if err := app.FixPolicy(&out, env, o); err != nil {
		t.Fatal(err)
	}
	var p fullPolicy
	d := json.NewDecoder(&out)
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatal(err)
	}
	return p
}

// iamMatches is IAM's own: * crosses slashes and colons.
func iamMatches(pattern, arn string) bool {
	quoted := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile("^" + quoted + "$").MatchString(arn)
}

func allowsAll(t *testing.T, p fullPolicy, calls []awsdouble.Call) {
	t.Helper()
	for _, c := range calls {
		if c.Action == "sts:GetCallerIdentity" || c.Action == "sts:AssumeRole" {
			continue // the one needs no permission, and none can take it away; the other is the caller's own to have
		}
		if !slices.ContainsFunc(p.Statement, func(s struct {
			Sid, Effect      string
			Action, Resource []string
			Condition        map[string]map[string]string
		}) bool {
			return slices.Contains(s.Action, c.Action) && slices.ContainsFunc(s.Resource, func(r string) bool { return iamMatches(r, c.Resource) })
		}) {
			t.Errorf("%s on %s was called, and is not allowed", c.Action, c.Resource)
		}
	}
}

// unseen says why a policy allows what no call of the run is judged by.
func unseen() map[string]string {
	delivery := "the caller of UpdateStage needs it to set up the log of an HTTP API; a plan does not tell it from a WebSocket API"
	half := "a thing that was left half made is brought to its end"
	return map[string]string{
		"apigateway:PUT":                "tags of a new client certificate",
		"apigateway:SetWebACL":          "asked for with wafv2:AssociateWebACL and DisassociateWebACL",
		"iam:CreateServiceLinkedRole":   "the first tracing of an account",
		"iam:GetRole":                   "of a role that is not there IAM judges the name alone, without the path",
		"iam:PassRole":                  "asked for with UpdateAccount",
		"iam:TagRole":                   "tags of a new role",
		"iam:UpdateAssumeRolePolicy":    half,
		"kms:TagResource":               "tags of a new key",
		"kms:CreateAlias":               "asked for on the alias and on the key",
		"kms:GetKeyPolicy":              half,
		"kms:GetKeyRotationStatus":      half,
		"logs:AssociateKmsKey":          half,
		"logs:TagResource":              "tags of a new log group",
		"logs:CreateLogDelivery":        delivery,
		"logs:GetLogDelivery":           delivery,
		"logs:UpdateLogDelivery":        delivery,
		"logs:DeleteLogDelivery":        delivery,
		"logs:ListLogDeliveries":        delivery,
		"logs:PutResourcePolicy":        delivery,
		"logs:CreateLogGroup":           delivery,
		"logs:DescribeLogGroups":        delivery,
		"logs:DescribeResourcePolicies": delivery,
	}
}

func explained(t *testing.T, p fullPolicy, calls []awsdouble.Call) {
	t.Helper()
	for _, s := range p.Statement {
		for _, action := range s.Action {
			for _, r := range s.Resource {
				called := slices.ContainsFunc(calls, func(c awsdouble.Call) bool { return c.Action == action && (r == "*" || matches(r, c.Resource)) })
				if !called && unseen()[action] == "" {
					t.Errorf("%s on %s is allowed, was not called, and nothing says why", action, r)
				}
			}
		}
	}
}

// TestFixPolicyIsNarrow looks at what makes a policy least: one stage, one role,
// one policy to attach.
func TestFixPolicyIsNarrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, env := fixing(t, broken)
		c := fixCases()["1 REST"]
		made, err := app.MakePlan(t.Context(), env, app.PlanOptions{
			FixOptions: app.FixOptions{Region: region, Rate: rate(t, "max")}, Wishes: []app.Wish{{Control: c.control, Ref: live(c.kind, c.path)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, s := range fixPolicy(t, env, app.FixPolicyOptions{Plan: made}).Statement {
			for _, a := range s.Action {
				got[a] = strings.Join(s.Resource, " ")
				for operator, keys := range s.Condition {
					for key, value := range keys {
						got[a] += " if " + operator + " " + key + " " + value
					}
				}
			}
		}
		const role = "arn:aws:iam::111122223333:role/kumoban-apigateway-cloudwatch"
		want := map[string]string{
			"apigateway:GET":               here + "/account " + here + "/restapis " + here + "/restapis/r1 " + here + "/restapis/r1/resources " + here + "/restapis/r1/stages/prod",
			"cloudwatch:GetMetricData":     "*",
			"apigateway:PATCH":             here + "/account " + here + "/restapis/r1/stages/prod",
			"iam:AttachRolePolicy":         role + " if ArnEquals iam:PolicyARN arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
			"iam:CreateRole":               role,
			"iam:GetRole":                  role,
			"iam:ListAttachedRolePolicies": role,
			"iam:PassRole":                 role,
			"iam:TagRole":                  role,
			"iam:UpdateAssumeRolePolicy":   role,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("policy (-want +got):\n%s", diff)
		}
		var all bytes.Buffer
		if err := app.FixPolicy(&all, env, app.FixPolicyOptions{Partition: "aws-us-gov", Delivered: true}); err != nil {
			t.Fatal(err)
		}
		if n := len(strings.Join(strings.Fields(all.String()), "")); n > 6144 {
			t.Errorf("the policy for all controls has %d characters, a managed policy at most 6,144", n)
		}
		if strings.Contains(all.String(), "arn:aws:") {
			t.Error("an ARN of another partition")
		}
		err = app.FixPolicy(&all, env, app.FixPolicyOptions{Partition: "aws", Remedy: "nonsense", Selection: control.Selection{Patterns: []string{"APIGateway.5"}}})
		var ours *locale.Error
		if !errors.As(err, &ours) || ours.Key != "cli.iam.noRemedy" {
			t.Errorf("a remedy that does not exist: %v", err)
		}
	})
}
