package sides_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
)

// held is what a pull makes of a finding.
func held(t *testing.T, f object) *report.Held {
	t.Helper()
	x, err := report.ReadHeld(encode(t, f), controls.All())
	if err != nil || x == nil {
		t.Fatalf("%v, %v", x, err)
	}
	return x
}

func scanned(string, resource.Scope) time.Time { return day(20) }

func known() sides.Context {
	return sides.Context{Controls: controls.All(), Scanned: scanned}
}

// TestCompare has a case for every reason, and for pairs that agree.
func TestCompare(t *testing.T) {
	type change = func(*lifecycle.Record)
	type edit = func(object)
	at := func(s string) edit {
		return func(f object) { f["LastObservedAt"], f["UpdatedAt"] = s, s }
	}
	said := func(keys ...string) change {
		return func(r *lifecycle.Record) {
			r.Message = locale.M(keys[0], locale.A("route", "OPTIONS /x"))
			for _, k := range keys[1:] {
				r.Notes = append(r.Notes, locale.M(k))
			}
		}
	}
	closed := func(r *lifecycle.Record) {
		r.State, r.Reason, r.Status = lifecycle.Archived, lifecycle.ReasonGone, control.NotApplicable
	}
	archived := func(f object) { f["RecordState"] = "ARCHIVED" }
	suppressed := func(f object) { f["Workflow"] = object{"Status": "SUPPRESSED"} }
	custom := func(value string) change {
		return func(r *lifecycle.Record) {
			r.Params = control.Params{{Name: "loggingLevel", Value: value, Custom: true}}
		}
	}
	params := func(values ...string) edit {
		return func(f object) {
			f["Compliance"].(object)["SecurityControlParameters"] = []object{{"Name": "loggingLevel", "Value": values}}
		}
	}
	const failed, passed, unknown, exempt = control.Failed, control.Passed, control.Unknown, control.NotApplicable
	for _, c := range []struct {
		name    string
		control string
		ours    control.Status
		change  change
		theirs  string // "": nothing there
		edit    edit
		want    string // "" agrees; else the reason, and the cases
	}{
		{"both fail", "3", failed, nil, "FAILED", nil, ""},
		{"both pass", "3", passed, nil, "PASSED", nil, ""},
		{"neither knows", "3", unknown, nil, "WARNING", nil, ""},
		{"neither knows", "3", unknown, nil, "NOT_AVAILABLE", nil, ""},
		{"lower case", "3", failed, nil, "FAILED", func(f object) { f["Compliance"].(object)["SecurityControlId"] = "apigateway.3" }, ""},
		{"upper case", "3", failed, func(r *lifecycle.Record) { r.Control = "APIGATEWAY.3" }, "FAILED", nil, ""},
		{"both closed", "3", failed, closed, "PASSED", archived, ""},
		{"closed, and forgotten", "3", failed, closed, "", nil, ""},
		{"both suppressed", "3", failed, func(r *lifecycle.Record) { r.Workflow = lifecycle.Suppressed }, "FAILED", suppressed, ""},

		{"looked too early", "3", failed, nil, "PASSED", at("2026-11-01T23:00:00Z"), "stale"},
		{"looked too early, on schedule", "8", failed, nil, "PASSED", at("2026-11-01T23:00:00Z"), "stalePeriodic"},
		{"only UpdatedAt", "3", failed, nil, "PASSED", func(f object) { delete(f, "LastObservedAt"); f["UpdatedAt"] = "2026-11-01T23:00:00Z" }, "stale"},
		{"we looked too early", "3", failed, nil, "PASSED", func(f object) { f["FirstObservedAt"] = "2026-11-21T00:00:00Z" }, "staleHere"},
		{"suppressed there", "3", failed, nil, "FAILED", suppressed, "suppressedThere"},
		{"suppressed and old", "3", passed, nil, "FAILED", suppressed, "suppressedThere"},
		{"suppressed here", "3", failed, func(r *lifecycle.Record) { r.Workflow = lifecycle.Suppressed }, "FAILED", nil, "suppressedHere"},
		{"archived there", "3", failed, nil, "FAILED", archived, "archivedThere"},
		{"archived there, long ago", "3", failed, nil, "FAILED", func(f object) { archived(f); at("2026-11-01T00:00:00Z")(f) }, "stale"},
		{"gone here", "3", failed, closed, "FAILED", nil, "archivedHere"},
		{"gone since", "3", failed, func(r *lifecycle.Record) { closed(r); r.Changed = day(21) }, "FAILED", nil, "stale"},
		{"unknown here", "3", unknown, nil, "FAILED", nil, "unknownHere"},
		{"unknown there", "3", failed, nil, "WARNING", nil, "unknownThere"},
		{"unknown there", "3", failed, nil, "NOT_AVAILABLE", nil, "unknownThere"},
		{"other parameters", "1", failed, custom("ERROR"), "PASSED", params("INFO"), "parameters"},
		{"parameters here alone", "1", failed, custom("ERROR"), "PASSED", nil, "parameters"},
		{"parameters there alone", "1", failed, nil, "PASSED", params("INFO"), "parameters"},
		{"a list of parameters in another order", "1", failed, custom("ERROR,INFO"), "PASSED", params("INFO", "ERROR"), "unexplained"},
		{"a longer list of parameters", "1", failed, custom("INFO"), "PASSED", params("INFO", "ERROR"), "parameters"},
		{"the same parameters", "1", failed, custom("INFO"), "PASSED", params("INFO"), "unexplained"},
		{"unexplained", "3", failed, nil, "PASSED", nil, "unexplained"},
		{"unexplained", "3", passed, nil, "FAILED", nil, "unexplained"},

		{"missing there", "3", failed, nil, "", nil, "offThere"},
		{"not offered", "3", failed, func(r *lifecycle.Record) { r.NotOffered = true }, "", nil, "notOffered"},

		{"HTTP API", "1", exempt, said("httpAPI"), "FAILED", nil, "open E1"},
		{"overrides", "1", passed, said("routeLogs", "overrides"), "FAILED", nil, "open E2"},
		{"no HTTP back end", "2", exempt, said("noHTTP"), "FAILED", nil, "open E3"},
		{"HTTP back ends", "2", failed, said("missing"), "NOT_AVAILABLE", archived, "open E4 E5"},
		{"private", "4", failed, said("none"), "NOT_AVAILABLE", nil, "open E6"},
		{"empty web ACL", "4", failed, said("none"), "PASSED", nil, "open E7"},
		{"nothing cached", "5", passed, said("nothingCached"), "NOT_AVAILABLE", archived, "open E8"},
		{"latent", "5", failed, said("unencrypted", "latent"), "PASSED", nil, "open E9 E10 E11"},
		{"TTL 0", "5", failed, said("unencrypted"), "PASSED", nil, "open E10 E11"},
		{"cannot carry", "8", failed, said("open", "cannotCarry"), "NOT_AVAILABLE", nil, "open E12 E13"},
		{"OPTIONS", "8", failed, said("open"), "PASSED", nil, "open E13"},
		{"no destination", "9", failed, said("noDestination"), "PASSED", nil, "open E15"},
		{"public", "10", exempt, said("public"), "PASSED", nil, "open E16"},
		{"WebSocket", "10", exempt, said("notHTTP"), "FAILED", nil, "open E17"},
		{"empty TLS", "10", passed, said("tls"), "FAILED", nil, "open E18"},
		{"another control's key", "3", passed, said("tls"), "FAILED", nil, "unexplained"},
		{"stale before open", "4", failed, said("none"), "PASSED", at("2026-11-01T23:00:00Z"), "stale"},
	} {
		t.Run(c.name+" "+c.theirs, func(t *testing.T) {
			id := "APIGateway." + c.control
			r := record("x", id, c.ours, c.change)
			if c.ours == exempt {
				r.State = lifecycle.Archived
			}
			list := []*report.Held{held(t, theirs("elsewhere", "APIGateway.11", "PASSED", nil))} // so that Security Hub is on
			ours := []*lifecycle.Record{record("elsewhere", "APIGateway.11", passed, nil), r}
			if c.theirs != "" {
				list = append(list, held(t, theirs("x", id, c.theirs, c.edit)))
			}
			got := sides.Compare(slices.Values(ours), slices.Values(list), known())
			words := ""
			for _, d := range got.Differences {
				words += string(d.Why)
				for _, x := range d.Cases {
					words += " " + x.ID
				}
				if d.Control != id || d.Resource.ARN != stageARN("x") || d.Ours != r {
					t.Errorf("%+v", d)
				}
			}
			if words != c.want || got.Agree+len(got.Differences) != 2 {
				t.Errorf("%q, want %q (%d agree)", words, c.want, got.Agree)
			}
		})
	}
}

