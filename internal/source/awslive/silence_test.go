package awslive_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// instead answers requests for one path in the double's place.
type instead struct {
	double http.RoundTripper
	path   string
	body   string
	header http.Header
}

func (i instead) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != i.path {
		return i.double.RoundTrip(r)
	}
	return &http.Response{StatusCode: 200, Header: i.header, Body: io.NopCloser(strings.NewReader(i.body)), Request: r}, nil
}

// judged gathers what a scan says: gaps as "call code", findings by control.
type judged struct {
	set control.Set

	mu       sync.Mutex
	gaps     []resource.Gap
	findings []finding.Finding
}

func (j *judged) Account(resource.Account) {}
func (j *judged) Scope(at resource.Scope, kind source.Kind) source.ScopeSink {
	return &judgedScope{j, evaluate.New(at, kind, j.set)}
}

type judgedScope struct {
	*judged
	run *evaluate.Run
}

func (s *judgedScope) Unit(u resource.Unit) error {
	s.mu.Lock()
	for _, g := range u.Gaps {
		s.gaps = append(s.gaps, g)
	}
	s.mu.Unlock()
	return s.run.Unit(u, s.keep)
}
func (s *judgedScope) Gap(g resource.Gap) error {
	s.mu.Lock()
	s.gaps = append(s.gaps, g)
	s.mu.Unlock()
	return s.run.Gap(&g, s.keep)
}
func (s *judgedScope) End() error { return s.run.End(s.keep) }
func (s *judgedScope) keep(f *finding.Finding) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.findings = append(s.findings, *f)
	return nil
}

func (j *judged) said() string {
	list := make([]string, len(j.gaps))
	for i, g := range j.gaps {
		list[i] = g.Call + " " + g.Code
	}
	return strings.Join(list, ", ")
}

// look scans the fixture's Region over a transport.
func look(t *testing.T, double *awsdouble.Double, transport http.RoundTripper, known awslive.Known, patterns ...string) *judged {
	t.Helper()
	src := sourceOf(t, double, controltest.Region)
	key, secret := double.CredentialsFor(controltest.Account)
	src.Targets, src.Known = []awslive.Target{{}}, known
	src.Log = slog.New(slog.DiscardHandler)
	src.Load = func(context.Context, string) (aws.Config, error) {
		return awsclient.Static(controltest.Region, "", credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: transport}), nil
	}
	j := &judged{set: selected(t, control.Selection{Patterns: patterns})}
	if err := src.Run(t.Context(), j.set, j); err != nil {
		t.Fatal(err)
	}
	return j
}

// TestAnswersThatNameNothing is told by the parts of the account that stay
// unknown: {} is an empty list only from AWS, not where something is known to
// be, and never of what always holds something.
func TestAnswersThatNameNothing(t *testing.T) {
	ofAWS, ofNobody := http.Header{"X-Amzn-Requestid": {"r"}}, http.Header{"Server": {"nginx"}}
	known := func(types ...resource.Type) awslive.Known {
		return func(_ context.Context, at resource.Scope, asked ...resource.Type) bool {
			return at.Region == controltest.Region && at.Account == controltest.Account &&
				slices.ContainsFunc(asked, func(t resource.Type) bool { return slices.Contains(types, t) })
		}
	}
	for name, c := range map[string]struct {
		path, body string
		header     http.Header
		known      awslive.Known
		gaps       string
	}{
		"REST APIs":                      {"/restapis", `{}`, ofAWS, nil, ""},
		"REST APIs, of another type":     {"/restapis", `{}`, ofAWS, known(apigatewayv2.StageType), ""},
		"REST APIs, known":               {"/restapis", `{}`, ofAWS, known(apigateway.StageType), "apigateway:GetRestApis Garbled"},
		"REST APIs, known, but all gone": {"/restapis", `{"item":[]}`, ofAWS, known(apigateway.StageType), ""},
		"REST APIs, said by nobody":      {"/restapis", `{}`, ofNobody, nil, "apigateway:GetRestApis Garbled"},
		"HTTP APIs":                      {"/v2/apis", `{}`, ofAWS, nil, ""},
		"HTTP APIs, known":               {"/v2/apis", `{}`, ofAWS, known(apigatewayv2.RouteType), "apigateway:GetApis Garbled"},
		"HTTP APIs, said by nobody":      {"/v2/apis", `{}`, ofNobody, nil, "apigateway:GetApis Garbled"},
		"domain names":                   {"/domainnames", `{}`, ofAWS, nil, ""},
		"domain names, known":            {"/domainnames", `{}`, ofAWS, known(apigateway.DomainNameType), "apigateway:GetDomainNames Garbled"},
		"domain names, said by nobody":   {"/domainnames", `{}`, ofNobody, nil, "apigateway:GetDomainNames Garbled"},
		"resources":                      {"/restapis/rest000001/resources", `{}`, ofAWS, nil, "apigateway:GetResources Garbled"},
		"resources, none":                {"/restapis/rest000001/resources", `{"item":[]}`, ofAWS, nil, "apigateway:GetResources Garbled"},
		"resources, without the root":    {"/restapis/rest000001/resources", `{"item":[{"id":"a","path":"/orders"}]}`, ofAWS, nil, "apigateway:GetResources Garbled"},
		"resources, the root alone":      {"/restapis/rest000001/resources", `{"item":[{"id":"a","path":"/"}]}`, ofAWS, nil, ""},
		"stages, said by nobody":         {"/restapis/rest000001/stages", `{}`, ofNobody, nil, "apigateway:GetStages Garbled"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := awsdouble.New(awsdouble.Options{})
				load(t, double, controltest.Region, fixture)
				j := look(t, double, instead{double.Transport(), c.path, c.body, c.header}, c.known)
				if got := j.said(); got != c.gaps {
					t.Errorf("gaps %q, want %q", got, c.gaps)
				}
				for _, f := range j.findings {
					if f.Control == "APIGateway.2" && strings.HasSuffix(c.path, "/resources") && strings.HasSuffix(f.Resource.ARN, "/prod") &&
						(f.Status == control.Unknown) != (c.gaps != "") {
						t.Errorf("%s of APIGateway.2, with the gaps %q", f.Status, c.gaps)
					}
				}
			})
		})
	}
}

