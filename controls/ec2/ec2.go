// Package ec2 is the controls of Amazon EC2.
package ec2

import (
	"embed"
	"fmt"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/ec2"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control {
	return control.In(files, defaultSecurityGroup(), flowLogs(), ebsDefaultEncryption(), imdsv2(), subnetPublicIP(), highRiskPorts(), launchTemplatePublicIP())
}

// ofOthers exempts what another account owns and shares: only its owner can change
// it. AWS's pages are silent on what Security Hub does with the shared.
func ofOthers[T resource.Resource](c control.Check, owner func(T) fact.Value[string]) control.Check {
	run := c.Run
	c.Run = func(r resource.Resource, g control.Given) control.Verdict {
		if typed, ok := r.(T); ok {
			if id, known := owner(typed).Get(); known == fact.True && r.GetMeta().Account != "" && id != r.GetMeta().Account {
				return control.Exempt("exempt", locale.A("owner", id))
			}
		}
		return run(r, g)
	}
	return c
}

func ebsDefaultEncryption() *control.Control {
	return &control.Control{
		ID: "EC2.7", Folder: "ebsdefaultencryption",
		Checks: []control.Check{control.Is(control.Property[*ec2.EbsEncryptionByDefault, bool]{
			Name: "EbsEncryptionByDefault", Of: func(e *ec2.EbsEncryptionByDefault) fact.Value[bool] { return e.EbsEncryptionByDefault },
		}, true)},
		Remedies:  []remedy.Remedy{remedy.Set("enable", ec2.EbsEncryptionByDefaultType, []remedy.Effect{remedy.Interrupts}, remedy.Property{Name: "EbsEncryptionByDefault", Value: true})},
		Questions: control.Ask("key-rights", "shared-snapshots", "holds-data"),
	}
}

func imdsv2() *control.Control {
	return &control.Control{
		ID: "EC2.8", Folder: "imdsv2", Checks: []control.Check{control.On(tokens)},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{Name: "require", Does: []remedy.Effect{remedy.Interrupts}}, []string{"MetadataOptions.HttpTokens"},
			// AWS wants the endpoint enabled beside, and what is off shall not be switched on.
			func(*ec2.Instance, remedy.Case) (remedy.Wish, error) {
				return remedy.Wish{
					Set:    []remedy.Property{{Name: "MetadataOptions.HttpTokens", Value: "required"}},
					Guards: []remedy.Guard{{Property: "MetadataOptions.HttpEndpoint", OneOf: []any{"enabled"}, Why: locale.M("guard.endpoint")}},
				}, nil
			})},
		Questions: control.Ask("old-software", "containers", "internet-input"),
	}
}

// tokens judges HttpTokens alone, as AWS's page does: a service that is off
// answers again as soon as somebody turns it on.
func tokens(i *ec2.Instance, _ control.Params) control.Verdict {
	if fact.In(i.State, "terminated", "shutting-down") == fact.True {
		return control.Exempt("exempt")
	}
	v := fact.Part(i.MetadataOptions, func(m ec2.MetadataOptions) fact.Value[string] { return m.HttpTokens })
	key := "fail"
	if fact.Is(fact.Part(i.MetadataOptions, func(m ec2.MetadataOptions) fact.Value[string] { return m.HttpEndpoint }), "disabled") == fact.True {
		key = "fail.off"
	}
	return control.Decide(fact.Is(v, "required"), v, "MetadataOptions.HttpTokens", control.Pass("pass"), control.Fail(key, locale.A("tokens", v.Or("-"))))
}

func subnetPublicIP() *control.Control {
	return &control.Control{
		ID: "EC2.15", Folder: "subnetpublicip",
		Checks: []control.Check{ofOthers(control.On(unassigned), func(s *ec2.Subnet) fact.Value[string] { return s.OwnerId })},
		Remedies: []remedy.Remedy{remedy.Set("no-auto-assign", ec2.SubnetType, []remedy.Effect{remedy.Interrupts},
			remedy.Property{Name: "MapPublicIpOnLaunch", Value: false}, remedy.Property{Name: "AssignIpv6AddressOnCreation", Value: false})},
		Questions: control.Ask("relies", "public-by-design", "scaling"),
	}
}

func unassigned(s *ec2.Subnet, _ control.Params) control.Verdict {
	four, six := fact.Is(s.MapPublicIpOnLaunch, true), fact.Is(s.AssignIpv6AddressOnCreation, true)
	switch {
	case four == fact.True && six == fact.True:
		return control.Fail("fail")
	case four == fact.True:
		return control.Fail("fail.ipv4")
	case six == fact.True:
		return control.Fail("fail.ipv6")
	case four == fact.Unknown:
		return control.Unread("MapPublicIpOnLaunch", s.MapPublicIpOnLaunch.Origin())
	}
	return control.Decide(six.Not(), s.AssignIpv6AddressOnCreation, "AssignIpv6AddressOnCreation", control.Pass("pass"), control.Fail("fail.ipv6"))
}

func launchTemplatePublicIP() *control.Control {
	return &control.Control{
		ID: "EC2.25", Folder: "launchtemplatepublicip", Checks: []control.Check{control.On(private)},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{Name: "new-default", Does: []remedy.Effect{remedy.Interrupts}},
			[]string{`LaunchTemplateData.NetworkInterfaces["*"].AssociatePublicIpAddress`}, func(t *ec2.LaunchTemplate, _ remedy.Case) (w remedy.Wish, err error) {
				interfaces := fact.Part(t.LaunchTemplateData, func(d ec2.LaunchTemplateData) fact.Value[[]ec2.TemplateInterface] { return d.NetworkInterfaces })
				for _, i := range interfaces.Or(nil) {
					if fact.Is(i.AssociatePublicIpAddress, true) == fact.True {
						w.Set = append(w.Set, remedy.Property{Name: fmt.Sprintf("LaunchTemplateData.NetworkInterfaces[%q].AssociatePublicIpAddress", device(i)), Value: false})
					}
				}
				return w, nil
			})},
		Questions: control.Ask("needs-public", "way-out", "default-users"),
	}
}

// private judges the default version. What it leaves out the subnet decides, and
// EC2.15 judges that.
func private(t *ec2.LaunchTemplate, _ control.Params) control.Verdict {
	interfaces := fact.Part(t.LaunchTemplateData, func(d ec2.LaunchTemplateData) fact.Value[[]ec2.TemplateInterface] { return d.NetworkInterfaces })
	list, there := interfaces.Get()
	version := locale.A("version", t.DefaultVersionNumber.Or(0))
	var public []string
	origin := interfaces.Origin()
	for _, i := range list {
		switch fact.Is(i.AssociatePublicIpAddress, true) {
		case fact.True:
			public = append(public, device(i))
		case fact.Unknown:
			there, origin = fact.Unknown, i.AssociatePublicIpAddress.Origin()
		}
	}
	switch {
	case len(public) > 0:
		return control.Fail("fail", version, locale.A("interfaces", public))
	case there == fact.Unknown:
		return control.Unread("LaunchTemplateData.NetworkInterfaces.AssociatePublicIpAddress", origin)
	}
	return control.Pass("pass", version)
}
