package render_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

const (
	account = "111122223333"
	region  = "ap-northeast-1"

	restStage = "AWS::ApiGateway::Stage"
	v2Stage   = "AWS::ApiGatewayV2::Stage"
	trust     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	push      = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
	logFormat = `{"requestId":"$context.requestId","status":"$context.status"}`
	webACL    = "arn:aws:wafv2:ap-northeast-1:111122223333:regional/webacl/orders/11112222-3333-4444-5555-666677778888"
	keyARN    = "arn:aws:kms:ap-northeast-1:111122223333:key/11112222-3333-4444-5555-666677778888"
	keyPolicy = `{"Version":"2012-10-17","Statement":[{"Sid":"AdministerWithoutUsing","Effect":"Allow",` +
		`"Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Resource":"*",` +
		`"Action":["kms:Describe*","kms:Get*","kms:List*","kms:PutKeyPolicy","kms:EnableKeyRotation","kms:CreateAlias","kms:ScheduleKeyDeletion"]},` +
		`{"Sid":"LogsForThisLogGroup","Effect":"Allow","Principal":{"Service":"logs.ap-northeast-1.amazonaws.com"},"Resource":"*",` +
		`"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:Describe*"],` +
		`"Condition":{"ArnEquals":{"kms:EncryptionContext:aws:logs:arn":["arn:aws:logs:ap-northeast-1:111122223333:log-group:/aws/vendedlogs/kumoban/b1c2d3e4f5/.default"]}}}]}`
)

func arn(path string) string { return "arn:aws:apigateway:" + region + "::" + path }

func thing(t resource.Type, path string) plan.Thing {
	return plan.Thing{Type: t, ARN: arn(path)}
}

func named(t resource.Type, name string) plan.Thing { return plan.Thing{Type: t, Name: name} }

func change(property string, was, will any) plan.Change {
	return plan.Change{Property: property, Was: was, Will: will}
}

func same(property string, v any) plan.Change { return change(property, v, v) }

func out(step, name string) remedy.Output { return remedy.Output{Of: step, Name: name} }

func fix(control, remedy string, resource plan.Thing, steps ...string) plan.Fix {
	return plan.Fix{Finding: "f-" + control, Control: control, Remedy: remedy, Resource: resource, Steps: steps}
}

// build numbers the steps and fills in the head.
func build(t *testing.T, fixes []plan.Fix, steps ...plan.Step) *plan.Plan {
	t.Helper()
	for i := range steps {
		steps[i].ID = string(rune('1' + i))
		if steps[i].Changes == nil {
			steps[i].Changes = []plan.Change{}
		}
	}
	p := &plan.Plan{
		SchemaVersion: plan.SchemaVersion, Kumoban: "1.2.3", MadeAt: time.Date(2026, 4, 1, 9, 30, 0, 0, time.UTC),
		Partition: "aws", Account: account, Region: region, Fixes: fixes, Steps: steps,
	}
	digest, err := p.Sum()
	if err != nil {
		t.Fatal(err)
	}
	p.Digest = digest
	return p
}

// saved is the plan as it comes back from its file.
func saved(t *testing.T, p *plan.Plan) *plan.Plan {
	t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back plan.Plan
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	return &back
}

// plans has each type of thing, made and changed, by protocol.
func plans(t *testing.T) map[string]*plan.Plan {
	t.Helper()
	return map[string]*plan.Plan{
		"cache":       cachePlan(t),
		"rest":        restPlan(t),
		"logging":     loggingPlan(t),
		"own-role":    ownRolePlan(t),
		"access-log":  accessLogPlan(t),
		"quick":       quickPlan(t),
		"routes":      routesPlan(t),
		"integration": integrationPlan(t),
		"domains":     domainsPlan(t),
		"existing":    existingPlan(t),
		"unknown":     unknownPlan(t),
		"away":        awayPlan(t),
		"managed":     managedPlan(t),
		"collide":     collidePlan(t),
		"state":       statePlan(t),
	}
}

