package awsdouble_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

const (
	trust    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	pushLogs = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
	logGroup = "arn:aws:logs:ap-northeast-1:111122223333:log-group:/apigw/orders"
	stream   = "arn:aws:firehose:ap-northeast-1:111122223333:deliverystream/amazon-apigateway-orders"
	format   = `{"requestId":"$context.requestId"}`
)

const restFixture = `{
  "restApis": [{"id": "a1b2c3d4e5", "name": "orders", "stages": [{"stageName": "prod", "methodSettings": {
    "*/*": {"cachingEnabled": true, "cacheDataEncrypted": true, "metricsEnabled": true, "loggingLevel": "INFO"},
    "orders/GET": {"cachingEnabled": true}}}]}],
  "logGroups": [{"logGroupName": "/apigw/orders"}],
  "deliveryStreams": [{"deliveryStreamName": "amazon-apigateway-orders"}, {"deliveryStreamName": "orders"}],
  "clientCertificates": [{"clientCertificateId": "c1c1c1"}],
  "roles": [
    {"roleName": "apigw-logs", "assumeRolePolicyDocument": ` + trust + `, "attachedPolicies": [{"policyArn": "` + pushLogs + `"}]},
    {"roleName": "no-trust", "attachedPolicies": [{"policyArn": "` + pushLogs + `"}]},
    {"roleName": "no-policy", "assumeRolePolicyDocument": ` + trust + `}]
}`

func op(op types.Op, path, value string) types.PatchOperation {
	p := types.PatchOperation{Op: op, Path: aws.String(path)}
	if op != types.OpRemove {
		p.Value = aws.String(value)
	}
	return p
}

func replace(path, value string) types.PatchOperation { return op(types.OpReplace, path, value) }

func patch(t *testing.T, d *awsdouble.Double, ops ...types.PatchOperation) (*apigateway.UpdateStageOutput, error) {
	t.Helper()
	return v1(d).UpdateStage(t.Context(), &apigateway.UpdateStageInput{
		RestApiId: aws.String("a1b2c3d4e5"), StageName: aws.String("prod"), PatchOperations: ops,
	})
}

func withLogRole(t *testing.T, d *awsdouble.Double) {
	t.Helper()
	if _, err := v1(d).UpdateAccount(t.Context(), &apigateway.UpdateAccountInput{PatchOperations: []types.PatchOperation{
		replace("/cloudwatchRoleArn", "arn:aws:iam::111122223333:role/apigw-logs"),
	}}); err != nil {
		t.Fatal(err)
	}
}

func TestMethodSettings(t *testing.T) {
	d := load(t, awsdouble.Options{}, restFixture)
	out, err := patch(t, d, replace("/~1orders~1{id}/GET/caching/enabled", "true"), replace("/*/*/caching/ttlInSeconds", "60"))
	if err != nil {
		t.Fatal(err)
	}
	fresh := out.MethodSettings["~1orders~1{id}/GET"]
	if fresh.LoggingLevel != nil || fresh.CacheDataEncrypted || fresh.MetricsEnabled || !fresh.CachingEnabled || fresh.CacheTtlInSeconds != 300 ||
		fresh.ThrottlingBurstLimit != 5000 || fresh.ThrottlingRateLimit != 10000 || !fresh.RequireAuthorizationForCacheControl {
		t.Errorf("a new override must get AWS's defaults, not those of */*: %+v", fresh)
	}
	if all := out.MethodSettings["*/*"]; all.CacheTtlInSeconds != 60 || !all.CacheDataEncrypted || aws.ToString(all.LoggingLevel) != "INFO" {
		t.Errorf("*/* = %+v", all)
	}
	if _, err := patch(t, d, replace("/orders/GET/caching/dataEncrypted", "true")); err != nil {
		t.Errorf("a key in its plain spelling: %v", err)
	}
	if out, err = patch(t, d, op(types.OpRemove, "/orders/GET", "")); err != nil || len(out.MethodSettings) != 2 {
		t.Errorf("remove an entry: %v, %v", out, err)
	}
	if out, err = patch(t, d, replace("/*/*/logging/loglevel", "OFF")); err != nil || out.MethodSettings["*/*"].LoggingLevel != nil {
		t.Errorf("loggingLevel must be left out when off: %v, %v", out, err)
	}
}

