package fixtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/plan"
)

// effects are rounds of random accounts with several stages each.
const (
	rounds         = 400
	stagesPerRound = 4
)

// fix is one way to ask for a plan.
type fix struct {
	control string
	args    []string
}

// fixes are the remedies of all nine controls, with their alternatives.
func fixes() []fix {
	const acl = "arn:aws:wafv2:" + region + ":" + account + ":regional/webacl/shield/0a1b2c3d-0000-4000-a000-000000000001"
	const key = "arn:aws:kms:" + region + ":" + account + ":key/0a1b2c3d-0000-4000-a000-00000000000f"
	return []fix{
		{"APIGateway.1", nil},
		{"APIGateway.1", []string{"--input", "level=INFO"}},
		{"APIGateway.1", []string{"--param", "APIGateway.1.loggingLevel=INFO"}},
		{"APIGateway.2", []string{"--input", "certificate=new"}},
		{"APIGateway.2", []string{"--input", "certificate=c0ffee"}},
		{"APIGateway.3", nil},
		{"APIGateway.4", []string{"--input", "webAcl=" + acl}},
		{"APIGateway.5", nil},
		{"APIGateway.5", []string{"--remedy", "stop-caching"}},
		{"APIGateway.8", []string{"--input", "authorizationType=AWS_IAM"}},
		{"APIGateway.8", []string{"--input", "authorizationType=JWT", "--input", "authorizer=jwt001"}},
		{"APIGateway.8", []string{"--input", "authorizationType=CUSTOM", "--input", "authorizer=req001"}},
		{"APIGateway.*", []string{
			"--input", "certificate=new", "--input", "webAcl=" + acl, "--input", "authorizationType=AWS_IAM", "--input", "serverName=backend.example.com",
			"--input", "securityPolicy=SecurityPolicy_TLS13_1_3_2025_09", "--input", "endpointAccessMode=STRICT", "--kms-key", "new"}},
		{"APIGateway.9", nil},
		{"APIGateway.9", []string{"--kms-key", "new", "--retention", "365"}},
		{"APIGateway.9", []string{"--kms-key", key, "--input", "logGroup=/odd.name_#1/x"}},
		{"APIGateway.9", []string{"--input", `format={"id":"$context.requestId"}`}},
		{"APIGateway.9", []string{"--input", "logGroup=shared"}},
		{"APIGateway.10", []string{"--input", "serverName=backend.example.com"}},
		{"APIGateway.11", []string{"--input", "securityPolicy=SecurityPolicy_TLS13_1_3_2025_09"}},
		{"APIGateway.11", []string{"--input", "securityPolicy=SecurityPolicy_TLS13_1_3_2025_09", "--input", "endpointAccessMode=STRICT"}},
	}
}

// TestNoSideEffects applies fixes to random accounts: what changes is what the
// plan names, and undo brings everything back.
func TestNoSideEffects(t *testing.T) {
	all := fixes()
	applied, empty, mended, changed := map[string]int{}, 0, 0, 0
	for round := range rounds {
		seed := uint64(round)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &random{rand.New(rand.NewPCG(seed, 0x66697874))}
				s := newStand(t, awsdouble.Options{Seed: seed, Quotas: true}, r.account())
				f := all[round%len(all)]
				n, properties := effect(s, f)
				if n == 0 {
					empty++
				} else {
					applied[f.control+" "+strings.Join(f.args, " ")]++
					mended += n
					changed += properties
				}
			})
		})
	}
	t.Logf("%d random stages in %d accounts; %d plans mended %d findings, %d properties changed and restored; %d accounts had nothing to fix",
		rounds*stagesPerRound, rounds, rounds-empty, mended, changed, empty)
	if mended < 500 {
		t.Errorf("%d findings were mended, want 500 or more", mended)
	}
	for _, f := range all {
		if n := applied[f.control+" "+strings.Join(f.args, " ")]; n == 0 {
			t.Errorf("%s %v was never applied: the accounts offer nothing for it", f.control, f.args)
		}
	}
}

