package execute_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

// change is one write, and the paths of the double's state that it may touch.
type change struct {
	name    string
	thing   plan.Thing
	values  map[string]any
	with    map[string]any
	touches []string // beginnings of paths
}

func thing(t resource.Type, arn string) plan.Thing { return plan.Thing{Type: t, ARN: arn} }

func changes() []change {
	rest, v2 := resource.Type("AWS::ApiGateway::Stage"), resource.Type("AWS::ApiGatewayV2::Stage")
	domain := resource.Type("AWS::ApiGateway::DomainName")
	const policy, domainARN = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "arn:aws:apigateway:ap-northeast-1::/domainnames/api.example.com"
	setting := "/restapis/a1b2c3d4e5/stages.item.0.methodSettings."
	return []change{
		{name: "tracing", thing: thing(rest, restStage), values: map[string]any{"TracingEnabled": true}, touches: []string{"/restapis/a1b2c3d4e5/stages.item.0.tracingEnabled"}},
		{name: "certificate", thing: thing(rest, restStage), values: map[string]any{"ClientCertificateId": "c0ffee"}, touches: []string{"/restapis/a1b2c3d4e5/stages.item.0.clientCertificateId"}},
		{name: "level of a setting", thing: thing(rest, restStage), values: map[string]any{remedy.Key("~1orders~1{id}/GET", "LoggingLevel"): "INFO"}, touches: []string{setting + "~1orders~1{id}/GET.loggingLevel"}},
		{name: "level of the default", thing: thing(rest, restStage), values: map[string]any{remedy.Key("*/*", "LoggingLevel"): "INFO"}, touches: []string{setting + "*/*.loggingLevel"}},
		{name: "key without a slash", thing: thing(rest, restStage), values: map[string]any{remedy.Key("x/GET", "LoggingLevel"): "ERROR"}, touches: []string{setting + "x/GET.loggingLevel"}},
		{name: "a new setting", thing: thing(rest, restStage), values: map[string]any{remedy.Key("~1new/POST", "LoggingLevel"): "ERROR"}, touches: []string{setting + "~1new/POST"}},
		{name: "encrypt", thing: thing(rest, restStage), values: map[string]any{remedy.Key("*/*", "CacheDataEncrypted"): true, remedy.Key("~1orders~1{id}/GET", "CacheDataEncrypted"): true},
			touches: []string{setting + "*/*.cacheDataEncrypted", setting + "~1orders~1{id}/GET.cacheDataEncrypted"}},
		{name: "stop caching", thing: thing(rest, restStage), values: map[string]any{remedy.Key("*/*", "CachingEnabled"): false}, touches: []string{setting + "*/*.cachingEnabled"}},
		{name: "REST access log", thing: thing(rest, restStage), values: map[string]any{"AccessLogSetting.DestinationArn": logGroup + "/apigw/orders", "AccessLogSetting.Format": line},
			touches: []string{"/restapis/a1b2c3d4e5/stages.item.0.accessLogSettings"}},
		{name: "HTTP access log", thing: thing(v2, httpStage), values: map[string]any{"AccessLogSettings.DestinationArn": logGroup + "/apigw/orders", "AccessLogSettings.Format": line},
			touches: []string{"/v2/apis/h1/stages.items.0.accessLogSettings"}},
		{name: "WebSocket access log", thing: thing(v2, chatStage), values: map[string]any{"AccessLogSettings.DestinationArn": logGroup + "/apigw/orders", "AccessLogSettings.Format": line},
			touches: []string{"/v2/apis/w1/stages.items.0.accessLogSettings"}},
		{name: "WebSocket level", thing: thing(v2, chatStage), values: map[string]any{"DefaultRouteSettings.LoggingLevel": "ERROR"},
			with:    map[string]any{"DefaultRouteSettings.DataTraceEnabled": true, "DefaultRouteSettings.ThrottlingBurstLimit": 9.0},
			touches: []string{"/v2/apis/w1/stages.items.0.defaultRouteSettings.loggingLevel"}},
		{name: "route to IAM", thing: thing("AWS::ApiGatewayV2::Route", "arn:aws:apigateway:ap-northeast-1::/apis/h1/routes/r1"), values: map[string]any{"AuthorizationType": "AWS_IAM"},
			touches: []string{"/v2/apis/h1/routes.items.0.authorizationType"}},
		{name: "route to JWT", thing: thing("AWS::ApiGatewayV2::Route", "arn:aws:apigateway:ap-northeast-1::/apis/h1/routes/r1"), values: map[string]any{"AuthorizationType": "JWT", "AuthorizerId": "z1"},
			touches: []string{"/v2/apis/h1/routes.items.0.authoriz"}},
		{name: "TLS", thing: thing("AWS::ApiGatewayV2::Integration", "arn:aws:apigateway:ap-northeast-1::/apis/h1/integrations/i1"), values: map[string]any{"TlsConfig.ServerNameToVerify": "internal.example.com"},
			touches: []string{"/v2/apis/h1/integrations.items.0.tlsConfig"}},
		{name: "policy", thing: thing(domain, domainARN), values: map[string]any{"SecurityPolicy": policy, "EndpointAccessMode": "BASIC"},
			touches: []string{"/domainnames.item.0.securityPolicy", "/domainnames.item.0.endpointAccessMode", "/domainnames.item.0.domainNameStatus"}},
		{name: "policy alone", thing: thing(domain, "arn:aws:apigateway:ap-northeast-1::/domainnames/new.example.com"), values: map[string]any{"SecurityPolicy": policy},
			with: map[string]any{"EndpointAccessMode": "STRICT"}, touches: []string{"/domainnames.item.4.securityPolicy", "/domainnames.item.4.domainNameStatus"}},
		{name: "private policy", thing: thing(domain, "arn:aws:apigateway:ap-northeast-1:111122223333:/domainnames/private.example.com+abcd"),
			values:  map[string]any{"SecurityPolicy": policy, "EndpointAccessMode": "STRICT"},
			touches: []string{"/domainnames.item.3.securityPolicy", "/domainnames.item.3.endpointAccessMode", "/domainnames.item.3.domainNameStatus"}},
		{name: "account role", thing: plan.Thing{Type: "AWS::ApiGateway::Account", Name: "account"}, values: map[string]any{"CloudWatchRoleArn": "arn:aws:iam::111122223333:role/other"},
			touches: []string{"/account.cloudwatchRoleArn"}},
		{name: "web ACL", thing: thing("AWS::WAFv2::WebACLAssociation", restStage), values: map[string]any{"WebACLArn": webACL}, touches: []string{"/restapis/a1b2c3d4e5/stages.item.0.webAclArn"}},
		{name: "retention", thing: plan.Thing{Type: "AWS::Logs::LogGroup", Name: "/apigw/orders"}, values: map[string]any{"RetentionInDays": 90.0}, touches: []string{"logs.logGroups.0.retentionInDays"}},
		{name: "other retention", thing: plan.Thing{Type: "AWS::Logs::LogGroup", Name: "/apigw/orders-old"}, values: map[string]any{"RetentionInDays": 90.0}, touches: []string{"logs.logGroups.1.retentionInDays"}},
	}
}

