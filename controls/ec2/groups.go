package ec2

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/ec2"
)

func defaultSecurityGroup() *control.Control {
	return &control.Control{
		ID: "EC2.2", Folder: "defaultsecuritygroup",
		Checks: []control.Check{control.On(closed)},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{Name: "close", Does: []remedy.Effect{remedy.Interrupts}}, []string{ingress + `["*"]`, egress + `["*"]`},
			func(g *ec2.SecurityGroup, _ remedy.Case) (w remedy.Wish, err error) {
				for _, r := range g.SecurityGroupIngress.Or(nil) {
					w.Set = append(w.Set, remedy.Property{Name: rule(ingress, r.Rule.Or(""))})
				}
				for _, r := range g.SecurityGroupEgress.Or(nil) {
					w.Set = append(w.Set, remedy.Property{Name: rule(egress, r.Rule.Or(""))})
				}
				return w, nil
			})},
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
		Checks: []control.Check{ofOthers(control.On(guarded), func(g *ec2.SecurityGroup) fact.Value[string] { return g.OwnerId })},
		Remedies: []remedy.Remedy{
			remedy.Sets(remedy.Remedy{Name: "revoke", Does: []remedy.Effect{remedy.Interrupts}}, []string{ingress + `["*"]`}, func(g *ec2.SecurityGroup, _ remedy.Case) (w remedy.Wish, err error) {
				for _, r := range open(g) {
					w.Set = append(w.Set, remedy.Property{Name: rule(ingress, r.Rule.Or(""))})
				}
				return w, nil
			}),
			restrict(),
		},
		Questions: control.Ask("from-anywhere", "other-way-in", "wide-rule", "attached"),
	}
}

const ingress, egress = "SecurityGroupIngress", "SecurityGroupEgress"

// rule is the property that is one rule of a group.
func rule(list, name string) string { return list + "[" + strconv.Quote(name) + "]" }

// open are the rules that open a port of risk to everybody.
func open(g *ec2.SecurityGroup) (list []ec2.Ingress) {
	for _, r := range g.SecurityGroupIngress.Or(nil) {
		if everyone(r).And(tcp(r)) == fact.True {
			if ports, _ := reached(r); len(ports) > 0 {
				list = append(list, r)
			}
		}
	}
	return list
}

// restrict makes the narrow rules before the open ones go, so that whoever is in
// the range stays connected.
func restrict() remedy.Remedy {
	r := remedy.Sets(remedy.Remedy{
		Name: "restrict", Does: []remedy.Effect{remedy.Interrupts},
		Inputs: []remedy.Input{{Name: "cidr", Required: true, Example: "203.0.113.0/24", Pattern: `[0-9]{1,3}(\.[0-9]{1,3}){3}/([1-9]|[12][0-9]|3[0-2])|[0-9a-fA-F:]*:[0-9a-fA-F:]*/([1-9]|[1-9][0-9]|1[01][0-9]|12[0-8])`}},
	}, []string{ingress + `["*"]`}, func(g *ec2.SecurityGroup, c remedy.Case) (w remedy.Wish, err error) {
		for _, r := range open(g) {
			fields := strings.Fields(r.Rule.Or(""))
			fields[len(fields)-1] = c.Inputs["cidr"]
			w.Set = append(w.Set, narrowed(r, fields))
		}
		return w, nil
	})
	narrow := r.Ensure
	r.Ensure = func(c remedy.Case) ([]remedy.Ensure, error) {
		ensures, err := narrow(c)
		if err != nil {
			return nil, err
		}
		g, _ := c.Resource.(*ec2.SecurityGroup)
		last := remedy.Ensure{ID: "revoke", Thing: ensures[0].Thing, After: []string{ensures[0].ID}}
		for _, r := range open(g) {
			last.Set = append(last.Set, remedy.Property{Name: rule(ingress, r.Rule.Or(""))})
		}
		return append(ensures, last), nil
	}
	return r
}

// narrowed is a rule with another end, as the group shows it once it is there.
func narrowed(r ec2.Ingress, fields []string) remedy.Property {
	name, cidr := strings.Join(fields, " "), fields[len(fields)-1]
	value := map[string]any{"IpProtocol": fields[0], "CidrIp": cidr, "Rule": name}
	if strings.Contains(cidr, ":") {
		delete(value, "CidrIp")
		value["CidrIpv6"] = cidr
	}
	for member, port := range map[string]fact.Value[int]{"FromPort": r.FromPort, "ToPort": r.ToPort} {
		if n, there := port.Get(); there == fact.True {
			value[member] = float64(n)
		}
	}
	return remedy.Property{Name: rule(ingress, name), Value: value}
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
