package execute_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

const (
	account   = "111122223333"
	region    = "ap-northeast-1"
	restStage = "arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages/prod"
	httpStage = "arn:aws:apigateway:ap-northeast-1::/apis/h1/stages/$default"
	chatStage = "arn:aws:apigateway:ap-northeast-1::/apis/w1/stages/prod"
	webACL    = "arn:aws:wafv2:ap-northeast-1:111122223333:regional/webacl/edge/1"
	logGroup  = "arn:aws:logs:ap-northeast-1:111122223333:log-group:"
	logsRole  = "arn:aws:iam::111122223333:role/logs"
	pushLogs  = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
	trust     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	line      = "$context.requestId"
)

// fixture holds one of everything that a driver can change.
const fixture = `{
  "account": {"cloudwatchRoleArn": "` + logsRole + `"},
  "roles": [{"roleName": "logs", "assumeRolePolicyDocument": ` + trust + `, "attachedPolicies": [{"policyArn": "` + pushLogs + `"}]},
    {"roleName": "other", "assumeRolePolicyDocument": ` + trust + `, "attachedPolicies": [{"policyArn": "` + pushLogs + `"}]}],
  "webAcls": [{"name": "edge", "id": "1"}],
  "clientCertificates": [{"clientCertificateId": "c0ffee"}],
  "vpcLinks": [{"vpcLinkId": "vl1", "name": "link"}],
  "logGroups": [{"logGroupName": "/apigw/orders"}, {"logGroupName": "/apigw/orders-old", "retentionInDays": 30}],
  "keys": [{"keyId": "k1", "aliases": ["alias/theirs"]}],
  "restApis": [{"id": "a1b2c3d4e5", "name": "orders", "stages": [{"stageName": "prod", "cacheClusterEnabled": true, "methodSettings": {
    "*/*": {"loggingLevel": "ERROR", "cachingEnabled": true, "cacheTtlInSeconds": 60, "throttlingBurstLimit": 7},
    "~1orders~1{id}/GET": {"cachingEnabled": true, "metricsEnabled": true}, "x/GET": {}}}]}],
  "apis": [
    {"apiId": "h1", "name": "web", "protocolType": "HTTP",
      "stages": [{"stageName": "$default", "defaultRouteSettings": {"detailedMetricsEnabled": true, "throttlingBurstLimit": 100, "throttlingRateLimit": 50}}],
      "routes": [{"routeId": "r1", "routeKey": "GET /", "target": "integrations/i1"}],
      "authorizers": [{"authorizerId": "z1", "name": "pool", "authorizerType": "JWT"}],
      "integrations": [{"integrationId": "i1", "integrationType": "HTTP_PROXY", "integrationMethod": "ANY", "connectionType": "VPC_LINK", "connectionId": "vl1",
        "integrationUri": "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:listener/app/x/1/2"}]},
    {"apiId": "w1", "name": "chat", "protocolType": "WEBSOCKET", "stages": [{"stageName": "prod", "defaultRouteSettings": {"dataTraceEnabled": true, "throttlingBurstLimit": 9}}]}],
  "domainNames": [{"domainName": "api.example.com", "mappedApiIds": ["a1b2c3d4e5"]}, {"domainName": "web.example.com", "mappedApiIds": ["a1b2c3d4e5", "h1"]},
    {"domainName": "edge.example.com", "endpointConfiguration": {"types": ["EDGE"]}},
    {"domainName": "private.example.com", "domainNameId": "abcd", "endpointConfiguration": {"types": ["PRIVATE"]}},
    {"domainName": "new.example.com", "securityPolicy": "TLS_1_2", "endpointAccessMode": "STRICT"}]
}`

func newDouble(t *testing.T, o awsdouble.Options, fixture string) *awsdouble.Double {
	t.Helper()
	d := awsdouble.New(o)
	if err := d.Load(account, region, []byte(fixture)); err != nil {
		t.Fatal(err)
	}
	return d
}

func drivers(t *testing.T, d *awsdouble.Double) map[resource.Type]drive.Driver {
	t.Helper()
	return hooks.Drivers(clients(t, d))
}

func clients(t *testing.T, d *awsdouble.Double) drive.Clients {
	t.Helper()
	key, secret := d.CredentialsFor(account)
	config := awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: d.Transport()})
	return drive.Clients{
		Config: config, Lane: lane(t),
		Scope: resource.Scope{Partition: "aws", Account: account, Region: region},
	}
}

func lane(t *testing.T) *awsclient.Lane {
	t.Helper()
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	return awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(account, region)
}

