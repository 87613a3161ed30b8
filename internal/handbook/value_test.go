package handbook

import (
	"reflect"
	"testing"

	"github.com/kumoban/kumoban/controls/ec2"
	"github.com/kumoban/kumoban/controls/iam"
	"github.com/kumoban/kumoban/internal/plan"
)

// TestSampleReadsElements: what a remedy takes out of a list is there in the sample,
// so that the guide shows how to take it out, and what was set before.
func TestSampleReadsElements(t *testing.T) {
	rule := map[string]any{"Rule": "tcp 22 22 0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 22.0, "ToPort": 22.0, "CidrIp": "0.0.0.0/0"}
	wants := map[string]plan.Change{
		"EC2.19": {Property: `SecurityGroupIngress["tcp 22 22 0.0.0.0/0"]`, Was: rule},
		"IAM.8":  {Property: `AccessKeys["AKIAIOSFODNN7EXAMPLE"].Status`, Was: "Active", Will: "Inactive"},
	}
	for _, c := range append(ec2.Controls(), iam.Controls()...) {
		want, ok := wants[c.ID]
		if !ok {
			continue
		}
		delete(wants, c.ID)
		p, err := Sample(c)
		if err != nil || len(p.Steps) != 1 || len(p.Steps[0].Changes) != 1 {
			t.Fatalf("%s: %v: %+v", c.ID, err, p.Steps)
		}
		got := p.Steps[0].Changes[0]
		got.Was = plan.Normal(got.Was)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the sample has %#v, not %#v", c.ID, got, want)
		}
	}
	if len(wants) > 0 {
		t.Errorf("not there: %v", wants)
	}
}
