package awslive_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/ec2"
)

// logged has a control over VPCs that goes by flow logs, which nobody judges.
func logged(t *testing.T) control.Set {
	t.Helper()
	set, err := control.Select([]*control.Control{{ID: "Logged.1", Severity: control.Medium, Checks: []control.Check{
		control.Some(func(v *ec2.VPC, l *ec2.FlowLog) fact.Truth {
			return fact.Is(l.ResourceId, v.VpcId.Or("?")).And(fact.In(l.TrafficType, "REJECT", "ALL"))
		}, "ResourceId", "TrafficType"),
	}}}, control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestJoinedTypes reads a type that a control joins, and finds what a refusal of it
// leaves undecided; alone, a resource has the same verdict.
func TestJoinedTypes(t *testing.T) {
	const pass, fail = "PASSED pass vpc/vpc-1", "FAILED fail vpc/vpc-2"
	for refuse, want := range map[string]string{
		"":                        fail + "; " + pass,
		"Action=DescribeFlowLogs": "UNKNOWN finding.unread vpc/vpc-1; UNKNOWN finding.unread vpc/vpc-2",
		"NextToken=2":             "PASSED pass vpc/vpc-1; UNKNOWN finding.unread vpc/vpc-2",
		"Action=DescribeVpcs":     "UNKNOWN finding.hidden AWS::::Account:111122223333",
	} {
		world := &canned{refuse: refuse}
		set := logged(t)
		b := broadly(t, world, set, "eu-west-1")
		var got []string
		for _, f := range b.findings {
			_, name, _ := strings.Cut(f.Resource.ARN, ":111122223333:")
			if name == "" {
				name = f.Resource.ARN
			}
			got = append(got, fmt.Sprint(f.Status, " ", f.Message.Key, " ", name))
		}
		slices.Sort(got)
		if strings.Join(got, "; ") != want {
			t.Errorf("%q is refused: %s, want %s", refuse, strings.Join(got, "; "), want)
		}
		if refuse == "Action=DescribeVpcs" {
			continue
		}
		session := entered(t, world, "eu-west-1")
		for _, want := range b.findings {
			u, err := session.One(t.Context(), set, want.Resource)
			if err != nil {
				t.Fatal(err)
			}
			run := evaluate.New(session.Scope, evaluate.KindOf(set[0].Control), set)
			var alone []string
			keep := func(f *finding.Finding) error {
				if f.Resource.ARN == want.Resource.ARN {
					alone = append(alone, f.Status.String()+" "+f.Message.Key)
				}
				return nil
			}
			if err := run.Unit(u, keep); err != nil {
				t.Fatal(err)
			}
			if err := run.Joined(keep); err != nil || strings.Join(alone, "; ") != want.Status.String()+" "+want.Message.Key {
				t.Errorf("%q is refused: alone %s is %s (%v), want %s", refuse, want.Resource.ARN, alone, err, want.Status)
			}
		}
	}
}

// TestWholeAccount judges an account by what is in it, also where it has none of
// that, and again alone.
func TestWholeAccount(t *testing.T) {
	set, err := control.Select([]*control.Control{{ID: "Any.1", Severity: control.Medium, Checks: []control.Check{
		control.Some(func(_ *resource.Whole, l *ec2.FlowLog) fact.Truth { return fact.Is(l.TrafficType, "REJECT") }, "TrafficType"),
	}}}, control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	// What was seen decides, whatever could not be read after it.
	for _, refuse := range []string{"", "NextToken=2"} {
		const want = "Any.1 eu-west-1 PASSED AWS::::Account:111122223333 "
		world := &canned{refuse: refuse}
		if got := broadly(t, world, set, "eu-west-1").lines(); got != want {
			t.Errorf("%q is refused: %s, want %s", refuse, got, want)
		}
		session := entered(t, world, "eu-west-1")
		u, err := session.One(t.Context(), set, resource.OfAccount(session.Scope))
		if err != nil || len(u.Resources) == 0 || u.Resources[0].GetMeta().ARN != "AWS::::Account:111122223333" {
			t.Errorf("alone: %v, %+v", err, u)
		}
	}
}