// statePlan changes what a Terraform state has: stages of both kinds, a method
// setting, a route that loses its authorizer.
func statePlan(t *testing.T) *plan.Plan {
	t.Helper()
	http, rest, chat := thing(v2Stage, "/apis/b1c2d3e4f5/stages/prod"), thing(restStage, "/restapis/a1b2c3d4e5/stages/prod"), thing(v2Stage, "/apis/w1x2y3z4a5/stages/production")
	dev := thing(restStage, "/restapis/a1b2c3d4e5/stages/dev")
	open := thing("AWS::ApiGatewayV2::Route", "/apis/b1c2d3e4f5/routes/r1")
	in := func(control, remedyName string, of plan.Thing, sets map[string]string, steps ...string) plan.Fix {
		f := fix(control, remedyName, of, steps...)
		f.Managed = &plan.Managed{By: "terraform", In: "terraform.tfstate", Sets: sets}
		for _, address := range sets {
			f.Managed.Name = address
		}
		return f
	}
	const v2, setting, route = "aws_apigatewayv2_stage.prod", `aws_api_gateway_method_settings.each["orders/GET"]`, "DefaultRouteSettings."
	encrypted := remedy.Key("orders/GET", "CacheDataEncrypted")
	return build(t, []plan.Fix{
		in("APIGateway.9", "log-group", http, map[string]string{"AccessLogSettings.DestinationArn": v2, "AccessLogSettings.Format": v2}, "1", "2"),
		in("APIGateway.5", "encrypt", rest, map[string]string{encrypted: setting}, "3"),
		in("APIGateway.1", "enable-logging", chat, map[string]string{route + "LoggingLevel": "aws_apigatewayv2_stage.chat"}, "4"),
		in("APIGateway.8", "authorize", open, map[string]string{"AuthorizationType": "aws_apigatewayv2_route.all", "AuthorizerId": "aws_apigatewayv2_route.all"}, "5"),
		in("APIGateway.2", "certificate", dev, map[string]string{"ClientCertificateId": `module.api.aws_api_gateway_stage.this["dev"]`}, "6", "7"),
	},
		plan.Step{Thing: named("AWS::Logs::LogGroup", "/aws/vendedlogs/kumoban/b1c2d3e4f5/prod"), Make: true, Data: true, Changes: []plan.Change{change("RetentionInDays", nil, 90.0)}},
		plan.Step{
			Thing: http, After: []string{"1"},
			Changes: []plan.Change{change("AccessLogSettings.DestinationArn", nil, out("1", "Arn")), change("AccessLogSettings.Format", nil, `{"requestId":"$context.requestId"}`)},
		},
		plan.Step{
			Thing: rest, Changes: []plan.Change{change(encrypted, false, true)},
			With: cachedSetting("orders/GET"),
		},
		plan.Step{Thing: chat, Changes: []plan.Change{change(route+"LoggingLevel", "OFF", "ERROR")}, With: []plan.Change{same(route+"DataTraceEnabled", false)}},
		plan.Step{
			Thing: open, Changes: []plan.Change{change("AuthorizationType", "CUSTOM", "AWS_IAM"), change("AuthorizerId", "a1", nil)},
			With: []plan.Change{same("RouteKey", "GET /"), same("ProtocolType", "HTTP")},
		},
		plan.Step{Thing: named("AWS::ApiGateway::ClientCertificate", "kumoban: a1b2c3d4e5/dev"), Make: true},
		plan.Step{Thing: dev, After: []string{"6"}, Changes: []plan.Change{change("ClientCertificateId", nil, out("6", "ClientCertificateId"))}},
	)
}

func cachedSetting(key string) []plan.Change {
	return setting(key, object{"CachingEnabled": true, "CacheTtlInSeconds": 300.0, "ThrottlingBurstLimit": 200.0, "ThrottlingRateLimit": 100.0})
}

