package awslive_test

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

func sourceOf(t *testing.T, double *awsdouble.Double, region string) *awslive.Source {
	t.Helper()
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	key, secret := double.CredentialsFor(controltest.Account)
	provider := credentials.NewStaticCredentialsProvider(key, secret, "")
	return &awslive.Source{
		Limits: awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)), Log: slog.New(slog.DiscardHandler),
		Load: func(context.Context, string) (aws.Config, error) {
			return awsclient.Static(region, "", provider, &http.Client{Transport: double.Transport()}), nil
		},
	}
}

func enter(t *testing.T, double *awsdouble.Double, region string) *awslive.Session {
	t.Helper()
	s, _, err := sourceOf(t, double, region).Enter(t.Context(), awslive.Target{}, "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func selected(t *testing.T, s control.Selection) control.Set {
	t.Helper()
	set, err := control.Select(controltest.Of("APIGateway"), s)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func load(t *testing.T, double *awsdouble.Double, region, fixture string) {
	t.Helper()
	if err := double.Load(controltest.Account, region, []byte(fixture)); err != nil {
		t.Fatal(err)
	}
}

// judge evaluates what One read.
func judge(t *testing.T, at resource.Scope, set control.Set, u resource.Unit) []finding.Finding {
	t.Helper()
	var findings []finding.Finding
	err := evaluate.New(at, evaluate.KindOf(set[0].Control), set).Unit(u, func(f *finding.Finding) error {
		findings = append(findings, *f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// sameAsScan reads every resource of a double alone and compares what the
// controls say with the scan's findings, word for word. It returns how many
// findings it compared.
func sameAsScan(t *testing.T, double *awsdouble.Double, region string, set control.Set) int {
	t.Helper()
	want := map[resource.Ref][]finding.Finding{}
	for _, f := range controltest.Scan(t, double, region, set) {
		f.Origin = nil // another call of the same API
		f.Tags = nil   // which are the API's too, and that is not read
		want[f.Resource] = append(want[f.Resource], f)
	}
	session := enter(t, double, region)
	compared := 0
	for ref, findings := range want {
		if ref.Type == resource.AccountType {
			continue
		}
		u, err := session.One(t.Context(), set, resource.Ref{Type: ref.Type, ARN: ref.ARN})
		if err != nil {
			t.Errorf("%s: %v", ref.ARN, err)
			continue
		}
		got := judge(t, session.Scope, set, u)
		for i := range got {
			got[i].Origin = nil
		}
		if diff := gocmp.Diff(findings, got); diff != "" {
			t.Errorf("%s (-scan +one):\n%s", ref.ARN, diff)
		}
		compared += len(got)
	}
	return compared
}

// TestOneAsScan holds One to the scan: in the demo account, and in the account
// of every control's case whose calls do not fail.
func TestOneAsScan(t *testing.T) {
	t.Run("demo", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			double := awsdouble.New(awsdouble.Options{})
			if err := double.Demo(); err != nil {
				t.Fatal(err)
			}
			n := sameAsScan(t, double, controltest.Region, selected(t, control.Selection{}))
			t.Logf("%d findings", n)
			if n < 90 {
				t.Errorf("%d findings: the demo account has more", n)
			}
		})
	})
	files, err := filepath.Glob("../../../controls/*/*/testdata/*.txtar")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	total := 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parts := map[string]string{}
		for _, f := range archive.Files {
			parts[f.Name] = string(f.Data)
		}
		if parts["faults"] != "" || parts["aws.json"] == "" {
			continue
		}
		t.Run(filepath.Base(filepath.Dir(filepath.Dir(file)))+"/"+filepath.Base(file), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				region := cmp.Or(strings.TrimSpace(parts["region"]), controltest.Region)
				double := awsdouble.New(awsdouble.Options{})
				load(t, double, region, parts["aws.json"])
				total += sameAsScan(t, double, region, selected(t, control.Selection{Params: strings.Fields(parts["params"])}))
			})
		})
	}
	t.Logf("%d findings of %d cases", total, len(files))
}

