package awsdouble_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	v2api "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

// verdicts counts what a control would say, judged here by hand: the controls
// themselves are above this package.
type verdicts map[string]*[2]int

func (v verdicts) add(control string, passes bool) {
	if v[control] == nil {
		v[control] = &[2]int{}
	}
	if passes {
		v[control][0]++
	} else {
		v[control][1]++
	}
}

func TestDemoShowsEveryControlBothWays(t *testing.T) {
	d := awsdouble.New(awsdouble.Options{Quotas: true})
	if err := d.Demo(); err != nil {
		t.Fatal(err)
	}
	if account, region := awsdouble.DemoAccount(); account != acct || region != home {
		t.Fatal(account, region)
	}
	v := verdicts{}
	demoREST(t, d, v)
	demoV2(t, d, v)
	for _, control := range []string{"1", "2", "3", "4", "5", "8", "9", "10", "11"} {
		if n := v[control]; n == nil || n[0] == 0 || n[1] == 0 {
			t.Errorf("APIGateway.%s: %v passes and failures, want both", control, n)
		}
	}
	calls := 0
	for _, c := range d.Calls() {
		if c.Throttled {
			t.Errorf("throttled: %+v", c)
		}
		calls++
	}
	if calls > 32 {
		t.Errorf("a scan of the demo takes %d calls, at most 32 pass without waiting", calls)
	}
}

func demoREST(t *testing.T, d *awsdouble.Double, v verdicts) {
	t.Helper()
	c, ctx := v1(d), t.Context()
	apis, err := c.GetRestApis(ctx, &apigateway.GetRestApisInput{Limit: aws.Int32(500)})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range apis.Items {
		stages, err := c.GetStages(ctx, &apigateway.GetStagesInput{RestApiId: a.Id})
		if err != nil {
			t.Fatal(err)
		}
		certified := true
		for _, s := range stages.Item {
			logged, encrypted := len(s.MethodSettings) > 0, true
			for _, m := range s.MethodSettings {
				logged = logged && m.LoggingLevel != nil
				encrypted = encrypted && (!m.CachingEnabled || m.CacheDataEncrypted)
			}
			v.add("1", logged)
			v.add("3", s.TracingEnabled)
			v.add("4", s.WebAclArn != nil)
			v.add("5", encrypted)
			certified = certified && s.ClientCertificateId != nil
		}
		if certified {
			v.add("2", true)
			continue
		}
		resources, err := c.GetResources(ctx, &apigateway.GetResourcesInput{RestApiId: a.Id, Embed: []string{"methods"}, Limit: aws.Int32(500)})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range resources.Items {
			for _, m := range r.ResourceMethods {
				if strings.HasPrefix(string(m.MethodIntegration.Type), "HTTP") {
					v.add("2", false)
				}
			}
		}
	}
	names, err := c.GetDomainNames(ctx, &apigateway.GetDomainNamesInput{Limit: aws.Int32(500), ResourceOwner: "SELF"})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names.Items {
		v.add("11", slices.Contains([]string{"SecurityPolicy_TLS13_1_3_2025_09", "SecurityPolicy_TLS13_2025_EDGE"}, string(n.SecurityPolicy)))
	}
}

func demoV2(t *testing.T, d *awsdouble.Double, v verdicts) {
	t.Helper()
	c, ctx := v2(d), t.Context()
	apis, err := c.GetApis(ctx, &v2api.GetApisInput{MaxResults: aws.String("500")})
	if err != nil {
		t.Fatal(err)
	}
	if links, err := c.GetVpcLinks(ctx, &v2api.GetVpcLinksInput{}); err != nil || len(links.Items) != 1 {
		t.Fatal(links, err)
	}
	for _, a := range apis.Items {
		stages, err := c.GetStages(ctx, &v2api.GetStagesInput{ApiId: a.ApiId})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range stages.Items {
			v.add("9", s.AccessLogSettings != nil)
			if a.ProtocolType == "WEBSOCKET" {
				v.add("1", s.DefaultRouteSettings.LoggingLevel != "OFF")
			}
		}
		routes, err := c.GetRoutes(ctx, &v2api.GetRoutesInput{ApiId: a.ApiId})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range routes.Items {
			v.add("8", r.AuthorizationType != "NONE")
		}
		integrations, err := c.GetIntegrations(ctx, &v2api.GetIntegrationsInput{ApiId: a.ApiId})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range integrations.Items {
			if i.ConnectionType == "VPC_LINK" {
				v.add("10", i.TlsConfig != nil)
			}
		}
	}
}