func TestStagePatchRefusals(t *testing.T) {
	d := load(t, awsdouble.Options{}, restFixture)
	for _, c := range []struct {
		op   types.PatchOperation
		text string
	}{
		{replace("/webAclArn", "arn:aws:wafv2:ap-northeast-1:111122223333:regional/webacl/x/y"), "Invalid method setting path: /webAclArn. Must be one of: [/deploymentId"},
		{replace("/methodSettings", "x"), "Invalid method setting path: /methodSettings"},
		{replace("/*/*/caching/encrypted", "true"), "Invalid method setting path: /*/*/caching/encrypted"},
		{replace("/orders/ANY/caching/enabled", "true"), "Invalid method setting path: /orders/ANY/caching/enabled"},
		{replace("/orders/*/caching/enabled", "true"), "Invalid method setting path"},
		{replace("/*/GET/caching/enabled", "true"), "Invalid method setting path"},
		{replace("//GET/caching/enabled", "true"), "Invalid method setting path"},
		{replace("/*/*/caching/dataEncrypted", "yes"), "Invalid boolean value"},
		{replace("/*/*/caching/ttlInSeconds", "3601"), "Invalid value '3601'"},
		{replace("/*/*/throttling/rateLimit", "fast"), "Invalid value 'fast'"},
		{replace("/*/*/logging/loglevel", "DEBUG"), "Invalid logging level"},
		{replace("/*/*/caching/unauthorizedCacheControlHeaderStrategy", "IGNORE"), "Strategy"},
		{op(types.OpAdd, "/*/*/caching/enabled", "true"), "Invalid add operation"},
		{op(types.OpTest, "/description", "x"), "Invalid patch operation specified"},
		{op(types.OpRemove, "/*/*/caching/enabled", ""), "Cannot remove method setting */*/caching/enabled because there is no method setting"},
		{op(types.OpRemove, "/missing/GET", ""), "Cannot remove method setting missing/GET because there is no method setting for this method"},
		{op(types.OpRemove, "/tracingEnabled", ""), "Invalid remove operation"},
		{replace("/clientCertificateId", "none00"), "Invalid Client Certificate identifier"},
		{replace("/deploymentId", "none00"), "Deployment id does not exist"},
		{replace("/cacheClusterSize", "2"), "Invalid cache cluster size"},
		{replace("/cacheClusterEnabled", "on"), "Invalid boolean value"},
		{replace("/variables/x", "a b"), "Invalid stage variable"},
		{replace("/canarySettings/badPath", "1"), "Invalid method setting path: /canarySettings/badPath"},
		{op(types.OpAdd, "/canarySettings/deploymentId", "x"), "Invalid add operation with path: /canarySettings/deploymentId"},
		{types.PatchOperation{Op: types.OpCopy, From: aws.String("/canarySettings/deploymentId"), Path: aws.String("/deploymentId")}, "Canary does not exist"},
		{replace("/*/*/logging/loglevel", "ERROR"), "CloudWatch Logs role ARN must be set in account settings to enable logging"},
	} {
		_, err := patch(t, d, c.op)
		refused(t, err, "BadRequestException", c.text)
	}
}

func TestPatchesAreAtomic(t *testing.T) {
	d := load(t, awsdouble.Options{}, restFixture)
	_, err := patch(t, d, replace("/*/*/caching/dataEncrypted", "false"), replace("/tracingEnabled", "true"), replace("/nonsense", "x"))
	refused(t, err, "BadRequestException", "/nonsense")
	s, err := v1(d).GetStage(t.Context(), &apigateway.GetStageInput{RestApiId: aws.String("a1b2c3d4e5"), StageName: aws.String("prod")})
	if err != nil || s.TracingEnabled || !s.MethodSettings["*/*"].CacheDataEncrypted {
		t.Errorf("a refused request changed the stage: %+v, %v", s, err)
	}
}