const fixture = `{
  "account": {"cloudwatchRoleArn": "arn:aws:iam::111122223333:role/apigateway-logs"},
  "roles": [{"roleName": "audit", "assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}}],
  "restApis": [{"id": "rest000001", "name": "orders", "tags": {"aws:cloudformation:stack-name": "shop"},
    "stages": [{"stageName": "prod", "tags": {"env": "prod"}}, {"stageName": "dev", "clientCertificateId": "c0ffee"}],
    "resources": [{"id": "root00", "path": "/", "resourceMethods": {"GET": {"methodIntegration": {"type": "MOCK"}}}}]}],
  "clientCertificates": [{"clientCertificateId": "c0ffee"}],
  "apis": [{"apiId": "http000001", "name": "web", "protocolType": "HTTP", "stages": [{"stageName": "$default"}],
    "routes": [{"routeId": "rt00001", "routeKey": "GET /", "target": "integrations/int0001"}],
    "integrations": [{"integrationId": "int0001", "integrationType": "HTTP_PROXY", "connectionType": "VPC_LINK", "connectionId": "vl0001"}]}],
  "vpcLinks": [{"vpcLinkId": "vl0001", "name": "link"}],
  "domainNames": [{"domainName": "api.example.com"},
    {"domainName": "in.example.com", "domainNameId": "abcd1234", "endpointConfiguration": {"types": ["PRIVATE"]}}]
}`

const (
	own     = "arn:aws:apigateway:ap-northeast-1::"
	private = "arn:aws:apigateway:ap-northeast-1:111122223333:/domainnames/in.example.com+abcd1234"
)

func ref(t resource.Type, arn string) resource.Ref { return resource.Ref{Type: t, ARN: arn} }

// refs are the fixture's resources, each with the calls that reading it first
// and again costs when APIGateway.2 is among the controls.
func refs() []struct {
	ref          resource.Ref
	first, again string
} {
	return []struct {
		ref          resource.Ref
		first, again string
	}{
		{ref(apigateway.StageType, own+"/restapis/rest000001/stages/prod"), "GetRestApi GetStage GetResources", "GetStage GetResources"},
		{ref(apigateway.StageType, own+"/restapis/rest000001/stages/dev"), "GetStage", "GetStage"},
		{ref(apigatewayv2.StageType, own+"/apis/http000001/stages/$default"), "GetApi GetStage", "GetStage"},
		{ref(apigatewayv2.RouteType, own+"/apis/http000001/routes/rt00001"), "GetRoute", "GetRoute"},
		{ref(apigatewayv2.IntegrationType, own+"/apis/http000001/integrations/int0001"), "GetIntegration", "GetIntegration"},
		{ref(apigateway.DomainNameType, own+"/domainnames/api.example.com"), "GetDomainName", "GetDomainName"},
		{ref(apigateway.DomainNameType, private), "GetDomainName", "GetDomainName"},
	}
}

func called(double *awsdouble.Double) string {
	var names []string
	for _, c := range double.Calls() {
		names = append(names, c.Operation)
	}
	double.ClearCalls()
	return strings.Join(names, " ")
}

