// Package ecs is the controls of Amazon ECS.
package ecs

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/types/ecs"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, publicIP()) }

func publicIP() *control.Control {
	return &control.Control{
		ID: "ECS.2", Folder: "publicip", Checks: []control.Check{control.On(private)},
		Questions: control.Ask("direct-callers", "private-route", "replace-tasks"),
	}
}

// private passes a service without a network of its own: AWS's page names ENABLED
// and DISABLED alone, and there is nothing that is enabled.
func private(s *ecs.Service, _ control.Params) control.Verdict {
	network := fact.Part(s.NetworkConfiguration, func(n ecs.NetworkConfiguration) fact.Value[ecs.AwsvpcConfiguration] { return n.AwsvpcConfiguration })
	assigns := fact.Part(network, func(a ecs.AwsvpcConfiguration) fact.Value[string] { return a.AssignPublicIp })
	pass := control.Pass("pass")
	if network.Present() == fact.False {
		pass = control.Pass("pass.none")
	}
	return control.Decide(fact.Is(assigns, "ENABLED").Not(), assigns, "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", pass, control.Fail("fail"))
}
