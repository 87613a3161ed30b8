// Package apigateway is what kumoban knows of Amazon API Gateway's first API: REST
// APIs and custom domain names.
package apigateway

import (
	"strings"

	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/room"
)

// arn begins the ARNs, which carry no account.
const arn = "arn:{partition}:apigateway:{region}::"

// What changes wait for.
const (
	CacheSettled = "cache-settled" // the cache cluster is neither being made, deleted nor flushed
	DomainReady  = "domain-ready"  // the domain name is not being updated
)

// Rooms are the resource types.
func Rooms() *room.Service {
	return &room.Service{
		// Both of its APIs draw on one bucket, which cannot be raised; the customer's own deployments, too.
		Package: "apigateway", Doc: "Amazon API Gateway (REST APIs, custom domain names)", Model: "apigateway", Reads: "GET", Rate: 10, Burst: 40,
		Rooms: []room.Room{restAPI(), stage(), method(), domainName()}, Objects: objects(), Usages: usages(),
	}
}

func restAPI() room.Room {
	return room.Room{
		Type: "AWS::ApiGateway::RestApi", Doc: "a REST API", ASFF: "AwsApiGatewayRestApi",
		ARN: arn + "/restapis/{id}", Name: "{name|id}", ID: "id",
		Finds:    room.Read{Call: "GetRestApis", On: "::/restapis", In: room.Tree{"limit": 500}, Items: "items"},
		Alone:    []room.Read{{Call: "GetRestApi", In: room.Tree{"restApiId": "{id}"}, Expect: "id"}},
		Children: []room.Child{{Name: "Stages", Of: "Stage"}, {Name: "Methods", Of: "Method"}},
		TF:       []string{"aws_api_gateway_rest_api"},
		Properties: []room.Property{
			{Name: "Name", Kind: room.String},
			{Name: "Description", Kind: room.String},
			{Name: "DisableExecuteApiEndpoint", Kind: room.Bool, Default: false, Config: room.None},
			{Name: "EndpointConfiguration", Kind: room.One, Of: "EndpointConfiguration"},
			{Name: "Tags", Kind: room.Tags},
		},
	}
}

