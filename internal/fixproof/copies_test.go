package fixproof

import (
	_ "embed"
	"net/http"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/outside"
)

// onDouble is the account of the double. It has what moto cannot express.
//
//go:embed testdata/double.json
var onDouble []byte

// newDouble makes a fresh copy of the account of the double.
func newDouble(t *testing.T) *account {
	t.Helper()
	return doubleWith(t, onDouble)
}

// doubleWith makes an account of the double that has what a fixture says.
func doubleWith(t *testing.T, fixture []byte) *account {
	t.Helper()
	const id = "111122223333"
	double := awsdouble.New(awsdouble.Options{Seed: 1, DomainDelay: time.Second})
	if err := double.Load(id, region, fixture); err != nil {
		t.Fatal(err)
	}
	endpoint, stop, err := double.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stop() })
	a := &account{endpoint: endpoint, id: id, dir: t.TempDir(), ids: map[string]string{}}
	a.key, a.secret = double.CredentialsFor(id)
	return a
}

// motoAccounts counts the accounts that tests have taken.
var motoAccounts atomic.Int64

// newMoto makes a fresh copy of the account of moto.
func newMoto(t *testing.T) *account {
	t.Helper()
	a := emptyMoto(t)
	a.fill(t)
	return a
}

// emptyMoto is an account of its own, with nothing in it.
func emptyMoto(t *testing.T) *account {
	t.Helper()
	a := &account{
		endpoint: outside.Moto(t), id: strconv.FormatInt(200000000000+motoAccounts.Add(1), 10),
		key: "AKIAIOSFODNN7EXAMPLE", secret: "secret", moto: true, dir: t.TempDir(), ids: map[string]string{},
	}
	answer := a.query(t, "sts", "Action", "AssumeRole", "Version", "2011-06-15",
		"RoleArn", "arn:aws:iam::"+a.id+":role/proof", "RoleSessionName", "proof")
	keys := regexp.MustCompile(`<AccessKeyId>(.+)</AccessKeyId>\s*<SecretAccessKey>(.+)</SecretAccessKey>\s*<SessionToken>(.+)</SessionToken>`).FindStringSubmatch(answer)
	if keys == nil {
		t.Fatalf("no keys in %s", answer)
	}
	a.key, a.secret, a.token = keys[1], keys[2], keys[3]
	return a
}

type object = map[string]any

// make makes something and remembers its id by a name.
func (a *account) make(t *testing.T, name, field, path string, body object) string {
	t.Helper()
	id, _ := a.gateway(t, http.MethodPost, path, body)[field].(string)
	if id == "" {
		t.Fatalf("POST %s: no %s", path, field)
	}
	a.ids[name] = id
	return id
}

// fill makes what every control has something to say about.
func (a *account) fill(t *testing.T) {
	t.Helper()
	a.fillREST(t)
	bare := a.make(t, "BARE", "id", "/restapis", object{"name": "bare"})
	a.restStage(t, bare, object{"stageName": "dev", "tracingEnabled": true})
	link := a.make(t, "LINK", "vpcLinkId", "/v2/vpclinks", object{"name": "link", "subnetIds": []string{"subnet-1"}})
	shop := a.make(t, "SHOP", "apiId", "/v2/apis", object{"name": "shop", "protocolType": "HTTP"})
	a.gateway(t, http.MethodPost, "/v2/apis/"+shop+"/stages", object{"stageName": "$default", "autoDeploy": true, "stageVariables": object{"colour": "blue"}})
	a.make(t, "JWT", "authorizerId", "/v2/apis/"+shop+"/authorizers", object{
		"name": "jwt", "authorizerType": "JWT", "identitySource": []string{"$request.header.Authorization"},
		"jwtConfiguration": object{"issuer": "https://issuer.example.com", "audience": []string{"a"}},
	})
	back := a.make(t, "BACKEND", "integrationId", "/v2/apis/"+shop+"/integrations", object{
		"integrationType": "HTTP_PROXY", "integrationMethod": "ANY", "connectionType": "VPC_LINK", "connectionId": link,
		"integrationUri":       "arn:aws:elasticloadbalancing:" + region + ":" + a.id + ":listener/app/shop/50dc6c495c0c9188/0467ef3c8400ae65",
		"payloadFormatVersion": "1.0",
	})
	a.make(t, "ITEMS", "routeId", "/v2/apis/"+shop+"/routes", object{"routeKey": "GET /items/{id}", "target": "integrations/" + back, "authorizationType": "NONE", "operationName": "item"})
	chat := a.make(t, "CHAT", "apiId", "/v2/apis", object{"name": "chat", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"})
	a.gateway(t, http.MethodPost, "/v2/apis/"+chat+"/stages", object{
		"stageName": "production", "defaultRouteSettings": object{"detailedMetricsEnabled": true, "throttlingBurstLimit": 50, "throttlingRateLimit": 20.5},
	})
	a.make(t, "CONNECT", "routeId", "/v2/apis/"+chat+"/routes", object{"routeKey": "$connect", "authorizationType": "NONE"})
}

// restStage makes a stage of an API with one method.
func (a *account) restStage(t *testing.T, api string, stage object) {
	t.Helper()
	resources, _ := a.gateway(t, http.MethodGet, "/restapis/"+api+"/resources", nil)["item"].([]any)
	root, _ := resources[0].(map[string]any)["id"].(string)
	name, _ := stage["stageName"].(string)
	a.ids["ROOT of "+name] = root
	method := "/restapis/" + api + "/resources/" + root + "/methods/GET"
	a.gateway(t, http.MethodPut, method, object{"authorizationType": "NONE"})
	a.gateway(t, http.MethodPut, method+"/integration", object{"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "https://backend.example.com/"})
	stage["deploymentId"] = a.make(t, "DEPLOYMENT of "+name, "id", "/restapis/"+api+"/deployments", object{})
	a.gateway(t, http.MethodPost, "/restapis/"+api+"/stages", stage)
}

func (a *account) fillREST(t *testing.T) {
	t.Helper()
	orders := a.make(t, "ORDERS", "id", "/restapis", object{"name": "orders"})
	a.restStage(t, orders, object{
		"stageName": "prod", "tracingEnabled": false, "cacheClusterEnabled": true, "cacheClusterSize": "0.5",
		"variables": object{"colour": "blue"}, "description": "orders",
	})
	patches := []object{}
	for path, value := range map[string]string{
		"*/*/caching/enabled": "true", "*/*/throttling/burstLimit": "200", "*/*/throttling/rateLimit": "100.5", "*/*/metrics/enabled": "true",
		"~1orders~1{id}/GET/caching/enabled": "true", "~1orders~1{id}/GET/caching/ttlInSeconds": "60", "~1orders~1{id}/GET/logging/loglevel": "INFO",
		"me/GET/caching/enabled": "true", "me/GET/caching/dataEncrypted": "true",
	} {
		patches = append(patches, object{"op": "replace", "path": "/" + path, "value": value})
	}
	a.gateway(t, http.MethodPatch, "/restapis/"+orders+"/stages/prod", object{"patchOperations": patches})
	made := a.json(t, "wafv2", "AWSWAF_20190729.CreateWebACL", object{
		"Name": "acl", "Scope": "REGIONAL", "DefaultAction": object{"Allow": object{}},
		"VisibilityConfig": object{"SampledRequestsEnabled": false, "CloudWatchMetricsEnabled": false, "MetricName": "m"},
	})
	summary, _ := made["Summary"].(map[string]any)
	a.ids["WEBACL"], _ = summary["ARN"].(string)
}
