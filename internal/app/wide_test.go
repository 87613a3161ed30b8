package app

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
	"github.com/kumoban/kumoban/types/iam"
)

// TestWideWishes does not hide by --region what is the account's, and keeps a plan to
// one Region.
func TestWideWishes(t *testing.T) {
	fails := func(id, region string) *finding.Finding {
		at := resource.Scope{Partition: "aws", Account: "111122223333", Region: region}
		return &finding.Finding{Control: id, Status: control.Failed, Resource: resource.Ref{Scope: at, Type: "AWS::X::Y", ARN: "arn:" + id, Name: id}}
	}
	told := 0
	plan := func(region string, wide, regional bool) []Wish {
		told = 0
		w := &wisher{env: &Env{Tell: func(string, ...locale.Arg) { told++ }}, filter: WishFilter{Region: region}}
		if wide {
			_ = (&wisherScope{w, nil, source.Wide}).add(fails("IAM.8", "us-east-1"))
		}
		if regional {
			_ = (&wisherScope{w, nil, source.Regional}).add(fails("SQS.1", region))
		}
		return w.together()
	}
	for _, c := range []struct {
		region         string
		wide, regional bool
		wishes, told   int
	}{
		{"eu-west-1", true, false, 1, 0}, {"eu-west-1", true, true, 1, 1}, {"us-east-1", true, true, 2, 0}, {"eu-west-1", false, true, 1, 0},
	} {
		if got := plan(c.region, c.wide, c.regional); len(got) != c.wishes || told != c.told {
			t.Errorf("%+v: %d wishes, told %d", c, len(got), told)
		}
	}
	set, err := control.Select([]*control.Control{
		{ID: "IAM.8", Severity: control.Low, Checks: []control.Check{control.On(func(*iam.User, control.Params) control.Verdict { return control.Fail("fail") })}},
		{ID: "SQS.1", Severity: control.Low},
	}, control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if region, err := oneScope(plan("eu-west-1", true, false), "eu-west-1", set); err != nil || region != "us-east-1" {
		t.Errorf("what is the account's is planned in %q: %v", region, err)
	}
	if _, err := oneScope(plan("ap-south-1", false, true), "eu-west-1", set); err == nil {
		t.Error("a queue of another Region was planned")
	}
}