func TestStageFields(t *testing.T) {
	d := load(t, awsdouble.Options{}, restFixture)
	out, err := patch(t, d, replace("/clientCertificateId", "c1c1c1"), replace("/tracingEnabled", "true"),
		replace("/description", "x"), replace("/variables/env", "prod"), replace("/canarySettings/percentTraffic", "10"))
	if err != nil || aws.ToString(out.ClientCertificateId) != "c1c1c1" || !out.TracingEnabled || out.Variables["env"] != "prod" ||
		out.CanarySettings.PercentTraffic != 10 || aws.ToString(out.CanarySettings.DeploymentId) != aws.ToString(out.DeploymentId) {
		t.Errorf("%+v, %v", out, err)
	}
	out, err = patch(t, d, replace("/clientCertificateId", ""), op(types.OpRemove, "/variables/env", ""), op(types.OpRemove, "/canarySettings", ""))
	if err != nil || out.ClientCertificateId != nil || len(out.Variables) != 0 || out.CanarySettings != nil {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestRestAccessLogs(t *testing.T) {
	d := load(t, awsdouble.Options{}, restFixture)
	set := func(arn, format string) error {
		_, err := patch(t, d, replace("/accessLogSettings/destinationArn", arn), replace("/accessLogSettings/format", format))
		return err
	}
	refused(t, set(logGroup, format), "BadRequestException", "CloudWatch Logs role ARN must be set")
	withLogRole(t, d)
	for _, c := range []struct{ arn, format, text string }{
		{logGroup, `{"ip":"$context.identity.sourceIp"}`, "must include either $context.requestId or $context.extendedRequestId"},
		{logGroup, "$context.requestIdentity", "must include"},
		{logGroup, "$context.requestId\n$context.status", "must be single line"},
		{"arn:aws:logs:ap-northeast-1:111122223333:log-group:/none", format, "does not exist"},
		{"arn:aws:logs:us-east-1:111122223333:log-group:/apigw/orders", format, "does not exist"},
		{"arn:aws:firehose:ap-northeast-1:111122223333:deliverystream/orders", format, "amazon-apigateway-"},
		{"arn:aws:firehose:ap-northeast-1:111122223333:deliverystream/amazon-apigateway-none", format, "does not exist"},
		{"arn:aws:s3:::bucket", format, "Invalid ARN"},
		{"orders", format, "Invalid ARN"},
	} {
		refused(t, set(c.arn, c.format), "BadRequestException", c.text)
	}
	_, err := patch(t, d, replace("/accessLogSettings/destinationArn", logGroup))
	refused(t, err, "BadRequestException", "Expected destinationArn and format")
	for _, ok := range [][2]string{{logGroup, format}, {logGroup + ":*", "$context.extendedRequestId\n"}, {stream, format}} {
		if err := set(ok[0], ok[1]); err != nil {
			t.Errorf("%v: %v", ok, err)
		}
	}
	out, err := patch(t, d, op(types.OpRemove, "/accessLogSettings", ""))
	if err != nil || out.AccessLogSettings != nil {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := patch(t, d, replace("/*/*/logging/loglevel", "ERROR")); err != nil {
		t.Error(err)
	}
}

func TestUpdateAccount(t *testing.T) {
	d := load(t, awsdouble.Options{}, restFixture)
	update := func(p types.PatchOperation) error {
		_, err := v1(d).UpdateAccount(t.Context(), &apigateway.UpdateAccountInput{PatchOperations: []types.PatchOperation{p}})
		return err
	}
	for _, arn := range []string{"none", "no-trust", "no-policy"} {
		refused(t, update(replace("/cloudwatchRoleArn", "arn:aws:iam::111122223333:role/"+arn)), "BadRequestException", "does not have required permissions")
	}
	refused(t, update(replace("/cloudwatchRoleArn", "apigw-logs")), "BadRequestException", "Invalid ARN")
	refused(t, update(replace("/throttleSettings/rateLimit", "1")), "BadRequestException", "Invalid patch path")
	refused(t, update(op(types.OpRemove, "/cloudwatchRoleArn", "")), "BadRequestException", "Invalid remove operation")
	withLogRole(t, d)
	a, err := v1(d).GetAccount(t.Context(), &apigateway.GetAccountInput{})
	if err != nil || aws.ToString(a.CloudwatchRoleArn) != "arn:aws:iam::111122223333:role/apigw-logs" {
		t.Errorf("%+v, %v", a, err)
	}
	if err := update(replace("/cloudwatchRoleArn", "")); err != nil {
		t.Error(err)
	}
}

func TestCacheClusterTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := load(t, awsdouble.Options{}, restFixture)
		status := func() string {
			s, err := v1(d).GetStages(t.Context(), &apigateway.GetStagesInput{RestApiId: aws.String("a1b2c3d4e5")})
			if err != nil {
				t.Fatal(err)
			}
			return string(s.Item[0].CacheClusterStatus) + " " + string(s.Item[0].CacheClusterSize)
		}
		expect := func(want string) {
			t.Helper()
			if got := status(); got != want {
				t.Errorf("cache is %q, want %q", got, want)
			}
		}
		flush := func() error {
			_, err := v1(d).FlushStageCache(t.Context(), &apigateway.FlushStageCacheInput{RestApiId: aws.String("a1b2c3d4e5"), StageName: aws.String("prod")})
			return err
		}
		expect("NOT_AVAILABLE ")
		refused(t, flush(), "BadRequestException", "no cache cluster")
		change := func(ops ...types.PatchOperation) {
			t.Helper()
			if _, err := patch(t, d, ops...); err != nil {
				t.Fatal(err)
			}
		}
		change(replace("/cacheClusterEnabled", "true"))
		expect("CREATE_IN_PROGRESS 0.5")
		time.Sleep(5 * time.Minute)
		expect("AVAILABLE 0.5")
		if err := flush(); err != nil {
			t.Error(err)
		}
		expect("FLUSH_IN_PROGRESS 0.5")
		time.Sleep(2 * time.Minute)
		expect("AVAILABLE 0.5")
		change(replace("/cacheClusterSize", "1.6"))
		expect("CREATE_IN_PROGRESS 1.6")
		time.Sleep(5 * time.Minute)
		change(replace("/cacheClusterEnabled", "false"))
		expect("DELETE_IN_PROGRESS 1.6")
		time.Sleep(5 * time.Minute)
		expect("NOT_AVAILABLE 1.6")
	})
}

