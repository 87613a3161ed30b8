// Package ssm is the controls of AWS Systems Manager.
package ssm

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/ssm"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, publicSharing()) }

func publicSharing() *control.Control {
	return &control.Control{
		ID: "SSM.7", Folder: "publicsharing", Checks: []control.Check{control.On(unshared)},
		Remedies:  []remedy.Remedy{remedy.Set("block", ssm.DocumentPublicSharingType, []remedy.Effect{}, remedy.Property{Name: "SettingValue", Value: "Disable"})},
		Questions: control.Ask("publishes", "public-now", "secrets-in-documents"),
	}
}

func unshared(s *ssm.DocumentPublicSharing, _ control.Params) control.Verdict {
	if fact.Is(s.Status, "PendingUpdate") == fact.True {
		return control.Undecided("pending", s.Status.Origin())
	}
	return control.Decide(fact.Is(s.SettingValue, "Disable"), s.SettingValue, "SettingValue", control.Pass("pass"), control.Fail("fail"))
}
