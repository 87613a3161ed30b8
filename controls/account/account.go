// Package account is the controls of AWS Account Management.
package account

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/types/account"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, securityContact()) }

func securityContact() *control.Control {
	return &control.Control{
		ID: "Account.1", Folder: "securitycontact",
		Checks: []control.Check{control.On(func(c *account.SecurityContact, _ control.Params) control.Verdict {
			there := fact.Is(c.AlternateContactType, "SECURITY")
			return control.Decide(there, c.AlternateContactType, "AlternateContactType", control.Pass("pass"), control.Fail("fail"))
		})},
		Questions: control.Ask("root-mailbox", "team-address", "central-contacts"),
	}
}
