package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

const (
	doubleAccount = "111122223333"
	doubleRegion  = "ap-northeast-1"
	prodStage     = "/restapis/a1b2c3d4e5/stages/prod"
)

// doubleCases are the cases that moto cannot express, each judged by the program against the double.
var doubleCases = []struct {
	controlCase
	why     string // moto cannot express it
	fixture string
	fault   awsdouble.Fault
	exit    int
	want    []verdict
}{
	{
		controlCase: controlCase{"APIGateway.4", "a WAF Classic Regional web ACL"},
		why:         "moto associates WAFv2 web ACLs only",
		fixture:     restStage(`"webAclArn":"arn:aws:waf-regional:ap-northeast-1:111122223333:webacl/0f1e2d3c"`),
		want:        []verdict{found(prodStage, "AwsApiGatewayStage", "PASSED")},
	},
	{
		controlCase: controlCase{"APIGateway.4", "webAclArn is an empty string"},
		why:         "moto leaves an absent web ACL out",
		fixture:     restStage(`"webAclArn":""`),
		want:        []verdict{found(prodStage, "AwsApiGatewayStage", "FAILED")},
	},
	{
		controlCase: controlCase{"APIGateway.5", "open, while the cluster is being created"},
		why:         "moto's clusters are there at once",
		fixture: restStage(`"cacheClusterEnabled":true,"cacheClusterStatus":"CREATE_IN_PROGRESS",
			"methodSettings":{"*/*":{"cachingEnabled":true,"cacheDataEncrypted":false}}`),
		want: []verdict{found(prodStage, "AwsApiGatewayStage", "FAILED")},
	},
	{
		controlCase: controlCase{"APIGateway.5", "encrypted, while the cluster is being deleted"},
		why:         "moto's clusters are gone at once",
		fixture: restStage(`"cacheClusterEnabled":true,"cacheClusterStatus":"DELETE_IN_PROGRESS",
			"methodSettings":{"*/*":{"cachingEnabled":true,"cacheDataEncrypted":true}}`),
		want: []verdict{found(prodStage, "AwsApiGatewayStage", "PASSED")},
	},
	{
		controlCase: controlCase{"APIGateway.8", "a route made by quick create"},
		why:         "moto does not implement quick create",
		fixture:     quickCreated,
		want:        []verdict{found("/apis/q1w2e3r4t5/routes/r000001", "Other", "FAILED")},
	},
	{
		controlCase: controlCase{"APIGateway.9", "a stage made by quick create"},
		why:         "moto does not implement quick create",
		fixture:     quickCreated,
		want:        []verdict{found("/apis/q1w2e3r4t5/stages/$default", "AwsApiGatewayV2Stage", "FAILED")},
	},
	{
		controlCase: controlCase{"APIGateway.10", "an integration made by quick create"},
		why:         "moto does not implement quick create",
		fixture:     quickCreated,
		want:        []verdict{notApplicable("/apis/q1w2e3r4t5/integrations/i000001", "Other")},
	},
	{
		controlCase: controlCase{"APIGateway.11", "private domain names that share a name"},
		why:         "moto has no private domain names",
		fixture: `{"domainNames":[` +
			privateDomain("aaa1111111", "TLS_1_2") + "," + privateDomain("bbb2222222", "SecurityPolicy_TLS13_1_3_2025_09") + `]}`,
		want: []verdict{
			foundAt(privateArn("aaa1111111"), "Other", "FAILED"),
			foundAt(privateArn("bbb2222222"), "Other", "PASSED"),
		},
	},
	{
		controlCase: controlCase{"APIGateway.8", "routes on a second page"},
		why:         "moto ignores page sizes",
		fixture:     manyRoutes(501),
		want:        everyRoute(501),
	},
	{
		controlCase: controlCase{"APIGateway.2", "integrations cannot be read"},
		why:         "moto refuses nothing",
		fixture:     restStage(`"description":"public"`),
		fault:       awsdouble.Fault{Service: "apigateway", Operation: "GetResources", Kind: awsdouble.Deny},
		exit:        3,
		want:        []verdict{found(prodStage, "AwsApiGatewayStage", "NOT_AVAILABLE")},
	},
	{
		controlCase: controlCase{"APIGateway.1", "REST APIs cannot be listed"},
		why:         "moto refuses nothing",
		fixture:     quickCreated,
		fault:       awsdouble.Fault{Service: "apigateway", Operation: "GetRestApis", Kind: awsdouble.Deny},
		exit:        3,
		want: []verdict{
			foundAt("AWS::::Account:"+doubleAccount, "AwsAccount", "NOT_AVAILABLE"),
			notApplicable("/apis/q1w2e3r4t5/stages/$default", "AwsApiGatewayV2Stage"),
		},
	},
	{
		controlCase: controlCase{"APIGateway.9", "the stages of the only API cannot be read"},
		why:         "moto refuses nothing",
		fixture:     quickCreated,
		fault:       awsdouble.Fault{Service: "apigatewayv2", Operation: "GetStages", Kind: awsdouble.Deny},
		exit:        3,
		want:        []verdict{found("/apis/q1w2e3r4t5", "AwsApiGatewayV2Api", "NOT_AVAILABLE")},
	},
}

