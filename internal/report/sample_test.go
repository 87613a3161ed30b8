package report_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

const (
	restStage = resource.Type("AWS::ApiGateway::Stage")
	v2Stage   = resource.Type("AWS::ApiGatewayV2::Stage")
	v2Route   = resource.Type("AWS::ApiGatewayV2::Route")
	v2Api     = resource.Type("AWS::ApiGatewayV2::Api")

	v2Integration = resource.Type("AWS::ApiGatewayV2::Integration")
)

func scope(account, region string) resource.Scope {
	return resource.Scope{Partition: "aws", Account: account, Region: region}
}

// ref names a live resource by the tail of its ARN.
func ref(s resource.Scope, t resource.Type, tail, name string) resource.Ref {
	return resource.Ref{Scope: s, Type: t, ARN: "arn:aws:apigateway:" + s.Region + "::" + tail, Name: name}
}

func accountRef(s resource.Scope) resource.Ref {
	return resource.OfAccount(s)
}

// scan is a scan in memory.
type scan struct {
	report.Scan
	all      []*control.Control
	findings []finding.Finding
	gaps     []resource.Gap
}

// add adds a finding, with what the control says of itself filled in.
func (s *scan) add(id string, r resource.Ref, v control.Verdict, reason string) *finding.Finding {
	f := finding.Finding{
		Control: id, Severity: control.Medium, Status: v.Status, Resource: r, Message: v.Message, Notes: v.Notes, Reason: reason,
		Origin: &fact.Origin{Call: "apigateway:GetStages"},
	}
	for _, c := range s.Controls {
		if c.ID == id {
			f.Severity, f.NotOffered, f.Params = c.Severity, !c.Offered(r.Region), c.Params
		}
	}
	s.findings = append(s.findings, f)
	return &s.findings[len(s.findings)-1]
}

