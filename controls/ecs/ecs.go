// Package ecs is the controls of Amazon ECS.
package ecs

import (
	"embed"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/ecs"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, publicIP()) }

func publicIP() *control.Control {
	return &control.Control{
		ID: "ECS.2", Folder: "publicip", Checks: []control.Check{control.On(private)},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{
			Name: "no-public-ip", Does: []remedy.Effect{remedy.Interrupts}, Inputs: []remedy.Input{{Name: "subnets", Pattern: `subnet-[0-9a-f]+(,subnet-[0-9a-f]+)*`}},
		}, []string{network + "AssignPublicIp", network + "Subnets"}, hide)},
		Questions: control.Ask("direct-callers", "private-route", "replace-tasks"),
	}
}

const network = "NetworkConfiguration.AwsvpcConfiguration."

// hide starts a deployment, which another controller than ECS's own would not let
// anybody do.
func hide(s *ecs.Service, c remedy.Case) (remedy.Wish, error) {
	kind := fact.Part(s.DeploymentController, func(d ecs.DeploymentController) fact.Value[string] { return d.Type })
	w := remedy.Wish{
		Set:    []remedy.Property{{Name: network + "AssignPublicIp", Value: "DISABLED"}},
		Guards: []remedy.Guard{{Property: "DeploymentController.Type", OneOf: []any{"ECS", nil}, Why: locale.M("guard.controller", locale.A("controller", kind.Or("-")))}},
	}
	if subnets := c.Inputs["subnets"]; subnets != "" {
		w.Set = append(w.Set, remedy.Property{Name: network + "Subnets", Value: strings.Split(subnets, ",")})
	}
	return w, nil
}

// private passes a service without a network of its own: AWS's page names ENABLED
// and DISABLED alone, and there is nothing that is enabled.
func private(s *ecs.Service, _ control.Params) control.Verdict {
	own := fact.Part(s.NetworkConfiguration, func(n ecs.NetworkConfiguration) fact.Value[ecs.AwsvpcConfiguration] { return n.AwsvpcConfiguration })
	assigns := fact.Part(own, func(a ecs.AwsvpcConfiguration) fact.Value[string] { return a.AssignPublicIp })
	pass := control.Pass("pass")
	if own.Present() == fact.False {
		pass = control.Pass("pass.none")
	}
	return control.Decide(fact.Is(assigns, "ENABLED").Not(), assigns, network+"AssignPublicIp", pass, control.Fail("fail"))
}