func cachePlan(t *testing.T) *plan.Plan {
	t.Helper()
	stage := thing(restStage, "/restapis/a1b2c3d4e5/stages/prod")
	stage.Name = "orders/prod"
	encrypted := "CacheDataEncrypted"
	all, order, me := "*/*", "~1orders~1{id}/GET", "me/GET"
	f := fix("APIGateway.5", "encrypt", stage, "1")
	f.Managed = &plan.Managed{By: "cloudformation", Name: "orders-stack"}
	g := fix("APIGateway.5", "stop-caching", stage, "2")
	f.Cost = costs(t, nil, cost.Charge{
		Kind: cost.Aside, Says: "cacheGoesOn", Size: "6.1", Usage: cost.Item{Service: "AmazonApiGateway", Type: "ApiGatewayCacheUsage:6.1GB"}, Quantity: cost.Hours, Billed: true,
	})
	g.Cost = costs(t, &cost.Requests{N: 3e6, Known: true, Says: locale.M("cost.requests", locale.A("stage", "orders/prod"), locale.A("day", "2026-11-30"), locale.A("requests", "3,000,000"))}, cost.Charge{Kind: cost.Inspected})
	return build(t, []plan.Fix{f, g},
		plan.Step{
			Thing: stage, Wait: "cache-settled",
			Changes: []plan.Change{change(remedy.Key(all, encrypted), false, true), change(remedy.Key(order, encrypted), false, true)},
			With: slices.Concat(
				setting(all, object{"CachingEnabled": true, "CacheTtlInSeconds": 300.0, "ThrottlingBurstLimit": 200.0, "ThrottlingRateLimit": 100.5}),
				setting(order, object{"CachingEnabled": true, "CacheTtlInSeconds": 60.0, "ThrottlingBurstLimit": -1.0, "ThrottlingRateLimit": -1.0}),
			),
		},
		plan.Step{
			Thing: stage, Changes: []plan.Change{change(remedy.Key(me, "CachingEnabled"), true, false)},
			With: setting(me, object{"CacheDataEncrypted": true, "CacheTtlInSeconds": 300.0, "LoggingLevel": "INFO", "ThrottlingBurstLimit": 5000.0, "ThrottlingRateLimit": 10000.0}),
		},
	)
}

// costs is an estimate by kumoban's own prices.
func costs(t *testing.T, r *cost.Requests, charges ...cost.Charge) *plan.Cost {
	t.Helper()
	table, err := cost.BuiltIn(catalog.Usages())
	if err != nil {
		t.Fatal(err)
	}
	e := cost.Of(charges, r, table, "aws", "us-east-1")
	return plan.NewCost(&e)
}

type object = map[string]any

// setting is what a plan tells of a method setting of which something changes:
// all that stays.
func setting(key string, values object) []plan.Change {
	stays := object{"LoggingLevel": "OFF", "DataTraceEnabled": false, "MetricsEnabled": true}
	maps.Copy(stays, values)
	var list []plan.Change
	for _, name := range slices.Sorted(maps.Keys(stays)) {
		list = append(list, same(remedy.Key(key, name), stays[name]))
	}
	return list
}

// managedPlan changes what others own, each as far as it is known.
func managedPlan(t *testing.T) *plan.Plan {
	t.Helper()
	stage, other := thing(restStage, "/restapis/a1b2c3d4e5/stages/prod"), thing(restStage, "/restapis/a1b2c3d4e5/stages/dev")
	f, g := fix("APIGateway.3", "trace", stage, "1"), fix("APIGateway.3", "trace", other, "2")
	f.Managed = &plan.Managed{By: "cloudformation", Name: "orders-stack", Logical: "ProdStage"}
	g.Managed = &plan.Managed{By: "terraform", Name: "aws_api_gateway_method_settings.all", Also: []string{"aws_api_gateway_stage.dev"}, In: "terraform.tfstate"}
	return build(t, []plan.Fix{f, g},
		plan.Step{Thing: stage, Changes: []plan.Change{change("TracingEnabled", false, true)}},
		plan.Step{Thing: other, Changes: []plan.Change{change("TracingEnabled", false, true)}},
	)
}

func restPlan(t *testing.T) *plan.Plan {
	t.Helper()
	stage := thing(restStage, "/restapis/a1b2c3d4e5/stages/prod")
	acl := thing("AWS::WAFv2::WebACLAssociation", "/restapis/a1b2c3d4e5/stages/prod")
	f := fix("APIGateway.2", "certificate", stage, "1", "2")
	f.Inputs = map[string]string{"certificate": "new"}
	f.Managed = &plan.Managed{By: "terraform", Name: `module.api.aws_api_gateway_stage.this["prod"]`, In: "terraform.tfstate"}
	return build(t, []plan.Fix{f, fix("APIGateway.3", "trace", stage, "3"), fix("APIGateway.4", "associate", stage, "4")},
		plan.Step{Thing: named("AWS::ApiGateway::ClientCertificate", "kumoban: a1b2c3d4e5/prod"), Make: true},
		plan.Step{
			Thing: stage, Changes: []plan.Change{change("ClientCertificateId", nil, out("1", "ClientCertificateId"))},
			With: []plan.Change{same("DeploymentId", "d1e2p3")}, After: []string{"1"},
		},
		plan.Step{Thing: stage, Changes: []plan.Change{change("TracingEnabled", false, true)}},
		plan.Step{Thing: acl, Changes: []plan.Change{change("WebACLArn", nil, webACL)}},
	)
}

