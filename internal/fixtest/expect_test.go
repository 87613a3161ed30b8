package fixtest

import (
	"strconv"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/plan"
)

// expect says what a plan means on the wire: path → value, nil for absent.
func expect(t testing.TB, p *plan.Plan, before, after state) map[string]any {
	t.Helper()
	w := wanted{t: t, plan: p, before: before, after: after, paths: map[string]any{}}
	for i := range p.Steps {
		w.step(&p.Steps[i])
	}
	return w.paths
}

type wanted struct {
	t             testing.TB
	plan          *plan.Plan
	before, after state
	paths         map[string]any
}

const here = "/regions/" + region

// at is where the thing of an ARN or name lies in the state.
func (w *wanted) at(thing *plan.Thing) string {
	path := thing.ARN[strings.Index(thing.ARN, ":/")+2:]
	parts := strings.Split(path, "/")
	switch thing.Type {
	case "AWS::ApiGateway::Stage", "AWS::WAFv2::WebACLAssociation":
		return here + "/RestAPIs/" + parts[1] + "/stages/" + parts[3]
	case "AWS::ApiGateway::DomainName":
		name, _, _ := strings.Cut(parts[1], "+") // the id of a private one
		return here + "/DomainNames/" + name
	}
	if len(parts) == 4 {
		return here + "/APIs/" + parts[1] + "/" + parts[2] + "/" + parts[3]
	}
	return ""
}

// wire names the properties of things that are changed, as AWS sends them.
var wire = map[string]string{
	"TracingEnabled": "tracingEnabled", "ClientCertificateId": "clientCertificateId", "WebACLArn": "webAclArn",
	"AuthorizationType": "authorizationType", "AuthorizerId": "authorizerId", "TlsConfig.ServerNameToVerify": "tlsConfig/serverNameToVerify",
	"SecurityPolicy": "securityPolicy", "EndpointAccessMode": "endpointAccessMode", "DefaultRouteSettings.LoggingLevel": "defaultRouteSettings/loggingLevel",
	"AccessLogSettings.DestinationArn": "accessLogSettings/destinationArn", "AccessLogSettings.Format": "accessLogSettings/format",
	"LoggingLevel": "loggingLevel", "CachingEnabled": "cachingEnabled", "CacheDataEncrypted": "cacheDataEncrypted",
}

func (w *wanted) step(step *plan.Step) {
	switch step.Thing.Type {
	case "AWS::ApiGateway::Account":
		w.set(stays[1], w.value(step.Changes[0].Will))
		return
	case "AWS::IAM::Role", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::ApiGateway::ClientCertificate":
		w.thing(step)
		return
	}
	at := w.at(&step.Thing)
	for _, c := range step.Changes {
		name, ok := wire[c.Property]
		if quoted, property, isSetting := strings.Cut(strings.TrimPrefix(c.Property, "MethodSettings["), "]."); isSetting && !ok {
			key, err := strconv.Unquote(quoted)
			if err != nil {
				w.t.Fatal(err)
			}
			name, ok = "methodSettings/"+key+"/"+wire[property], wire[property] != ""
			w.fresh(at + "/methodSettings/" + key)
		}
		if !ok {
			w.t.Fatalf("%s is no property that this test knows", c.Property)
		}
		w.set(at+"/"+name, w.value(c.Will))
	}
}

// set expects a value, unless it is there already.
func (w *wanted) set(path string, v any) {
	if w.before[path] != v {
		w.paths[path] = v
	}
}

// fresh expects what AWS gives to a method setting that was not there.
func (w *wanted) fresh(at string) {
	for p := range w.before {
		if strings.HasPrefix(p, at+"/") {
			return
		}
	}
	if !strings.HasSuffix(at, "/*/*") {
		w.t.Errorf("%s is made, although only the default may be", at)
	}
	for name, v := range map[string]any{
		"metricsEnabled": false, "dataTraceEnabled": false, "throttlingBurstLimit": 5000.0, "throttlingRateLimit": 10000.0, "cachingEnabled": false,
		"cacheTtlInSeconds": 300.0, "cacheDataEncrypted": false, "requireAuthorizationForCacheControl": true,
		"unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
	} {
		w.set(at+"/"+name, v)
	}
}

// value fills in an output of another step.
func (w *wanted) value(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	thing := &w.plan.Step(m["of"].(string)).Thing
	switch thing.Type {
	case "AWS::IAM::Role":
		return "arn:aws:iam::" + account + ":role/" + thing.Name
	case "AWS::Logs::LogGroup":
		return "arn:aws:logs:" + region + ":" + account + ":log-group:" + thing.Name
	case "AWS::KMS::Key":
		return w.after[w.named(here+"/Keys/", "Aliases/0", thing.Name)+"Arn"]
	case "AWS::ApiGateway::ClientCertificate":
		return w.after[w.named(here+"/ClientCertificates/", "description", thing.Name)+"clientCertificateId"]
	}
	w.t.Fatalf("no output of %s", thing.Type)
	return nil
}

// named finds the one thing under a path with such a value.
func (w *wanted) named(under, member, value string) string {
	var found []string
	for p, v := range w.after {
		if at, ok := strings.CutSuffix(p, member); ok && v == value && strings.HasPrefix(p, under) {
			found = append(found, at)
		}
	}
	if len(found) != 1 {
		w.t.Fatalf("%d things under %s with %s %s, want one", len(found), under, member, value)
	}
	return found[0]
}

// thing expects a new thing, whose properties it holds to the plan and whose
// other values AWS gives.
func (w *wanted) thing(step *plan.Step) {
	var at string
	check := map[string]any{}
	for _, c := range step.Changes {
		check[c.Property] = w.value1(c.Will)
	}
	switch step.Thing.Type {
	case "AWS::IAM::Role":
		at = "/roles/" + step.Thing.Name
		check = map[string]any{"AssumeRolePolicyDocument": check["AssumeRolePolicyDocument"]}
	case "AWS::KMS::Key":
		at = strings.TrimSuffix(w.named(here+"/Keys/", "Aliases/0", step.Thing.Name), "/")
		check = map[string]any{"Policy": check["KeyPolicy"], "KeyRotationEnabled": check["EnableKeyRotation"], "Aliases/0": step.Thing.Name}
	case "AWS::Logs::LogGroup":
		at = here + "/LogGroups/" + step.Thing.Name
		check = map[string]any{"retentionInDays": check["RetentionInDays"], "kmsKeyId": check["KmsKeyId"]}
	default:
		id, _ := w.value(map[string]any{"of": step.ID}).(string)
		at = here + "/ClientCertificates/" + id
		check = map[string]any{"description": step.Thing.Name}
	}
	for name, v := range check {
		if step.Make && w.after[at+"/"+name] != v {
			w.t.Errorf("%s/%s is %s, want %s", at, name, show(w.after[at+"/"+name]), show(v))
		}
		if !step.Make && v != nil {
			w.set(at+"/"+name, v)
		}
	}
	if !step.Make {
		return
	}
	for p, v := range w.after {
		if strings.HasPrefix(p, at+"/") {
			w.set(p, v)
		}
	}
}

func (w *wanted) value1(v any) any {
	if _, ok := v.([]any); ok {
		return nil
	}
	return w.value(v)
}
