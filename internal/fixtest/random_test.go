package fixtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

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