func stage() room.Room {
	return room.Room{
		Type: "AWS::ApiGateway::Stage", Doc: "a stage of a REST API", ASFF: "AwsApiGatewayStage", Prompt: true, Events: []string{"UpdateStage", "CreateDeployment", "CreateStage"},
		Parent: "RestApi", Below: map[string]string{"restApiId": "id"},
		ARN: arn + "/restapis/{restApiId}/stages/{stageName}", Name: "/{stageName}", ID: "stageName",
		Status: "cacheClusterStatus", Busy: []string{"CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "FLUSH_IN_PROGRESS"}, Await: &room.Await{For: CacheSettled, Say: "cache", Attempts: 40, Seconds: 15},
		Finds: room.Read{Call: "GetStages", On: "::/restapis/*/stages", In: room.Tree{"restApiId": "{restApiId}"}, Items: "item", Leads: true}, // one without a certificate asks for the methods
		Alone: []room.Read{{Call: "GetStage", In: room.Tree{"restApiId": "{restApiId}", "stageName": "{stageName}"}, Expect: "stageName"}},
		Writes: []room.Write{{
			Call: "UpdateStage", Action: "PATCH", Expect: "stageName",
			Sets: []string{
				"TracingEnabled", "ClientCertificateId", "AccessLogSetting.DestinationArn", "AccessLogSetting.Format",
				`MethodSettings["*"].LoggingLevel`, `MethodSettings["*"].CachingEnabled`, `MethodSettings["*"].CacheDataEncrypted`,
			},
			In: room.Tree{"restApiId": "{restApiId}", "stageName": "{stageName}", "patchOperations": room.Patches{
				"TracingEnabled":                  {At: "/tracingEnabled"},
				"ClientCertificateId":             {At: "/clientCertificateId"},
				"AccessLogSetting.DestinationArn": {At: "/accessLogSettings/destinationArn", Gone: "/accessLogSettings", Trim: ":*"},
				"AccessLogSetting.Format":         {At: "/accessLogSettings/format"},
				`MethodSettings["*"]`:             {Gone: "/{key}"},
				// What is patched alone is not sent along with the others of a setting.
				`MethodSettings["*"].LoggingLevel`:       {At: "/{key}/logging/loglevel"},
				`MethodSettings["*"].CachingEnabled`:     {At: "/{key}/caching/enabled"},
				`MethodSettings["*"].CacheDataEncrypted`: {At: "/{key}/caching/dataEncrypted"},
			}},
			// The first tracing of an account has API Gateway make its role, with the caller's permissions.
			Also: []room.Permission{{
				Action: "iam:CreateServiceLinkedRole", On: ":{account}:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway",
				When: map[string]string{"iam:AWSServiceName": "ops.apigateway.amazonaws.com"}, For: "TracingEnabled",
			}},
			Notes: map[string]string{`MethodSettings["*"].CachingEnabled`: "flush", `MethodSettings["*"].CacheDataEncrypted`: "flush"},
		}},
		TF: []string{"aws_api_gateway_stage", "aws_api_gateway_method_settings"},
		States: []room.State{
			{TF: "aws_api_gateway_stage", Is: ofStage()},
			{TF: "aws_api_gateway_method_settings", Is: ofStage(), Of: "MethodSettings", Key: "method_path", Plain: plainKey},
			{TF: "aws_api_gateway_deployment", Is: ofStage(), Aside: true}, // its stage_name makes a stage, and makes it anew
		},
		Properties: []room.Property{
			{Name: "StageName", Kind: room.String},
			{Name: "DeploymentId", Kind: room.String},
			{Name: "Description", Kind: room.String},
			{Name: "CacheClusterEnabled", Kind: room.Bool, Default: false},
			{Name: "CacheClusterSize", Kind: room.String, Doc: "in GB"},
			{Name: "CacheClusterStatus", Kind: room.String, ReadOnly: true, TF: room.None},
			{Name: "ClientCertificateId", Kind: room.String, EmptyIsAbsent: true},
			{Name: "TracingEnabled", Kind: room.Bool, Default: false, TF: "xray_tracing_enabled"},
			{Name: "WebAclArn", Kind: room.String, EmptyIsAbsent: true, ReadOnly: true, Doc: "set by WAF's AssociateWebACL"},
			{Name: "MethodSettings", Kind: room.Map, Of: "MethodSetting", TF: "aws_api_gateway_method_settings"},
			{Name: "AccessLogSetting", Kind: room.One, Of: "AccessLogSetting", API: "accessLogSettings", Config: "accessLogSettings", TF: "access_log_settings"},
			{Name: "CanarySetting", Kind: room.One, Of: "CanarySetting", API: "canarySettings", Config: "canarySettings", TF: "canary_settings"},
			{Name: "Tags", Kind: room.Tags},
		},
	}
}

func ofStage() map[string]string {
	return map[string]string{"rest_api_id": "restApiId", "stage_name": "stageName"}
}

// plainKey has the key of a method setting as a path: Terraform takes it as it is,
// and as API Gateway spells it.
func plainKey(key string) string {
	return strings.TrimPrefix(strings.ReplaceAll(key, "~1", "/"), "/")
}

func method() room.Room {
	return room.Room{
		Type: "AWS::ApiGateway::Method", Doc: "a method of a REST API with its integration", Lacks: []room.Form{room.Item},
		Parent: "RestApi", Below: map[string]string{"restApiId": "id"},
		ARN: arn + "/restapis/{restApiId}/resources/{resourceId}/methods/{verb}", Name: "{verb} {path}", Partly: true,
		Finds: room.Read{
			Call: "GetResources", On: "::/restapis/*/resources", In: room.Tree{"restApiId": "{restApiId}", "embed": []any{"methods"}, "limit": 500}, Items: "items", Must: true,
			Rate: 2.5, Burst: 5, Split: methodsOf,
		},
		TF: []string{"aws_api_gateway_method", "aws_api_gateway_integration"},
		Properties: []room.Property{
			{Name: "HttpMethod", Kind: room.String},
			{Name: "AuthorizationType", Kind: room.String, Default: "NONE", TF: "authorization"},
			{Name: "AuthorizerId", Kind: room.String, EmptyIsAbsent: true},
			{Name: "ApiKeyRequired", Kind: room.Bool, Default: false},
			{Name: "Integration", Kind: room.One, Of: "Integration", API: "methodIntegration", TF: "aws_api_gateway_integration"},
		},
	}
}

func domainName() room.Room {
	return room.Room{
		Type: "AWS::ApiGateway::DomainName", Doc: "a custom domain name", Prompt: true, Events: []string{"UpdateDomainName", "CreateDomainName"}, Lacks: []room.Form{room.Item},
		ARN: arn + "/domainnames/{domainName}", ARNs: []string{"arn:{partition}:apigateway:{region}:{account}:/domainnames/{domainName}+{domainNameId}"},
		ARNIn: "domainNameArn", Name: "{domainName}", ID: "domainNameArn|domainName",
		Status: "domainNameStatus", Busy: []string{"UPDATING", "PENDING"}, Await: &room.Await{For: DomainReady, Again: true, Say: "domain", Is: "AVAILABLE", Attempts: 80, Seconds: 30},
		Finds: room.Read{Call: "GetDomainNames", On: "::/domainnames", In: room.Tree{"limit": 500, "resourceOwner": "SELF"}, Items: "items"},
		Alone: []room.Read{{Call: "GetDomainName", In: room.Tree{"domainName": "{domainName}", "domainNameId?": "{domainNameId}"}, Expect: "domainName"}},
		// AWS refuses an enhanced policy without an access mode, and takes an empty mode for none.
		Writes: []room.Write{{
			Call: "UpdateDomainName", Action: "PATCH", Expect: "domainName", Rate: 1.0 / 30, Whole: true, Firm: true, Sets: []string{"EndpointAccessMode", "SecurityPolicy"},
			In: room.Tree{
				"domainName": "{domainName}", "domainNameId?": "{domainNameId}",
				"patchOperations": room.Patches{"EndpointAccessMode": {At: "/endpointAccessMode"}, "SecurityPolicy": {At: "/securityPolicy"}},
			},
		}},
		TF: []string{"aws_api_gateway_domain_name"},
		// A private name may exist twice, and has an id.
		States: []room.State{
			{TF: "aws_api_gateway_domain_name", Is: map[string]string{"domain_name": "domainName", "domain_name_id": "domainNameId"}},
			{TF: "aws_apigatewayv2_domain_name", Is: map[string]string{"domain_name": "domainName", "": "domainNameId"}},
		},
		Properties: []room.Property{
			{Name: "DomainName", Kind: room.String},
			{Name: "SecurityPolicy", Kind: room.String, EmptyIsAbsent: true},
			{Name: "EndpointAccessMode", Kind: room.String, EmptyIsAbsent: true, TF: room.None},
			{Name: "EndpointConfiguration", Kind: room.One, Of: "EndpointConfiguration"},
			{Name: "MutualTlsAuthentication", Kind: room.One, Of: "MutualTlsAuthentication"},
			{Name: "DomainNameStatus", Kind: room.String, ReadOnly: true, TF: room.None},
			{Name: "Tags", Kind: room.Tags},
		},
	}
}

func objects() []room.Object {
	return []room.Object{
		{Go: "EndpointConfiguration", Doc: "how an API or a domain name is reached", Properties: []room.Property{
			{Name: "Types", Kind: room.Strings, Doc: "EDGE, REGIONAL or PRIVATE"},
			{Name: "VpcEndpointIds", Kind: room.Strings, Config: room.None},
		}},
		{Go: "MethodSetting", Label: label, Doc: "what a stage does for one method, or for all that have no setting of their own", Properties: []room.Property{
			{Name: "Key", Kind: room.String, TF: "method_path", Doc: `as API Gateway spells it: "*/*", "~1orders~1{id}/GET" or "orders/GET"`},
			{Name: "CachingEnabled", Kind: room.Bool, TF: "settings.caching_enabled", Default: false},
			{Name: "CacheDataEncrypted", Kind: room.Bool, TF: "settings.cache_data_encrypted", Default: false},
			{Name: "CacheTtlInSeconds", Kind: room.Int, TF: "settings.cache_ttl_in_seconds", Default: 300, Doc: "in seconds, at most 3,600"},
			{Name: "RequireAuthorizationForCacheControl", Kind: room.Bool, TF: "settings.require_authorization_for_cache_control", Default: true, CFN: room.None},
			{Name: "LoggingLevel", Kind: room.String, TF: "settings.logging_level", Default: "OFF", EmptyIsAbsent: true, Doc: "OFF, ERROR or INFO; AWS leaves OFF out"},
			{Name: "DataTraceEnabled", Kind: room.Bool, TF: "settings.data_trace_enabled", Default: false},
			{Name: "MetricsEnabled", Kind: room.Bool, TF: "settings.metrics_enabled", Default: false},
			{Name: "ThrottlingBurstLimit", Kind: room.Int, TF: "settings.throttling_burst_limit", Default: 5000, Doc: "in requests"},
			{Name: "ThrottlingRateLimit", Kind: room.Float, TF: "settings.throttling_rate_limit", Default: 10000.0, Doc: "in requests per second"},
		}},
		{Go: "AccessLogSetting", Doc: "where a stage writes its access log, and what", Properties: []room.Property{
			{Name: "DestinationArn", Kind: room.String, EmptyIsAbsent: true},
			{Name: "Format", Kind: room.String},
		}},
		{Go: "CanarySetting", Doc: "the canary release of a stage", Properties: []room.Property{
			{Name: "PercentTraffic", Kind: room.Float, Default: 0.0},
			{Name: "UseStageCache", Kind: room.Bool, Default: false},
		}},
		{Go: "Integration", Doc: "the back end of a method", Properties: []room.Property{
			{Name: "Type", Kind: room.String, Doc: "HTTP, HTTP_PROXY, AWS, AWS_PROXY or MOCK"},
			{Name: "Uri", Kind: room.String, EmptyIsAbsent: true},
			{Name: "CacheKeyParameters", Kind: room.Strings},
		}},
		{Go: "MutualTlsAuthentication", Doc: "the trust store that callers' certificates are checked against", Properties: []room.Property{
			{Name: "TruststoreUri", Kind: room.String, EmptyIsAbsent: true},
		}},
	}
}

// methodsOf takes the methods out of the resources of an API, which has a root
// always.
func methodsOf(items []any) (methods []room.Tree, why string) {
	rooted := false
	for _, item := range items {
		path := room.TextOf(item, "path")
		rooted = rooted || path == "/"
		id := room.TextOf(item, "id")
		if id == "" {
			why = "a resource has no id"
			continue
		}
		verbs, _ := room.Get(item, "resourceMethods")
		tree, _ := verbs.(room.Tree)
		for verb, v := range tree {
			m, _ := v.(room.Tree)
			m = room.Merge(m, room.Tree{"verb": verb, "path": path, "resourceId": id})
			back, has := room.Get(m, "methodIntegration")
			if room.TextOf(m, "httpMethod") == "" || has && room.TextOf(back, "type") == "" {
				// AWS says neither only where it was not asked to embed the methods.
				why = "a method is not described"
				m["methodIntegration"] = room.Unknown{Why: "Garbled"}
			}
			methods = append(methods, m)
		}
	}
	if !rooted && why == "" {
		why = "the listing lacks the root, which every API has"
	}
	return methods, why
}

// Cache is what AWS meters of a cache cluster of a size in GB, as stages have it: "0.5".
func Cache(size string) cost.Item {
	return cost.Item{Service: "AmazonApiGateway", Type: "ApiGatewayCacheUsage:" + size + "GB"}
}

func usages() []cost.Usage {
	var all []cost.Usage
	for _, cluster := range []struct {
		size  string
		price float64
	}{{"0.5", 0.02}, {"1.6", 0.038}, {"6.1", 0.2}, {"13.5", 0.25}, {"28.4", 0.5}, {"58.2", 1}, {"118", 1.9}, {"237", 3.8}} {
		all = append(all, cost.Usage{Item: Cache(cluster.size), Unit: "hour", Prices: []cost.Price{
			{Region: "us-east-1", Price: cluster.price, Source: "https://aws.amazon.com/api-gateway/pricing/", Date: "2026-08-12"},
		}})
	}
	return all
}
