package awsdouble_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v2api "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

const v2Fixture = `{
  "apis": [
    {"apiId": "http000001", "name": "members", "protocolType": "HTTP",
     "stages": [{"stageName": "$default", "autoDeploy": true}],
     "routes": [{"routeId": "route01", "routeKey": "GET /members", "target": "integrations/integ01"}],
     "integrations": [{"integrationId": "integ01", "integrationType": "HTTP_PROXY", "integrationMethod": "ANY", "integrationUri": "https://example.com"},
       {"integrationId": "private", "integrationType": "HTTP_PROXY", "integrationMethod": "ANY", "connectionType": "VPC_LINK", "connectionId": "vlink1",
        "integrationUri": "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:listener/app/x/1/2"}],
     "authorizers": [{"authorizerId": "jwt001", "name": "jwt", "authorizerType": "JWT"}, {"authorizerId": "req001", "name": "request"}]},
    {"apiId": "sock000001", "name": "notifications", "protocolType": "WEBSOCKET",
     "stages": [{"stageName": "prod"}],
     "routes": [{"routeId": "connect", "routeKey": "$connect"}, {"routeId": "default", "routeKey": "$default"}],
     "integrations": [{"integrationId": "integ02", "integrationType": "MOCK"}],
     "authorizers": [{"authorizerId": "req002", "name": "request"}]}],
  "vpcLinks": [{"vpcLinkId": "vlink1", "name": "internal"}],
  "clientCertificates": [{"clientCertificateId": "c1c1c1"}],
  "logGroups": [{"logGroupName": "/apigw/orders"}],
  "deliveryStreams": [{"deliveryStreamName": "amazon-apigateway-orders"}],
  "roles": [{"roleName": "apigw-logs", "assumeRolePolicyDocument": ` + trust + `, "attachedPolicies": [{"policyArn": "` + pushLogs + `"}]}]
}`

// v2Stage updates a stage of one of the fixture's APIs.
func v2Stage(t *testing.T, d *awsdouble.Double, api, stage string, change func(*v2api.UpdateStageInput)) (*v2api.UpdateStageOutput, error) {
	t.Helper()
	in := &v2api.UpdateStageInput{ApiId: &api, StageName: &stage}
	change(in)
	return v2(d).UpdateStage(t.Context(), in)
}

func accessLog(arn, format string) func(*v2api.UpdateStageInput) {
	return func(in *v2api.UpdateStageInput) {
		in.AccessLogSettings = &types.AccessLogSettings{DestinationArn: &arn, Format: &format}
	}
}

func level(l types.LoggingLevel) func(*v2api.UpdateStageInput) {
	return func(in *v2api.UpdateStageInput) { in.DefaultRouteSettings = &types.RouteSettings{LoggingLevel: l} }
}

func TestV2Shapes(t *testing.T) {
	d := load(t, awsdouble.Options{}, v2Fixture)
	httpStages, err := v2(d).GetStages(t.Context(), &v2api.GetStagesInput{ApiId: aws.String("http000001")})
	if err != nil || httpStages.Items[0].DefaultRouteSettings.LoggingLevel != "" || httpStages.Items[0].AccessLogSettings != nil {
		t.Errorf("HTTP stage: %+v, %v", httpStages, err)
	}
	socket, err := v2(d).GetStages(t.Context(), &v2api.GetStagesInput{ApiId: aws.String("sock000001")})
	if err != nil || socket.Items[0].DefaultRouteSettings.LoggingLevel != "OFF" {
		t.Errorf("WebSocket stage: %+v, %v", socket, err)
	}
	routes, err := v2(d).GetRoutes(t.Context(), &v2api.GetRoutesInput{ApiId: aws.String("sock000001")})
	if err != nil || len(routes.Items) != 2 || routes.Items[0].AuthorizationType != "NONE" {
		t.Errorf("routes: %+v, %v", routes, err)
	}
	links, err := v2(d).GetVpcLinks(t.Context(), &v2api.GetVpcLinksInput{})
	if err != nil || links.Items[0].VpcLinkStatus != "AVAILABLE" {
		t.Errorf("VPC links: %+v, %v", links, err)
	}
	_, err = v2(d).GetApi(t.Context(), &v2api.GetApiInput{ApiId: aws.String("none")})
	refused(t, err, "NotFoundException", "Invalid API identifier specified 111122223333:none")
	_, err = v2(d).GetStage(t.Context(), &v2api.GetStageInput{ApiId: aws.String("http000001"), StageName: aws.String("prod")})
	refused(t, err, "NotFoundException", "Unable to find Stage by name prod")
	if calls := d.Calls(); calls[0].Service != "apigatewayv2" || calls[0].Path != "/v2/apis/http000001/stages" ||
		calls[0].Resource != "arn:aws:apigateway:ap-northeast-1::/apis/http000001/stages" {
		t.Errorf("call: %+v", calls[0])
	}
}

