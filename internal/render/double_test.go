package render_test

import (
	"context"
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/plan"
)

// The accounts as the plans of the same name found them.
const (
	restAccount = `{"restApis":[{"id":"a1b2c3d4e5","name":"orders","stages":[{"stageName":"prod",
		"cacheClusterEnabled":true,"cacheClusterSize":"0.5","cacheClusterStatus":"AVAILABLE","methodSettings":{SETTINGS}}]}],
		"webAcls":[{"Name":"orders","Id":"11112222-3333-4444-5555-666677778888","ARN":"` + webACL + `"}],
		"apis":[{"apiId":"w1x2y3z4a5","name":"chat","protocolType":"WEBSOCKET","stages":[{"stageName":"production",
			"defaultRouteSettings":{"loggingLevel":"OFF","dataTraceEnabled":false,"detailedMetricsEnabled":true}}]}]}`
	cached = `"*/*":{"cachingEnabled":true,"metricsEnabled":true,"throttlingBurstLimit":200,"throttlingRateLimit":100.5},
		"~1orders~1{id}/GET":{"cachingEnabled":true,"cacheTtlInSeconds":60,"metricsEnabled":true,"throttlingBurstLimit":-1,"throttlingRateLimit":-1},
		"me/GET":{"cachingEnabled":true,"cacheDataEncrypted":true,"loggingLevel":"INFO","metricsEnabled":true}`
	apiStage = `{"stageName":"$default","autoDeploy":true}`
	http     = `{"apis":[{"apiId":"b1c2d3e4f5","name":"orders","protocolType":"HTTP","stages":[` + apiStage + `],
		"authorizers":[{"authorizerId":"jwt123","name":"jwt","authorizerType":"JWT","identitySource":["$request.header.Authorization"],
			"jwtConfiguration":{"issuer":"https://issuer.example.com","audience":["a"]}}],
		"integrations":[{"integrationId":"i1n2t3e","integrationType":"HTTP_PROXY","integrationMethod":"ANY","connectionType":"VPC_LINK","connectionId":"v1l2n3",
			"integrationUri":"arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:listener/app/orders/50dc6c495c0c9188/0467ef3c8400ae65"}],
		"routes":[{"routeId":"r1o2u3t","routeKey":"GET /orders/{id}","authorizationType":"NONE","target":"integrations/i1n2t3e"},
			{"routeId":"o1t2h3e","routeKey":"$default","authorizationType":"JWT","authorizerId":"jwt123","target":"integrations/i1n2t3e"}]},
		{"apiId":"w1x2y3z4a5","name":"chat","protocolType":"WEBSOCKET","stages":[{"stageName":"production"}],
		"routes":[{"routeId":"c1o2n3n","routeKey":"$connect","authorizationType":"NONE"}]}],
		"vpcLinks":[{"vpcLinkId":"v1l2n3","name":"orders","vpcLinkStatus":"AVAILABLE","vpcLinkVersion":"V2","subnetIds":["subnet-1"]}]}`
)

// TestScriptsDoTheirWork runs scripts as printed, with the real aws command
// against the double, which refuses what AWS refuses. The scripts read back
// themselves; run again, each stops at its first step and changes nothing.
func TestScriptsDoTheirWork(t *testing.T) {
	aws := outside.AWSCLI(t)
	withoutChat := func(p *plan.Plan) *plan.Plan {
		p.Steps = p.Steps[:3] // the double has no stage with a format and no destination
		return p
	}
	for name, c := range map[string]struct {
		plan    *plan.Plan
		account string
	}{
		"cache":   {cachePlan(t), strings.Replace(restAccount, "SETTINGS", cached, 1)},
		"rest":    {restPlan(t), strings.Replace(restAccount, "SETTINGS", "", 1)},
		"logging": {loggingPlan(t), strings.Replace(restAccount, "SETTINGS", `"~1/GET":{"metricsEnabled":true}`, 1)},
		"own-role": {ownRolePlan(t), `{"account":{"cloudwatchRoleArn":"arn:aws:iam::111122223333:role/OldStack-ApiCloudWatchRole-1ABC"},` +
			`"apis":[{"apiId":"w1x2y3z4a5","name":"chat","protocolType":"WEBSOCKET","stages":[{"stageName":"production"}]}]}`},
		"access-log":  {withoutChat(accessLogPlan(t)), http},
		"routes":      {routesPlan(t), http},
		"integration": {integrationPlan(t), http},
		"tls-away": {build(t, nil, tlsAway()), strings.Replace(http, `"connectionId":"v1l2n3",
			`, `"connectionId":"v1l2n3","tlsConfig":{"serverNameToVerify":"orders.internal.example.com"},`, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			double := awsdouble.New(awsdouble.Options{})
			if err := double.Load(account, region, []byte(c.account)); err != nil {
				t.Fatal(err)
			}
			url := listen(t, double)
			script := show(t, c.plan, "cli", locale.Japanese)
			if out, err := runReal(t, aws, url, double, account, script); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			double.ClearCalls()
			out, err := runReal(t, aws, url, double, account, script)
			if err == nil || !strings.Contains(out, "ステップ 1 を、変更する前に中止しました") || changed(double) {
				t.Errorf("run again: %v, changed something: %t\n%s", err, changed(double), out)
			}
			if name != "routes" { // all scripts begin with the same look at the account
				return
			}
			double.ClearCalls()
			out, err = runReal(t, aws, url, double, "999999999999", script)
			if err == nil || !strings.Contains(out, "アカウント "+account) || len(double.Calls()) != 1 {
				t.Errorf("in another account: %v after %d calls\n%s", err, len(double.Calls()), out)
			}
		})
	}
}