// raw calls the double by hand. Of a REST service, operation is "GET /path"; of
// IAM, a form; of the others, X-Amz-Target and body.
func raw(t *testing.T, d *awsdouble.Double, service, operation, body string) string {
	t.Helper()
	method, place := http.MethodPost, "/"
	if verb, at, ok := strings.Cut(operation, " /"); ok {
		method, place = verb, "/"+at
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "https://"+service+".example.com"+place, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	id, _ := d.CredentialsFor(account)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+id+"/20250101/"+region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	switch {
	case service == "iam":
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case place == "/":
		r.Header.Set("X-Amz-Target", operation)
	}
	resp, err := d.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// everything is what the double shows of all that a driver can change, as leaf
// values by path. Times of updates are left out.
func everything(t *testing.T, d *awsdouble.Double) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, at := range []string{
		"/restapis/a1b2c3d4e5/stages", "/account", "/clientcertificates", "/domainnames",
		"/v2/apis/h1/stages", "/v2/apis/w1/stages", "/v2/apis/h1/routes", "/v2/apis/h1/integrations",
	} {
		flatten(t, all, at, raw(t, d, "apigateway", "GET "+at, ""))
	}
	flatten(t, all, "logs", raw(t, d, "logs", "Logs_20140328.DescribeLogGroups", "{}"))
	flatten(t, all, "keys", raw(t, d, "kms", "TrentService.ListKeys", "{}"))
	d.ClearCalls()
	return all
}

func flatten(t *testing.T, into map[string]any, prefix, body string) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			into[at] = "{}"
			for k, x := range v {
				walk(at+"."+k, x)
			}
		case []any:
			for i, x := range v {
				walk(at+"."+string(rune('0'+i)), x)
			}
		default:
			if !strings.HasSuffix(at, ".lastUpdatedDate") {
				into[at] = v
			}
		}
	}
	walk(prefix, v)
}

// changed lists the paths at which two states differ.
func changed(before, after map[string]any) []string {
	all := map[string]bool{}
	for _, m := range []map[string]any{before, after} {
		for k := range m {
			all[k] = true
		}
	}
	var list []string
	for k := range all {
		b, was := before[k]
		a, is := after[k]
		if was != is || !cmp.Equal(a, b) {
			list = append(list, k)
		}
	}
	slices.Sort(list)
	return list
}

func read(t *testing.T, d drive.Driver, thing plan.Thing, properties []string) map[string]any {
	t.Helper()
	state, err := d.Read(t.Context(), thing, properties)
	if err != nil || !state.Exists {
		t.Fatalf("%s: exists %t, %v", thing.Type, state.Exists, err)
	}
	out := map[string]any{}
	for _, name := range properties {
		out[name] = plan.Normal(state.Values[name])
	}
	return out
}

func properties(values map[string]any) []string { return slices.Sorted(maps.Keys(values)) }

// step is a step with these changes, for Calls.
func step(thing plan.Thing, make bool, was, will map[string]any, guards ...string) *plan.Step {
	s := &plan.Step{Thing: thing, Make: make}
	for _, name := range properties(will) {
		s.Changes = append(s.Changes, plan.Change{Property: name, Was: was[name], Will: will[name]})
	}
	for _, g := range guards {
		s.Guards = append(s.Guards, plan.Guard{Property: g})
	}
	return s
}

// allowed fails the test for calls that the driver does not declare.
func allowed(t *testing.T, d drive.Driver, s *plan.Step, calls []awsdouble.Call) {
	t.Helper()
	declared := d.Calls(s)
	for _, c := range calls {
		ok := slices.ContainsFunc(declared, func(d *awsclient.Call) bool {
			where := region
			if d.Service == "iam" {
				where = ""
			}
			pattern := "arn:aws:" + d.Service + ":" + where + d.Resource
			if d.Resource == "*" || strings.HasPrefix(d.Resource, "arn:") {
				pattern = d.Resource
			}
			match, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(c.Resource, "/", "\x00"))
			return d.Service+":"+d.Action == c.Action && match && err == nil
		})
		if !ok {
			t.Errorf("%s: %s on %s is not declared", s.Thing.Type, c.Action, c.Resource)
		}
	}
}

func sleep(t *testing.T) {
	t.Helper()
	if err := awsclient.Sleep(t.Context(), 10*time.Second); err != nil {
		t.Fatal(err)
	}
}

// written gives a thing values as an engine does, call by call.
func written(t *testing.T, d drive.Driver, thing plan.Thing, values map[string]any) error {
	t.Helper()
	pending := maps.Clone(values)
	look := d.Along(values)
	for name := range values {
		if whole := d.Whole(name); whole != "" {
			look = append(look, whole)
		}
	}
	for len(pending) > 0 {
		done, err := d.Write(t.Context(), thing, drive.Writing{Want: pending, Look: look, Decide: func(state drive.State, group []string) (map[string]any, error) {
			send := map[string]any{}
			for _, name := range group {
				switch whole := d.Whole(name); {
				case plan.Equal(state.Values[name], pending[name]):
				case whole == "" || pending[name] != nil:
					send[name] = pending[name]
				case state.Values[whole] != nil:
					send[whole] = nil
				}
			}
			return send, nil
		}})
		if err != nil {
			return err
		}
		if len(done.Sent) == 0 {
			t.Fatalf("%s: nothing was sent of %v", thing.Type, pending)
		}
		for _, name := range done.Sent {
			delete(pending, name)
		}
	}
	return nil
}

// makes makes a thing as an engine does, and returns its outputs.
func makes(t *testing.T, d drive.Driver, thing plan.Thing, values map[string]any, token string) (map[string]any, error) {
	t.Helper()
	has, err := d.Make(t.Context(), thing, values, token)
	if err != nil {
		return nil, err
	}
	rest := maps.Clone(values)
	for _, name := range has {
		delete(rest, name)
	}
	if err := written(t, d, thing, rest); err != nil {
		return nil, err
	}
	return d.Outputs(t.Context(), thing, token)
}
