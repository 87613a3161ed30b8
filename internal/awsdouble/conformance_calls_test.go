package awsdouble_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	v2api "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// conformanceFixture is what the double needs for the walk and moto does not.
const conformanceFixture = `{
  "securityHub": {},
  "roles": [{"roleName": "apigw-logs", "assumeRolePolicyDocument": ` + trust + `, "attachedPolicies": [{"policyArn": "` + pushLogs + `"}]},
    {"roleName": "audit", "assumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}}],
  "logGroups": [{"logGroupName": "/apigw/orders"}]
}`

func walk(t *testing.T, c aws.Config, r *recorder) {
	t.Helper()
	walkEmpty(t, c, r)
	walkREST(t, apigateway.NewFromConfig(c), r)
	walkDomains(t, apigateway.NewFromConfig(c), r)
	walkHTTP(t, v2api.NewFromConfig(c), r)
	walkWebSocket(t, v2api.NewFromConfig(c), r)
	walkSTS(t, sts.NewFromConfig(c), r)
	walkHub(t, c, r)
	walkMetrics(t, c, r)
}

func walkEmpty(t *testing.T, c aws.Config, r *recorder) {
	t.Helper()
	ctx, one, two := t.Context(), apigateway.NewFromConfig(c), v2api.NewFromConfig(c)
	_, err := one.GetRestApis(ctx, &apigateway.GetRestApisInput{})
	r.step(t, "empty:GetRestApis", err)
	_, err = one.GetDomainNames(ctx, &apigateway.GetDomainNamesInput{})
	r.step(t, "empty:GetDomainNames", err)
	_, err = two.GetApis(ctx, &v2api.GetApisInput{})
	r.step(t, "empty:GetApis", err)
	_, err = two.GetVpcLinks(ctx, &v2api.GetVpcLinksInput{})
	r.step(t, "empty:GetVpcLinks", err)
	_, err = two.GetDomainNames(ctx, &v2api.GetDomainNamesInput{})
	r.step(t, "empty:v2.GetDomainNames", err)
}

