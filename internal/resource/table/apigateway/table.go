// Package apigateway is the property table of Amazon API Gateway's first API:
// REST APIs and custom domain names.
package apigateway

import . "github.com/kumoban/kumoban/internal/resource/table" //nolint:revive // a table reads better without the package name in every cell

// Tables returns the property tables of the service.
func Tables() Service {
	return Service{Package: "apigateway", Doc: "Amazon API Gateway (REST APIs, custom domain names)", Tables: []Table{
		restAPI, endpointConfiguration, stage, methodSetting, accessLogSetting, canarySetting, method, integration,
		domainName, mutualTLS,
	}}
}

var restAPI = Table{
	Go: "RestApi", Type: "AWS::ApiGateway::RestApi", SDK: "RestApi", Terraform: "aws_api_gateway_rest_api",
	Doc:      "a REST API",
	Children: []Child{{Name: "Stages", Of: "Stage"}, {Name: "Methods", Of: "Method"}},
	Properties: []Property{
		{Name: "Name", Kind: String, Terraform: "name"},
		{Name: "Description", Kind: String, Terraform: "description"},
		{Name: "DisableExecuteApiEndpoint", Kind: Bool, Terraform: "disable_execute_api_endpoint", Default: false, ConfigDropsFalse: true},
		{Name: "EndpointConfiguration", Kind: Object, Of: "EndpointConfiguration", Terraform: "endpoint_configuration"},
		{Name: "Tags", Kind: Tags, Terraform: "tags"},
	},
}

var endpointConfiguration = Table{
	Go: "EndpointConfiguration", SDK: "EndpointConfiguration", Doc: "how an API or a domain name is reached",
	Properties: []Property{
		{Name: "Types", Kind: Strings, Terraform: "types", Doc: "EDGE, REGIONAL or PRIVATE"},
		{Name: "VpcEndpointIds", Kind: Strings, Terraform: "vpc_endpoint_ids"},
	},
}

var stage = Table{
	Go: "Stage", Type: "AWS::ApiGateway::Stage", SDK: "Stage", Terraform: "aws_api_gateway_stage",
	Doc: "a stage of a REST API", Parent: "RestApi",
	Properties: []Property{
		{Name: "StageName", Kind: String, Terraform: "stage_name"},
		{Name: "DeploymentId", Kind: String, Terraform: "deployment_id"},
		{Name: "Description", Kind: String, Terraform: "description"},
		{Name: "CacheClusterEnabled", Kind: Bool, Terraform: "cache_cluster_enabled", Default: false, ConfigDropsFalse: true},
		{Name: "CacheClusterSize", Kind: String, Terraform: "cache_cluster_size", Doc: "in GB"},
		{Name: "CacheClusterStatus", Kind: String, ReadOnly: true},
		{Name: "ClientCertificateId", Kind: String, Terraform: "client_certificate_id", EmptyIsAbsent: true},
		{Name: "TracingEnabled", Kind: Bool, Terraform: "xray_tracing_enabled", Default: false, ConfigDropsFalse: true},
		{Name: "WebAclArn", Kind: String, Terraform: "web_acl_arn", EmptyIsAbsent: true, ReadOnly: true, Doc: "set by WAF's AssociateWebACL"},
		{Name: "MethodSettings", Kind: Map, Of: "MethodSetting", Terraform: "aws_api_gateway_method_settings"},
		{Name: "AccessLogSetting", Kind: Object, Of: "AccessLogSetting", SDK: "AccessLogSettings", Terraform: "access_log_settings"},
		{Name: "CanarySetting", Kind: Object, Of: "CanarySetting", SDK: "CanarySettings", Terraform: "canary_settings"},
		{Name: "Tags", Kind: Tags, Terraform: "tags"},
	},
}

