// Package apigatewayv2 is the property table of Amazon API Gateway's second
// API: HTTP and WebSocket APIs.
package apigatewayv2

import . "github.com/kumoban/kumoban/internal/resource/table" //nolint:revive // a table reads better without the package name in every cell

// Tables returns the property tables of the service.
func Tables() Service {
	return Service{Package: "apigatewayv2", Doc: "Amazon API Gateway V2 (HTTP and WebSocket APIs)", Tables: []Table{
		api, stage, routeSettings, accessLogSettings, route, integration, tlsConfig,
	}}
}

var api = Table{
	Go: "Api", Type: "AWS::ApiGatewayV2::Api", SDK: "Api", Terraform: "aws_apigatewayv2_api",
	Doc:      "an HTTP or WebSocket API",
	Children: []Child{{Name: "Stages", Of: "Stage"}, {Name: "Routes", Of: "Route"}, {Name: "Integrations", Of: "Integration"}},
	Properties: []Property{
		{Name: "Name", Kind: String, Terraform: "name"},
		{Name: "Description", Kind: String, Terraform: "description"},
		{Name: "ProtocolType", Kind: String, Terraform: "protocol_type", EmptyIsAbsent: true, Doc: "HTTP or WEBSOCKET"},
		{Name: "ApiGatewayManaged", Kind: Bool, Default: false, ReadOnly: true, Doc: "true for an API that another service manages"},
		{Name: "DisableExecuteApiEndpoint", Kind: Bool, Terraform: "disable_execute_api_endpoint", Default: false, ConfigDropsFalse: true},
		{Name: "Tags", Kind: Tags, Terraform: "tags"},
	},
}

var stage = Table{
	Go: "Stage", Type: "AWS::ApiGatewayV2::Stage", SDK: "Stage", Terraform: "aws_apigatewayv2_stage",
	Doc: "a stage of an HTTP or WebSocket API", Parent: "Api",
	Properties: []Property{
		{Name: "StageName", Kind: String, Terraform: "name"},
		{Name: "DeploymentId", Kind: String, Terraform: "deployment_id"},
		{Name: "Description", Kind: String, Terraform: "description"},
		{Name: "AccessLogSettings", Kind: Object, Of: "AccessLogSettings", Terraform: "access_log_settings"},
		{Name: "DefaultRouteSettings", Kind: Object, Of: "RouteSettings", Terraform: "default_route_settings"},
		{Name: "RouteSettings", Kind: Map, Of: "RouteSettings", Terraform: "route_settings"},
		{Name: "AutoDeploy", Kind: Bool, Terraform: "auto_deploy", Default: false, ConfigDropsFalse: true},
		{Name: "ApiGatewayManaged", Kind: Bool, Default: false, ReadOnly: true, Doc: "true for a stage made by quick create"},
		{Name: "Tags", Kind: Tags, Terraform: "tags"},
	},
}

var routeSettings = Table{
	Go: "RouteSettings", SDK: "RouteSettings", Doc: "what a stage does for one route, or for all that have no settings of their own",
	Properties: []Property{
		{Name: "RouteKey", Kind: String, SDK: "-", Terraform: "route_key", Doc: "empty for the default route settings"},
		{Name: "LoggingLevel", Kind: String, Terraform: "logging_level", Default: "OFF", EmptyIsAbsent: true, Doc: "OFF, ERROR or INFO; HTTP APIs have none"},
		{Name: "DataTraceEnabled", Kind: Bool, Terraform: "data_trace_enabled", Default: false, ConfigDropsFalse: true},
		{Name: "DetailedMetricsEnabled", Kind: Bool, Terraform: "detailed_metrics_enabled", Default: false, ConfigDropsFalse: true},
		{Name: "ThrottlingBurstLimit", Kind: Int, Terraform: "throttling_burst_limit", Doc: "in requests"},
		{Name: "ThrottlingRateLimit", Kind: Float, Terraform: "throttling_rate_limit", Doc: "in requests per second"},
	},
}

var accessLogSettings = Table{
	Go: "AccessLogSettings", SDK: "AccessLogSettings", Doc: "where a stage writes its access log, and what",
	Properties: []Property{
		{Name: "DestinationArn", Kind: String, Terraform: "destination_arn", EmptyIsAbsent: true},
		{Name: "Format", Kind: String, Terraform: "format"},
	},
}

var route = Table{
	Go: "Route", Type: "AWS::ApiGatewayV2::Route", SDK: "Route", Terraform: "aws_apigatewayv2_route",
	Doc: "a route of an HTTP or WebSocket API", Parent: "Api",
	Properties: []Property{
		{Name: "RouteKey", Kind: String, Terraform: "route_key"},
		{Name: "AuthorizationType", Kind: String, Terraform: "authorization_type", Default: "NONE", EmptyIsAbsent: true},
		{Name: "AuthorizerId", Kind: String, Terraform: "authorizer_id", EmptyIsAbsent: true},
		{Name: "ApiKeyRequired", Kind: Bool, Terraform: "api_key_required", Default: false, ConfigDropsFalse: true},
		{Name: "Target", Kind: String, Terraform: "target"},
		{Name: "ApiGatewayManaged", Kind: Bool, Default: false, ReadOnly: true, Doc: "true for a route made by quick create"},
	},
}

var integration = Table{
	Go: "Integration", Type: "AWS::ApiGatewayV2::Integration", SDK: "Integration", Terraform: "aws_apigatewayv2_integration",
	Doc: "the back end of routes of an HTTP or WebSocket API", Parent: "Api",
	Properties: []Property{
		{Name: "IntegrationType", Kind: String, Terraform: "integration_type"},
		{Name: "IntegrationUri", Kind: String, Terraform: "integration_uri", EmptyIsAbsent: true},
		{Name: "ConnectionType", Kind: String, Terraform: "connection_type", Default: "INTERNET", EmptyIsAbsent: true},
		{Name: "ConnectionId", Kind: String, Terraform: "connection_id", EmptyIsAbsent: true},
		{Name: "TlsConfig", Kind: Object, Of: "TlsConfig", Terraform: "tls_config"},
		{Name: "ApiGatewayManaged", Kind: Bool, Default: false, ReadOnly: true, Doc: "true for an integration made by quick create"},
	},
}

var tlsConfig = Table{
	Go: "TlsConfig", SDK: "TlsConfig", Doc: "the TLS settings of a private integration",
	Properties: []Property{
		{Name: "ServerNameToVerify", Kind: String, Terraform: "server_name_to_verify", EmptyIsAbsent: true},
	},
}
