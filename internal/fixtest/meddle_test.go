package fixtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

// meddled is an account with one of everything that a remedy changes.
const meddled = `{
	"restApis": [{"id": "rest000001", "name": "orders",
		"resources": [{"id": "root00", "path": "/", "resourceMethods": {"GET": {"methodIntegration": {"type": "HTTP_PROXY", "uri": "https://example.com"}}}}],
		"stages": [{"stageName": "prod", "cacheClusterEnabled": true, "methodSettings": {
			"*/*": {"cachingEnabled": true, "cacheDataEncrypted": false, "cacheTtlInSeconds": 60, "throttlingBurstLimit": 7},
			"~1orders/GET": {"cachingEnabled": true, "cacheDataEncrypted": false}}}]},
		{"id": "rest000002", "name": "bare", "resources": [{"id": "root00", "path": "/"}], "stages": [{"stageName": "prod"}]}],
	"apis": [{"apiId": "sock000001", "name": "chat", "protocolType": "WEBSOCKET", "stages": [{
			"stageName": "prod", "defaultRouteSettings": {"throttlingBurstLimit": 100, "throttlingRateLimit": 50}}]},
		{"apiId": "http000001", "name": "web", "protocolType": "HTTP", "stages": [{"stageName": "prod"}],
			"routes": [{"routeId": "rt00001", "routeKey": "GET /items", "target": "integrations/int0001", "authorizationType": "NONE"}],
			"authorizers": [{"authorizerId": "jwt001", "name": "issuer", "authorizerType": "JWT", "identitySource": ["$request.header.Authorization"],
				"jwtConfiguration": {"audience": ["web"], "issuer": "https://issuer.example.com"}}],
			"integrations": [{"integrationId": "int0001", "integrationType": "HTTP_PROXY", "integrationMethod": "GET", "connectionType": "VPC_LINK", "connectionId": "vl0001",
				"integrationUri": "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:listener/app/x/1/2"}]}],
	"vpcLinks": [{"vpcLinkId": "vl0001", "name": "link"}],
	"domainNames": [{"domainName": "api.example.com", "securityPolicy": "TLS_1_2", "endpointAccessMode": "BASIC"}],
	"clientCertificates": [{"clientCertificateId": "c0ffee", "description": "theirs"}],
	"webAcls": [{"Name": "shield", "Id": "0a1b2c3d-0000-4000-a000-000000000001"}, {"Name": "sword", "Id": "0a1b2c3d-0000-4000-a000-000000000002"}],
	"logGroups": [{"logGroupName": "shared"}],
	"keys": [{"KeyId": "0a1b2c3d-0000-4000-a000-00000000000f", "Policy": {"Version": "2012-10-17", "Statement": [{
		"Effect": "Allow", "Principal": {"Service": "logs.ap-northeast-1.amazonaws.com"}, "Action": ["kms:*"], "Resource": "*"}]}}],
	"roles": [{"RoleName": "theirs", "AssumeRolePolicyDocument": {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]},
		"AttachedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"}]}]
}`

// deed is one change that somebody else makes. Of a REST service, operation is
// "PATCH /path"; of IAM, a form follows; of the others it is X-Amz-Target.
type deed struct {
	name, service, operation, body string
	read                           string // the operation that shows what was changed
}

func patching(api, path, value string) deed {
	body, err := json.Marshal(map[string]any{"patchOperations": []map[string]string{{"op": "replace", "path": path, "value": value}}})
	if err != nil {
		panic(err) // a map of texts
	}
	return deed{path + "=" + value, "apigateway", "PATCH /restapis/" + api + "/stages/prod", string(body), "GetStage"}
}

func updating(path, body, read string) deed {
	return deed{body, "apigateway", "PATCH /v2/apis/" + path, body, read}
}

// meddling is one remedy with what somebody else may do to what it touches.
type meddling struct {
	fix
	options awsdouble.Options
	deeds   []deed
}

const group = `"logGroupName":"/aws/vendedlogs/kumoban/%s/prod"`

