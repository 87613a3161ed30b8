// Package account is the controls of AWS Account Management.
package account

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
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
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{
			Name: "contact", Does: []remedy.Effect{},
			Inputs: []remedy.Input{
				{Name: "contactName", Required: true, Example: "Security team", Pattern: `.{1,64}`},
				{Name: "contactTitle", Required: true, Example: "Security Operations", Pattern: `.{1,50}`},
				{Name: "contactEmail", Required: true, Example: "security@example.com", Pattern: `[^\s@]+@[^\s@]+`},
				{Name: "contactPhone", Required: true, Example: "+81 3 1234 5678", Pattern: `[\s0-9()+-]+`},
			},
		}, []string{"AlternateContactType", "Name", "Title", "EmailAddress", "PhoneNumber"}, tell)},
		Questions: control.Ask("root-mailbox", "team-address", "central-contacts"),
	}
}

// tell sets a contact where there is none, and overwrites nobody's.
func tell(_ *account.SecurityContact, c remedy.Case) (remedy.Wish, error) {
	return remedy.Wish{
		Set: []remedy.Property{
			{Name: "AlternateContactType", Value: "SECURITY"}, {Name: "Name", Value: c.Inputs["contactName"]}, {Name: "Title", Value: c.Inputs["contactTitle"]},
			{Name: "EmailAddress", Value: c.Inputs["contactEmail"]}, {Name: "PhoneNumber", Value: c.Inputs["contactPhone"]},
		},
		Guards: []remedy.Guard{{Property: "AlternateContactType", OneOf: []any{nil}, Why: locale.M("guard.present")}},
	}, nil
}