// TestVPCLinksThatNameNothing judges integrations where a look before found
// some: a list of VPC links that says nothing is no reason to leave them out.
func TestVPCLinksThatNameNothing(t *testing.T) {
	for name, c := range map[string]struct {
		header http.Header
		known  bool
		judged bool
	}{
		"of AWS":        {http.Header{"X-Amzn-Requestid": {"r"}}, false, false},
		"of AWS, known": {http.Header{"X-Amzn-Requestid": {"r"}}, true, true},
		"of nobody":     {http.Header{}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := awsdouble.New(awsdouble.Options{})
				load(t, double, controltest.Region, fixture)
				known := func(_ context.Context, _ resource.Scope, types ...resource.Type) bool {
					return c.known && slices.Contains(types, apigatewayv2.IntegrationType) && len(types) == 1
				}
				j := look(t, double, instead{double.Transport(), "/v2/vpclinks", `{}`, c.header}, known, "APIGateway.10")
				on := slices.ContainsFunc(j.findings, func(f finding.Finding) bool { return f.Resource.Type == apigatewayv2.IntegrationType })
				if on != c.judged {
					t.Errorf("the integration was judged: %t", on)
				}
			})
		})
	}
}

// TestMethodsBeyondThePageThatFailed counts what was read, and says that there
// is more.
func TestMethodsBeyondThePageThatFailed(t *testing.T) {
	for http, want := range map[int]string{1: "at least 1 method (", 2: "at least 2 methods (", 0: "could not be read"} {
		synctest.Test(t, func(t *testing.T) {
			var resources []string
			for i := range 600 {
				kind := "MOCK"
				if i < http {
					kind = "HTTP"
				}
				resources = append(resources, fmt.Sprintf(`{"id": "r%05d", "path": "/p%05d", "resourceMethods": {"GET": {"methodIntegration": {"type": "%s", "uri": "https://x.example"}}}}`, i, i, kind))
			}
			double := awsdouble.New(awsdouble.Options{})
			load(t, double, controltest.Region, `{"restApis": [{"id": "rest000001", "name": "orders", "stages": [{"stageName": "prod"}], "resources": [`+strings.Join(resources, ",")+`]}]}`)
			double.Fault(awsdouble.Fault{Operation: "GetResources", Skip: 1, Kind: awsdouble.Deny})
			j := look(t, double, double.Transport(), nil, "APIGateway.2")
			got := controltest.Transcript(t, controls.All(), j.findings)
			if !strings.Contains(got, want) || strings.Contains(got, "501") || strings.Contains(got, " of ") {
				t.Errorf("%d HTTP methods on the first page: want %q in\n%s", http, want, got)
			}
		})
	}
}