func listen(t *testing.T, double *awsdouble.Double) string {
	t.Helper()
	url, stop, err := double.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stop() })
	return url
}

// changed tells whether the double has seen a call that changes something.
func changed(double *awsdouble.Double) bool {
	reads := regexp.MustCompile(`^(Get|Describe|List)`)
	return slices.ContainsFunc(double.Calls(), func(c awsdouble.Call) bool { return !reads.MatchString(c.Operation) })
}

// runReal runs a script in an environment in which aws knows only the double.
func runReal(t *testing.T, aws, url string, double *awsdouble.Double, account, script string) (string, error) {
	t.Helper()
	home := t.TempDir()
	file := filepath.Join(home, "fix.sh")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", "-eu", file)
	cmd.Dir = home
	cmd.Env = append(awsEnv(url, double, account), "PATH="+filepath.Dir(aws)+":"+os.Getenv("PATH"), "HOME="+home)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func awsEnv(url string, double *awsdouble.Double, account string) []string {
	key, secret := double.CredentialsFor(account)
	return []string{"AWS_ENDPOINT_URL=" + url, "AWS_ACCESS_KEY_ID=" + key, "AWS_SECRET_ACCESS_KEY=" + secret, "AWS_EC2_METADATA_DISABLED=true"}
}

// TestTerraformDoesItsWork applies what is printed with the real terraform to
// the double. What exists is imported and has the planned values then, nothing
// else of it is changed, and the next terraform plan has nothing to do. The
// double lacks calls that the provider makes about roles and KMS aliases.
func TestTerraformDoesItsWork(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	double := awsdouble.New(awsdouble.Options{})
	for _, fixture := range []string{strings.Replace(strings.Replace(restAccount, "SETTINGS", cached, 1), "w1x2y3z4a5", "v1x2y3z4a5", 1), http} {
		if err := double.Load(account, region, []byte(fixture)); err != nil {
			t.Fatal(err)
		}
	}
	url := listen(t, double)
	w.env = append(awsEnv(url, double, account), "AWS_REGION="+region, "AWS_DEFAULT_REGION="+region)
	look := func() map[string]string {
		found := map[string]string{}
		for _, path := range []string{
			"/restapis/a1b2c3d4e5/stages/prod", "/v2/apis/b1c2d3e4f5/routes", "/v2/apis/w1x2y3z4a5/routes", "/v2/apis/b1c2d3e4f5/integrations",
		} {
			flatten(found, "", get(t, url+path, double))
		}
		return found
	}
	w.write(t, "aws.tf", "provider \"aws\" {\n  skip_credentials_validation = true\n  skip_requesting_account_id  = true\n}\n")
	for name, p := range map[string]*plan.Plan{"cache": cachePlan(t), "rest": restPlan(t), "routes": routesPlan(t), "integration": integrationPlan(t)} {
		w.write(t, name+".tf", show(t, p, "terraform", locale.English))
	}
	before := look()
	w.run(t, "apply", "-auto-approve", "-no-color")
	after := look()
	w.run(t, "plan", "-detailed-exitcode", "-no-color")
	var got []string
	for path, v := range after {
		if v != before[path] && path != ".lastUpdatedDate" && path != ".clientCertificateId" {
			got = append(got, path+" = "+v)
		}
	}
	for path := range before {
		if _, there := after[path]; !there {
			got = append(got, path+" is gone")
		}
	}
	slices.Sort(got)
	want := []string{
		".GET /orders/{id}.authorizationType = JWT", ".GET /orders/{id}.authorizerId = jwt123", ".$connect.authorizationType = AWS_IAM",
		".$default.authorizationType = AWS_IAM", ".$default.authorizerId is gone", ".i1n2t3e.tlsConfig.serverNameToVerify = orders.internal.example.com",
		".methodSettings.*/*.cacheDataEncrypted = true", ".methodSettings.~1orders~1{id}/GET.cacheDataEncrypted = true",
		".methodSettings.me/GET.cachingEnabled = false", ".tracingEnabled = true", ".webAclArn = " + webACL,
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if after[".clientCertificateId"] == "" {
		t.Error("the stage has no client certificate")
	}
}

// get reads a path of API Gateway in the account.
func get(t *testing.T, url string, double *awsdouble.Double) (v any) {
	t.Helper()
	req, err := nethttp.NewRequestWithContext(t.Context(), nethttp.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	key, _ := double.CredentialsFor(account)
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key+"/20260401/"+region+"/apigateway/aws4_request, SignedHeaders=host, Signature=0")
	resp, err := nethttp.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil || resp.StatusCode != nethttp.StatusOK {
		t.Fatalf("%s: %s %v", url, resp.Status, err)
	}
	return v
}

// flatten lists all values by their paths; items of lists go by their key or id.
func flatten(to map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			flatten(to, path+"."+name, inner)
		}
	case []any:
		for _, item := range v {
			m, _ := item.(map[string]any)
			name := m["routeKey"]
			if name == nil {
				name = m["integrationId"]
			}
			flatten(to, strings.TrimSuffix(path, ".items")+"."+fmt.Sprint(name), item)
		}
	default:
		to[path] = fmt.Sprint(v)
	}
}