func loggingPlan(t *testing.T) *plan.Plan {
	t.Helper()
	rest := thing(restStage, "/restapis/a1b2c3d4e5/stages/prod")
	chat := thing(v2Stage, "/apis/w1x2y3z4a5/stages/production")
	route := "DefaultRouteSettings."
	return build(t, []plan.Fix{fix("APIGateway.1", "enable-logging", rest, "1", "2", "3"), fix("APIGateway.1", "enable-logging", chat, "1", "2", "4")},
		plan.Step{
			Thing: named("AWS::IAM::Role", "kumoban-apigateway-cloudwatch"), Make: true, Shared: true,
			Changes: []plan.Change{change("AssumeRolePolicyDocument", nil, trust), change("ManagedPolicyArns", nil, []string{push})},
		},
		plan.Step{
			Thing: named("AWS::ApiGateway::Account", "account"), Shared: true, Wait: "role-accepted", After: []string{"1"},
			Changes: []plan.Change{change("CloudWatchRoleArn", nil, out("1", "Arn"))},
			Guards:  []plan.Guard{{Property: "CloudWatchRoleArn", OneOf: []any{nil, ""}, Why: "fix.guard.accountRole"}},
		},
		plan.Step{Thing: rest, After: []string{"2"}, Changes: []plan.Change{
			change(remedy.Key("*/*", "LoggingLevel"), nil, "ERROR"), change(remedy.Key("~1/GET", "LoggingLevel"), "OFF", "INFO"),
		}},
		plan.Step{
			Thing: chat, After: []string{"2"}, Changes: []plan.Change{change(route+"LoggingLevel", "OFF", "ERROR")},
			With: []plan.Change{same(route+"DataTraceEnabled", false), same(route+"DetailedMetricsEnabled", true)},
		},
	)
}

// ownRolePlan takes the place of a role that is gone.
func ownRolePlan(t *testing.T) *plan.Plan {
	t.Helper()
	const gone = "arn:aws:iam::111122223333:role/OldStack-ApiCloudWatchRole-1ABC"
	chat := thing(v2Stage, "/apis/w1x2y3z4a5/stages/production")
	f := fix("APIGateway.1", "enable-logging", chat, "1", "2", "3")
	f.Inputs = map[string]string{"accountRole": "replace", "roleName": "logs", "rolePath": "/team/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/bounds"}
	f.Notes = []plan.Note{plan.NewNote(locale.M("run.role.replaced", locale.A("role", gone)))}
	return build(t, []plan.Fix{f},
		plan.Step{
			Thing: named("AWS::IAM::Role", "logs"), Make: true, Shared: true,
			Changes: []plan.Change{
				change("AssumeRolePolicyDocument", nil, trust), change("ManagedPolicyArns", nil, []string{push}),
				change("Path", nil, "/team/"), change("PermissionsBoundary", nil, "arn:aws:iam::111122223333:policy/bounds"),
			},
		},
		plan.Step{
			Thing: named("AWS::ApiGateway::Account", "account"), Shared: true, Wait: "role-accepted", After: []string{"1"},
			Changes: []plan.Change{change("CloudWatchRoleArn", gone, out("1", "Arn"))},
			Guards:  []plan.Guard{{Property: "CloudWatchRoleArn", OneOf: []any{gone}, Why: "fix.guard.accountRole"}},
		},
		plan.Step{
			Thing: chat, After: []string{"2"}, Changes: []plan.Change{change("DefaultRouteSettings.LoggingLevel", "OFF", "ERROR")},
			With: []plan.Change{same("ProtocolType", "WEBSOCKET")},
		},
	)
}