// TestWriteAndBack writes each change, finds it and nothing else changed, and
// writes back what was there: the double's answers are then what they were.
func TestWriteAndBack(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := newDouble(t, awsdouble.Options{}, fixture)
				d := drivers(t, double)[c.thing.Type]
				before := everything(t, double)
				was := read(t, d, c.thing, properties(c.values))
				if err := written(t, d, c.thing, c.values); err != nil {
					t.Fatal(err)
				}
				calls := double.Calls()
				if n := writes(calls); n != 1 {
					t.Errorf("%d calls that write, want one: %v", n, calls)
				}
				settle(t, d, c.thing)
				if got := read(t, d, c.thing, properties(c.values)); !cmp.Equal(got, c.values) {
					t.Errorf("read back (-want +got):\n%s", cmp.Diff(c.values, got))
				}
				for _, at := range changed(before, everything(t, double)) {
					if !begins(at, c.touches) {
						t.Errorf("the write also changed %s", at)
					}
				}
				if err := written(t, d, c.thing, was); err != nil {
					t.Fatal(err)
				}
				allowed(t, d, step(c.thing, false, was, c.values), append(calls, double.Calls()...))
				settle(t, d, c.thing)
				if list := changed(before, everything(t, double)); list != nil {
					t.Errorf("after writing back, %v differ", list)
				}
			})
		})
	}
}

