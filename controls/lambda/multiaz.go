package lambda

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/ec2"
	"github.com/kumoban/kumoban/types/lambda"
)

func multiAZ() *control.Control {
	return &control.Control{
		ID: "Lambda.5", Folder: "multiaz",
		Checks:     []control.Check{control.OnGiven(spread, control.Beside[*ec2.Subnet]("SubnetId", "AvailabilityZone", "AvailabilityZoneId"))},
		Parameters: []control.Parameter{{Name: "availabilityZones"}},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{
			Name: "subnets", Does: []remedy.Effect{remedy.Interrupts},
			Inputs: []remedy.Input{{Name: "subnets", Required: true, Example: "subnet-0123456789abcdef0", Pattern: `subnet-[0-9a-f]+(,subnet-[0-9a-f]+)*`}},
		}, []string{"VpcConfig.SubnetIds"}, addSubnets)},
		Questions: control.Ask("must-stay-up", "dependencies", "subnets-ready"),
	}
}

// addSubnets leaves the function the subnets that it has.
func addSubnets(f *lambda.Function, c remedy.Case) (remedy.Wish, error) {
	ids := slices.Clone(fact.Part(f.VpcConfig, func(v lambda.VpcConfig) fact.Value[[]string] { return v.SubnetIds }).Or(nil))
	had := len(ids)
	for id := range strings.SplitSeq(c.Inputs["subnets"], ",") {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == had {
		return remedy.Wish{}, nil
	}
	return remedy.Wish{Set: []remedy.Property{{Name: "VpcConfig.SubnetIds", Value: ids}}}, nil
}

// spread counts the zones that are known; a subnet that nobody saw may lie in
// another, which matters only where there are too few.
func spread(f *lambda.Function, g control.Given) control.Verdict {
	ids := fact.Part(f.VpcConfig, func(v lambda.VpcConfig) fact.Value[[]string] { return v.SubnetIds })
	list, there := ids.Get()
	least, known := g.Int("availabilityZones")
	switch {
	case there == fact.Unknown || !known:
		return control.Unread("VpcConfig.SubnetIds", ids.Origin())
	case len(list) == 0:
		return control.Exempt("exempt")
	}
	zones, hidden := zonesOf(list, g)
	n, shown := locale.A("n", len(zones)), locale.A("zones", zones)
	switch {
	case len(zones) >= least:
		return control.Pass("pass", n, shown)
	case hidden != nil:
		return control.Unread(string(ec2.SubnetType), hidden)
	case len(zones) == 1:
		return control.Fail("fail.one", shown)
	}
	return control.Fail("fail", n, locale.A("minimum", least), shown)
}

// zonesOf are the zones of subnets, and why there may be others.
func zonesOf(ids []string, g control.Given) (zones []string, hidden *fact.Origin) {
	subnets, rest := control.Others[*ec2.Subnet](g)
	for _, id := range ids {
		i := slices.IndexFunc(subnets, func(s *ec2.Subnet) bool { return fact.Is(s.SubnetId, id) == fact.True })
		if i < 0 {
			if hidden = rest; hidden == nil {
				hidden = &fact.Origin{}
			}
			continue
		}
		zone, known := subnets[i].AvailabilityZone.Get()
		if known != fact.True {
			hidden = subnets[i].AvailabilityZone.Origin()
			continue
		}
		zones = append(zones, zone)
	}
	slices.Sort(zones)
	return slices.Compact(zones), hidden
}