// onGroup are changes of the log group that a run makes.
func onGroup(api string) []deed {
	named := fmt.Sprintf(group, api)
	const logs = "Logs_20140328."
	arn := "arn:aws:logs:" + region + ":" + account + ":log-group:/aws/vendedlogs/kumoban/" + api + "/prod"
	return []deed{
		{"retention", "logs", logs + "PutRetentionPolicy", `{` + named + `,"retentionInDays":3653}`, "DescribeLogGroups"},
		{"key", "logs", logs + "AssociateKmsKey", `{` + named + `,"kmsKeyId":"arn:aws:kms:ap-northeast-1:111122223333:key/0a1b2c3d-0000-4000-a000-00000000000f"}`, "DescribeLogGroups"},
		{"tag", "logs", logs + "TagResource", `{"resourceArn":"` + arn + `","tags":{"owner":"them"}}`, "ListTagsForResource"},
		{"subscription", "logs", logs + "PutSubscriptionFilter", `{` + named + `,"filterName":"theirs","filterPattern":"","destinationArn":"arn:aws:lambda:ap-northeast-1:111122223333:function:x"}`, "DescribeSubscriptionFilters"},
		{"stream", "logs", logs + "CreateLogStream", `{` + named + `,"logStreamName":"theirs"}`, "DescribeLogStreams"},
	}
}