// TestTLSWithoutAName: an integration that speaks TLS and verifies no name is
// not one without TLS, neither before a fix nor after its undo.
func TestTLSWithoutAName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, strings.Replace(fixture, `"connectionId": "vl1",`, `"connectionId": "vl1", "tlsConfig": {},`, 1))
		at := thing("AWS::ApiGatewayV2::Integration", "arn:aws:apigateway:ap-northeast-1::/apis/h1/integrations/i1")
		d := drivers(t, double)[at.Type]
		const name = "TlsConfig.ServerNameToVerify"
		if got, there := read(t, d, at, []string{name})[name]; got != "" || !there {
			t.Errorf("TLS without a name reads as %v, %t", got, there)
		}
		if err := written(t, d, at, map[string]any{name: nil}); err != nil {
			t.Fatal(err)
		}
		if got := read(t, d, at, []string{name})[name]; got != nil {
			t.Errorf("TLS taken away reads as %v", got)
		}
	})
}

// TestWriteTwice wants values that are there already: they are not sent again.
func TestWriteTwice(t *testing.T) {
	for _, c := range changes() {
		synctest.Test(t, func(t *testing.T) {
			double := newDouble(t, awsdouble.Options{}, fixture)
			d := drivers(t, double)[c.thing.Type]
			was := read(t, d, c.thing, properties(c.values))
			for _, values := range []map[string]any{c.values, c.values, was, was} {
				if err := written(t, d, c.thing, values); err != nil {
					t.Errorf("%s: %v", c.name, err)
				}
				settle(t, d, c.thing)
				if got := read(t, d, c.thing, properties(c.values)); !cmp.Equal(got, values) {
					t.Errorf("%s:\n%s", c.name, cmp.Diff(values, got))
				}
			}
			if n := writes(double.Calls()); n != 2 {
				t.Errorf("%s: %d calls that write, want two", c.name, n)
			}
		})
	}
}

func begins(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func writes(calls []awsdouble.Call) (n int) {
	for _, c := range calls {
		if c.Method != "GET" && !strings.HasPrefix(c.Operation, "Describe") && !strings.HasPrefix(c.Operation, "List") && !strings.HasPrefix(c.Operation, "Get") {
			n++
		}
	}
	return n
}

// settle waits until the thing can be changed again.
func settle(t *testing.T, d drive.Driver, thing plan.Thing) {
	t.Helper()
	for range 100 {
		ok, err := d.Settled(t.Context(), thing, "domain-ready")
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			return
		}
		sleep(t)
	}
	t.Fatal("it does not settle")
}

// TestRandomSettings writes random changes of random method settings, 200
// times: each is one UpdateStage, changes what it names and nothing else, and
// is taken back without a trace.
func TestRandomSettings(t *testing.T) {
	keys := []string{"*/*", "~1orders/GET", "orders/GET", "~1orders~1{id}/GET", "x/GET", "~1/HEAD", `~1a"b~1c]/PUT`}
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			have := map[string]any{}
			for _, key := range keys {
				if r.IntN(2) == 0 {
					have[key] = randomSetting(r)
				}
			}
			settings, err := json.Marshal(have)
			if err != nil {
				t.Fatal(err)
			}
			double := newDouble(t, awsdouble.Options{}, strings.Replace(fixture, `"methodSettings": {
    "*/*": {"loggingLevel": "ERROR", "cachingEnabled": true, "cacheTtlInSeconds": 60, "throttlingBurstLimit": 7},
    "~1orders~1{id}/GET": {"cachingEnabled": true, "metricsEnabled": true}, "x/GET": {}}`, `"methodSettings": `+string(settings), 1))
			stage := thing("AWS::ApiGateway::Stage", restStage)
			d := drivers(t, double)[stage.Type]
			before := everything(t, double)
			values, touches := randomChange(r, keys)
			if len(values) == 0 {
				return
			}
			was := read(t, d, stage, properties(values))
			if err := written(t, d, stage, values); err != nil {
				t.Fatalf("seed %d: %v: %v", seed, values, err)
			}
			if n := writes(double.Calls()); n != 1 && !(n == 0 && cmp.Equal(was, values)) {
				t.Errorf("seed %d: %d calls", seed, n)
			}
			after := everything(t, double)
			if got := read(t, d, stage, properties(values)); !cmp.Equal(got, values) {
				t.Errorf("seed %d:\n%s", seed, cmp.Diff(values, got))
			}
			for _, key := range keys { // what AWS gives to a new setting comes with it
				if at := "/restapis/a1b2c3d4e5/stages.item.0.methodSettings." + key; before[at] == nil && named(values, key) {
					touches = append(touches, at)
				}
			}
			for _, at := range changed(before, after) {
				if !begins(at, touches) {
					t.Errorf("seed %d: %v also changed %s", seed, values, at)
				}
			}
			if err := written(t, d, stage, was); err != nil {
				t.Fatalf("seed %d: back to %v: %v", seed, was, err)
			}
			if list := changed(before, everything(t, double)); list != nil {
				t.Errorf("seed %d: %v, then back to %v: %v differ", seed, values, was, list)
			}
		})
	}
}