func accessLogPlan(t *testing.T) *plan.Plan {
	t.Helper()
	http := thing(v2Stage, "/apis/b1c2d3e4f5/stages/$default")
	chat := thing(v2Stage, "/apis/w1x2y3z4a5/stages/production")
	group := "/aws/vendedlogs/kumoban/b1c2d3e4f5/.default"
	f := fix("APIGateway.9", "log-group", http, "1", "2", "3")
	f.Inputs = map[string]string{"retention": "90", "kmsKey": "new"}
	return build(t, []plan.Fix{f, fix("APIGateway.9", "log-group", chat, "4")},
		plan.Step{
			Thing: named("AWS::KMS::Key", "alias/kumoban-logs-b1c2d3e4f5"), Make: true, Data: true,
			Changes: []plan.Change{change("KeyPolicy", nil, keyPolicy), change("EnableKeyRotation", nil, true)},
		},
		plan.Step{
			Thing: named("AWS::Logs::LogGroup", group), Make: true, Data: true, After: []string{"1"},
			Changes: []plan.Change{change("RetentionInDays", nil, 90.0), change("KmsKeyId", nil, out("1", "Arn"))},
			Guards:  []plan.Guard{{Property: "Events", OneOf: []any{nil, false}, Why: "guard.logGroupInUse", WhyArgs: []plan.Arg{{Name: "logGroup", Value: group}}}},
		},
		plan.Step{
			Thing: http, After: []string{"2"}, With: []plan.Change{same("ProtocolType", "HTTP")},
			Changes: []plan.Change{change("AccessLogSettings.DestinationArn", nil, out("2", "Arn")), change("AccessLogSettings.Format", nil, logFormat)},
		},
		plan.Step{
			Thing: chat, With: []plan.Change{same("AccessLogSettings.Format", logFormat)},
			Changes: []plan.Change{change("AccessLogSettings.DestinationArn", nil, "arn:aws:logs:ap-northeast-1:111122223333:log-group:chat")},
		},
	)
}

func quickPlan(t *testing.T) *plan.Plan {
	t.Helper()
	managed := []plan.Change{same("ApiGatewayManaged", true), same("ProtocolType", "HTTP")}
	stage := thing(v2Stage, "/apis/b1c2d3e4f5/stages/$default")
	route := thing("AWS::ApiGatewayV2::Route", "/apis/b1c2d3e4f5/routes/r1o2u3t")
	tls := thing("AWS::ApiGatewayV2::Integration", "/apis/b1c2d3e4f5/integrations/i1n2t3e")
	return build(t, []plan.Fix{fix("APIGateway.9", "log-group", stage, "1", "2"), fix("APIGateway.8", "authorize", route, "3"), fix("APIGateway.10", "tls", tls, "4")},
		plan.Step{Thing: named("AWS::Logs::LogGroup", "/aws/vendedlogs/quick"), Make: true, Data: true, Changes: []plan.Change{change("RetentionInDays", nil, 30.0)}},
		plan.Step{
			Thing: stage, With: managed, After: []string{"1"},
			Changes: []plan.Change{change("AccessLogSettings.DestinationArn", nil, out("1", "Arn")), change("AccessLogSettings.Format", nil, logFormat)},
			Guards: []plan.Guard{{
				Property: "AccessLogSettings.DestinationArn", Why: "guard.quickCreate",
				OneOf: []any{nil, "", "arn:aws:logs:ap-northeast-1:111122223333:log-group:/aws/vendedlogs/quick"},
			}},
		},
		plan.Step{Thing: route, With: managed, Changes: []plan.Change{change("AuthorizationType", "NONE", "AWS_IAM")}},
		plan.Step{Thing: tls, With: managed, Changes: []plan.Change{change("TlsConfig.ServerNameToVerify", nil, "orders.internal.example.com")}},
	)
}