// TestCompareMissing looks at what only one side has.
func TestCompareMissing(t *testing.T) {
	account0 := func(f object) {
		f["Resources"] = []object{{"Type": "AwsAccount", "Id": "AWS::::Account:" + account, "Region": region}}
	}
	never := func(string, resource.Scope) time.Time { return time.Time{} }
	gaps := func(hides ...resource.Type) []resource.Gap {
		return []resource.Gap{{Scope: home(), Hides: hides, Call: "apigateway:GetStages"}}
	}
	other := record("other", "APIGateway.3", control.Failed, nil)
	late := record("other", "APIGateway.3", control.Failed, func(r *lifecycle.Record) { r.FirstSeen, r.Changed = day(20), day(20) })
	exempt := record("other", "APIGateway.3", control.NotApplicable, func(r *lifecycle.Record) { r.State = lifecycle.Archived })
	for name, c := range map[string]struct {
		ours    *lifecycle.Record
		theirs  object
		context func(*sides.Context)
		want    string
	}{
		"never scanned":             {nil, theirs("x", "APIGateway.3", "FAILED", nil), func(k *sides.Context) { k.Scanned = never }, "notScanned"},
		"nobody knows":              {nil, theirs("x", "APIGateway.3", "FAILED", nil), func(k *sides.Context) { k.Scanned = nil }, "notScanned"},
		"a gap":                     {nil, theirs("x", "APIGateway.3", "FAILED", nil), func(k *sides.Context) { k.Gaps = gaps("AWS::ApiGateway::Stage") }, "gapHere"},
		"a gap that hides others":   {nil, theirs("x", "APIGateway.3", "FAILED", nil), func(k *sides.Context) { k.Gaps = gaps("AWS::ApiGatewayV2::Route") }, "stale"},
		"gone before the scan":      {nil, theirs("x", "APIGateway.3", "FAILED", nil), nil, "stale"},
		"the same, periodic":        {nil, theirs("x", "APIGateway.8", "FAILED", nil), nil, "stalePeriodic"},
		"made after the scan":       {nil, theirs("x", "APIGateway.3", "FAILED", func(f object) { f["LastObservedAt"] = "2026-11-21T00:00:00Z" }), nil, "staleHere"},
		"archived there":            {nil, theirs("x", "APIGateway.3", "FAILED", func(f object) { f["RecordState"] = "ARCHIVED" }), nil, ""},
		"the account passes":        {nil, theirs("x", "APIGateway.3", "PASSED", account0), nil, "unexplained"},
		"all exempt":                {exempt, theirs("x", "APIGateway.3", "PASSED", account0), nil, "open A2"},
		"a resource was there":      {other, theirs("x", "APIGateway.3", "PASSED", account0), nil, "unexplained,unexplained"},
		"a resource has come since": {late, theirs("x", "APIGateway.3", "PASSED", account0), nil, "stale,stale"},
		"Security Hub is empty":     {other, nil, nil, "empty"},
		"and we have nothing open":  {exempt, nil, nil, ""},
		"all archived there":        {other, theirs("x", "APIGateway.3", "FAILED", func(f object) { f["RecordState"] = "ARCHIVED" }), nil, "noneThere"},
		"a finding of our own": {other, theirs("other", "APIGateway.3", "FAILED", func(f object) {
			f["ProductArn"], f["ProductFields"] = "arn:aws:securityhub:"+region+":"+account+":product/"+account+"/default", object{"kumoban/version": "1"}
		}), nil, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			k := known()
			if c.context != nil {
				c.context(&k)
			}
			var ours []*lifecycle.Record
			var list []*report.Held
			if c.ours != nil {
				ours = append(ours, c.ours)
			}
			if c.theirs != nil {
				list = append(list, held(t, c.theirs))
			}
			var words []string
			got := sides.Compare(slices.Values(ours), slices.Values(list), k)
			if got.Empty[home()] > 0 {
				words = append(words, "empty")
			}
			if len(list) == 0 && got.Agree > 0 {
				t.Errorf("%d agree with nothing", got.Agree)
			}
			for _, d := range got.Differences {
				word := string(d.Why)
				for _, x := range d.Cases {
					word += " " + x.ID
				}
				words = append(words, word)
			}
			if got := strings.Join(words, ","); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestCompareChooses one of several findings on one resource, and leaves source
// files out.
func TestCompareChooses(t *testing.T) {
	standard := func(id, status, generator, state, at string) *report.Held {
		return held(t, theirs(id, "APIGateway.3", status, func(f object) {
			f["Id"] = generator + id + state
			f["GeneratorId"], f["RecordState"], f["LastObservedAt"] = generator+"/APIGateway.3", state, at
			f["Resources"] = []object{{"Type": "AwsApiGatewayStage", "Id": stageARN("x"), "Region": region}}
		}))
	}
	fsbp, nist := "aws-foundational-security-best-practices/v/1.0.0", "nist-800-53/v/5.0.0"
	list := []*report.Held{
		standard("1", "PASSED", nist, "ACTIVE", "2026-11-20T01:00:00Z"), standard("2", "FAILED", fsbp, "ACTIVE", "2026-11-20T00:00:00Z"),
		standard("3", "PASSED", fsbp, "ARCHIVED", "2026-11-20T02:00:00Z"), standard("4", "PASSED", fsbp, "ACTIVE", "2026-11-19T00:00:00Z"),
	}
	source := record("y", "APIGateway.3", control.Failed, func(r *lifecycle.Record) { r.Source = "./infra" })
	for range 2 {
		got := sides.Compare(slices.Values([]*lifecycle.Record{record("x", "APIGateway.3", control.Failed, nil), source}), slices.Values(list), known())
		if got.Agree != 1 || len(got.Differences) != 0 {
			t.Errorf("%+v", got)
		}
		slices.Reverse(list)
	}
}

// TestCompareOrder is the same from run to run.
func TestCompareOrder(t *testing.T) {
	var list []*report.Held
	for i := range 50 {
		list = append(list, held(t, theirs(fmt.Sprintf("x%02d", 50-i), "APIGateway.3", "FAILED", nil)))
	}
	got := sides.Compare(slices.Values([]*lifecycle.Record(nil)), slices.Values(list), known())
	if len(got.Differences) != 50 || !slices.IsSortedFunc(got.Differences, func(a, b sides.Difference) int { return strings.Compare(a.Resource.ARN, b.Resource.ARN) }) {
		t.Errorf("%d, or not in order", len(got.Differences))
	}
}

// TestCasesAreInTheDocument holds the cases to docs/fidelity.md: each has its
// row, of that control and with that recipe.
func TestCasesAreInTheDocument(t *testing.T) {
	text, err := os.ReadFile("../../../docs/fidelity.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][2]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([EA]\d+) \| ([^|]*) \|.*\[(R\d+)\]\(#r\d+\) \|`).FindAllStringSubmatch(string(text), -1) {
		rows[m[1]] = [2]string{m[2], m[3]}
	}
	if len(rows) < 27 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, q := range sides.Questions() {
		controls := strings.Fields(rows[q.ID][0])
		if rows[q.ID][1] != q.Recipe || q.ControlOf() != "" && !slices.Contains(controls, "."+q.ControlOf()) || q.ControlOf() == "" && rows[q.ID][0] != "all" {
			t.Errorf("%s: %v in the document", q.ID, rows[q.ID])
		}
		delete(rows, q.ID)
	}
	// A4 and A7 have reasons of their own; a trail that cannot be read says which call was refused.
	for _, id := range []string{"E14", "E20", "E21", "E22", "A1", "A4", "A6", "A7"} {
		delete(rows, id)
	}
	if len(rows) > 0 {
		t.Errorf("the comparison does not know %v", rows)
	}
	if got := (sides.Case{ID: "E9", Recipe: "R6"}).Page(); got != "docs/fidelity.md#r6" {
		t.Error(got)
	}
}

// TestReasonsHaveWords in both languages.
func TestReasonsHaveWords(t *testing.T) {
	for _, lang := range locale.Langs() {
		cat, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range sides.Whys() {
			if !cat.Has("hub.why." + string(w)) {
				t.Errorf("%s lacks hub.why.%s", lang, w)
			}
		}
	}
}