func walkREST(t *testing.T, c *apigateway.Client, r *recorder) {
	t.Helper()
	ctx := t.Context()
	_, err := c.GetRestApi(ctx, &apigateway.GetRestApiInput{RestApiId: aws.String("none")})
	r.step(t, "GetRestApi:none", err)
	a, err := c.CreateRestApi(ctx, &apigateway.CreateRestApiInput{Name: aws.String("orders"), Description: aws.String("x"), Tags: map[string]string{"env": "dev"}})
	r.step(t, "CreateRestApi", err)
	_, err = c.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: a.Id})
	r.step(t, "CreateDeployment:no-methods", err)
	_, err = c.GetStages(ctx, &apigateway.GetStagesInput{RestApiId: a.Id})
	r.step(t, "GetStages:empty", err)
	roots, err := c.GetResources(ctx, &apigateway.GetResourcesInput{RestApiId: a.Id})
	r.step(t, "GetResources:root", err)
	x, err := c.CreateResource(ctx, &apigateway.CreateResourceInput{RestApiId: a.Id, ParentId: roots.Items[0].Id, PathPart: aws.String("orders")})
	r.step(t, "CreateResource", err)
	get := aws.String("GET")
	_, err = c.PutMethod(ctx, &apigateway.PutMethodInput{RestApiId: a.Id, ResourceId: x.Id, HttpMethod: get, AuthorizationType: aws.String("NONE")})
	r.step(t, "PutMethod", err)
	_, err = c.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: a.Id})
	r.step(t, "CreateDeployment:no-integration", err)
	_, err = c.PutIntegration(ctx, &apigateway.PutIntegrationInput{RestApiId: a.Id, ResourceId: x.Id, HttpMethod: get, Type: "HTTP_PROXY",
		Uri: aws.String("https://example.com/orders"), IntegrationHttpMethod: get})
	r.step(t, "PutIntegration", err)
	_, err = c.GetResources(ctx, &apigateway.GetResourcesInput{RestApiId: a.Id, Embed: []string{"methods"}})
	r.step(t, "GetResources:embed", err)
	p, err := c.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: a.Id, StageName: aws.String("dev")})
	r.step(t, "CreateDeployment", err)
	stage := func(name string) *apigateway.GetStageInput {
		return &apigateway.GetStageInput{RestApiId: a.Id, StageName: aws.String(name)}
	}
	_, err = c.CreateStage(ctx, &apigateway.CreateStageInput{RestApiId: a.Id, StageName: aws.String("prod"), DeploymentId: p.Id, Tags: map[string]string{"env": "prod"}})
	r.step(t, "CreateStage", err)
	_, err = c.UpdateAccount(ctx, &apigateway.UpdateAccountInput{PatchOperations: []types.PatchOperation{replace("/cloudwatchRoleArn", "arn:aws:iam::111122223333:role/apigw-logs")}})
	r.step(t, "UpdateAccount", err)
	_, err = c.GetAccount(ctx, &apigateway.GetAccountInput{})
	r.step(t, "GetAccount", err)
	for _, u := range []struct {
		name string
		ops  []types.PatchOperation
	}{
		{"cache", []types.PatchOperation{replace("/*/*/caching/enabled", "true"), replace("/*/*/caching/dataEncrypted", "true")}},
		{"logging", []types.PatchOperation{replace("/~1orders/GET/logging/loglevel", "INFO"), replace("/~1orders/GET/metrics/enabled", "true")}},
		{"tracing", []types.PatchOperation{replace("/tracingEnabled", "true"), replace("/description", "x")}},
		{"access", []types.PatchOperation{replace("/accessLogSettings/destinationArn", logGroup), replace("/accessLogSettings/format", format)}},
	} {
		_, err = c.UpdateStage(ctx, &apigateway.UpdateStageInput{RestApiId: a.Id, StageName: aws.String("prod"), PatchOperations: u.ops})
		r.step(t, "UpdateStage:"+u.name, err)
	}
	_, err = c.GetStage(ctx, stage("prod"))
	r.step(t, "GetStage", err)
	_, err = c.GetStage(ctx, stage("none"))
	r.step(t, "GetStage:none", err)
	_, err = c.GetStages(ctx, &apigateway.GetStagesInput{RestApiId: a.Id})
	r.step(t, "GetStages", err)
	_, err = c.GetRestApi(ctx, &apigateway.GetRestApiInput{RestApiId: a.Id})
	r.step(t, "GetRestApi", err)
	_, err = c.GetRestApis(ctx, &apigateway.GetRestApisInput{})
	r.step(t, "GetRestApis", err)
	_, err = c.DeleteStage(ctx, &apigateway.DeleteStageInput{RestApiId: a.Id, StageName: aws.String("prod")})
	r.step(t, "DeleteStage", err)
	_, err = c.DeleteRestApi(ctx, &apigateway.DeleteRestApiInput{RestApiId: a.Id})
	r.step(t, "DeleteRestApi", err)
}

func walkDomains(t *testing.T, c *apigateway.Client, r *recorder) {
	t.Helper()
	ctx, name := t.Context(), aws.String("api.example.com")
	_, err := c.CreateDomainName(ctx, &apigateway.CreateDomainNameInput{
		DomainName: name, RegionalCertificateArn: aws.String("arn:aws:acm:ap-northeast-1:111122223333:certificate/1"), SecurityPolicy: "TLS_1_2",
		EndpointConfiguration: &types.EndpointConfiguration{Types: []types.EndpointType{"REGIONAL"}},
	})
	r.step(t, "CreateDomainName", err)
	_, err = c.GetDomainName(ctx, &apigateway.GetDomainNameInput{DomainName: name})
	r.step(t, "GetDomainName", err)
	_, err = c.GetDomainName(ctx, &apigateway.GetDomainNameInput{DomainName: aws.String("none.example.com")})
	r.step(t, "GetDomainName:none", err)
	_, err = c.GetDomainNames(ctx, &apigateway.GetDomainNamesInput{})
	r.step(t, "GetDomainNames", err)
	_, err = c.DeleteDomainName(ctx, &apigateway.DeleteDomainNameInput{DomainName: name})
	r.step(t, "DeleteDomainName", err)
}

