// Package iam is the controls of AWS Identity and Access Management.
package iam

import (
	"embed"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/iam"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control {
	return control.In(files, rootKey(), rootHardwareMFA(), passwordPolicy(), unusedCredentials())
}

func rootKey() *control.Control {
	return &control.Control{
		ID: "IAM.4", Folder: "rootkey", Checks: []control.Check{control.On(keyless).By("AccountAccessKeysPresent", "RootCredentials")},
		Remedies:  []remedy.Remedy{remedy.ByHand("delete-key", iam.AccountSummaryType, remedy.Interrupts)},
		Questions: control.Ask("key-used", "root-access", "central-root"),
	}
}

// keyless fails an inactive key, too: AWS's rule asks whether one exists. What the
// credential report says of it is told where it could be read.
func keyless(s *iam.AccountSummary, _ control.Params) control.Verdict {
	report := func(of func(iam.CredentialReport) fact.Value[bool]) fact.Truth {
		return fact.Is(fact.Part(s.RootCredentials, of), true)
	}
	active := report(func(r iam.CredentialReport) fact.Value[bool] { return r.AccessKey1Active }).Or(report(func(r iam.CredentialReport) fact.Value[bool] { return r.AccessKey2Active }))
	row, _ := s.RootCredentials.Get()
	used := max(row.AccessKey1LastUsed.Or(0), row.AccessKey2LastUsed.Or(0))
	fail := control.Fail("fail")
	switch {
	case active == fact.False && s.RootCredentials.Present() == fact.True:
		fail = control.Fail("fail.inactive")
	case used > 0:
		fail = control.Fail("fail.used", locale.A("date", used.Day()))
	}
	return control.Decide(fact.Is(s.AccountAccessKeysPresent, false), s.AccountAccessKeysPresent, "AccountAccessKeysPresent", control.Pass("pass"), fail)
}

func rootHardwareMFA() *control.Control {
	return &control.Control{
		ID: "IAM.6", Folder: "roothardwaremfa", Checks: []control.Check{control.On(hardware).By("AccountPasswordPresent", "AccountMFAEnabled", "VirtualMFADevices")},
		Remedies:  []remedy.Remedy{remedy.ByHand("register", iam.AccountSummaryType)},
		Questions: control.Ask("root-needed", "two-devices", "root-mail"),
	}
}

// hardware passes an account without root credentials, as Security Hub's page
// does; passkeys are in no list of virtual devices and pass.
func hardware(s *iam.AccountSummary, _ control.Params) control.Verdict {
	switch {
	case fact.Is(s.AccountPasswordPresent, false) == fact.True:
		return control.Pass("pass.noCredentials")
	case s.AccountPasswordPresent.Present() == fact.Unknown:
		return control.Unread("AccountPasswordPresent", s.AccountPasswordPresent.Origin())
	case fact.Is(s.AccountMFAEnabled, false) == fact.True:
		return control.Fail("fail")
	case s.AccountMFAEnabled.Present() == fact.Unknown:
		return control.Unread("AccountMFAEnabled", s.AccountMFAEnabled.Origin())
	}
	var virtual []string
	devices, there := s.VirtualMFADevices.Get()
	for _, d := range devices {
		// A device that is assigned to somebody unknown may be root's.
		if owner, known := d.UserArn.Get(); known == fact.Unknown {
			there = fact.Unknown
		} else if strings.HasSuffix(owner, ":root") {
			virtual = append(virtual, d.SerialNumber.Or("-"))
		}
	}
	switch {
	case len(virtual) > 0:
		return control.Fail("fail.virtual", locale.A("devices", virtual))
	case there == fact.Unknown:
		return control.Unread("VirtualMFADevices", s.VirtualMFADevices.Origin())
	}
	return control.Pass("pass")
}