func meddlings() []meddling {
	const acl = "arn:aws:wafv2:" + region + ":" + account + ":regional/webacl/"
	const shield, sword = acl + "shield/0a1b2c3d-0000-4000-a000-000000000001", acl + "sword/0a1b2c3d-0000-4000-a000-000000000002"
	theirs := deed{"account role", "apigateway", "PATCH /account", `{"patchOperations":[{"op":"replace","path":"/cloudwatchRoleArn","value":"arn:aws:iam::` + account + `:role/theirs"}]}`, "GetAccount"}
	removed := deed{"override removed", "apigateway", "PATCH /restapis/rest000001/stages/prod", `{"patchOperations":[{"op":"remove","path":"/~1orders/GET"}]}`, "GetStage"}
	socket, web := "sock000001/stages/prod", "http000001/stages/prod"
	routes := func(settings string) deed {
		return updating(socket, `{"defaultRouteSettings":`+settings+`}`, "GetStage")
	}
	arg := func(list ...string) (args []string) {
		for _, a := range list {
			args = append(args, "--input", a)
		}
		return args
	}
	return []meddling{
		{fix{"APIGateway.1", []string{"--resource", "bare/prod"}}, awsdouble.Options{}, []deed{
			theirs, patching("rest000002", "/*/*/throttling/burstLimit", "5"), patching("rest000002", "/*/*/metrics/enabled", "true"),
			patching("rest000002", "/*/*/logging/loglevel", "INFO"), patching("rest000002", "/*/*/logging/dataTrace", "true"), patching("rest000002", "/~1new/GET/metrics/enabled", "true"),
		}},
		{fix{"APIGateway.1", []string{"--resource", "chat/prod"}}, awsdouble.Options{RoleDelay: 30 * time.Second}, []deed{
			theirs, routes(`{"throttlingBurstLimit":5,"throttlingRateLimit":2}`), routes(`{"loggingLevel":"INFO","throttlingBurstLimit":100,"throttlingRateLimit":50}`),
			routes(`{"dataTraceEnabled":true,"throttlingBurstLimit":100,"throttlingRateLimit":50}`), routes(`{"detailedMetricsEnabled":true,"throttlingBurstLimit":100,"throttlingRateLimit":50}`),
			updating(socket, `{"description":"theirs"}`, "GetStage"),
		}},
		{fix{"APIGateway.2", append(arg("certificate=new"), "--resource", "orders/prod")}, awsdouble.Options{}, []deed{
			patching("rest000001", "/clientCertificateId", "c0ffee"), patching("rest000001", "/tracingEnabled", "true"), patching("rest000001", "/*/*/caching/ttlInSeconds", "9"),
		}},
		{fix{"APIGateway.3", []string{"--resource", "orders/prod"}}, awsdouble.Options{}, []deed{patching("rest000001", "/tracingEnabled", "true"), patching("rest000001", "/description", "theirs")}},
		{fix{"APIGateway.4", append(arg("webAcl="+shield), "--resource", "orders/prod")}, awsdouble.Options{}, []deed{
			{"another web ACL", "wafv2", "AWSWAF_20190729.AssociateWebACL", `{"WebACLArn":"` + sword + `","ResourceArn":"arn:aws:apigateway:ap-northeast-1::/restapis/rest000001/stages/prod"}`, "GetStage"},
		}},
		{fix{"APIGateway.5", nil}, awsdouble.Options{}, []deed{
			removed, patching("rest000001", "/*/*/caching/ttlInSeconds", "9"), patching("rest000001", "/*/*/caching/dataEncrypted", "true"), patching("rest000001", "/*/*/throttling/burstLimit", "9"),
			patching("rest000001", "/~1orders/GET/caching/enabled", "false"),
		}},
		{fix{"APIGateway.5", []string{"--remedy", "stop-caching"}}, awsdouble.Options{}, []deed{removed, patching("rest000001", "/*/*/caching/dataEncrypted", "true"), patching("rest000001", "/~1orders/GET/caching/enabled", "false")}},
		{fix{"APIGateway.8", arg("authorizationType=JWT", "authorizer=jwt001")}, awsdouble.Options{}, []deed{
			updating("http000001/routes/rt00001", `{"authorizationType":"AWS_IAM"}`, "GetRoute"), updating("http000001/routes/rt00001", `{"operationName":"theirs"}`, "GetRoute"),
		}},
		{fix{"APIGateway.9", []string{"--resource", "chat/prod"}}, awsdouble.Options{}, slices.Concat(onGroup("sock000001"), []deed{
			theirs, updating(socket, `{"accessLogSettings":{"destinationArn":"arn:aws:logs:ap-northeast-1:111122223333:log-group:shared","format":"$context.requestId $context.status"}}`, "GetStage"),
			routes(`{"throttlingBurstLimit":5,"throttlingRateLimit":2}`),
		})},
		{fix{"APIGateway.9", []string{"--resource", "web/prod", "--kms-key", "new"}}, awsdouble.Options{}, slices.Concat(onGroup("http000001"), []deed{
			updating(web, `{"accessLogSettings":{"destinationArn":"arn:aws:logs:ap-northeast-1:111122223333:log-group:shared","format":"$context.requestId $context.status"}}`, "GetStage"),
			updating(web, `{"defaultRouteSettings":{"throttlingBurstLimit":5,"throttlingRateLimit":2}}`, "GetStage"),
		})},
		{fix{"APIGateway.9", append(arg("logGroup=shared"), "--resource", "web/prod")}, awsdouble.Options{}, []deed{
			{"retention", "logs", "Logs_20140328.PutRetentionPolicy", `{"logGroupName":"shared","retentionInDays":3653}`, "DescribeLogGroups"},
			{"stream", "logs", "Logs_20140328.CreateLogStream", `{"logGroupName":"shared","logStreamName":"theirs"}`, "DescribeLogStreams"},
		}},
		{fix{"APIGateway.10", arg("serverName=backend.example.com")}, awsdouble.Options{}, []deed{
			updating("http000001/integrations/int0001", `{"tlsConfig":{"serverNameToVerify":"theirs.example.com"}}`, "GetIntegration"), updating("http000001/integrations/int0001", `{"timeoutInMillis":2000}`, "GetIntegration"),
		}},
		{fix{"APIGateway.11", arg("securityPolicy=SecurityPolicy_TLS13_1_3_2025_09")}, awsdouble.Options{DomainDelay: time.Second}, []deed{
			{"mode", "apigateway", "PATCH /domainnames/api.example.com", `{"patchOperations":[{"op":"replace","path":"/securityPolicy","value":"TLS_1_2"},{"op":"replace","path":"/endpointAccessMode","value":"STRICT"}]}`, "GetDomainName"},
			{"policy", "apigateway", "PATCH /domainnames/api.example.com", `{"patchOperations":[{"op":"replace","path":"/securityPolicy","value":"SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"},{"op":"replace","path":"/endpointAccessMode","value":"BASIC"}]}`, "GetDomainName"},
		}},
	}
}

// do makes the change, and returns what became different; nil where AWS refused it.
func (d *deed) do(s *stand) map[string]change {
	before := s.state()
	method, place := http.MethodPost, "/"
	if verb, at, ok := strings.Cut(d.operation, " /"); ok {
		method, place = verb, "/"+at
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, "https://"+d.service+".example.com"+place, strings.NewReader(d.body))
	if err != nil {
		s.t.Error(err)
		return nil
	}
	id, _ := s.double.CredentialsFor(account)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+id+"/20250101/"+region+"/"+d.service+"/aws4_request, SignedHeaders=host, Signature=0")
	if place == "/" {
		r.Header.Set("X-Amz-Target", d.operation)
	}
	answer, err := s.double.Transport().RoundTrip(r)
	if err != nil {
		s.t.Error(err)
		return nil
	}
	defer answer.Body.Close()
	if _, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode >= 300 {
		return nil
	}
	changes := diff(before, s.state())
	for path := range changes { // what takes its time, or is told by others
		if strings.HasSuffix(path, "/domainNameStatus") || strings.Contains(path, "/ResourcePolicies") {
			delete(changes, path)
		}
	}
	return changes
}

