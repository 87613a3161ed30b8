package finding

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/resource"
)

func sample() Finding {
	return Finding{Control: "APIGateway.5", Severity: control.Medium, Resource: resource.Ref{
		Scope: resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"},
		Type:  "AWS::ApiGateway::Stage", ARN: "arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages/prod",
	}}
}

// TestIDIsStable pins the identity: a change here closes every finding that
// anybody has stored.
func TestIDIsStable(t *testing.T) {
	f := sample()
	if got, want := f.ID(), "bd069cf8e79183ed94c53c41b4a2563a"; got != want {
		t.Errorf("id %s, want %s", got, want)
	}
}

// TestIDTellsApart changes one part at a time; what is not identity changes
// nothing.
func TestIDTellsApart(t *testing.T) {
	seen := map[string]string{}
	base := sample()
	seen[base.ID()] = "base"
	for name, change := range map[string]func(*Finding){
		"partition": func(f *Finding) { f.Resource.Partition = "aws-cn" },
		"account":   func(f *Finding) { f.Resource.Account = "444455556666" },
		"region":    func(f *Finding) { f.Resource.Region = "us-east-1" },
		"control":   func(f *Finding) { f.Control = "APIGateway.1" },
		"type":      func(f *Finding) { f.Resource.Type = "AWS::ApiGatewayV2::Stage" },
		"arn":       func(f *Finding) { f.Resource.ARN += "x" },
		"boundary":  func(f *Finding) { f.Control, f.Resource.Type = "APIGateway.5AWS", "::ApiGateway::Stage" },
	} {
		f := sample()
		change(&f)
		if other, taken := seen[f.ID()]; taken {
			t.Errorf("%s has the id of %s", name, other)
		}
		seen[f.ID()] = name
	}
	same := sample()
	same.Status, same.Resource.Name, same.Reason, same.NotOffered = control.Passed, "renamed", "x", true
	if same.ID() != base.ID() {
		t.Error("status, name and reason are no part of the identity")
	}
}

// TestControlStatus follows Security Hub: FAILED before UNKNOWN before PASSED;
// what is archived or not offered does not count.
func TestControlStatus(t *testing.T) {
	type f struct {
		status     control.Status
		notOffered bool
	}
	for _, c := range []struct {
		name     string
		findings []f
		want     ControlStatus
	}{
		{"none", nil, ControlNoData},
		{"passed", []f{{control.Passed, false}}, ControlPassed},
		{"one failed", []f{{control.Passed, false}, {control.Unknown, false}, {control.Failed, false}}, ControlFailed},
		{"one unknown", []f{{control.Passed, false}, {control.Unknown, false}}, ControlUnknown},
		{"not applicable", []f{{control.NotApplicable, false}}, ControlNoData},
		{"passed and not applicable", []f{{control.NotApplicable, false}, {control.Passed, false}}, ControlPassed},
		{"not offered", []f{{control.Failed, true}}, ControlNoData},
		{"offered elsewhere", []f{{control.Failed, true}, {control.Passed, false}}, ControlPassed},
	} {
		t.Run(c.name, func(t *testing.T) {
			tally := NewTally(nil)
			for _, x := range c.findings {
				made := sample()
				made.Status, made.NotOffered = x.status, x.notOffered
				tally.Add(&made)
			}
			if got := tally.Status("APIGateway.5"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			passed, of := tally.Score()
			if wantOf := c.want != ControlNoData; (of == 1) != wantOf || (passed == 1) != (c.want == ControlPassed) {
				t.Errorf("score %d of %d for %s", passed, of, c.want)
			}
		})
	}
}

func TestWorst(t *testing.T) {
	tally := NewTally(nil)
	for _, x := range []struct {
		status   control.Status
		severity control.Severity
	}{{control.Passed, control.Critical}, {control.Failed, control.Low}, {control.Failed, control.High}, {control.Unknown, control.Critical}} {
		f := sample()
		f.Status, f.Severity = x.status, x.severity
		tally.Add(&f)
	}
	if tally.Worst() != control.High || tally.Apart() != (Apart{}) {
		t.Errorf("worst %v, want that of the FAILED ones, HIGH; apart %v", tally.Worst(), tally.Apart())
	}
	for _, s := range []control.Severity{control.Medium, control.Critical} {
		f := sample()
		f.Status, f.Severity, f.NotOffered = control.Failed, s, true
		tally.Add(&f)
	}
	if tally.Worst() != control.High || tally.Apart() != (Apart{2, control.Critical}) {
		t.Errorf("worst %v, apart %v: what is out of the score is apart", tally.Worst(), tally.Apart())
	}
}
