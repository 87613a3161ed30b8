package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

// asffFinding is the part of a finding that the tests look at.
type asffFinding struct {
	Id, Title, Description, ProductArn, AwsAccountId, Region, RecordState string
	Severity                                                              struct {
		Label    string
		Original string
	}
	Workflow   struct{ Status string }
	Compliance struct {
		Status                    string
		SecurityControlId         string
		StatusReasons             []struct{ ReasonCode, Description string }
		SecurityControlParameters []struct {
			Name  string
			Value []string
		}
	}
	Resources []struct {
		Type, Id, Region string
		Details          struct{ Other map[string]string }
	}
	Remediation   struct{ Recommendation struct{ Text, Url string } }
	ProductFields map[string]string
}

func asff(t *testing.T, s *scan, lang locale.Lang) []asffFinding {
	t.Helper()
	var got []asffFinding
	check(t, json.Unmarshal([]byte(render(t, s, "asff", lang, report.Options{})), &got))
	return got
}

func one(t *testing.T, v control.Verdict, r resource.Ref, reason string) asffFinding {
	t.Helper()
	s := newScan(t)
	s.add("APIGateway.3", r, v, reason)
	got := asff(t, s, locale.English)
	if len(got) != 1 {
		t.Fatalf("%d findings", len(got))
	}
	return got[0]
}

func TestASFFStatuses(t *testing.T) {
	tokyo := scope("111122223333", "ap-northeast-1")
	stage := ref(tokyo, restStage, "/restapis/a/stages/b", "a/b")
	type row struct{ status, label, workflow, record, reason, kind string }
	for _, c := range []struct {
		v      control.Verdict
		r      resource.Ref
		reason string
		want   row
	}{
		{control.Fail("off"), stage, "", row{"FAILED", "LOW", "NEW", "ACTIVE", "", "AwsApiGatewayStage"}},
		{control.Pass("on"), stage, "", row{"PASSED", "INFORMATIONAL", "RESOLVED", "ACTIVE", "", "AwsApiGatewayStage"}},
		{control.Exempt("off"), stage, finding.ReasonNotApplicable,
			row{"NOT_AVAILABLE", "INFORMATIONAL", "NEW", "ARCHIVED", "CONFIG_RETURNS_NOT_APPLICABLE", "AwsApiGatewayStage"}},
		{control.Unread("x", nil), stage, finding.ReasonUndecided,
			row{"NOT_AVAILABLE", "INFORMATIONAL", "NEW", "ACTIVE", "KUMOBAN_VALUE_UNKNOWN", "AwsApiGatewayStage"}},
		{control.Pass("finding.noResource"), accountRef(tokyo), finding.ReasonEmpty,
			row{"PASSED", "INFORMATIONAL", "RESOLVED", "ACTIVE", "CONFIG_EVALUATIONS_EMPTY", "AwsAccount"}},
		{control.Fail("off"), ref(tokyo, v2Route, "/apis/a/routes/b", "x"), "", row{"FAILED", "LOW", "NEW", "ACTIVE", "", "Other"}},
		{control.Fail("off"), ref(tokyo, v2Stage, "/apis/a/stages/b", "x"), "", row{"FAILED", "LOW", "NEW", "ACTIVE", "", "AwsApiGatewayV2Stage"}},
	} {
		f := one(t, c.v, c.r, c.reason)
		reason := ""
		if len(f.Compliance.StatusReasons) > 0 {
			reason = f.Compliance.StatusReasons[0].ReasonCode
		}
		got := row{f.Compliance.Status, f.Severity.Label, f.Workflow.Status, f.RecordState, reason, f.Resources[0].Type}
		if got != c.want {
			t.Errorf("got %v, want %v", got, c.want)
		}
		if f.Resources[0].Id != c.r.ARN {
			t.Errorf("Resources[0].Id is %s", f.Resources[0].Id)
		}
	}
}

// Kumoban's own parameters are not Security Hub's, and one that has no value
// is not there.
func TestASFFParameters(t *testing.T) {
	s := newScan(t, "APIGateway.8.authorizationType=JWT", "APIGateway.8.exemptUnauthorizableRoutes=true")
	tokyo := scope("111122223333", "ap-northeast-1")
	s.add("APIGateway.8", ref(tokyo, v2Route, "/apis/a/routes/b", "x"), control.Fail("open"), "")
	s.add("APIGateway.1", ref(tokyo, restStage, "/restapis/a/stages/b", "x"), control.Fail("noSettings"), "")
	got := asff(t, s, locale.English)
	if p := got[0].Compliance.SecurityControlParameters; p != nil {
		t.Errorf("APIGateway.1 without a value has %v", p)
	}
	p := got[1].Compliance.SecurityControlParameters
	if len(p) != 1 || p[0].Name != "authorizationType" || len(p[0].Value) != 1 || p[0].Value[0] != "JWT" {
		t.Errorf("APIGateway.8 has %v", p)
	}
}

