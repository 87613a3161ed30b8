package report_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

func ocsf(t *testing.T, s *scan, lang locale.Lang) []map[string]any {
	t.Helper()
	var got []map[string]any
	check(t, json.Unmarshal([]byte(render(t, s, "ocsf", lang, report.Options{})), &got))
	return got
}

// at follows a path of names and, where a list stands, takes its first item.
func at(v any, path string) any {
	for _, name := range strings.Split(path, ".") {
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

// unfilled are recommended attributes that the report leaves out, and why.
var unfilled = map[string]string{
	"compliance_finding.observables":   "repeats resources",
	"compliance_finding.confidence_id": "a verdict is one, or is Warning",
	"metadata.log_name":                "there is no log",
	"metadata.reporter":                "is the product",
	"metadata.tenant_uid":              "there are no tenants",
	"account.name":                     "only where somebody gave it",
	"cloud.region":                     "only where it is known",
	"resource_details.hostname":        "no API Gateway resource is a host",
	"resource_details.ip":              "no API Gateway resource is a host",
	"resource_details.owner":           "only where the account is known",
	"resource_details.uid":             "an account that nobody could name has none",
	"user.name":                        "the account owns it",
	"user.uid":                         "the account owns it",
	"user.has_mfa":                     "the account owns it",
	"user.type_id":                     "the account owns it",
	"key_value_object.values":          "a parameter has one value",
}

func TestOCSFFollowsSchema(t *testing.T) {
	schema := newOCSF(t)
	stopped := sample(t)
	stopped.Incomplete = "timeout"
	source := newScan(t)
	source.add("APIGateway.3", resource.Ref{Type: restStage, Address: `aws_api_gateway_stage.prod["a"]`, Name: "orders/prod"},
		control.Fail("off"), "").Origin = &fact.Origin{File: "main.tf", Line: 12, Column: 3}
	n := 0
	for _, s := range []*scan{sample(t), stopped, abroad(t), everyMessage(t), typical(t), source} {
		for _, lang := range locale.Langs() {
			for _, e := range ocsf(t, s, lang) {
				n++
				for _, fault := range schema.event(e) {
					t.Errorf("%s: %s", at(e, "finding_info.uid"), fault)
				}
			}
		}
	}
	if n < 2000 {
		t.Errorf("only %d events were looked at", n)
	}
	for _, name := range slices.Sorted(maps.Keys(schema.lacks)) {
		// Evidence is of one kind: data.
		if unfilled[name] == "" && !strings.HasPrefix(name, "evidences.") {
			t.Errorf("%s is recommended and not always there", name)
		}
	}
}

// The validator itself notices what is wrong, so that the test above proves
// something.
func TestOCSFSchemaRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		path string
		v    any // nil takes the attribute away
		want string
	}{
		"a missing object":        {"compliance", nil, "compliance: is required"},
		"a missing number":        {"time", nil, "time: is required"},
		"a missing text":          {"finding_info.uid", nil, "finding_info.uid: is required"},
		"missing in depth":        {"metadata.product", nil, "metadata.product: is required"},
		"required by the profile": {"cloud", nil, "cloud: is required"},
		"an unknown attribute":    {"severities", 1, "severities: is not defined"},
		"unknown in depth":        {"compliance.state", "x", "compliance.state: is not defined"},
		"unknown in a list":       {"resources.arn", "x", "resources[0].arn: is not defined"},
		"another type":            {"severity_id", "3", `severity_id: "3" is no integer_t`},
		"a fraction":              {"time", 1.5e12 + 0.5, "time: 1.5000000000005e+12 is no timestamp_t"},
		"seconds":                 {"time", 1.7e9, "time: 1.7e+09 is no time in milliseconds"},
		"a text for a list":       {"compliance.standards", "x", "compliance.standards: x is no list with anything in it"},
		"an empty text":           {"message", "", `message: "" is no string_t`},
		"an object for a text":    {"message", map[string]any{}, "message: map[] is no string_t"},
		"a text for an object":    {"cloud", "aws", "cloud: aws is no object"},
		"not in the enum":         {"status_id", 7, "status_id: 7 is none of its values"},
		"not in an object's enum": {"compliance.status_id", 4, "compliance.status_id: 4 is none of its values"},
		"another caption":         {"severity", "Grave", `severity_id: 4 is "High", not "Grave"`},
		"another verdict":         {"compliance.status", "Pass", `compliance.status_id: 3 is "Fail", not "Pass"`},
		"a deprecated attribute":  {"compliance.status_detail", "x", "compliance.status_detail: is deprecated"},
		"of another profile":      {"disposition_id", 1, "disposition_id: is of the profile security_control"},
		"another class":           {"class_uid", 2001, "class_uid: 2001, want 2003"},
		"another type id":         {"type_uid", 200302, "type_uid: 200302, want 200301"},
		"another version":         {"metadata.version", "1.7.0", "metadata.version: 1.7.0, want 1.8.0"},
		"none of several":         {"cloud.account", map[string]any{"type_id": 10}, "cloud.account: has none of [name uid]"},
		"a profile's, without it": {"metadata.profiles", []any{"host"}, "cloud: is of the profile cloud"},
	} {
		s := newScan(t)
		s.add("APIGateway.8", ref(scope("111122223333", "ap-northeast-1"), v2Route, "/apis/a/routes/b", "x"), control.Fail("open"), "")
		e := ocsf(t, s, locale.English)[0]
		change(e, c.path, c.v)
		data, err := json.Marshal(e)
		check(t, err)
		e = nil
		check(t, json.Unmarshal(data, &e))
		if found := newOCSF(t).event(e); !slices.Contains(found, c.want) {
			t.Errorf("%s: found %q, want %q", name, found, c.want)
		}
	}
}

