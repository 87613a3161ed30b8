package ec2

import (
	"slices"
	"strconv"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/ec2"
)

func defaultSecurityGroup() *control.Control {
	return &control.Control{
		ID: "EC2.2", Folder: "defaultsecuritygroup",
		Checks:    []control.Check{control.On(closed)},
		Questions: control.Ask("in-use", "unnamed-launches", "referenced"),
	}
}

// closed wants no rule either way, in use or not.
func closed(g *ec2.SecurityGroup, _ control.Params) control.Verdict {
	switch fact.Is(g.GroupName, "default") {
	case fact.False:
		return control.Exempt("exempt", locale.A("name", g.GroupName.Or("-")))
	case fact.Unknown:
		return control.Unread("GroupName", g.GroupName.Origin())
	}
	in, inRead := g.SecurityGroupIngress.Get()
	out, outRead := g.SecurityGroupEgress.Get()
	vpc, ins, outs := locale.A("vpc", g.VpcId.Or("-")), locale.A("in", len(in)), locale.A("out", len(out))
	switch {
	case len(in) > 0 && len(out) > 0:
		return control.Fail("fail", vpc, ins, outs)
	case len(in) > 0:
		return control.Fail("fail.inbound", vpc, ins)
	case len(out) > 0:
		return control.Fail("fail.outbound", vpc, outs)
	case inRead == fact.Unknown:
		return control.Unread("SecurityGroupIngress", g.SecurityGroupIngress.Origin())
	case outRead == fact.Unknown:
		return control.Unread("SecurityGroupEgress", g.SecurityGroupEgress.Origin())
	}
	return control.Pass("pass", vpc)
}

func highRiskPorts() *control.Control {
	return &control.Control{
		ID: "EC2.19", Folder: "highriskports",
		Checks:    []control.Check{ofOthers(control.On(guarded), func(g *ec2.SecurityGroup) fact.Value[string] { return g.OwnerId })},
		Questions: control.Ask("from-anywhere", "other-way-in", "wide-rule", "attached"),
	}
}

// risky are the ports of AWS's page for EC2.19, read on 2026-11-28.
func risky() []int {
	return []int{20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888, 9200, 9300}
}

// guarded judges every group, in use or not: Security Hub's page names none that
// is left out.
func guarded(g *ec2.SecurityGroup, _ control.Params) control.Verdict {
	rules, there := g.SecurityGroupIngress.Get()
	origin, hidden := g.SecurityGroupIngress.Origin(), there == fact.Unknown
	var ports []int
	var by []string
	for _, r := range rules {
		switch everyone(r).And(tcp(r)) {
		case fact.Unknown:
			hidden, origin = true, r.IpProtocol.Origin()
		case fact.True:
			found, known := reached(r)
			hidden = hidden || !known
			if len(found) > 0 {
				ports, by = append(ports, found...), append(by, r.Rule.Or("-"))
			}
		}
	}
	slices.Sort(ports)
	ports = slices.Compact(ports)
	switch {
	case len(ports) == len(risky()):
		return control.Fail("fail.all", locale.A("rules", by))
	case len(ports) > 0:
		return control.Fail("fail", locale.A("ports", texts(ports)), locale.A("rules", by))
	case hidden:
		return control.Unread("SecurityGroupIngress", origin)
	}
	return control.Pass("pass")
}

// everyone tells whether a rule is for every address. Halves of the internet are
// not: AWS compares with these two alone.
func everyone(r ec2.Ingress) fact.Truth {
	return fact.Is(r.CidrIp, "0.0.0.0/0").Or(fact.Is(r.CidrIpv6, "::/0"))
}

func tcp(r ec2.Ingress) fact.Truth { return fact.In(r.IpProtocol, "tcp", "6", "-1") }

// reached lists the ports of risk within a rule; without ports it has all.
func reached(r ec2.Ingress) (ports []int, known bool) {
	from, hasFrom := r.FromPort.Get()
	to, hasTo := r.ToPort.Get()
	all := fact.Is(r.IpProtocol, "-1") == fact.True || hasFrom == fact.False || from < 0
	if !all && (hasFrom == fact.Unknown || hasTo == fact.Unknown) {
		return nil, false
	}
	for _, p := range risky() {
		if all || from <= p && p <= to {
			ports = append(ports, p)
		}
	}
	return ports, true
}

func texts(ports []int) []string {
	list := make([]string, len(ports))
	for i, p := range ports {
		list[i] = strconv.Itoa(p)
	}
	return list
}

// device names a network interface of a launch template.
func device(i ec2.TemplateInterface) string { return strconv.Itoa(i.DeviceIndex.Or(0)) }