// TestScanOfWhatMotoCannotExpress leaves reason codes out: those for what could not be read are kumoban's own.
func TestScanOfWhatMotoCannotExpress(t *testing.T) {
	for _, c := range doubleCases {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			t.Logf("on the double, for %s", c.why)
			double := awsdouble.New(awsdouble.Options{Seed: 1})
			if err := double.Load(doubleAccount, doubleRegion, []byte(c.fixture)); err != nil {
				t.Fatal(err)
			}
			if c.fault.Kind != "" {
				double.Fault(c.fault)
			}
			endpoint, shut, err := double.Listen("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = shut() })
			id, secret := double.CredentialsFor(doubleAccount)

			got := scan(t, environment(t, endpoint, id, secret), c.exit, "--region", doubleRegion, "--control", c.Control)
			for i := range got {
				got[i].Reason = ""
			}
			want := make([]verdict, len(c.want))
			for i, v := range c.want {
				v.Control = c.Control
				want[i] = v
			}
			same(t, want, got)
		})
	}
}

func found(path, kind, status string) verdict {
	return foundAt("arn:aws:apigateway:"+doubleRegion+"::"+path, kind, status)
}

func foundAt(resource, kind, status string) verdict {
	return verdict{
		Account: doubleAccount, Region: doubleRegion, Resource: resource, Type: kind,
		Status: status, RecordState: "ACTIVE",
	}
}

func notApplicable(path, kind string) verdict {
	v := found(path, kind, "NOT_AVAILABLE")
	v.RecordState = "ARCHIVED"
	return v
}

// restStage is an account with one REST API whose stage prod has these fields.
func restStage(fields string) string {
	return `{"restApis":[{"id":"a1b2c3d4e5","name":"orders","stages":[{"stageName":"prod",` + fields + `}]}]}`
}

// quickCreated is what CreateApi makes when it is given a target; the VPC link has its integration looked at.
const quickCreated = `{
	"vpcLinks":[{"vpcLinkId":"v1n2k3","name":"link"}],
	"apis":[{"apiId":"q1w2e3r4t5","name":"quick","protocolType":"HTTP",
		"stages":[{"stageName":"$default","apiGatewayManaged":true,"autoDeploy":true}],
		"routes":[{"routeId":"r000001","routeKey":"$default","apiGatewayManaged":true,"target":"integrations/i000001"}],
		"integrations":[{"integrationId":"i000001","apiGatewayManaged":true,"integrationType":"AWS_PROXY",
			"integrationUri":"arn:aws:lambda:ap-northeast-1:111122223333:function:f"}]}]}`

func privateArn(id string) string {
	return "arn:aws:apigateway:" + doubleRegion + ":" + doubleAccount + ":/domainnames/internal.example.com+" + id
}

func privateDomain(id, policy string) string {
	return fmt.Sprintf(`{"domainName":"internal.example.com","domainNameId":%q,"domainNameArn":%q,"securityPolicy":%q,
		"endpointConfiguration":{"types":["PRIVATE"]}}`, id, privateArn(id), policy)
}

func manyRoutes(n int) string {
	routes := make([]string, n)
	for i := range routes {
		routes[i] = fmt.Sprintf(`{"routeId":"r%06d","routeKey":"GET /%d","authorizationType":"AWS_IAM"}`, i, i)
	}
	return `{"apis":[{"apiId":"m1a2n3y4","name":"wide","protocolType":"HTTP","routes":[` + strings.Join(routes, ",") + `]}]}`
}

func everyRoute(n int) []verdict {
	routes := make([]verdict, n)
	for i := range routes {
		routes[i] = found(fmt.Sprintf("/apis/m1a2n3y4/routes/r%06d", i), "Other", "PASSED")
	}
	return routes
}
