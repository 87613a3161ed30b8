// Package apigatewayv2 is what kumoban knows of Amazon API Gateway's second API:
// HTTP and WebSocket APIs.
package apigatewayv2

import (
	"fmt"

	"github.com/kumoban/kumoban/internal/room"
)

// arn begins the ARNs, which carry no account.
const arn = "arn:{partition}:apigateway:{region}::"

// Rooms are the resource types.
func Rooms() *room.Service {
	return &room.Service{
		Package: "apigatewayv2", Doc: "Amazon API Gateway V2 (HTTP and WebSocket APIs)", Model: "apigatewayv2", IAM: "apigateway", Reads: "GET", Rate: 10, Burst: 40,
		Rooms: []room.Room{api(), stage(), route(), integration()}, Objects: objects(),
	}
}

func api() room.Room {
	return room.Room{
		Type: "AWS::ApiGatewayV2::Api", Doc: "an HTTP or WebSocket API", ASFF: "AwsApiGatewayV2Api",
		ARN: arn + "/apis/{ApiId}", Name: "{Name|ApiId}", ID: "ApiId",
		Finds:    room.Read{Call: "GetApis", On: "::/apis", In: room.Tree{"MaxResults": "500"}, Items: "Items"},
		Alone:    []room.Read{{Call: "GetApi", In: room.Tree{"ApiId": "{ApiId}"}, Expect: "ApiId"}},
		Children: []room.Child{{Name: "Stages", Of: "Stage"}, {Name: "Routes", Of: "Route"}, {Name: "Integrations", Of: "Integration"}},
		TF:       []string{"aws_apigatewayv2_api"},
		Properties: []room.Property{
			{Name: "Name", Kind: room.String},
			{Name: "Description", Kind: room.String},
			{Name: "ProtocolType", Kind: room.String, OneOf: []string{"HTTP", "WEBSOCKET"}, EmptyIsAbsent: true, Doc: "HTTP or WEBSOCKET"},
			{Name: "ApiGatewayManaged", Kind: room.Bool, Default: false, ReadOnly: true, Doc: "true for an API that another service manages"},
			{Name: "DisableExecuteApiEndpoint", Kind: room.Bool, Default: false},
			{Name: "Tags", Kind: room.Tags},
		},
	}
}

func stage() room.Room {
	return room.Room{
		Type: "AWS::ApiGatewayV2::Stage", Doc: "a stage of an HTTP or WebSocket API", ASFF: "AwsApiGatewayV2Stage", Prompt: true,
		Events: []string{"UpdateStage", "CreateDeployment", "CreateStage", "DeleteAccessLogSettings", "DeleteRouteSettings"},
		Parent: "Api", Below: map[string]string{"ApiId": "ApiId"},
		ARN: arn + "/apis/{ApiId}/stages/{StageName}", Name: "/{StageName}", ID: "StageName",
		Finds:  room.Read{Call: "GetStages", On: "::/apis/*/stages", In: room.Tree{"ApiId": "{ApiId}", "MaxResults": "500"}, Items: "Items"},
		Alone:  []room.Read{{Call: "GetStage", In: room.Tree{"ApiId": "{ApiId}", "StageName": "{StageName}"}, Expect: "StageName"}},
		TF:     []string{"aws_apigatewayv2_stage"},
		States: []room.State{{TF: "aws_apigatewayv2_stage", Is: map[string]string{"api_id": "ApiId", "name": "StageName"}}},
		Properties: []room.Property{
			{Name: "StageName", Kind: room.String, TF: "name"},
			{Name: "DeploymentId", Kind: room.String},
			{Name: "Description", Kind: room.String},
			{Name: "AccessLogSettings", Kind: room.One, Of: "AccessLogSettings"},
			{Name: "DefaultRouteSettings", Kind: room.One, Of: "RouteSettings"},
			{Name: "RouteSettings", Kind: room.Map, Of: "RouteSettings"},
			{Name: "AutoDeploy", Kind: room.Bool, Default: false},
			{Name: "ApiGatewayManaged", Kind: room.Bool, Default: false, ReadOnly: true, Doc: "true for a stage made by quick create"},
			{Name: "Tags", Kind: room.Tags},
		},
	}
}

func route() room.Room {
	return room.Room{
		Type: "AWS::ApiGatewayV2::Route", Doc: "a route of an HTTP or WebSocket API", Prompt: true, Events: []string{"UpdateRoute", "CreateRoute"}, Lacks: []room.Form{room.Item},
		Parent: "Api", Below: map[string]string{"ApiId": "ApiId"},
		ARN: arn + "/apis/{ApiId}/routes/{RouteId}", Name: " {RouteKey}", ID: "RouteId",
		Finds: room.Read{Call: "GetRoutes", On: "::/apis/*/routes", In: room.Tree{"ApiId": "{ApiId}", "MaxResults": "500"}, Items: "Items"},
		Alone: []room.Read{{Call: "GetRoute", In: room.Tree{"ApiId": "{ApiId}", "RouteId": "{RouteId}"}, Expect: "RouteId"}},
		Writes: []room.Write{{
			Call: "UpdateRoute", Action: "PATCH", Expect: "RouteId", Sets: []string{"AuthorizationType", "AuthorizerId"}, Notes: map[string]string{"AuthorizationType": "deploy", "AuthorizerId": "deploy"},
			In: room.Tree{"ApiId": "{ApiId}", "RouteId": "{RouteId}", "AuthorizationType": room.V("AuthorizationType"), "AuthorizerId": room.V("AuthorizerId")},
		}},
		TF:     []string{"aws_apigatewayv2_route"},
		States: []room.State{{TF: "aws_apigatewayv2_route", Is: map[string]string{"api_id": "ApiId", "id": "RouteId"}}, inBody()},
		Properties: []room.Property{
			{Name: "RouteKey", Kind: room.String},
			{Name: "AuthorizationType", Kind: room.String, Default: "NONE", EmptyIsAbsent: true},
			{Name: "AuthorizerId", Kind: room.String, EmptyIsAbsent: true},
			{Name: "ApiKeyRequired", Kind: room.Bool, Default: false},
			{Name: "Target", Kind: room.String},
			{Name: "ApiGatewayManaged", Kind: room.Bool, Default: false, ReadOnly: true, Doc: "true for a route made by quick create"},
		},
	}
}