var methodSetting = Table{
	Go: "MethodSetting", SDK: "MethodSetting", Terraform: "aws_api_gateway_method_settings",
	Doc: "what a stage does for one method, or for all that have no setting of their own",
	Properties: []Property{
		{Name: "Key", Kind: String, SDK: "-", Terraform: "method_path", Doc: `as API Gateway spells it: "*/*", "~1orders~1{id}/GET" or "orders/GET"`},
		{Name: "CachingEnabled", Kind: Bool, Terraform: "caching_enabled", Default: false, ConfigDropsFalse: true},
		{Name: "CacheDataEncrypted", Kind: Bool, Terraform: "cache_data_encrypted", Default: false, ConfigDropsFalse: true},
		{Name: "CacheTtlInSeconds", Kind: Int, Terraform: "cache_ttl_in_seconds", Default: 300, Doc: "in seconds, at most 3,600"},
		{Name: "RequireAuthorizationForCacheControl", Kind: Bool, Terraform: "require_authorization_for_cache_control", Default: true, ConfigDropsFalse: true},
		{Name: "LoggingLevel", Kind: String, Terraform: "logging_level", Default: "OFF", EmptyIsAbsent: true, Doc: "OFF, ERROR or INFO; AWS leaves OFF out"},
		{Name: "DataTraceEnabled", Kind: Bool, Terraform: "data_trace_enabled", Default: false, ConfigDropsFalse: true},
		{Name: "MetricsEnabled", Kind: Bool, Terraform: "metrics_enabled", Default: false, ConfigDropsFalse: true},
		{Name: "ThrottlingBurstLimit", Kind: Int, Terraform: "throttling_burst_limit", Default: 5000, Doc: "in requests"},
		{Name: "ThrottlingRateLimit", Kind: Float, Terraform: "throttling_rate_limit", Default: 10000.0, Doc: "in requests per second"},
	},
}

var accessLogSetting = Table{
	Go: "AccessLogSetting", SDK: "AccessLogSettings", Doc: "where a stage writes its access log, and what",
	Properties: []Property{
		{Name: "DestinationArn", Kind: String, Terraform: "destination_arn", EmptyIsAbsent: true},
		{Name: "Format", Kind: String, Terraform: "format"},
	},
}

var canarySetting = Table{
	Go: "CanarySetting", SDK: "CanarySettings", Doc: "the canary release of a stage",
	Properties: []Property{
		{Name: "PercentTraffic", Kind: Float, Terraform: "percent_traffic", Default: 0.0},
		{Name: "UseStageCache", Kind: Bool, Terraform: "use_stage_cache", Default: false, ConfigDropsFalse: true},
	},
}

var method = Table{
	Go: "Method", Type: "AWS::ApiGateway::Method", SDK: "Method", Terraform: "aws_api_gateway_method",
	Doc: "a method of a REST API with its integration", Parent: "RestApi",
	Properties: []Property{
		{Name: "HttpMethod", Kind: String, Terraform: "http_method"},
		{Name: "AuthorizationType", Kind: String, Terraform: "authorization", Default: "NONE"},
		{Name: "AuthorizerId", Kind: String, Terraform: "authorizer_id", EmptyIsAbsent: true},
		{Name: "ApiKeyRequired", Kind: Bool, Terraform: "api_key_required", Default: false, ConfigDropsFalse: true},
		{Name: "Integration", Kind: Object, Of: "Integration", SDK: "MethodIntegration", Terraform: "aws_api_gateway_integration"},
	},
}

var integration = Table{
	Go: "Integration", SDK: "Integration", Terraform: "aws_api_gateway_integration", Doc: "the back end of a method",
	Properties: []Property{
		{Name: "Type", Kind: String, Terraform: "type", Doc: "HTTP, HTTP_PROXY, AWS, AWS_PROXY or MOCK"},
		{Name: "Uri", Kind: String, Terraform: "uri", EmptyIsAbsent: true},
		{Name: "CacheKeyParameters", Kind: Strings, Terraform: "cache_key_parameters"},
	},
}

var domainName = Table{
	Go: "DomainName", Type: "AWS::ApiGateway::DomainName", SDK: "DomainName", Terraform: "aws_api_gateway_domain_name",
	Doc: "a custom domain name",
	Properties: []Property{
		{Name: "DomainName", Kind: String, Terraform: "domain_name"},
		{Name: "SecurityPolicy", Kind: String, Terraform: "security_policy", EmptyIsAbsent: true},
		{Name: "EndpointAccessMode", Kind: String, EmptyIsAbsent: true},
		{Name: "EndpointConfiguration", Kind: Object, Of: "EndpointConfiguration", Terraform: "endpoint_configuration"},
		{Name: "MutualTlsAuthentication", Kind: Object, Of: "MutualTlsAuthentication", Terraform: "mutual_tls_authentication"},
		{Name: "DomainNameStatus", Kind: String, ReadOnly: true},
		{Name: "Tags", Kind: Tags, Terraform: "tags"},
	},
}

var mutualTLS = Table{
	Go: "MutualTlsAuthentication", SDK: "MutualTlsAuthentication", Doc: "the trust store that callers' certificates are checked against",
	Properties: []Property{
		{Name: "TruststoreUri", Kind: String, Terraform: "truststore_uri", EmptyIsAbsent: true},
	},
}