// effect scans, plans, applies and undoes, and returns how many findings that
// mended and how many properties the plan named.
func effect(s *stand, f fix) (mended, changed int) {
	s.t.Helper()
	before := s.state()
	scan, file := s.path("scan.json"), s.path("plan.json")
	s.must(0, "scan", "--control", f.control, "--format", "json", "--output", scan)
	same(s.t, "scan", before, s.state())
	if !s.planned(f, scan, file) {
		same(s.t, "no plan", before, s.state())
		return 0, 0
	}
	same(s.t, "plan", before, s.state())
	s.must(0, "fix", "apply", file, "--dry-run")
	same(s.t, "dry run", before, s.state())
	made := s.plan(file)
	s.must(0, "fix", "apply", file, "--yes")
	after := s.state()
	expected := expect(s.t, made, before, after)
	got := diff(before, after)
	for _, path := range slices.Sorted(maps.Keys(merge(expected, got))) {
		want, planned := expected[path]
		is, happened := got[path]
		if planned != happened || want != is.is {
			s.t.Errorf("apply: %s was %s and is %s; planned was %s", path, show(before[path]), show(after[path]), show(want))
		}
	}
	e := s.must(0, "fix", "undo", s.theRun())
	same(s.t, "undo", before, s.state(), kept(made)...)
	for _, line := range strings.Split(e.out, "\n") {
		if strings.Contains(line, "not done") {
			s.t.Errorf("undo left something: %s", line)
		}
	}
	return len(made.Fixes), len(expected)
}

// noInput is how fix plan refuses an input that none of the remedies has.
var noInput = regexp.MustCompile(`has no input "(\w+)"`)

// planned makes a plan; false where the account has nothing that could be mended.
func (s *stand) planned(f fix, scan, file string) bool {
	s.t.Helper()
	args := slices.Clone(f.args)
	for {
		e := s.run(append([]string{"fix", "plan", "--scan", scan, "--control", f.control, "--out", file}, args...)...)
		if e.code == 0 {
			return true
		}
		if m := noInput.FindStringSubmatch(e.err); m != nil {
			i := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, m[1]+"=") || m[1] == "kmsKey" && a == "new" })
			args = slices.Delete(args, i-1, i+1)
			continue
		}
		for _, reason := range []string{"nothing matches", "cannot be mended", "for edge-optimized ones only", "cannot authorize with JWT", "going back to BASIC"} {
			if strings.Contains(e.err, reason) {
				return false
			}
		}
		s.t.Fatal(e)
	}
}

func merge(a map[string]any, b map[string]change) map[string]bool {
	all := map[string]bool{}
	for p := range a {
		all[p] = true
	}
	for p := range b {
		all[p] = true
	}
	return all
}

