// Package elb is the controls of Elastic Load Balancing.
package elb

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	classic "github.com/kumoban/kumoban/types/elb"
	"github.com/kumoban/kumoban/types/elbv2"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, dropInvalidHeaders(), classicDesync()) }

func dropInvalidHeaders() *control.Control {
	return &control.Control{
		ID: "ELB.4", Folder: "dropinvalidheaders", Checks: []control.Check{control.On(drops)},
		Remedies:  []remedy.Remedy{remedy.Set("drop", elbv2.LoadBalancerType, []remedy.Effect{remedy.Interrupts}, remedy.Property{Name: "DropInvalidHeaderFields", Value: true})},
		Questions: control.Ask("odd-headers", "desync-mode", "production"),
	}
}

// drops judges Application Load Balancers; the others do not have the setting.
func drops(b *elbv2.LoadBalancer, _ control.Params) control.Verdict {
	switch fact.Is(b.Type, "application") {
	case fact.False:
		return control.Exempt("exempt", locale.A("type", b.Type.Or("-")))
	case fact.Unknown:
		return control.Unread("Type", b.Type.Origin())
	}
	return control.Decide(fact.Is(b.DropInvalidHeaderFields, true), b.DropInvalidHeaderFields, "DropInvalidHeaderFields", control.Pass("pass"), control.Fail("fail"))
}

func classicDesync() *control.Control {
	const mode = "DesyncMitigationMode"
	set := func(value string) remedy.Remedy {
		return remedy.Set(value, classic.LoadBalancerType, []remedy.Effect{remedy.Interrupts}, remedy.Property{Name: mode, Value: value})
	}
	return &control.Control{
		ID: "ELB.14", Folder: "classicdesyncmode",
		Checks: []control.Check{control.Is(control.Property[*classic.LoadBalancer, string]{
			Name: mode, Of: func(b *classic.LoadBalancer) fact.Value[string] { return b.DesyncMitigationMode },
		}, "defensive", "strictest")},
		Remedies:  []remedy.Remedy{set("defensive"), set("strictest")},
		Questions: control.Ask("odd-clients", "moving", "production"),
	}
}