func change(e map[string]any, path string, v any) {
	parts := strings.Split(path, ".")
	for _, name := range parts[:len(parts)-1] {
		switch next := e[name].(type) {
		case map[string]any:
			e = next
		case []any:
			e = next[0].(map[string]any)
		}
	}
	if v == nil {
		delete(e, parts[len(parts)-1])
		return
	}
	e[parts[len(parts)-1]] = v
}

// What could not be looked at is never Pass, and what does not apply is neither
// Pass nor Fail.
func TestOCSFStatuses(t *testing.T) {
	stage := ref(scope("111122223333", "ap-northeast-1"), restStage, "/restapis/a/stages/b", "a/b")
	type row struct {
		verdict, status, activity, severity float64
		word, code, reason                  any
	}
	for _, c := range []struct {
		v      control.Verdict
		reason string
		want   row
	}{
		{control.Fail("off"), "", row{3, 1, 1, 2, "Fail", "FAILED", nil}},
		{control.Pass("on"), "", row{1, 4, 1, 1, "Pass", "PASSED", nil}},
		{control.Pass("finding.noResource"), finding.ReasonEmpty, row{1, 4, 1, 1, "Pass", "PASSED", finding.ReasonEmpty}},
		{control.Unread("x", nil), finding.ReasonUndecided, row{2, 1, 1, 1, "Warning", "UNKNOWN", finding.ReasonUndecided}},
		{control.Exempt("off"), finding.ReasonNotApplicable, row{99, 5, 3, 1, "NOT_APPLICABLE", "NOT_APPLICABLE", finding.ReasonNotApplicable}},
	} {
		s := newScan(t)
		s.add("APIGateway.3", stage, c.v, c.reason)
		e := ocsf(t, s, locale.English)[0]
		n := func(path string) float64 { f, _ := at(e, path).(float64); return f }
		got := row{
			n("compliance.status_id"), n("status_id"), n("activity_id"), n("severity_id"),
			at(e, "compliance.status"), at(e, "status_code"), at(e, "compliance.status_code"),
		}
		if got != c.want {
			t.Errorf("got %v, want %v", got, c.want)
		}
	}
	s := newScan(t)
	for _, v := range []control.Severity{control.Low, control.Medium, control.High, control.Critical} {
		s.add("APIGateway.3", stage, control.Fail("off"), "")
		s.findings[len(s.findings)-1].Severity = v
		s.findings[len(s.findings)-1].Resource.ARN += v.String()
	}
	var levels []any
	for _, e := range ocsf(t, s, locale.English) {
		levels = append(levels, at(e, "severity"))
	}
	if want := []any{"Critical", "High", "Low", "Medium"}; !cmp.Equal(levels, want) { // by ARN
		t.Errorf("severities %v", levels)
	}
}