// Security Hub takes one of several findings with one Id; what the others say
// must stand in it.
func TestASFFMergesIdentities(t *testing.T) {
	s := newScan(t)
	tokyo := scope("111122223333", "ap-northeast-1")
	for _, call := range []string{"apigateway:GetRestApis", "apigatewayv2:GetApis", "apigateway:GetRestApis"} {
		hidden := locale.M("finding.hidden", locale.A("call", call), locale.A("fault", "X"))
		s.add("APIGateway.1", accountRef(tokyo), control.Verdict{Message: hidden}, finding.ReasonUnread)
	}
	stage := ref(tokyo, restStage, "/restapis/a/stages/b", "a/b")
	s.add("APIGateway.3", stage, control.Pass("on"), "")
	s.add("APIGateway.3", stage, control.Fail("off"), "")
	got := asff(t, s, locale.English)
	if len(got) != 2 {
		t.Fatalf("%d findings", len(got))
	}
	for _, f := range got {
		reasons := len(f.Compliance.StatusReasons)
		switch f.Compliance.SecurityControlId {
		case "APIGateway.1":
			if f.Compliance.Status != "NOT_AVAILABLE" || reasons != 2 {
				t.Errorf("two gaps: %s with %d reasons", f.Compliance.Status, reasons)
			}
		case "APIGateway.3":
			if f.Compliance.Status != "FAILED" || reasons != 0 {
				t.Errorf("a violation among passes: %s with %d reasons", f.Compliance.Status, reasons)
			}
		}
	}
}

func TestASFFOfSourceFiles(t *testing.T) {
	r := resource.Ref{Type: restStage, Address: `aws_api_gateway_stage.prod["a"]`, Name: "orders/prod"}
	s := newScan(t)
	s.add("APIGateway.3", r, control.Fail("off"), "").Origin = &fact.Origin{File: "main.tf", Line: 12, Column: 3}
	f := asff(t, s, locale.English)[0]
	got := []string{f.AwsAccountId, f.Region, f.ProductArn, f.Resources[0].Id, f.Resources[0].Details.Other["file"], f.Resources[0].Details.Other["line"]}
	want := []string{"000000000000", "unknown", "arn:aws:securityhub:unknown:000000000000:product/000000000000/default", r.Address, "main.tf", "12"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestASFFLimits(t *testing.T) {
	s := newScan(t)
	long := strings.Repeat("長い😀", 1000)
	methods := []string{long}
	args := []locale.Arg{locale.A("n", 1), locale.A("of", 1), locale.A("methods", methods)}
	stage := ref(scope("111122223333", "ap-northeast-1"), restStage, "/restapis/a/stages/b", long)
	s.add("APIGateway.5", stage, control.Fail("unencrypted", args...).Note("latent"), "KUMOBAN_VALUE_UNKNOWN")
	s.findings[0].Control = strings.Repeat("x", 300)
	f := asff(t, s, locale.Japanese)[0]
	for _, c := range []struct {
		name, text string
		limit      int
	}{
		{"Title", f.Title, 256}, {"Description", f.Description, 1024}, {"StatusReasons", f.Compliance.StatusReasons[0].Description, 2048},
		{"resourceName", f.ProductFields["kumoban/resourceName"], 2048}, {"Recommendation.Text", f.Remediation.Recommendation.Text, 512},
	} {
		n := len(utf16.Encode([]rune(c.text)))
		if n > c.limit || n < c.limit-2 && c.name != "Recommendation.Text" || strings.Contains(c.text, "\ufffd") {
			t.Errorf("%s has %d characters, of at most %d: …%q", c.name, n, c.limit, c.text[max(0, len(c.text)-20):])
		}
	}
}

func TestASFFOfNothing(t *testing.T) {
	s := newScan(t)
	s.Incomplete = "interrupted"
	if got := asff(t, s, locale.English); got == nil || len(got) != 0 {
		t.Errorf("not an empty array: %v", got)
	}
}