func (s *scan) feed(t testing.TB, h report.Handler) {
	t.Helper()
	for i := range s.findings {
		f := s.findings[i] // the handler's only until it returns
		check(t, h.Finding(&f))
		f = finding.Finding{}
	}
	for i := range s.gaps {
		g := s.gaps[i]
		check(t, h.Gap(&g))
		g = resource.Gap{}
	}
	check(t, h.End(&s.Scan))
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newTexts(t testing.TB, lang locale.Lang, all []*control.Control) *report.Texts {
	t.Helper()
	cat, err := locale.New(lang)
	check(t, err)
	texts, err := report.NewTexts(cat, all)
	check(t, err)
	return texts
}

func render(t testing.TB, s *scan, format string, lang locale.Lang, opts report.Options) string {
	t.Helper()
	var out bytes.Buffer
	h, err := report.New(format, &out, newTexts(t, lang, s.all), opts)
	check(t, err)
	s.feed(t, h)
	return out.String()
}

func newScan(t testing.TB, params ...string) *scan {
	t.Helper()
	return scanOf(t, fakes(), params...)
}

func scanOf(t testing.TB, all []*control.Control, params ...string) *scan {
	t.Helper()
	set, err := control.Select(all, control.Selection{Params: params})
	check(t, err)
	started := time.Date(2026, 11, 21, 3, 4, 5, 678e6, time.UTC)
	return &scan{all: all, Scan: report.Scan{
		Version: "0.1.0", Started: started, Ended: started.Add(12345 * time.Millisecond), Source: "live", Controls: set,
	}}
}

// sample has every status, gaps, notes, parameters, a Region without some
// controls, and names that mean harm.
func sample(t testing.TB) *scan {
	t.Helper()
	s := newScan(t, "APIGateway.1.loggingLevel=ERROR", "APIGateway.5.requireCacheCluster=false")
	s.Accounts = []resource.Account{
		{Partition: "aws", ID: "111122223333", Name: "shop-prod", Caller: "arn:aws:sts::111122223333:assumed-role/Audit/mina",
			Regions: []string{"ap-northeast-1", "ap-east-2"}},
		{Partition: "aws", ID: "444455556666", Regions: []string{"ap-northeast-1"}},
	}
	tokyo, taipei, denied := scope("111122223333", "ap-northeast-1"), scope("111122223333", "ap-east-2"), scope("444455556666", "ap-northeast-1")
	orders := ref(tokyo, restStage, "/restapis/a1b2c3d4e5/stages/prod", "orders/prod")
	evil := ref(tokyo, restStage, "/restapis/e0e0e0e0e0/stages/v1", "=cmd|' /C calc'!A0, \"x\"\x1b[2J\u202e\r\n/v1")
	chat := ref(tokyo, v2Stage, "/apis/c4c4c4c4c4/stages/live", "chat/live")
	chatRoute := ref(tokyo, v2Route, "/apis/c4c4c4c4c4/routes/abc1234", "chat $default")
	far := ref(taipei, restStage, "/restapis/f1f1f1f1f1/stages/prod", "far/prod")
	a := locale.A

	s.add("APIGateway.9", chat, control.Fail("none"), "")
	s.add("APIGateway.1", orders, control.Fail("silent", a("n", 2), a("of", 14), a("methods", []string{"GET /orders", "GET /orders/{id} (OFF)"})), "")
	s.add("APIGateway.1", chat, control.Fail("routeSilent", a("level", "INFO")).Note("overrides", a("routes", []string{"join (OFF)"})), "")
	s.add("APIGateway.1", evil, control.Pass("logs", a("n", 1)), "")
	s.add("APIGateway.1", ref(tokyo, v2Stage, "/apis/h3h3h3h3h3/stages/$default", "web/$default"), control.Exempt("httpAPI"), finding.ReasonNotApplicable)
	s.add("APIGateway.3", orders, control.Pass("on"), "")
	s.add("APIGateway.3", evil, control.Pass("on"), "")
	s.add("APIGateway.4", far, control.Fail("none"), "")
	s.add("APIGateway.5", orders, control.Pass("nothingCached"), "")
	s.add("APIGateway.5", evil, control.Fail("unencrypted", a("n", 1), a("of", 3), a("methods", []string{"*/*"})).Note("latent"), "")
	s.add("APIGateway.5", far, control.Unread("MethodSettings", &fact.Origin{Fault: "TooManyRequestsException"}), finding.ReasonUnread)
	s.add("APIGateway.8", chatRoute, control.Fail("open", a("route", "$default"), a("type", "NONE")).Note("cannotCarry"), "")
	s.add("APIGateway.10", ref(tokyo, v2Integration, "/apis/h3h3h3h3h3/integrations/i1", "web i1"),
		control.Exempt("public", a("type", "INTERNET")), finding.ReasonNotApplicable)
	s.add("APIGateway.11", accountRef(tokyo), control.Pass("finding.noResource"), finding.ReasonEmpty)

	s.gap(resource.Gap{
		Scope: tokyo, Parent: ref(tokyo, v2Api, "/apis/b5b5b5b5b5", "billing"), Hides: []resource.Type{v2Stage},
		Call: "apigatewayv2:GetStages", Code: "Timeout", Message: "no answer within 30s",
	})
	for _, call := range []string{"apigateway:GetRestApis", "apigatewayv2:GetApis"} {
		hides := []resource.Type{restStage}
		if call == "apigatewayv2:GetApis" {
			hides = []resource.Type{v2Stage, v2Route}
		}
		s.gap(resource.Gap{
			Scope: denied, Hides: hides, Call: call, Code: "AccessDeniedException",
			Message: "User: arn:aws:sts::444455556666:assumed-role/Audit/mina is not authorized to perform: apigateway:GET",
		})
	}
	return s
}

// abroad is a Region where AWS does not offer two controls, one of which fails,
// behind an endpoint of the user's own; one account has nothing there, and
// another one nobody could name.
func abroad(t testing.TB) *scan {
	t.Helper()
	s := newScan(t)
	zone := time.FixedZone("", 9*3600)
	s.Started, s.Ended, s.Endpoint = s.Started.In(zone), s.Ended.In(zone), "http://127.0.0.1:5555"
	gov, empty, late := scope("012345678901", "us-gov-west-1"), scope("111122223333", "us-gov-west-1"), scope("444455556666", "us-gov-west-1")
	for _, at := range []resource.Scope{{}, gov, empty, late} {
		a := resource.Account{Partition: "aws-us-gov", ID: at.Account, Regions: []string{"us-gov-west-1"}}
		if at.Account == "" {
			a.Name = "sso"
		}
		s.Accounts = append(s.Accounts, a)
	}
	chat, web := ref(gov, v2Stage, "/apis/c4c4c4c4c4/stages/live", "Web/live"), ref(gov, v2Stage, "/apis/z9z9z9z9z9/stages/live", "api/live")
	s.add("APIGateway.1", chat, control.Fail("routeSilent", locale.A("level", "OFF")), "")
	s.add("APIGateway.1", web, control.Fail("routeSilent", locale.A("level", "OFF")), "")
	s.add("APIGateway.9", chat, control.Fail("none"), "")
	s.add("APIGateway.9", web, control.Pass("none"), "")
	for _, at := range []resource.Scope{gov, empty} {
		for _, c := range s.Controls {
			if at == empty || c.ID != "APIGateway.1" && c.ID != "APIGateway.9" {
				s.add(c.ID, accountRef(at), control.Pass("finding.noResource"), finding.ReasonEmpty)
			}
		}
	}
	s.gap(resource.Gap{
		Scope: scope("", "us-gov-west-1"), Name: "sso", Hides: []resource.Type{restStage, v2Stage},
		Call: "sts:GetCallerIdentity", Code: "ExpiredToken", Message: "The security token included in the request is expired",
	})
	s.gap(resource.Gap{Scope: late, Hides: []resource.Type{v2Stage}, Call: "kumoban:scan", Code: "Timeout", Message: "the time is over"})
	s.gap(resource.Gap{
		Scope: scope("333344445555", "us-gov-west-1"), Hides: []resource.Type{v2Stage}, Call: "apigateway:GetApis", Code: "RegionRefusesCredentials",
		Message: "UnrecognizedClientException: The security token included in the request is invalid.",
	})
	return s
}

// gap adds a gap and the findings that the evaluator makes of it.
func (s *scan) gap(g resource.Gap) {
	s.gaps = append(s.gaps, g)
	if g.Account == "" {
		return
	}
	for _, c := range s.Controls {
		for _, t := range g.Hides {
			if !c.Judges(t) {
				continue
			}
			r := accountRef(g.Scope)
			if g.Parent.Type != "" {
				r = g.Parent
			}
			s.add(c.ID, r, control.Verdict{Message: finding.Hidden(&g)}, finding.ReasonUnread)
			break
		}
	}
}