// A gap has UNKNOWN findings; in an account that nobody could name, the report
// makes them, one for each control and account.
func TestOCSFOfUnnamedAccounts(t *testing.T) {
	s := newScan(t)
	for _, name := range []string{"sso", "dev"} {
		for range 2 {
			s.gap(resource.Gap{Scope: resource.Scope{Region: "eu-west-1"}, Name: name, Hides: []resource.Type{v2Route}, Call: "sts:GetCallerIdentity", Code: "ExpiredToken"})
		}
	}
	got := ocsf(t, s, locale.English)
	if len(got) != 2 || at(got[0], "finding_info.uid") == at(got[1], "finding_info.uid") {
		t.Fatalf("%d events, or one id for two accounts", len(got))
	}
	for _, e := range got {
		if at(e, "compliance.status") != "Warning" || at(e, "compliance.control") != "APIGateway.8" || at(e, "cloud.account") != nil || at(e, "resources.uid") != nil {
			t.Errorf("got %v", e)
		}
	}
	again := ocsf(t, s, locale.Japanese)
	if at(again[0], "finding_info.uid") != at(got[0], "finding_info.uid") {
		t.Error("the id depends on the language")
	}
}

func TestOCSFMergesIdentities(t *testing.T) {
	s := newScan(t)
	tokyo := scope("111122223333", "ap-northeast-1")
	for _, call := range []string{"apigateway:GetRestApis", "apigatewayv2:GetApis", "apigateway:GetRestApis"} {
		s.add("APIGateway.1", accountRef(tokyo), control.Verdict{Message: locale.M("finding.hidden", locale.A("call", call), locale.A("fault", "X"))}, finding.ReasonUnread)
	}
	got := ocsf(t, s, locale.English)
	if details, _ := at(got[0], "compliance.status_details").([]any); len(got) != 1 || len(details) != 2 {
		t.Errorf("%d events with details %v", len(got), details)
	}
	if empty := ocsf(t, newScan(t), locale.English); empty == nil || len(empty) != 0 {
		t.Errorf("nothing found: %v, not an empty array", empty)
	}
}

func TestOCSFSaysWhatWasSeen(t *testing.T) {
	s := newScan(t, "APIGateway.8.authorizationType=JWT")
	s.Accounts = []resource.Account{{Partition: "aws", ID: "111122223333", Name: "shop"}}
	s.Incomplete = "timeout"
	f := s.add("APIGateway.8", ref(scope("111122223333", "ap-northeast-1"), v2Route, "/apis/a/routes/b", "x"), control.Fail("open").Note("cannotCarry"), "")
	f.NotOffered = true
	e := ocsf(t, s, locale.English)[0]
	details, _ := at(e, "compliance.status_details").([]any)
	for path, want := range map[string]any{
		"time": float64(s.Ended.UnixMilli()), "finding_info.created_time": float64(s.Started.UnixMilli()), "finding_info.uid": s.findings[0].ID(),
		"cloud.account.name": "shop", "cloud.region": "ap-northeast-1", "resources.owner.account.uid": "111122223333", "evidences.data.call": "apigateway:GetStages",
		"compliance.control_parameters.value": "JWT", "metadata.product.lang": "en",
	} {
		if got := at(e, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if len(details) != 3 || !cmp.Equal(at(e, "metadata.labels"), []any{"incomplete: timeout"}) {
		t.Errorf("details %v, labels %v", details, at(e, "metadata.labels"))
	}
}