func walkHTTP(t *testing.T, c *v2api.Client, r *recorder) {
	t.Helper()
	ctx := t.Context()
	_, err := c.GetApi(ctx, &v2api.GetApiInput{ApiId: aws.String("none")})
	r.step(t, "GetApi:none", err)
	a, err := c.CreateApi(ctx, &v2api.CreateApiInput{Name: aws.String("members"), ProtocolType: "HTTP", Description: aws.String("x")})
	r.step(t, "CreateApi", err)
	i, err := c.CreateIntegration(ctx, &v2api.CreateIntegrationInput{ApiId: a.ApiId, IntegrationType: "HTTP_PROXY", IntegrationMethod: aws.String("ANY"),
		IntegrationUri: aws.String("https://example.com"), PayloadFormatVersion: aws.String("1.0")})
	r.step(t, "CreateIntegration", err)
	z, err := c.CreateAuthorizer(ctx, &v2api.CreateAuthorizerInput{ApiId: a.ApiId, Name: aws.String("pool"), AuthorizerType: "JWT",
		IdentitySource:   []string{"$request.header.Authorization"},
		JwtConfiguration: &v2types.JWTConfiguration{Issuer: aws.String("https://issuer.example.com"), Audience: []string{"kumoban"}}})
	r.step(t, "CreateAuthorizer", err)
	_, err = c.GetAuthorizer(ctx, &v2api.GetAuthorizerInput{ApiId: a.ApiId, AuthorizerId: z.AuthorizerId})
	r.step(t, "GetAuthorizer", err)
	x, err := c.CreateRoute(ctx, &v2api.CreateRouteInput{ApiId: a.ApiId, RouteKey: aws.String("GET /members"), Target: aws.String("integrations/" + *i.IntegrationId)})
	r.step(t, "CreateRoute", err)
	_, err = c.UpdateRoute(ctx, &v2api.UpdateRouteInput{ApiId: a.ApiId, RouteId: x.RouteId, AuthorizationType: "JWT", AuthorizerId: z.AuthorizerId})
	r.step(t, "UpdateRoute", err)
	_, err = c.GetRoute(ctx, &v2api.GetRouteInput{ApiId: a.ApiId, RouteId: x.RouteId})
	r.step(t, "GetRoute", err)
	_, err = c.GetRoute(ctx, &v2api.GetRouteInput{ApiId: a.ApiId, RouteId: aws.String("none")})
	r.step(t, "GetRoute:none", err)
	_, err = c.GetRoutes(ctx, &v2api.GetRoutesInput{ApiId: a.ApiId})
	r.step(t, "GetRoutes", err)
	_, err = c.UpdateIntegration(ctx, &v2api.UpdateIntegrationInput{ApiId: a.ApiId, IntegrationId: i.IntegrationId, TimeoutInMillis: aws.Int32(5000)})
	r.step(t, "UpdateIntegration", err)
	_, err = c.GetIntegration(ctx, &v2api.GetIntegrationInput{ApiId: a.ApiId, IntegrationId: i.IntegrationId})
	r.step(t, "GetIntegration", err)
	_, err = c.GetIntegrations(ctx, &v2api.GetIntegrationsInput{ApiId: a.ApiId})
	r.step(t, "GetIntegrations", err)
	walkV2Stage(t, c, r, "HTTP", a.ApiId)
	_, err = c.CreateVpcLink(ctx, &v2api.CreateVpcLinkInput{Name: aws.String("internal"), SubnetIds: []string{"subnet-1"}, SecurityGroupIds: []string{"sg-1"}})
	r.step(t, "CreateVpcLink", err)
	_, err = c.GetVpcLinks(ctx, &v2api.GetVpcLinksInput{})
	r.step(t, "GetVpcLinks", err)
	_, err = c.GetApi(ctx, &v2api.GetApiInput{ApiId: a.ApiId})
	r.step(t, "GetApi", err)
	_, err = c.GetApis(ctx, &v2api.GetApisInput{})
	r.step(t, "GetApis", err)
	_, err = c.DeleteApi(ctx, &v2api.DeleteApiInput{ApiId: a.ApiId})
	r.step(t, "DeleteApi", err)
}