// matters tells whether it is another thing to make the change before a call than
// after it: the call changes something itself, or may see the change. A read of
// another service sees nothing of it.
func (d *deed) matters(c *awsdouble.Call) bool {
	of := func(service string) string { return strings.TrimSuffix(service, "v2") }
	sees := of(c.Service) == of(d.service) || strings.HasPrefix(of(c.Service), "apigateway") && d.read == "GetStage"
	return acts(*c) || sees
}

// lastReads are the operations that each change is preceded by. Those that make
// a thing have none: AWS makes nothing over what is there.
var lastReads = map[string]string{
	"UpdateStage": "GetStage", "DeleteAccessLogSettings": "GetStage", "UpdateDomainName": "GetDomainName", "UpdateAccount": "GetAccount",
	"AssociateWebACL": "GetStage", "DisassociateWebACL": "GetStage", "UpdateRoute": "GetRoute", "UpdateIntegration": "GetIntegration",
	"PutRetentionPolicy": "DescribeLogGroups", "DeleteRetentionPolicy": "DescribeLogGroups", "AssociateKmsKey": "DescribeLogGroups",
	"EnableKeyRotation": "GetKeyRotationStatus", "AttachRolePolicy": "ListAttachedRolePolicies",
	"DeleteLogGroup": "DescribeLogStreams", "DeleteClientCertificate": "GetClientCertificate",
	"CreateRole": "", "CreateKey": "", "CreateAlias": "", "CreateLogGroup": "", "GenerateClientCertificate": "",
}

// narrow wants every change that kumoban made to follow its last read at once.
func narrow(t *testing.T, calls []awsdouble.Call) {
	t.Helper()
	for i, c := range calls {
		read, known := lastReads[c.Operation]
		switch {
		case !acts(c):
		case !known:
			t.Errorf("%s is no change that this test knows", c.Operation)
		case read != "" && (i == 0 || calls[i-1].Operation != read):
			t.Errorf("between the last read and %s lies another call: %v", c.Operation, operations(calls))
		}
	}
}

func operations(calls []awsdouble.Call) (list []string) {
	for _, c := range calls {
		list = append(list, c.Operation)
	}
	return list
}

// phase is one command of a fix, run on an account as it is before.
type phase struct {
	name   string
	before func(s *stand) // what brings the account there
	run    func(s *stand) ended
	then   func(s *stand) ended // what follows undisturbed; nil: nothing
}

