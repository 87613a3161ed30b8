// Package sqs is the controls of Amazon SQS.
package sqs

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/sqs"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, encryption()) }

func encryption() *control.Control {
	return &control.Control{
		ID: "SQS.1", Folder: "encryption", Checks: []control.Check{control.On(encrypted)},
		Remedies: []remedy.Remedy{
			remedy.Set("sqs-key", sqs.QueueType, []remedy.Effect{remedy.Interrupts}, remedy.Property{Name: "SqsManagedSseEnabled", Value: true}),
			remedy.Sets(remedy.Remedy{
				Name: "kms", Does: []remedy.Effect{remedy.Costs, remedy.Interrupts},
				Uses:   []remedy.Use{{Usage: cost.Item{Service: "awskms", Type: "KMS-Requests"}}, {Usage: cost.Item{Service: "awskms", Type: "KMS-Keys"}, N: 1, New: true}},
				Inputs: []remedy.Input{{Name: "kmsKey", Required: true, Example: "alias/orders", Pattern: `arn:aws[a-z-]*:kms:.+|alias/[\w/-]+|[\w-]+`}},
			}, []string{"KmsMasterKeyId"}, func(_ *sqs.Queue, c remedy.Case) (remedy.Wish, error) {
				return remedy.Wish{Set: []remedy.Property{{Name: "KmsMasterKeyId", Value: c.Inputs["kmsKey"]}}}, nil
			}),
		},
		Questions: control.Ask("secret-messages", "anonymous-senders", "own-key"),
	}
}

// encrypted passes either kind. With a KMS key AWS answers that SSE-SQS is off.
func encrypted(q *sqs.Queue, _ control.Params) control.Verdict {
	kms, managed := fact.Filled(q.KmsMasterKeyId), fact.Is(q.SqsManagedSseEnabled, true)
	if kms == fact.True {
		return control.Pass("pass.kms", locale.A("key", q.KmsMasterKeyId.Or("")))
	}
	holds := kms.Or(managed)
	if kms == fact.Unknown {
		return control.Decide(holds, q.KmsMasterKeyId, "KmsMasterKeyId", control.Pass("pass.sqs"), control.Fail("fail"))
	}
	return control.Decide(holds, q.SqsManagedSseEnabled, "SqsManagedSseEnabled", control.Pass("pass.sqs"), control.Fail("fail"))
}