func routesPlan(t *testing.T) *plan.Plan {
	t.Helper()
	orders := thing("AWS::ApiGatewayV2::Route", "/apis/b1c2d3e4f5/routes/r1o2u3t")
	connect := thing("AWS::ApiGatewayV2::Route", "/apis/w1x2y3z4a5/routes/c1o2n3n")
	other := thing("AWS::ApiGatewayV2::Route", "/apis/b1c2d3e4f5/routes/o1t2h3e")
	return build(t, []plan.Fix{fix("APIGateway.8", "authorize", orders, "1"), fix("APIGateway.8", "authorize", connect, "2"), fix("APIGateway.8", "authorize", other, "3")},
		plan.Step{
			Thing: orders, With: []plan.Change{same("RouteKey", "GET /orders/{id}")},
			Changes: []plan.Change{change("AuthorizationType", "NONE", "JWT"), change("AuthorizerId", nil, "jwt123")},
		},
		plan.Step{Thing: connect, With: []plan.Change{same("RouteKey", "$connect")}, Changes: []plan.Change{change("AuthorizationType", "NONE", "AWS_IAM")}},
		plan.Step{
			Thing: other, With: []plan.Change{same("RouteKey", "$default"), same("ProtocolType", "HTTP")},
			Changes: []plan.Change{change("AuthorizationType", "JWT", "AWS_IAM"), change("AuthorizerId", "jwt123", nil)},
		},
	)
}

// unknownPlan knows nothing but what changes.
func unknownPlan(t *testing.T) *plan.Plan {
	t.Helper()
	stage := thing(restStage, "/restapis/a1b2c3d4e5/stages/prod")
	f, g := fix("APIGateway.3", "trace", stage, "1", "2", "3"), fix("APIGateway.5", "stop-caching", stage, "1")
	f.Managed = &plan.Managed{By: "terraform", Name: "aws_api_gateway_stage.prod"}
	g.Managed = &plan.Managed{By: "pulumi", Name: "prod"}
	return build(t, []plan.Fix{f, g},
		plan.Step{Thing: stage, Changes: []plan.Change{change("TracingEnabled", false, true), change(remedy.Key("*/*", "CachingEnabled"), true, false)}},
		plan.Step{Thing: thing("AWS::ApiGatewayV2::Route", "/apis/b1c2d3e4f5/routes/u1n2k3n"), Changes: []plan.Change{change("AuthorizationType", "NONE", "AWS_IAM")}},
		plan.Step{Thing: thing("AWS::ApiGatewayV2::Integration", "/apis/b1c2d3e4f5/integrations/i1n2t3e"), Changes: []plan.Change{change("TlsConfig.ServerNameToVerify", nil, "a.example.com")}},
	)
}

func integrationPlan(t *testing.T) *plan.Plan {
	t.Helper()
	tls := thing("AWS::ApiGatewayV2::Integration", "/apis/b1c2d3e4f5/integrations/i1n2t3e")
	return build(t, []plan.Fix{fix("APIGateway.10", "tls", tls, "1")}, plan.Step{
		Thing: tls, With: []plan.Change{same("IntegrationType", "HTTP_PROXY")},
		Changes: []plan.Change{change("TlsConfig.ServerNameToVerify", nil, "orders.internal.example.com")},
	})
}

func domainsPlan(t *testing.T) *plan.Plan {
	t.Helper()
	edge := thing("AWS::ApiGateway::DomainName", "/domainnames/api.example.com")
	private := plan.Thing{
		Type: "AWS::ApiGateway::DomainName", Name: "internal.example.com",
		ARN: "arn:aws:apigateway:ap-northeast-1:111122223333:/domainnames/internal.example.com+abcd1234",
	}
	guards := []plan.Guard{
		{Property: "MutualTlsAuthentication.TruststoreUri", OneOf: []any{nil, ""}, Why: "guard.mutualTls"},
		{Property: "HttpApiMapped", OneOf: []any{false}, Why: "guard.httpApi"},
		{Property: "EndpointConfiguration.Types", OneOf: []any{[]any{"REGIONAL"}, []any{"PRIVATE"}}, Why: "guard.endpointTypes", WhyArgs: []plan.Arg{{Name: "policy", Value: "P"}}},
	}
	return build(t, []plan.Fix{fix("APIGateway.11", "policy", edge, "1"), fix("APIGateway.11", "policy", private, "2")},
		plan.Step{
			Thing: edge, Wait: "domain-ready", Guards: guards,
			Changes: []plan.Change{change("SecurityPolicy", "TLS_1_2", "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"), change("EndpointAccessMode", nil, "BASIC")},
		},
		plan.Step{
			Thing: private, Wait: "domain-ready", Guards: guards, With: []plan.Change{same("EndpointAccessMode", "BASIC")},
			Changes: []plan.Change{change("SecurityPolicy", "TLS_1_2", "SecurityPolicy_TLS13_1_3_2025_09")},
		},
	)
}