func walkV2Stage(t *testing.T, c *v2api.Client, r *recorder, protocol string, api *string) {
	t.Helper()
	ctx, prod := t.Context(), aws.String("prod")
	_, err := c.GetStages(ctx, &v2api.GetStagesInput{ApiId: api})
	r.step(t, protocol+":GetStages:empty", err)
	_, err = c.CreateStage(ctx, &v2api.CreateStageInput{ApiId: api, StageName: prod, Tags: map[string]string{"env": "prod"}})
	r.step(t, protocol+":CreateStage", err)
	_, err = c.UpdateStage(ctx, &v2api.UpdateStageInput{ApiId: api, StageName: prod, AccessLogSettings: &v2types.AccessLogSettings{DestinationArn: aws.String(logGroup), Format: aws.String(format)}})
	r.step(t, protocol+":UpdateStage:access", err)
	_, err = c.UpdateStage(ctx, &v2api.UpdateStageInput{ApiId: api, StageName: prod, DefaultRouteSettings: &v2types.RouteSettings{LoggingLevel: "INFO"}})
	r.step(t, protocol+":UpdateStage:logging", err)
	_, err = c.GetStage(ctx, &v2api.GetStageInput{ApiId: api, StageName: prod})
	r.step(t, protocol+":GetStage", err)
	_, err = c.GetStage(ctx, &v2api.GetStageInput{ApiId: api, StageName: aws.String("none")})
	r.step(t, protocol+":GetStage:none", err)
	_, err = c.DeleteAccessLogSettings(ctx, &v2api.DeleteAccessLogSettingsInput{ApiId: api, StageName: prod})
	r.step(t, protocol+":DeleteAccessLogSettings", err)
	_, err = c.GetStages(ctx, &v2api.GetStagesInput{ApiId: api})
	r.step(t, protocol+":GetStages", err)
	_, err = c.DeleteStage(ctx, &v2api.DeleteStageInput{ApiId: api, StageName: prod})
	r.step(t, protocol+":DeleteStage", err)
}

func walkWebSocket(t *testing.T, c *v2api.Client, r *recorder) {
	t.Helper()
	ctx := t.Context()
	a, err := c.CreateApi(ctx, &v2api.CreateApiInput{Name: aws.String("chat"), ProtocolType: "WEBSOCKET", RouteSelectionExpression: aws.String("$request.body.action")})
	r.step(t, "WS:CreateApi", err)
	_, err = c.CreateRoute(ctx, &v2api.CreateRouteInput{ApiId: a.ApiId, RouteKey: aws.String("$connect")})
	r.step(t, "WS:CreateRoute", err)
	_, err = c.CreateIntegration(ctx, &v2api.CreateIntegrationInput{ApiId: a.ApiId, IntegrationType: "MOCK"})
	r.step(t, "WS:CreateIntegration", err)
	walkV2Stage(t, c, r, "WS", a.ApiId)
}

func walkSTS(t *testing.T, c *sts.Client, r *recorder) {
	t.Helper()
	ctx := t.Context()
	_, err := c.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	r.step(t, "GetCallerIdentity", err)
	_, err = c.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111122223333:role/audit"), RoleSessionName: aws.String("kumoban")})
	r.step(t, "AssumeRole", err)
}