func (m *meddling) phases(t *testing.T, plan []byte) []phase {
	t.Helper()
	planned := func(s *stand) {
		if err := os.WriteFile(s.path("plan.json"), plan, 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	apply := func(s *stand) ended {
		return s.run("fix", "apply", s.path("plan.json"), "--yes", "--rate", "max", "--no-store")
	}
	return []phase{
		{"plan", func(*stand) {}, func(s *stand) ended {
			return s.run(append([]string{"fix", "plan", "--control", m.control, "--out", s.path("plan.json")}, m.args...)...)
		}, func(s *stand) ended {
			if _, err := os.Stat(s.path("plan.json")); err != nil {
				return ended{} // nothing is planned
			}
			return apply(s)
		}},
		{"apply", planned, apply, nil},
		{"resume", func(s *stand) {
			planned(s)
			var failing []*awsdouble.Handle
			for operation := range lastReads { // the first change fails for good, as if it might have acted
				failing = append(failing, s.double.Fault(awsdouble.Fault{Operation: operation, Kind: awsdouble.ServerError}))
			}
			apply(s)
			for _, f := range failing {
				f.Remove()
			}
		}, func(s *stand) ended { return s.run("fix", "resume", s.theRun(), "--rate", "max", "--no-store") }, nil},
		{"undo", func(s *stand) {
			planned(s)
			if e := apply(s); e.code != 0 {
				s.t.Fatal(e)
			}
		}, func(s *stand) ended { return s.run("fix", "undo", s.theRun(), "--yes", "--rate", "max", "--no-store") }, nil},
	}
}

// TestMeddled has somebody else change each property of what a remedy touches
// before each call of plan, apply, resume and undo to which it matters, one at a time. What they
// changed is never overwritten, unless it was changed after the last read of it;
// between that read and the call lies no other, and what the call did not send
// is there all the same.
func TestMeddled(t *testing.T) {
	for _, m := range meddlings() {
		t.Run(m.control+" "+strings.Join(m.args, " "), func(t *testing.T) {
			t.Parallel()
			var plan []byte
			synctest.Test(t, func(t *testing.T) {
				s := newStand(t, m.options, meddled)
				s.must(0, append([]string{"fix", "plan", "--control", m.control, "--out", s.path("plan.json")}, m.args...)...)
				var err error
				if plan, err = os.ReadFile(s.path("plan.json")); err != nil {
					t.Fatal(err)
				}
			})
			runs, overwritten := 0, 0
			for _, p := range m.phases(t, plan) {
				var calls []awsdouble.Call
				own := map[string]change{}
				synctest.Test(t, func(t *testing.T) {
					s := newStand(t, m.options, meddled)
					p.before(s)
					before, n := s.state(), len(s.calls(0))
					if e := p.run(s); e.code != 0 {
						t.Fatalf("%s: %s", p.name, e)
					}
					calls = s.calls(n)
					if p.then != nil {
						if e := p.then(s); e.code != 0 {
							t.Fatalf("after %s: %s", p.name, e)
						}
					}
					own = diff(before, s.state())
					narrow(t, s.calls(n))
				})
				for _, d := range m.deeds {
					for at := range calls {
						if at > 0 && !d.matters(&calls[at]) {
							continue
						}
						synctest.Test(t, func(t *testing.T) {
							if m.meddle(t, p, &d, at, own) {
								overwritten++
							}
							runs++
						})
					}
				}
			}
			t.Logf("%d runs; in %d of them a change made within the window was overwritten", runs, overwritten)
		})
	}
}

// meddle runs a phase in which somebody else makes a change before the call at,
// and tells whether that was overwritten within the window.
func (m *meddling) meddle(t *testing.T, p phase, d *deed, at int, own map[string]change) (overwritten bool) {
	t.Helper()
	s := newStand(t, m.options, meddled)
	p.before(s)
	n := len(s.calls(0))
	var theirs map[string]change
	held := s.double.Fault(awsdouble.Fault{Skip: at, Times: 1, Kind: awsdouble.Hold})
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-held.Held():
			held.Remove()
			theirs = d.do(s)
		case <-t.Context().Done():
		}
		held.Release()
	}()
	e := p.run(s)
	<-done
	if p.then != nil {
		e = p.then(s)
	}
	after, calls := s.state(), s.calls(n)
	if at+1 < len(calls) {
		calls = slices.Delete(slices.Clone(calls), at+1, at+2) // theirs, made while ours was held
	}
	for path, c := range theirs {
		if after[path] == c.is {
			continue
		}
		if _, ours := own[path]; p.name == "plan" && ours && s.knew(c.is) {
			continue // the plan was made of it
		}
		if !unseen(calls, at, d.read) {
			t.Errorf("%s, %s before call %d (%s): %s became %v and is %v\ncalls %v\n%s", p.name, d.name, at, nameAt(calls, at), path, show(c.is), show(after[path]), operations(calls), e)
			return false
		}
		overwritten = true
	}
	return overwritten
}

// unseen tells whether a change of ours came after a change of theirs without a
// read of it between.
func unseen(calls []awsdouble.Call, at int, read string) bool {
	for _, c := range calls[min(at, len(calls)):] {
		if c.Operation == read {
			return false
		}
		if acts(c) && lastReads[c.Operation] != "" {
			return true
		}
	}
	return false
}

func nameAt(calls []awsdouble.Call, at int) string {
	if at < len(calls) {
		return calls[at].Operation
	}
	return "none"
}

// knew tells whether the plan says of a property that it was a value.
func (s *stand) knew(value any) bool {
	data, err := os.ReadFile(s.path("plan.json"))
	text, failed := json.Marshal(value)
	return err == nil && failed == nil && (value == nil || strings.Contains(string(data), `"was": `+string(text)))
}