func (s *stand) plan(file string) *plan.Plan {
	s.t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := plan.Parse(data)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// kept is what the undo of a plan leaves.
func kept(p *plan.Plan) (paths []string) {
	for _, step := range p.Steps {
		switch step.Thing.Type {
		case "AWS::IAM::Role":
			paths = append(paths, "/roles/"+step.Thing.Name)
		case "AWS::ApiGateway::Account":
			paths = append(paths, stays[1])
		case "AWS::KMS::Key":
			paths = append(paths, stays[2])
		}
	}
	return paths
}

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

// random draws accounts.
type random struct{ *rand.Rand }

func (r *random) one(of ...any) any { return of[r.IntN(len(of))] }
func (r *random) yes() bool         { return r.IntN(2) == 0 }

type object = map[string]any

// maybe puts a value in, or not.
func (r *random) maybe(o object, name string, v any) {
	if r.yes() {
		o[name] = v
	}
}

// account draws four stages of REST, HTTP and WebSocket APIs, and what is
// around them.
func (r *random) account() string {
	var rest, apis, domains []object
	for i := range stagesPerRound {
		if r.yes() {
			rest = append(rest, r.restAPI(i))
		} else {
			apis = append(apis, r.api(i))
		}
	}
	for i := range 2 {
		kind := r.one("REGIONAL", "PRIVATE", "EDGE").(string)
		d := object{"domainName": fmt.Sprintf("api%d.example.com", i), "securityPolicy": r.one("TLS_1_2", "SecurityPolicy_TLS13_1_3_2025_09"),
			"endpointConfiguration": object{"types": []string{kind}}}
		r.maybe(d, "tags", object{"owner": "web"})
		domains = append(domains, d)
	}
	all := object{
		"restApis": rest, "apis": apis, "domainNames": domains,
		"vpcLinks":           []object{{"vpcLinkId": "vl0001", "name": "link"}},
		"clientCertificates": []object{{"clientCertificateId": "c0ffee", "description": "theirs"}},
		"webAcls":            []object{{"Name": "shield", "Id": "0a1b2c3d-0000-4000-a000-000000000001"}},
		"logGroups":          []object{{"logGroupName": "old"}, {"logGroupName": "shared", "retentionInDays": 7}},
		"keys": []object{{"KeyId": "0a1b2c3d-0000-4000-a000-00000000000f", "Policy": object{"Version": "2012-10-17", "Statement": []object{{
			"Effect": "Allow", "Principal": object{"Service": "logs." + region + ".amazonaws.com"}, "Action": []string{"kms:*"}, "Resource": "*"}}}}},
		"roles": []object{{"RoleName": "their-logs"}},
	}
	if r.yes() {
		all["account"] = object{"cloudwatchRoleArn": "arn:aws:iam::" + account + ":role/their-logs"}
	}
	data, err := json.Marshal(all)
	if err != nil {
		panic(err) // a map of plain values
	}
	return string(data)
}

func (r *random) log() object {
	return object{"destinationArn": "arn:aws:logs:" + region + ":" + account + ":log-group:old", "format": "$context.requestId $context.status"}
}

var oddKeys = []any{
	"*/*", "~1orders~1{id}/GET", "~1orders/POST", "~1/GET", "~1a~1b~1{proxy+}/DELETE", "me/PUT", "~1files~1report.v2-final_x/HEAD", "~1日本/OPTIONS", "~1a b/PATCH",
}

func (r *random) settings() object {
	settings := object{}
	for range r.IntN(6) {
		m := object{}
		r.maybe(m, "cachingEnabled", r.yes())
		r.maybe(m, "cacheDataEncrypted", r.yes())
		r.maybe(m, "cacheTtlInSeconds", r.IntN(3600))
		r.maybe(m, "loggingLevel", r.one("ERROR", "INFO"))
		r.maybe(m, "metricsEnabled", r.yes())
		r.maybe(m, "dataTraceEnabled", r.yes())
		r.maybe(m, "throttlingBurstLimit", r.IntN(100))
		r.maybe(m, "throttlingRateLimit", r.IntN(100))
		r.maybe(m, "requireAuthorizationForCacheControl", r.yes())
		r.maybe(m, "unauthorizedCacheControlHeaderStrategy", r.one("FAIL_WITH_403", "SUCCEED_WITHOUT_RESPONSE_HEADER"))
		settings[r.one(oddKeys...).(string)] = m
	}
	return settings
}

func (r *random) restAPI(i int) object {
	stage := object{"stageName": r.one("prod", "dev", "v1_0", "2"), "deploymentId": "dep001", "methodSettings": r.settings()}
	r.maybe(stage, "cacheClusterEnabled", true)
	r.maybe(stage, "variables", object{"table": "orders", "url": "https://example.com/a?b=c"})
	r.maybe(stage, "accessLogSettings", r.log())
	r.maybe(stage, "canarySettings", object{"percentTraffic": 12.5, "deploymentId": "dep001", "useStageCache": r.yes(), "stageVariableOverrides": object{"table": "new"}})
	r.maybe(stage, "tags", object{"owner": "web", "cost:center": "7"})
	r.maybe(stage, "tracingEnabled", r.yes())
	r.maybe(stage, "description", "見本")
	if r.IntN(4) == 0 {
		stage["clientCertificateId"] = "c0ffee"
	}
	if r.IntN(4) == 0 {
		stage["webAclArn"] = "arn:aws:wafv2:" + region + ":" + account + ":regional/webacl/shield/0a1b2c3d-0000-4000-a000-000000000001"
	}
	return object{"id": fmt.Sprintf("rest%06d", i), "name": "orders", "stages": []object{stage, {"stageName": "other", "methodSettings": object{}}},
		"resources": []object{{"id": "root00", "path": "/", "resourceMethods": object{"GET": object{
			"methodIntegration": object{"type": r.one("HTTP_PROXY", "AWS_PROXY"), "uri": "https://example.com"}}}}}}
}

func (r *random) api(i int) object {
	protocol := r.one("HTTP", "WEBSOCKET").(string)
	routes := object{}
	r.maybe(routes, "throttlingBurstLimit", r.IntN(100))
	r.maybe(routes, "throttlingRateLimit", r.IntN(100))
	r.maybe(routes, "detailedMetricsEnabled", r.yes())
	key := "GET /items/{id}"
	if protocol == "WEBSOCKET" {
		key = "$connect"
		r.maybe(routes, "dataTraceEnabled", r.yes())
		r.maybe(routes, "loggingLevel", r.one("ERROR", "INFO", "OFF"))
	}
	stage := object{"stageName": r.one("prod", "dev", "v1-0"), "defaultRouteSettings": routes}
	if protocol == "HTTP" && r.yes() {
		stage["stageName"] = "$default"
	}
	r.maybe(stage, "routeSettings", object{key: object{"throttlingBurstLimit": 3, "throttlingRateLimit": 1.5}})
	r.maybe(stage, "stageVariables", object{"table": "chat"})
	r.maybe(stage, "autoDeploy", r.yes())
	r.maybe(stage, "tags", object{"owner": "chat"})
	r.maybe(stage, "description", "sample")
	if r.IntN(3) == 0 {
		stage["accessLogSettings"] = r.log()
	}
	route := object{"routeId": "rt00001", "routeKey": key, "target": "integrations/int0001", "authorizationType": "NONE"}
	r.maybe(route, "operationName", "list")
	r.maybe(route, "apiKeyRequired", false)
	integration := object{"integrationId": "int0001", "integrationType": "HTTP_PROXY", "integrationUri": "https://example.com", "integrationMethod": "GET"}
	if protocol == "HTTP" && r.IntN(4) > 0 {
		integration["connectionType"], integration["connectionId"] = "VPC_LINK", "vl0001"
		integration["integrationUri"] = "arn:aws:elasticloadbalancing:" + region + ":" + account + ":listener/app/x/1/2"
	}
	r.maybe(integration, "requestParameters", object{"overwrite:path": "/v2"})
	r.maybe(integration, "timeoutInMillis", 1000+r.IntN(28000))
	r.maybe(integration, "description", "back end")
	if r.IntN(4) == 0 && protocol == "HTTP" && integration["connectionId"] != nil {
		integration["tlsConfig"] = object{"serverNameToVerify": "theirs.example.com"}
	}
	authorizers := []object{{"authorizerId": "req001", "name": "own", "authorizerType": "REQUEST"}}
	if protocol == "HTTP" {
		authorizers = append(authorizers, object{"authorizerId": "jwt001", "name": "issuer", "authorizerType": "JWT", "identitySource": []string{"$request.header.Authorization"},
			"jwtConfiguration": object{"audience": []string{"web"}, "issuer": "https://issuer.example.com"}})
		r.maybe(route, "authorizationScopes", []string{"read", "write"})
	}
	return object{"apiId": fmt.Sprintf("apix%06d", i), "name": "chat", "protocolType": protocol, "stages": []object{stage},
		"routes": []object{route}, "integrations": []object{integration}, "authorizers": authorizers}
}
