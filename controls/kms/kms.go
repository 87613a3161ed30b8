// Package kms is the controls of AWS Key Management Service.
package kms

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/kms"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, pendingDeletion()) }

func pendingDeletion() *control.Control {
	return &control.Control{
		ID: "KMS.3", Folder: "pendingdeletion", Checks: []control.Check{control.On(kept)},
		Remedies:  []remedy.Remedy{cancel()},
		Questions: control.Ask("still-needed", "deliberate", "broken-now"),
	}
}

// cancel keeps the key, which comes back disabled, and enables it only where
// somebody asks for that.
func cancel() remedy.Remedy {
	r := remedy.Sets(remedy.Remedy{
		Name: "cancel", Does: []remedy.Effect{remedy.Costs}, Uses: []remedy.Use{{Usage: cost.Item{Service: "awskms", Type: "KMS-Keys"}, N: 1}},
		Inputs:  []remedy.Input{{Name: "enable", Values: []string{"true", "false"}, Default: "false"}},
		Touches: []remedy.Touch{{Type: kms.KeyType, Properties: []string{"KeyState", "Enabled"}}},
	}, []string{"KeyState"}, func(*kms.Key, remedy.Case) (remedy.Wish, error) {
		return remedy.Wish{Set: []remedy.Property{{Name: "KeyState", Value: "Disabled"}}}, nil
	})
	keep := r.Ensure
	r.Ensure = func(c remedy.Case) ([]remedy.Ensure, error) {
		ensures, err := keep(c)
		if err == nil && c.Inputs["enable"] == "true" {
			ensures = append(ensures, remedy.Ensure{ID: "enable", Thing: ensures[0].Thing, Set: []remedy.Property{{Name: "Enabled", Value: true}}, After: []string{ensures[0].ID}})
		}
		return ensures, err
	}
	return r
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