func named(values map[string]any, key string) bool {
	for _, property := range []string{"LoggingLevel", "CachingEnabled", "CacheDataEncrypted"} {
		if _, ok := values[remedy.Key(key, property)]; ok {
			return true
		}
	}
	return false
}

func randomSetting(r *rand.Rand) map[string]any {
	m := map[string]any{
		"cachingEnabled": r.IntN(2) == 0, "cacheDataEncrypted": r.IntN(2) == 0, "metricsEnabled": r.IntN(2) == 0,
		"cacheTtlInSeconds": r.IntN(3600), "throttlingBurstLimit": r.IntN(100), "requireAuthorizationForCacheControl": r.IntN(2) == 0,
	}
	if level := []string{"", "ERROR", "INFO"}[r.IntN(3)]; level != "" {
		m["loggingLevel"] = level
	}
	return m
}

// randomChange is of one to three properties of some settings, and sometimes of
// the stage itself.
func randomChange(r *rand.Rand, keys []string) (values map[string]any, touches []string) {
	values = map[string]any{}
	const stage = "/restapis/a1b2c3d4e5/stages.item.0."
	for _, key := range keys {
		if r.IntN(3) > 0 {
			continue
		}
		for name, value := range map[string]any{"LoggingLevel": []string{"OFF", "ERROR", "INFO"}[r.IntN(3)], "CachingEnabled": r.IntN(2) == 0, "CacheDataEncrypted": r.IntN(2) == 0} {
			if r.IntN(2) == 0 {
				values[remedy.Key(key, name)] = value
				touches = append(touches, stage+"methodSettings."+key+"."+strings.ToLower(name[:1])+name[1:])
			}
		}
	}
	if r.IntN(4) == 0 {
		values["TracingEnabled"] = true
		touches = append(touches, stage+"tracingEnabled")
	}
	if r.IntN(4) == 0 {
		values["AccessLogSetting.DestinationArn"], values["AccessLogSetting.Format"] = logGroup+"/apigw/orders", line
		touches = append(touches, stage+"accessLogSettings")
	}
	return values, touches
}