func TestV2AccessLogs(t *testing.T) {
	d := load(t, awsdouble.Options{}, v2Fixture)
	_, err := v2Stage(t, d, "http000001", "$default", accessLog(stream, format))
	refused(t, err, "BadRequestException", "protocolType HTTP go to a CloudWatch Logs log group")
	_, err = v2Stage(t, d, "http000001", "$default", accessLog(logGroup+"s", format))
	refused(t, err, "BadRequestException", "does not exist")
	_, err = v2Stage(t, d, "http000001", "$default", accessLog(logGroup, "$context.status"))
	refused(t, err, "BadRequestException", "must include")
	_, err = v2Stage(t, d, "http000001", "$default", accessLog(logGroup, "$context.requestId $context.resourcePath ${context.request.header.Accept}"))
	refused(t, err, "BadRequestException", "not supported: [$context.resourcePath, ${context.request.header.Accept}]")
	_, err = v2Stage(t, d, "http000001", "$default", func(in *v2api.UpdateStageInput) {
		in.AccessLogSettings = &types.AccessLogSettings{DestinationArn: aws.String(logGroup)}
	})
	refused(t, err, "BadRequestException", "Expected destinationArn and format")
	out, err := v2Stage(t, d, "http000001", "$default", accessLog(logGroup+":*", format))
	if err != nil || aws.ToString(out.AccessLogSettings.DestinationArn) != logGroup {
		t.Errorf("an HTTP API needs no account role: %+v, %v", out, err)
	}
	_, err = v2Stage(t, d, "sock000001", "prod", accessLog(logGroup, format))
	refused(t, err, "BadRequestException", "CloudWatch Logs role ARN must be set")
	withLogRole(t, d)
	if _, err := v2Stage(t, d, "sock000001", "prod", accessLog(logGroup, format)); err != nil {
		t.Error(err)
	}
	_, err = v2Stage(t, d, "sock000001", "prod", accessLog(stream, format))
	refused(t, err, "BadRequestException", "log group")
	if _, err := v2(d).DeleteAccessLogSettings(t.Context(), &v2api.DeleteAccessLogSettingsInput{ApiId: aws.String("http000001"), StageName: aws.String("$default")}); err != nil {
		t.Error(err)
	}
	s, err := v2(d).GetStage(t.Context(), &v2api.GetStageInput{ApiId: aws.String("http000001"), StageName: aws.String("$default")})
	if err != nil || s.AccessLogSettings != nil {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestV2ExecutionLogs(t *testing.T) {
	d := load(t, awsdouble.Options{}, v2Fixture)
	_, err := v2Stage(t, d, "http000001", "$default", level("INFO"))
	refused(t, err, "BadRequestException", "Execution logs are not supported on protocolType HTTP")
	_, err = v2Stage(t, d, "http000001", "$default", func(in *v2api.UpdateStageInput) {
		in.DefaultRouteSettings = &types.RouteSettings{DataTraceEnabled: aws.Bool(true)}
	})
	refused(t, err, "BadRequestException", "Execution logs are not supported on protocolType HTTP")
	_, err = v2Stage(t, d, "sock000001", "prod", level("INFO"))
	refused(t, err, "BadRequestException", "CloudWatch Logs role ARN must be set")
	withLogRole(t, d)
	_, err = v2Stage(t, d, "sock000001", "prod", level("DEBUG"))
	refused(t, err, "BadRequestException", "Invalid logging level")
	out, err := v2Stage(t, d, "sock000001", "prod", func(in *v2api.UpdateStageInput) {
		level("ERROR")(in)
		in.RouteSettings = map[string]types.RouteSettings{"$connect": {LoggingLevel: "INFO"}}
		in.StageVariables = map[string]string{"a": "1"}
	})
	if err != nil || out.DefaultRouteSettings.LoggingLevel != "ERROR" || out.RouteSettings["$connect"].LoggingLevel != "INFO" {
		t.Errorf("%+v, %v", out, err)
	}
	_, err = v2Stage(t, d, "sock000001", "prod", func(in *v2api.UpdateStageInput) {
		in.RouteSettings = map[string]types.RouteSettings{"none": {LoggingLevel: "INFO"}}
	})
	refused(t, err, "NotFoundException", "Unable to find Route by key none within the provided RouteSettings")
	_, err = v2Stage(t, d, "http000001", "$default", func(in *v2api.UpdateStageInput) { in.ClientCertificateId = aws.String("c1c1c1") })
	refused(t, err, "BadRequestException", "not supported on protocolType HTTP")
}

func TestRouteAuthorization(t *testing.T) {
	d := load(t, awsdouble.Options{}, v2Fixture)
	update := func(api, route string, kind types.AuthorizationType, authorizer string) error {
		in := &v2api.UpdateRouteInput{ApiId: &api, RouteId: &route, AuthorizationType: kind}
		if authorizer != "" {
			in.AuthorizerId = &authorizer
		}
		_, err := v2(d).UpdateRoute(t.Context(), in)
		return err
	}
	for _, c := range []struct {
		api, route string
		kind       types.AuthorizationType
		authorizer string
		text       string
	}{
		{"http000001", "route01", "JWT", "", "Invalid authorizer ID specified"},
		{"http000001", "route01", "JWT", "req001", "Invalid authorizer ID specified"},
		{"http000001", "route01", "CUSTOM", "jwt001", "Invalid authorizer ID specified"},
		{"http000001", "route01", "CUSTOM", "none00", "Invalid authorizer ID specified"},
		{"http000001", "route01", "AWS_IAM", "req001", "only valid with"},
		{"http000001", "route01", "OAUTH", "", "Invalid authorization type"},
		{"sock000001", "connect", "JWT", "req002", "only supported for HTTP APIs"},
		{"sock000001", "default", "CUSTOM", "req002", "$connect"},
		{"sock000001", "default", "AWS_IAM", "", "$connect"},
	} {
		refused(t, update(c.api, c.route, c.kind, c.authorizer), "BadRequestException", c.text)
	}
	for _, c := range [][4]string{{"http000001", "route01", "JWT", "jwt001"}, {"http000001", "route01", "CUSTOM", "req001"}, {"sock000001", "connect", "CUSTOM", "req002"}} {
		if err := update(c[0], c[1], types.AuthorizationType(c[2]), c[3]); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
	_, err := v2(d).GetRoute(t.Context(), &v2api.GetRouteInput{ApiId: aws.String("http000001"), RouteId: aws.String("none")})
	refused(t, err, "NotFoundException", "Unable to find Route by id none")
}

func TestRouteKeys(t *testing.T) {
	d := load(t, awsdouble.Options{}, v2Fixture)
	create := func(api, key, target string) error {
		in := &v2api.CreateRouteInput{ApiId: &api, RouteKey: &key}
		if target != "" {
			in.Target = &target
		}
		_, err := v2(d).CreateRoute(t.Context(), in)
		return err
	}
	refused(t, create("http000001", "members", ""), "BadRequestException", "not formatted properly")
	refused(t, create("http000001", "GET /members", ""), "ConflictException", "already exists")
	refused(t, create("http000001", "GET /other", "integrations/none"), "BadRequestException", "Invalid integration identifier")
	if err := create("http000001", "GET /other", "integrations/integ01"); err != nil {
		t.Error(err)
	}
	if err := create("sock000001", "sendMessage", ""); err != nil {
		t.Error(err)
	}
}

func TestAuthorizers(t *testing.T) {
	d := load(t, awsdouble.Options{}, v2Fixture)
	uri := "arn:aws:apigateway:ap-northeast-1:lambda:path/2015-03-31/functions/arn:aws:lambda:ap-northeast-1:111122223333:function:auth/invocations"
	jwt := &types.JWTConfiguration{Issuer: aws.String("https://issuer.example.com"), Audience: []string{"kumoban"}}
	for _, c := range []struct {
		in   v2api.CreateAuthorizerInput
		text string
	}{
		{v2api.CreateAuthorizerInput{ApiId: aws.String("sock000001"), AuthorizerType: "JWT", JwtConfiguration: jwt}, "HTTP only"},
		{v2api.CreateAuthorizerInput{ApiId: aws.String("http000001"), AuthorizerType: "JWT"}, "JwtConfiguration"},
		{v2api.CreateAuthorizerInput{ApiId: aws.String("http000001"), AuthorizerType: "REQUEST"}, "Invalid Authorizer URI"},
		{v2api.CreateAuthorizerInput{ApiId: aws.String("http000001"), AuthorizerType: "REQUEST", AuthorizerUri: &uri}, "AuthorizerPayloadFormatVersion is a required parameter"},
		{v2api.CreateAuthorizerInput{ApiId: aws.String("http000001"), AuthorizerType: "TOKEN"}, "Invalid authorizer type"},
	} {
		c.in.Name, c.in.IdentitySource = aws.String("new"), []string{"$request.header.Authorization"}
		_, err := v2(d).CreateAuthorizer(t.Context(), &c.in)
		refused(t, err, "BadRequestException", c.text)
	}
	out, err := v2(d).CreateAuthorizer(t.Context(), &v2api.CreateAuthorizerInput{
		ApiId: aws.String("http000001"), Name: aws.String("new"), AuthorizerType: "JWT", JwtConfiguration: jwt, IdentitySource: []string{"$request.header.Authorization"},
	})
	if err != nil {
		t.Fatal(err)
	}
	all, err := v2(d).GetAuthorizers(t.Context(), &v2api.GetAuthorizersInput{ApiId: aws.String("http000001")})
	if err != nil || len(all.Items) != 3 || *all.Items[2].AuthorizerId != *out.AuthorizerId {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestPrivateIntegrations(t *testing.T) {
	d := load(t, awsdouble.Options{}, v2Fixture)
	tls := func(api, integration string) error {
		_, err := v2(d).UpdateIntegration(t.Context(), &v2api.UpdateIntegrationInput{ApiId: &api, IntegrationId: &integration,
			TlsConfig: &types.TlsConfigInput{ServerNameToVerify: aws.String("api.example.com")}})
		return err
	}
	refused(t, tls("http000001", "integ01"), "BadRequestException", "private integrations of HTTP APIs")
	refused(t, tls("sock000001", "integ02"), "BadRequestException", "private integrations of HTTP APIs")
	if err := tls("http000001", "private"); err != nil {
		t.Error(err)
	}
	create := func(uri, link string) error {
		_, err := v2(d).CreateIntegration(t.Context(), &v2api.CreateIntegrationInput{ApiId: aws.String("http000001"), IntegrationType: "HTTP_PROXY",
			IntegrationMethod: aws.String("ANY"), ConnectionType: "VPC_LINK", ConnectionId: &link, IntegrationUri: &uri})
		return err
	}
	listener := "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:listener/app/x/1/2"
	refused(t, create(listener, "none00"), "BadRequestException", "does not exist")
	refused(t, create("https://example.com", "vlink1"), "BadRequestException", "valid ELB listener ARN")
	if err := create(listener, "vlink1"); err != nil {
		t.Error(err)
	}
}

func TestQuickCreateIsManaged(t *testing.T) {
	d := load(t, awsdouble.Options{}, v2Fixture)
	a, err := v2(d).CreateApi(t.Context(), &v2api.CreateApiInput{Name: aws.String("quick"), ProtocolType: "HTTP", Target: aws.String("https://example.com")})
	if err != nil {
		t.Fatal(err)
	}
	s, err := v2(d).GetStages(t.Context(), &v2api.GetStagesInput{ApiId: a.ApiId})
	if err != nil || len(s.Items) != 1 || !aws.ToBool(s.Items[0].ApiGatewayManaged) || *s.Items[0].StageName != "$default" {
		t.Fatalf("%+v, %v", s, err)
	}
	_, err = v2Stage(t, d, *a.ApiId, "$default", accessLog(logGroup, format))
	refused(t, err, "BadRequestException", "managed by API Gateway")
	r, err := v2(d).GetRoutes(t.Context(), &v2api.GetRoutesInput{ApiId: a.ApiId})
	if err != nil || !aws.ToBool(r.Items[0].ApiGatewayManaged) {
		t.Fatalf("%+v, %v", r, err)
	}
	_, err = v2(d).UpdateRoute(t.Context(), &v2api.UpdateRouteInput{ApiId: a.ApiId, RouteId: r.Items[0].RouteId, RouteKey: aws.String("GET /x")})
	refused(t, err, "BadRequestException", "managed by API Gateway")
}

func TestCreateV2(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := load(t, awsdouble.Options{}, v2Fixture)
		_, err := v2(d).CreateApi(t.Context(), &v2api.CreateApiInput{Name: aws.String("x"), ProtocolType: "GRPC"})
		refused(t, err, "BadRequestException", "Invalid protocol")
		_, err = v2(d).CreateApi(t.Context(), &v2api.CreateApiInput{Name: aws.String("x"), ProtocolType: "WEBSOCKET"})
		refused(t, err, "BadRequestException", "RouteSelectionExpression")
		_, err = v2(d).CreateStage(t.Context(), &v2api.CreateStageInput{ApiId: aws.String("http000001"), StageName: aws.String("$default")})
		refused(t, err, "ConflictException", "Stage already exists")
		_, err = v2(d).CreateStage(t.Context(), &v2api.CreateStageInput{ApiId: aws.String("sock000001"), StageName: aws.String("$default")})
		refused(t, err, "BadRequestException", "Stage name")
		if _, err := v2(d).CreateStage(t.Context(), &v2api.CreateStageInput{ApiId: aws.String("http000001"), StageName: aws.String("dev"), AutoDeploy: aws.Bool(true)}); err != nil {
			t.Error(err)
		}
		if _, err := v2(d).DeleteStage(t.Context(), &v2api.DeleteStageInput{ApiId: aws.String("http000001"), StageName: aws.String("dev")}); err != nil {
			t.Error(err)
		}
		link, err := v2(d).CreateVpcLink(t.Context(), &v2api.CreateVpcLinkInput{Name: aws.String("x"), SubnetIds: []string{"subnet-1"}})
		if err != nil || link.VpcLinkStatus != "PENDING" {
			t.Errorf("%+v, %v", link, err)
		}
		time.Sleep(3 * time.Minute)
		links, err := v2(d).GetVpcLinks(t.Context(), &v2api.GetVpcLinksInput{})
		if err != nil || links.Items[1].VpcLinkStatus != "AVAILABLE" {
			t.Errorf("%+v, %v", links, err)
		}
		if _, err := v2(d).DeleteApi(t.Context(), &v2api.DeleteApiInput{ApiId: aws.String("http000001")}); err != nil {
			t.Error(err)
		}
	})
}
