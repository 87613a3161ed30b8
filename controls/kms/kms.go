// Package kms is the controls of AWS Key Management Service.
package kms

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/kms"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, pendingDeletion()) }

func pendingDeletion() *control.Control {
	return &control.Control{
		ID: "KMS.3", Folder: "pendingdeletion", Checks: []control.Check{control.On(kept)},
		Questions: control.Ask("still-needed", "deliberate", "broken-now"),
	}
}

// kept counts a primary key that waits for its replicas as scheduled: AWS's page
// speaks of PendingDeletion alone, and CancelKeyDeletion works on both.
func kept(k *kms.Key, _ control.Params) control.Verdict {
	state := k.KeyState.Or("")
	fail := control.Fail("fail.undated")
	if date, known := k.DeletionDate.Get(); known == fact.True {
		fail = control.Fail("fail", locale.A("date", date.Day()))
	} else if state == "PendingReplicaDeletion" {
		fail = control.Fail("fail.replicas")
	}
	return control.Decide(fact.In(k.KeyState, "PendingDeletion", "PendingReplicaDeletion").Not(), k.KeyState, "KeyState", control.Pass("pass", locale.A("state", state)), fail)
}