// TestReads reads what only guards and plans ask for.
func TestReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, fixture)
		all := drivers(t, double)
		domain := func(name string) plan.Thing {
			return thing("AWS::ApiGateway::DomainName", "arn:aws:apigateway:ap-northeast-1::/domainnames/"+name)
		}
		private := thing("AWS::ApiGateway::DomainName", "arn:aws:apigateway:ap-northeast-1:111122223333:/domainnames/private.example.com+abcd")
		for _, c := range []struct {
			thing plan.Thing
			want  map[string]any
		}{
			{domain("api.example.com"), map[string]any{"HttpApiMapped": false, "EndpointConfiguration.Types": []any{"REGIONAL"}, "MutualTlsAuthentication.TruststoreUri": nil, "EndpointAccessMode": nil}},
			{domain("web.example.com"), map[string]any{"HttpApiMapped": true, "SecurityPolicy": "TLS_1_2"}},
			{domain("edge.example.com"), map[string]any{"HttpApiMapped": false, "EndpointConfiguration.Types": []any{"EDGE"}}},
			{private, map[string]any{"HttpApiMapped": false, "EndpointConfiguration.Types": []any{"PRIVATE"}}},
			{thing("AWS::ApiGateway::Stage", restStage), map[string]any{remedy.Key("*/*", "LoggingLevel"): "ERROR", remedy.Key("x/GET", "LoggingLevel"): "OFF", remedy.Key("y/GET", "LoggingLevel"): nil,
				remedy.Key("y/GET", "CachingEnabled"): nil, "ClientCertificateId": nil}},
			{thing("AWS::ApiGatewayV2::Stage", httpStage), map[string]any{"DefaultRouteSettings.LoggingLevel": "OFF", "DefaultRouteSettings.DetailedMetricsEnabled": true,
				"DefaultRouteSettings.ThrottlingBurstLimit": 100.0, "DefaultRouteSettings.ThrottlingRateLimit": 50.0, "DefaultRouteSettings.DataTraceEnabled": false}},
			{thing("AWS::ApiGatewayV2::Stage", chatStage), map[string]any{"DefaultRouteSettings.LoggingLevel": "OFF", "DefaultRouteSettings.DataTraceEnabled": true}},
			{plan.Thing{Type: "AWS::IAM::Role", Name: "logs"}, map[string]any{"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": []any{pushLogs}}},
			{plan.Thing{Type: "AWS::KMS::Key", Name: "alias/theirs"}, map[string]any{"EnableKeyRotation": false}},
			{plan.Thing{Type: "AWS::KMS::Key", ARN: "arn:aws:kms:ap-northeast-1:111122223333:key/k1"}, map[string]any{"EnableKeyRotation": false}},
			{plan.Thing{Type: "AWS::Logs::LogGroup", Name: "/apigw/orders"}, map[string]any{"Events": false, "RetentionInDays": nil, "KmsKeyId": nil}},
		} {
			double.ClearCalls()
			if got := read(t, all[c.thing.Type], c.thing, properties(c.want)); !cmp.Equal(got, c.want) {
				t.Errorf("%s %s:\n%s", c.thing.Type, c.thing.ARN+c.thing.Name, cmp.Diff(c.want, got))
			}
			s := step(c.thing, c.thing.Type == "AWS::Logs::LogGroup", nil, nil, properties(c.want)...)
			allowed(t, all[c.thing.Type], s, double.Calls())
		}
	})
}

// TestAbsent reads things that are not there.
func TestAbsent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := drivers(t, newDouble(t, awsdouble.Options{}, fixture))
		for _, x := range []plan.Thing{
			thing("AWS::ApiGateway::Stage", restStage+"x"), thing("AWS::ApiGatewayV2::Stage", httpStage+"x"), thing("AWS::WAFv2::WebACLAssociation", restStage+"x"),
			thing("AWS::ApiGatewayV2::Route", "arn:aws:apigateway:ap-northeast-1::/apis/h1/routes/none"),
			thing("AWS::ApiGatewayV2::Integration", "arn:aws:apigateway:ap-northeast-1::/apis/none/integrations/i1"),
			thing("AWS::ApiGateway::DomainName", "arn:aws:apigateway:ap-northeast-1::/domainnames/none"),
			{Type: "AWS::Logs::LogGroup", Name: "/apigw/order"}, {Type: "AWS::IAM::Role", Name: "none"}, {Type: "AWS::KMS::Key", Name: "alias/none"},
			{Type: "AWS::ApiGateway::ClientCertificate", Name: "none"},
		} {
			if state, err := all[x.Type].Read(t.Context(), x, nil); err != nil || state.Exists {
				t.Errorf("%s: %+v, %v", x.Type, state, err)
			}
		}
	})
}

