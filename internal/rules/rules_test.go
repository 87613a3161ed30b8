package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/resource"
)

func now() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }

func record() *lifecycle.Record {
	return &lifecycle.Record{
		ID: "f", Control: "APIGateway.1", Severity: control.Medium, Status: control.Failed, Workflow: lifecycle.New, State: lifecycle.Active,
		Resource: resource.Ref{
			Scope: resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"},
			Type:  "AWS::ApiGateway::Stage", ARN: "arn:aws:apigateway:ap-northeast-1::/restapis/a/stages/prod", Name: "orders/prod",
		},
		Tags: map[string]string{"env": "dev", "team": "alpha"},
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name string
		m    Match
		edit func(*lifecycle.Record)
		want bool
	}{
		{"nothing asked", Match{}, nil, true},
		{"control", Match{Controls: []string{"apigateway.1"}}, nil, true},
		{"control, anchored", Match{Controls: []string{"APIGateway.1"}}, func(r *lifecycle.Record) { r.Control = "APIGateway.10" }, false},
		{"any of two", Match{Controls: []string{"APIGateway.5", "APIGateway.*"}}, nil, true},
		{"severity", Match{Severities: []control.Severity{control.Medium}}, nil, true},
		{"severity, the control's own", Match{Severities: []control.Severity{control.Medium}}, func(r *lifecycle.Record) { r.Override = control.Low }, true},
		{"other severity", Match{Severities: []control.Severity{control.Low}}, func(r *lifecycle.Record) { r.Override = control.Low }, false},
		{"account", Match{Accounts: []string{"111122223333"}}, nil, true},
		{"other account", Match{Accounts: []string{"11112222333"}}, nil, false},
		{"Region", Match{Regions: []string{"ap-*-1"}}, nil, true},
		{"Region, case counts", Match{Regions: []string{"AP-*"}}, nil, false},
		{"resource by ARN", Match{Resources: []string{"arn:*/restapis/a/*"}}, nil, true},
		{"resource by name", Match{Resources: []string{"orders/*"}}, nil, true},
		{"resource by address", Match{Resources: []string{`module.api.aws_api_gateway_stage.s["d?v"]`}}, func(r *lifecycle.Record) {
			r.Resource.ARN, r.Resource.Address = "", `module.api.aws_api_gateway_stage.s["dev"]`
		}, true},
		{"resource, anchored", Match{Resources: []string{"orders"}}, nil, false},
		{"resource without a name", Match{Resources: []string{"?*"}}, func(r *lifecycle.Record) { r.Resource.ARN, r.Resource.Name = "", "" }, false},
		{"tag", Match{Tags: map[string]string{"env": "dev"}}, nil, true},
		{"all tags", Match{Tags: map[string]string{"env": "d*", "team": "alpha"}}, nil, true},
		{"one tag differs", Match{Tags: map[string]string{"env": "dev", "team": "beta"}}, nil, false},
		{"tag missing", Match{Tags: map[string]string{"cost": "*"}}, nil, false},
		{"tags unknown", Match{Tags: map[string]string{"env": "*"}}, func(r *lifecycle.Record) { r.Tags = nil }, false},
		{"UNKNOWN, status not asked", Match{}, func(r *lifecycle.Record) { r.Status = control.Unknown }, true},
		{"PASSED, status not asked", Match{}, func(r *lifecycle.Record) { r.Status = control.Passed }, false},
		{"PASSED, asked", Match{Statuses: []control.Status{control.Passed}}, func(r *lifecycle.Record) { r.Status = control.Passed }, true},
		{"archived", Match{}, func(r *lifecycle.Record) { r.State = lifecycle.Archived }, false},
		{"all at once, one fails", Match{Controls: []string{"*"}, Accounts: []string{"*"}, Regions: []string{"us-*"}}, nil, false},
	} {
		r := record()
		if c.edit != nil {
			c.edit(r)
		}
		hits := Apply([]Rule{{Name: "a", Match: c.m, Action: Action{Notify: true}}}, r, now())
		if got := len(hits) == 1; got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func shown(hits []Hit) string {
	var out []string
	for _, h := range hits {
		s := h.Rule.Name
		for _, c := range h.Changes {
			s += fmt.Sprintf(" %s:%s>%s", c.Field, c.From, c.To)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func TestApply(t *testing.T) {
	suppress := Action{Suppress: &Suppress{Reason: "r"}}
	over := Action{Suppress: &Suppress{Reason: "r", Until: now()}}
	notify := Action{Notify: true}
	sev := func(s control.Severity) Action { return Action{Severity: s} }
	for _, c := range []struct {
		name  string
		rules []Rule
		edit  func(*lifecycle.Record)
		want  string
		state string // workflow, effective severity after
	}{
		{"in order, the last wins", []Rule{{Name: "b", Order: 2, Action: suppress}, {Name: "a", Order: 1, Action: notify}}, nil, "a, b workflow:NEW>SUPPRESSED", "SUPPRESSED MEDIUM"},
		{"each field has its last", []Rule{
			{Name: "a", Order: 1, Action: Action{Severity: control.Low, Notify: true}},
			{Name: "b", Order: 2, Action: sev(control.High)},
			{Name: "c", Order: 3, Match: Match{Regions: []string{"x"}}, Action: suppress},
		}, nil, "a workflow:NEW>NOTIFIED, b severity:MEDIUM>HIGH", "NOTIFIED HIGH"},
		{"terminal", []Rule{{Name: "a", Order: 1, Action: notify, Terminal: true}, {Name: "b", Order: 2, Action: suppress}}, nil, "a workflow:NEW>NOTIFIED", "NOTIFIED MEDIUM"},
		{"terminal that does not match", []Rule{{Name: "a", Order: 1, Match: Match{Regions: []string{"x"}}, Action: notify, Terminal: true}, {Name: "b", Order: 2, Action: suppress}}, nil, "b workflow:NEW>SUPPRESSED", "SUPPRESSED MEDIUM"},
		{"over", []Rule{{Name: "a", Order: 1, Action: over, Terminal: true}, {Name: "b", Order: 2, Action: notify}}, nil, "b workflow:NEW>NOTIFIED", "NOTIFIED MEDIUM"},
		{"so already", []Rule{{Name: "a", Order: 1, Action: Action{Notify: true, Severity: control.Medium}}}, func(r *lifecycle.Record) { r.Workflow = lifecycle.Notified }, "a", "NOTIFIED MEDIUM"},
		{"the later is so already", []Rule{{Name: "a", Order: 1, Action: sev(control.Low)}, {Name: "b", Order: 2, Action: sev(control.Medium)}}, nil, "a, b", "NEW MEDIUM"},
		{"back to the control's own", []Rule{{Name: "a", Order: 1, Action: sev(control.Medium)}}, func(r *lifecycle.Record) { r.Override = control.Low }, "a severity:LOW>MEDIUM", "NEW MEDIUM"},
		{"a person's exception stays", []Rule{{Name: "a", Order: 1, Action: suppress}}, func(r *lifecycle.Record) { r.Workflow, r.Exception = lifecycle.Suppressed, "e" }, "a", "SUPPRESSED MEDIUM"},
		{"suppressed is not notified", []Rule{{Name: "a", Order: 1, Action: notify}}, func(r *lifecycle.Record) { r.Workflow = lifecycle.Suppressed }, "a", "SUPPRESSED MEDIUM"},
		{"resolved stays", []Rule{{Name: "a", Order: 1, Action: suppress}}, func(r *lifecycle.Record) { r.Workflow = lifecycle.Resolved }, "a", "RESOLVED MEDIUM"},
		{"no rules", nil, nil, "", "NEW MEDIUM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := record()
			if c.edit != nil {
				c.edit(r)
			}
			before := *r
			hits := Apply(c.rules, r, now())
			if got := shown(hits); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
			next, events, made, err := Carry(hits, r, "e1", &policy.Policy{Longest: 365, Zone: time.UTC}, now())
			if got := fmt.Sprint(next.Workflow, " ", next.Effective()); err != nil || got != c.state {
				t.Errorf("%s, %v; want %s", got, err, c.state)
			}
			if (made != nil) != strings.Contains(c.want, ">SUPPRESSED") || made != nil && (next.Exception != "e1" || made.By != "rule:"+c.want[strings.Index(c.want, " workflow")-1:][:1] || made.Reason != "r") {
				t.Errorf("exception %+v, record's %q", made, next.Exception)
			}
			if changes := strings.Contains(c.want, ">"); changes != (len(events) > 0) {
				t.Errorf("events %+v", events)
			}
			if next.Override == next.Severity {
				t.Error("the control's own severity is no override")
			}
			if !cmp.Equal(before, *r) {
				t.Error("the record was changed")
			}
			if again := Apply(c.rules, &next, now()); strings.Contains(shown(again), ">") {
				t.Errorf("a second time: %s", shown(again))
			}
		})
	}
}

// TestWhy says of each rule that matches and changes nothing why it does not.
func TestWhy(t *testing.T) {
	list := []Rule{
		{Name: "first", Order: 1, Match: Match{Statuses: []control.Status{control.Failed}}, Action: Action{Notify: true}},
		{Name: "second", Order: 2, Match: Match{Statuses: []control.Status{control.Failed}}, Action: Action{Suppress: &Suppress{Reason: "test"}}},
	}
	for workflow, want := range map[lifecycle.Workflow][2]Why{
		lifecycle.New:        {Overridden, ""},
		lifecycle.Suppressed: {Overridden, Already},
		lifecycle.Resolved:   {Overridden, Closed},
	} {
		r := lifecycle.Record{Status: control.Failed, State: lifecycle.Active, Workflow: workflow}
		hits := Apply(list, &r, time.Unix(0, 0))
		if len(hits) != 2 || hits[0].Why != want[0] || hits[1].Why != want[1] || (len(hits[1].Changes) == 0) != (want[1] != "") {
			t.Errorf("%s: %+v, want %q", workflow, hits, want)
		}
	}
}