// TestRestAPIFromNothing builds an API as a user would, with every step that
// AWS refuses on the way.
func TestRestAPIFromNothing(t *testing.T) {
	d := load(t, awsdouble.Options{}, `{}`)
	c, ctx := v1(d), t.Context()
	_, err := c.CreateRestApi(ctx, &apigateway.CreateRestApiInput{Name: aws.String("x"), Description: aws.String("")})
	refused(t, err, "BadRequestException", "Description cannot be an empty string")
	a, err := c.CreateRestApi(ctx, &apigateway.CreateRestApiInput{Name: aws.String("pets"), Tags: map[string]string{"env": "dev"}})
	if err != nil {
		t.Fatal(err)
	}
	deploy := func() (*apigateway.CreateDeploymentOutput, error) {
		return c.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: a.Id, StageName: aws.String("dev")})
	}
	_, err = deploy()
	refused(t, err, "BadRequestException", "The REST API doesn't contain any methods")
	_, err = c.CreateStage(ctx, &apigateway.CreateStageInput{RestApiId: a.Id, StageName: aws.String("dev"), DeploymentId: aws.String("none00")})
	refused(t, err, "BadRequestException", "Deployment id does not exist")
	r, err := c.CreateResource(ctx, &apigateway.CreateResourceInput{RestApiId: a.Id, ParentId: a.RootResourceId, PathPart: aws.String("pets")})
	if err != nil || aws.ToString(r.Path) != "/pets" {
		t.Fatal(r, err)
	}
	_, err = c.CreateResource(ctx, &apigateway.CreateResourceInput{RestApiId: a.Id, ParentId: a.RootResourceId, PathPart: aws.String("pets")})
	refused(t, err, "ConflictException", "already has this name: pets")
	method := func(verb, auth string) error {
		_, err := c.PutMethod(ctx, &apigateway.PutMethodInput{RestApiId: a.Id, ResourceId: r.Id, HttpMethod: &verb, AuthorizationType: &auth})
		return err
	}
	refused(t, method("FETCH", "NONE"), "BadRequestException", "Invalid HttpMethod specified")
	refused(t, method("GET", "CUSTOM"), "BadRequestException", "requires a valid authorizer")
	if err := method("GET", "NONE"); err != nil {
		t.Fatal(err)
	}
	refused(t, method("GET", "NONE"), "ConflictException", "Method already exists")
	_, err = deploy()
	refused(t, err, "BadRequestException", "No integration defined for method")
	integrate := func(kind types.IntegrationType, uri string) error {
		_, err := c.PutIntegration(ctx, &apigateway.PutIntegrationInput{RestApiId: a.Id, ResourceId: r.Id, HttpMethod: aws.String("GET"),
			Type: kind, Uri: &uri, IntegrationHttpMethod: aws.String("GET")})
		return err
	}
	refused(t, integrate("HTTP", "ftp://example.com"), "BadRequestException", "Invalid HTTP endpoint specified for URI")
	refused(t, integrate("AWS_PROXY", "lambda"), "BadRequestException", "Invalid ARN")
	if err := integrate("HTTP", "https://example.com/pets"); err != nil {
		t.Fatal(err)
	}
	if _, err := deploy(); err != nil {
		t.Fatal(err)
	}
	bare, err := c.GetResources(ctx, &apigateway.GetResourcesInput{RestApiId: a.Id})
	if err != nil || len(bare.Items) != 2 || bare.Items[1].ResourceMethods["GET"].MethodIntegration != nil {
		t.Errorf("without embed only verbs are shown: %+v, %v", bare, err)
	}
	full, err := c.GetResources(ctx, &apigateway.GetResourcesInput{RestApiId: a.Id, Embed: []string{"methods"}})
	if err != nil || full.Items[1].ResourceMethods["GET"].MethodIntegration.Type != types.IntegrationTypeHttp {
		t.Errorf("%+v, %v", full, err)
	}
	stages, err := c.GetStages(ctx, &apigateway.GetStagesInput{RestApiId: a.Id})
	if err != nil || len(stages.Item) != 1 || len(stages.Item[0].MethodSettings) != 0 {
		t.Errorf("a deployment with a stage name makes that stage: %+v, %v", stages, err)
	}
	cert, err := c.GenerateClientCertificate(ctx, &apigateway.GenerateClientCertificateInput{})
	if err != nil || cert.ExpirationDate == nil {
		t.Errorf("%+v, %v", cert, err)
	}
	if _, err := c.DeleteStage(ctx, &apigateway.DeleteStageInput{RestApiId: a.Id, StageName: aws.String("dev")}); err != nil {
		t.Error(err)
	}
	if _, err := c.DeleteRestApi(ctx, &apigateway.DeleteRestApiInput{RestApiId: a.Id}); err != nil {
		t.Error(err)
	}
	_, err = c.GetStages(ctx, &apigateway.GetStagesInput{RestApiId: a.Id})
	refused(t, err, "NotFoundException", "Invalid API identifier specified 111122223333:"+*a.Id)
}