func integration() room.Room {
	return room.Room{
		Type: "AWS::ApiGatewayV2::Integration", Doc: "the back end of routes of an HTTP or WebSocket API", Prompt: true, Events: []string{"UpdateIntegration", "CreateIntegration"}, Lacks: []room.Form{room.Item},
		Parent: "Api", Below: map[string]string{"ApiId": "ApiId"},
		ARN: arn + "/apis/{ApiId}/integrations/{IntegrationId}", Name: "/{IntegrationId}", ID: "IntegrationId",
		Finds: room.Read{Call: "GetIntegrations", On: "::/apis/*/integrations", In: room.Tree{"ApiId": "{ApiId}", "MaxResults": "500"}, Items: "Items", If: &room.Read{Call: "GetVpcLinks", On: "::/vpclinks", In: room.Tree{"MaxResults": "500"}, Items: "Items"}},
		Alone: []room.Read{{Call: "GetIntegration", In: room.Tree{"ApiId": "{ApiId}", "IntegrationId": "{IntegrationId}"}, Expect: "IntegrationId"}},
		Writes: []room.Write{{
			Call: "UpdateIntegration", Action: "PATCH", Expect: "IntegrationId", Sets: []string{serverName}, Build: tls,
			In: room.Tree{"ApiId": "{ApiId}", "IntegrationId": "{IntegrationId}", "IntegrationType": "{IntegrationType}"}, // as Terraform's provider always sends it
		}},
		TF:     []string{"aws_apigatewayv2_integration"},
		States: []room.State{{TF: "aws_apigatewayv2_integration", Is: map[string]string{"api_id": "ApiId", "id": "IntegrationId"}}, inBody()},
		Properties: []room.Property{
			{Name: "IntegrationType", Kind: room.String},
			{Name: "IntegrationUri", Kind: room.String, EmptyIsAbsent: true},
			{Name: "ConnectionType", Kind: room.String, Default: "INTERNET", EmptyIsAbsent: true},
			{Name: "ConnectionId", Kind: room.String, EmptyIsAbsent: true},
			{Name: "TlsConfig", Kind: room.One, Of: "TlsConfig"},
			{Name: "ApiGatewayManaged", Kind: room.Bool, Default: false, ReadOnly: true, Doc: "true for an integration made by quick create"},
		},
	}
}

const serverName = "TlsConfig.ServerNameToVerify"

// tls takes TLS settings away by an empty object. AWS documents no way to take them
// away: UpdateIntegration leaves alone what is not sent, and there is no call to
// delete them. The empty object is how Terraform's provider does it
// (expandTLSConfig of hashicorp/aws). Should API Gateway ever take it for TLS
// without a name to verify, reading back finds that: the driver tells such settings
// from none. The AWS CLI commands that are printed do and look the same.
func tls(values map[string]any) (room.Tree, error) {
	switch v := values[serverName].(type) {
	case nil:
	case string:
		if v != "" {
			return room.Tree{"TlsConfig": room.Tree{"ServerNameToVerify": v}}, nil
		}
	default:
		return nil, fmt.Errorf("%s cannot be %v", serverName, v)
	}
	return room.Tree{"TlsConfig": room.Tree{}}, nil
}

// inBody is an API with an OpenAPI document, which makes routes and integrations of
// its own.
func inBody() room.State {
	return room.State{TF: "aws_apigatewayv2_api", Is: map[string]string{"id": "ApiId"}, Has: "body", Aside: true}
}

func objects() []room.Object {
	return []room.Object{
		{Go: "RouteSettings", Doc: "what a stage does for one route, or for all that have no settings of their own", Properties: []room.Property{
			{Name: "RouteKey", Kind: room.String, Doc: "empty for the default route settings"},
			{Name: "LoggingLevel", Kind: room.String, Default: "OFF", EmptyIsAbsent: true, Doc: "OFF, ERROR or INFO; HTTP APIs have none"},
			{Name: "DataTraceEnabled", Kind: room.Bool, Default: false},
			{Name: "DetailedMetricsEnabled", Kind: room.Bool, Default: false},
			{Name: "ThrottlingBurstLimit", Kind: room.Int, Doc: "in requests"},
			{Name: "ThrottlingRateLimit", Kind: room.Float, Doc: "in requests per second"},
		}},
		{Go: "AccessLogSettings", Doc: "where a stage writes its access log, and what", Properties: []room.Property{
			{Name: "DestinationArn", Kind: room.String, EmptyIsAbsent: true},
			{Name: "Format", Kind: room.String},
		}},
		{Go: "TlsConfig", Doc: "the TLS settings of a private integration", Properties: []room.Property{
			{Name: "ServerNameToVerify", Kind: room.String, EmptyIsAbsent: true},
		}},
	}
}