// TestOneCalls counts the calls and holds the declared ones to those made.
func TestOneCalls(t *testing.T) {
	double := awsdouble.New(awsdouble.Options{})
	load(t, double, controltest.Region, fixture)
	session := enter(t, double, controltest.Region)
	set := selected(t, control.Selection{})
	declared := map[string]bool{}
	for _, c := range awslive.OneCalls(set, false) {
		declared[c.Operation+" "+c.Resource] = false
	}
	check := func() {
		for _, c := range double.Calls() {
			allowed := false
			for d := range declared {
				operation, pattern, _ := strings.Cut(d, " ")
				if ok, err := filepath.Match("arn:aws:apigateway:ap-northeast-1"+pattern, c.Resource); err == nil && ok && operation == c.Operation {
					declared[d], allowed = true, true
				}
			}
			if !allowed || c.Action != "apigateway:GET" {
				t.Errorf("%s, which is %s on %s, is not declared", c.Operation, c.Action, c.Resource)
			}
		}
	}
	double.ClearCalls()
	for _, r := range refs() {
		for _, want := range []string{r.first, r.again} {
			u, err := session.One(t.Context(), set, r.ref)
			if err != nil {
				t.Fatalf("%s: %v", r.ref.ARN, err)
			}
			if len(u.Resources) != 1 || len(u.Gaps) != 0 || u.Resources[0].GetMeta().ARN != r.ref.ARN {
				t.Errorf("%s gives %+v", r.ref.ARN, u)
			}
			check()
			if got := called(double); got != want {
				t.Errorf("%s: calls %s, want %s", r.ref.ARN, got, want)
			}
		}
	}
	delete(declared, "GetDomainName :*:/domainnames/*+*") // the double's own idea of a private name's ARN is the public one
	for d, used := range declared {
		if !used {
			t.Errorf("%s is declared and never made", d)
		}
	}
	small := selected(t, control.Selection{Patterns: []string{"APIGateway.11"}})
	if calls := awslive.OneCalls(small, false); len(calls) != 2 {
		t.Errorf("a domain name alone needs %d kinds of calls, want 2", len(calls))
	}
}

// TestOneWithoutMethods does not ask for methods that no control of the set reads.
func TestOneWithoutMethods(t *testing.T) {
	double := awsdouble.New(awsdouble.Options{})
	load(t, double, controltest.Region, fixture)
	session := enter(t, double, controltest.Region)
	double.ClearCalls()
	if _, err := session.One(t.Context(), selected(t, control.Selection{Patterns: []string{"APIGateway.5"}}), refs()[0].ref); err != nil {
		t.Fatal(err)
	}
	if got := called(double); got != "GetRestApi GetStage" {
		t.Errorf("calls %s", got)
	}
}

func class(t *testing.T, err error) awsclient.Class {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	return awsclient.AsFault(err).Class
}

// TestOneGone is NotFound, whether the thing is gone or its API with it.
func TestOneGone(t *testing.T) {
	double := awsdouble.New(awsdouble.Options{})
	load(t, double, controltest.Region, fixture)
	session := enter(t, double, controltest.Region)
	set := selected(t, control.Selection{})
	for _, r := range []resource.Ref{
		ref(apigateway.StageType, own+"/restapis/rest000001/stages/gone"),
		ref(apigateway.StageType, own+"/restapis/gone/stages/prod"),
		ref(apigatewayv2.StageType, own+"/apis/http000001/stages/gone"),
		ref(apigatewayv2.StageType, own+"/apis/gone/stages/$default"),
		ref(apigatewayv2.RouteType, own+"/apis/http000001/routes/gone"),
		ref(apigatewayv2.IntegrationType, own+"/apis/http000001/integrations/gone"),
		ref(apigateway.DomainNameType, own+"/domainnames/gone.example.com"),
		ref(apigateway.DomainNameType, own+"/domainnames/in.example.com"), // there is only a private one
	} {
		if _, err := session.One(t.Context(), set, r); class(t, err) != awsclient.NotFound {
			t.Errorf("%s: %v", r.ARN, err)
		}
	}
}

// TestOneSpoilt spoils every call in turn: no verdict comes of it but UNKNOWN.
func TestOneSpoilt(t *testing.T) {
	set := selected(t, control.Selection{})
	for _, kind := range []awsdouble.Kind{awsdouble.Deny, awsdouble.Empty, awsdouble.Cut, awsdouble.Garble, awsdouble.ServerError, awsdouble.Throttle} {
		for _, r := range refs() {
			for _, operation := range strings.Fields(r.again + " GetRestApi GetApi") {
				t.Run(string(kind)+" "+operation+" "+r.ref.ARN, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						double := awsdouble.New(awsdouble.Options{})
						load(t, double, controltest.Region, fixture)
						session := enter(t, double, controltest.Region)
						fault := double.Fault(awsdouble.Fault{Operation: operation, Kind: kind})
						u, err := session.One(t.Context(), set, r.ref)
						switch {
						case fault.Count() == 0:
							if err != nil {
								t.Error(err)
							}
						case operation == "GetResources":
							checkMethodsUnread(t, session.Scope, set, u, err)
						default:
							if c := class(t, err); c == awsclient.Other || c == awsclient.NotFound {
								t.Errorf("class %d: %v", c, err)
							}
						}
					})
				})
			}
		}
	}
}