// TestBadPlans refuses what does not fit, before any call.
func TestBadPlans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, fixture)
		all := drivers(t, double)
		for typ, d := range all {
			for _, arn := range []string{"", "x", "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod", "arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages/prod/more"} {
				x := plan.Thing{Type: typ, ARN: arn, Name: "alias/theirs"}
				if err := written(t, d, x, map[string]any{"Colour": "red"}); err == nil {
					t.Errorf("%s %q: an unknown property was written", typ, arn)
				}
			}
		}
		if n := writes(double.Calls()); n != 0 {
			t.Errorf("%d calls that write", n)
		}
		stage := thing("AWS::ApiGateway::Stage", strings.Replace(restStage, region, "us-east-1", 1))
		if err := written(t, all[stage.Type], stage, map[string]any{"TracingEnabled": true}); err == nil {
			t.Error("a stage of another Region was changed")
		}
		known := map[resource.Type]string{"AWS::ApiGateway::Stage": restStage, "AWS::ApiGatewayV2::Stage": httpStage, "AWS::WAFv2::WebACLAssociation": restStage}
		for typ, arn := range known {
			if _, err := all[typ].Read(t.Context(), thing(typ, arn), []string{"Colour"}); err == nil || !strings.Contains(err.Error(), "Colour") {
				t.Errorf("%s: an unknown property reads as %v", typ, err)
			}
			for _, v := range []any{3.5, []string{"x"}, map[string]any{"of": "1", "name": "Arn"}} {
				for _, name := range []string{"ClientCertificateId", "AccessLogSettings.Format", "WebACLArn"} {
					if err := written(t, all[typ], thing(typ, arn), map[string]any{name: v}); err == nil {
						t.Errorf("%s: %s became %v", typ, name, v)
					}
				}
			}
		}
		if n := writes(double.Calls()); n != 0 {
			t.Errorf("%d calls that write: %v", n, fmt.Sprint(double.Calls()))
		}
	})
}

// TestNormalises reads copied ARNs without ":*", and what AWS says by nothing.
func TestNormalises(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, `{"restApis":[{"id":"a1b2c3d4e5","name":"orders","stages":[{"stageName":"prod","webAclArn":"","clientCertificateId":"",
			"accessLogSettings":{"destinationArn":"`+logGroup+`x:*","format":"`+line+`"}}]}],
			"apis":[{"apiId":"w1","name":"chat","protocolType":"WEBSOCKET","stages":[{"stageName":"prod","accessLogSettings":{"destinationArn":"`+logGroup+`x:*"}}]}]}`)
		all := drivers(t, double)
		for _, c := range []struct {
			thing plan.Thing
			want  map[string]any
		}{
			{thing("AWS::ApiGateway::Stage", restStage), map[string]any{"AccessLogSetting.DestinationArn": logGroup + "x", "AccessLogSetting.Format": line, "ClientCertificateId": nil}},
			{thing("AWS::ApiGatewayV2::Stage", chatStage), map[string]any{"AccessLogSettings.DestinationArn": logGroup + "x", "AccessLogSettings.Format": nil}},
			{thing("AWS::WAFv2::WebACLAssociation", restStage), map[string]any{"WebACLArn": nil}},
			{plan.Thing{Type: "AWS::ApiGateway::Account", Name: "account"}, map[string]any{"CloudWatchRoleArn": nil}},
		} {
			if got := read(t, all[c.thing.Type], c.thing, properties(c.want)); !cmp.Equal(got, c.want) {
				t.Errorf("%s:\n%s", c.thing.Type, cmp.Diff(c.want, got))
			}
		}
	})
}

// TestWholeObjects looks at what is sent: AWS takes whole objects, and what is
// left out of one may be lost. The double merges, so its state cannot tell.
func TestWholeObjects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := newDouble(t, awsdouble.Options{}, fixture)
		x := thing("AWS::ApiGatewayV2::Stage", chatStage)
		d := drivers(t, double)[x.Type]
		log := map[string]any{"AccessLogSettings.DestinationArn": logGroup + "/apigw/orders:*", "AccessLogSettings.Format": line}
		for _, values := range []map[string]any{{"DefaultRouteSettings.LoggingLevel": "ERROR"}, log, {"AccessLogSettings.Format": "$context.extendedRequestId"}} {
			if err := written(t, d, x, values); err != nil {
				t.Fatal(err)
			}
		}
		var out struct {
			Events []struct{ CloudTrailEvent string }
		}
		if err := json.Unmarshal([]byte(raw(t, double, "cloudtrail", "x.LookupEvents", "{}")), &out); err != nil || len(out.Events) != 3 {
			t.Fatal(out, err)
		}
		for i, want := range []string{
			`"accessLogSettings":{"destinationArn":"` + logGroup + `/apigw/orders","format":"$context.extendedRequestId"}`,
			`"accessLogSettings":{"destinationArn":"` + logGroup + `/apigw/orders","format":"$context.requestId"}`,
			`"defaultRouteSettings":{"dataTraceEnabled":true,"detailedMetricsEnabled":false,"loggingLevel":"ERROR","throttlingBurstLimit":9}`,
		} {
			if !strings.Contains(out.Events[i].CloudTrailEvent, want) {
				t.Errorf("sent %s\nwant %s", out.Events[i].CloudTrailEvent, want)
			}
		}
	})
}

