package sides_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub/sides"
	"github.com/kumoban/kumoban/types/iam"
)

// TestCompareWide sets Security Hub's findings of any Region against the one record
// of what is the account's.
func TestCompareWide(t *testing.T) {
	policy := &control.Control{ID: "IAM.7", Severity: control.Medium, Checks: []control.Check{
		control.On(func(*iam.AccountPasswordPolicy, control.Params) control.Verdict { return control.Pass("pass") }),
	}}
	all := []*control.Control{policy}
	theirsIn := func(region, status string) *report.Held {
		x, err := report.ReadHeld(encode(t, theirs("f-"+region, "IAM.7", status, func(f object) {
			f["Region"] = region
			f["Resources"] = []object{{"Type": "AwsAccount", "Id": "AWS::::Account:" + account, "Partition": "aws", "Region": region}}
		})), all)
		if err != nil || x == nil {
			t.Fatalf("%v, %v", x, err)
		}
		return x
	}
	ours := func(status control.Status) *lifecycle.Record {
		return record("o", "IAM.7", status, func(r *lifecycle.Record) {
			r.Resource = resource.OfAccount(resource.Scope{Partition: "aws", Account: account, Region: "us-east-1"})
		})
	}
	looked := func(at time.Time) func(string, resource.Scope) time.Time {
		return func(string, resource.Scope) time.Time { return at }
	}
	for name, c := range map[string]struct {
		ours   []*lifecycle.Record
		theirs []*report.Held
		gaps   []resource.Gap
		want   string
	}{
		"one Region":                   {[]*lifecycle.Record{ours(control.Failed)}, []*report.Held{theirsIn("eu-west-1", "FAILED")}, nil, "1 []"},
		"several Regions":              {[]*lifecycle.Record{ours(control.Failed)}, []*report.Held{theirsIn("eu-west-1", "FAILED"), theirsIn("us-east-1", "FAILED"), theirsIn("ap-northeast-1", "FAILED")}, nil, "1 []"},
		"another verdict":              {[]*lifecycle.Record{ours(control.Passed)}, []*report.Held{theirsIn("eu-west-1", "FAILED")}, nil, "0 [unexplained]"},
		"not here":                     {nil, []*report.Held{theirsIn("eu-west-1", "FAILED")}, nil, "0 [unexplained]"},
		"not here, for it was refused": {nil, []*report.Held{theirsIn("eu-west-1", "FAILED")}, []resource.Gap{{Scope: resource.Scope{Account: account, Region: "us-east-1"}, Hides: []resource.Type{iam.AccountPasswordPolicyType}}}, "0 [gapHere]"},
		"another refusal":              {nil, []*report.Held{theirsIn("eu-west-1", "FAILED")}, []resource.Gap{{Scope: resource.Scope{Account: account, Region: "us-east-1"}, Hides: []resource.Type{"AWS::SQS::Queue"}}}, "0 [unexplained]"},
	} {
		got := sides.Compare(slices.Values(c.ours), slices.Values(c.theirs), sides.Context{Controls: all, Scanned: looked(day(20)), Gaps: c.gaps})
		whys := []sides.Why{}
		for _, d := range got.Differences {
			whys = append(whys, d.Why)
		}
		if text := fmt.Sprint(got.Agree, " ", whys); text != c.want || len(got.Empty) > 0 {
			t.Errorf("%s: %s, want %s; empty %v", name, text, c.want, got.Empty)
		}
	}
}