func existingPlan(t *testing.T) *plan.Plan {
	t.Helper()
	group := named("AWS::Logs::LogGroup", "access")
	role := named("AWS::IAM::Role", "kumoban-apigateway-cloudwatch")
	rest := thing(restStage, "/restapis/a1b2c3d4e5/stages/prod")
	acl := thing("AWS::WAFv2::WebACLAssociation", "/restapis/a1b2c3d4e5/stages/prod")
	old := "arn:aws:iam::111122223333:role/old"
	return build(t, []plan.Fix{fix("APIGateway.9", "log-group", thing(v2Stage, "/apis/b1c2d3e4f5/stages/dev"), "1", "2", "3", "4", "5", "6", "7")},
		plan.Step{
			Thing: group, Data: true, Changes: []plan.Change{change("RetentionInDays", nil, 90.0), change("KmsKeyId", nil, keyARN)},
			Guards: []plan.Guard{{Property: "Events", OneOf: []any{nil, false}, Why: "guard.logGroupInUse", WhyArgs: []plan.Arg{{Name: "logGroup", Value: "access"}}}},
		},
		plan.Step{Thing: role, Shared: true, Changes: []plan.Change{change("AssumeRolePolicyDocument", "{}", trust), change("ManagedPolicyArns", []string{}, []string{push})}},
		plan.Step{Thing: named("AWS::ApiGateway::Account", "account"), Shared: true, Changes: []plan.Change{change("CloudWatchRoleArn", old, "arn:aws:iam::111122223333:role/kumoban-apigateway-cloudwatch")}},
		plan.Step{Thing: named("AWS::KMS::Key", "alias/logs"), Data: true, Changes: []plan.Change{change("EnableKeyRotation", false, true), change("KeyPolicy", "{}", keyPolicy)}},
		plan.Step{Thing: rest, With: []plan.Change{same("DeploymentId", "d1e2p3")}, Changes: []plan.Change{
			change("AccessLogSetting.DestinationArn", nil, "arn:aws:logs:ap-northeast-1:111122223333:log-group:access"), change("AccessLogSetting.Format", nil, logFormat),
		}},
		plan.Step{Thing: acl, Changes: []plan.Change{change("WebACLArn", webACL+"0", webACL)}},
		plan.Step{Thing: thing(v2Stage, "/apis/b1c2d3e4f5/stages/dev"), Changes: []plan.Change{change("AccessLogSettings.DestinationArn", "arn:aws:logs:ap-northeast-1:111122223333:log-group:gone", nil), change("AccessLogSettings.Format", "x", nil)}},
	)
}

// awayPlan takes things away.
func awayPlan(t *testing.T) *plan.Plan {
	t.Helper()
	stage := thing(restStage, "/restapis/a1b2c3d4e5/stages/prod")
	acl := thing("AWS::WAFv2::WebACLAssociation", "/restapis/a1b2c3d4e5/stages/prod")
	return build(t, []plan.Fix{fix("APIGateway.1", "enable-logging", stage, "1", "2", "3")},
		plan.Step{Thing: stage, With: []plan.Change{same("DeploymentId", "d1e2p3")}, Changes: []plan.Change{
			change(remedy.Key("*/*", "LoggingLevel"), "ERROR", nil), change("ClientCertificateId", "c1", nil), change("TracingEnabled", true, false),
			change("AccessLogSetting.DestinationArn", "arn:aws:logs:ap-northeast-1:111122223333:log-group:x", nil), change("AccessLogSetting.Format", "x", nil),
		}},
		plan.Step{Thing: acl, Changes: []plan.Change{change("WebACLArn", webACL, nil)}},
		plan.Step{Thing: named("AWS::Logs::LogGroup", "access"), Changes: []plan.Change{change("RetentionInDays", 90.0, nil), change("KmsKeyId", keyARN, nil)}},
		tlsAway(),
	)
}

func tlsAway() plan.Step {
	return plan.Step{
		Thing: thing("AWS::ApiGatewayV2::Integration", "/apis/b1c2d3e4f5/integrations/i1n2t3e"), With: []plan.Change{same("IntegrationType", "HTTP_PROXY")},
		Changes: []plan.Change{change("TlsConfig.ServerNameToVerify", "orders.internal.example.com", nil)},
	}
}