// TestPermissions lists what AWS asks for beside the calls themselves.
func TestPermissions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := drivers(t, newDouble(t, awsdouble.Options{}, fixture))
		account := plan.Thing{Type: "AWS::ApiGateway::Account", Name: "account"}
		for _, c := range []struct {
			step *plan.Step
			want []string
		}{
			{step(thing("AWS::WAFv2::WebACLAssociation", restStage), false, nil, map[string]any{"WebACLArn": webACL}),
				[]string{"apigateway:SetWebACL ::/restapis/*/stages/*", "wafv2:GetWebACL :111122223333:regional/webacl/edge/1", "wafv2:AssociateWebACL :111122223333:regional/webacl/edge/1", "wafv2:DisassociateWebACL *"}},
			{step(account, false, nil, map[string]any{"CloudWatchRoleArn": "arn:aws:iam::111122223333:role/x/y"}), []string{"iam:PassRole :111122223333:role/x/y", "iam:GetRole :111122223333:role/x/y"}},
			{step(account, false, nil, map[string]any{"CloudWatchRoleArn": map[string]any{"of": "1", "name": "Arn"}}), []string{"iam:PassRole :111122223333:role/kumoban-*"}},
			{step(thing("AWS::ApiGatewayV2::Stage", httpStage), false, nil, map[string]any{"AccessLogSettings.Format": line}),
				[]string{"logs:CreateLogDelivery *", "logs:PutResourcePolicy *", "logs:DescribeResourcePolicies *", "logs:DescribeLogGroups :111122223333:log-group:*", "apigateway:DELETE ::/apis/*/stages/*/accesslogsettings"}},
			{step(things()[0].thing, true, nil, things()[0].values), []string{"logs:TagResource :111122223333:log-group:/kumoban/new", "logs:CreateLogGroup :111122223333:log-group:/kumoban/new:*"}},
			{step(things()[1].thing, true, nil, things()[1].values), []string{
				"iam:TagRole :111122223333:role/team/a/kumoban-apigateway-cloudwatch", "iam:CreateRole :111122223333:role/team/a/kumoban-apigateway-cloudwatch",
				"iam:GetRole :111122223333:role/kumoban-apigateway-cloudwatch",
			}},
			{step(things()[2].thing, true, nil, things()[2].values), []string{"kms:TagResource :111122223333:key/*", "kms:CreateAlias :111122223333:key/*", "kms:CreateAlias :111122223333:alias/kumoban-logs-new"}},
			{step(things()[3].thing, true, nil, things()[3].values), []string{"apigateway:PUT ::/tags/*"}},
		} {
			have := map[string]bool{}
			for _, call := range all[c.step.Thing.Type].Calls(c.step) {
				have[call.Service+":"+call.Action+" "+call.Resource] = true
			}
			for _, want := range c.want {
				if !have[want] {
					t.Errorf("%s: no %s in %v", c.step.Thing.Type, want, have)
				}
			}
		}
		// What does not touch the log needs no right to deliver it.
		for _, call := range all["AWS::ApiGatewayV2::Stage"].Calls(step(thing("AWS::ApiGatewayV2::Stage", chatStage), false, nil, map[string]any{"DefaultRouteSettings.LoggingLevel": "ERROR"})) {
			if call.Service != "apigateway" || call.Action == "DELETE" {
				t.Errorf("%s:%s", call.Service, call.Action)
			}
		}
	})
}