// checkMethodsUnread wants a gap, and no other verdict spoilt.
func checkMethodsUnread(t *testing.T, at resource.Scope, set control.Set, u resource.Unit, err error) {
	t.Helper()
	if err != nil || len(u.Gaps) != 1 {
		t.Fatalf("%v, %d gaps; want one", err, len(u.Gaps))
	}
	for _, f := range judge(t, at, set, resource.Unit{Resources: u.Resources}) {
		if unknown := f.Status == control.Unknown; unknown != (f.Control == "APIGateway.2") {
			t.Errorf("%s is %v", f.Control, f.Status)
		}
	}
}

// TestOneElsewhere refuses what is no resource of this account and Region, and
// asks nobody about it.
func TestOneElsewhere(t *testing.T) {
	double := awsdouble.New(awsdouble.Options{})
	load(t, double, controltest.Region, fixture)
	session := enter(t, double, controltest.Region)
	double.ClearCalls()
	for _, r := range []resource.Ref{
		{},
		ref(apigateway.StageType, ""),
		ref(apigateway.StageType, "arn:aws:apigateway"),
		ref(apigateway.StageType, own+"/restapis/rest000001"),
		ref(apigateway.StageType, own+"/restapis//stages/prod"),
		ref(apigateway.StageType, own+"/restapis/../stages/prod"),
		ref(apigateway.StageType, own+"/restapis/rest000001/stages/prod/more"),
		ref(apigateway.StageType, own+"/apis/http000001/stages/$default"),
		ref(apigateway.RestApiType, own+"/restapis/rest000001"),
		ref(apigateway.MethodType, own+"/restapis/rest000001/resources/root00/methods/GET"),
		ref(apigateway.StageType, "arn:aws:apigateway:us-east-1::/restapis/rest000001/stages/prod"),
		ref(apigateway.StageType, "arn:aws:execute-api:ap-northeast-1::/restapis/rest000001/stages/prod"),
		ref(apigateway.DomainNameType, strings.Replace(private, "111122223333", "444455556666", 1)),
	} {
		if _, err := session.One(t.Context(), selected(t, control.Selection{}), r); err == nil {
			t.Errorf("%s was read", r.ID())
		}
	}
	if got := called(double); got != "" {
		t.Errorf("calls %s", got)
	}
}

// TestOneTogether reads from several goroutines.
func TestOneTogether(t *testing.T) {
	double := awsdouble.New(awsdouble.Options{})
	load(t, double, controltest.Region, fixture)
	session := enter(t, double, controltest.Region)
	set := selected(t, control.Selection{})
	var wg sync.WaitGroup
	for _, r := range slices.Repeat(refs(), 4) {
		wg.Go(func() {
			if _, err := session.One(t.Context(), set, r.ref); err != nil {
				t.Errorf("%s: %v", r.ref.ARN, err)
			}
		})
	}
	wg.Wait()
}

// TestOneTags carries what tells who manages a resource.
func TestOneTags(t *testing.T) {
	double := awsdouble.New(awsdouble.Options{})
	load(t, double, controltest.Region, fixture)
	u, err := enter(t, double, controltest.Region).One(t.Context(), nil, refs()[0].ref)
	if err != nil {
		t.Fatal(err)
	}
	stage, ok := u.Resources[0].(*apigateway.Stage)
	if !ok || !maps.Equal(stage.Tags.Or(nil), map[string]string{"env": "prod"}) ||
		!maps.Equal(stage.RestApi.Tags.Or(nil), map[string]string{"aws:cloudformation:stack-name": "shop"}) {
		t.Errorf("%+v", u.Resources[0])
	}
}
