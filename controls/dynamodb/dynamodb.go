// Package dynamodb is the controls of Amazon DynamoDB.
package dynamodb

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/dynamodb"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, pointInTimeRecovery()) }

func pointInTimeRecovery() *control.Control {
	return &control.Control{
		ID: "DynamoDB.2", Folder: "pointintimerecovery", Checks: []control.Check{control.On(recoverable)},
		Questions: append(control.Ask("rebuildable", "other-backup", "backup-cost"), control.AskDays("restore-days")),
	}
}

// recoverable takes any period: AWS's control does not look at it.
func recoverable(t *dynamodb.Table, _ control.Params) control.Verdict {
	on := fact.Part(t.PointInTimeRecoverySpecification, func(p dynamodb.PointInTimeRecovery) fact.Value[bool] { return p.PointInTimeRecoveryEnabled })
	pass := control.Pass("pass.on")
	if days, known := fact.Part(t.PointInTimeRecoverySpecification, func(p dynamodb.PointInTimeRecovery) fact.Value[int] { return p.RecoveryPeriodInDays }).Get(); known == fact.True {
		pass = control.Pass("pass", locale.A("days", days))
	}
	return control.Decide(fact.Is(on, true), on, "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", pass, control.Fail("fail"))
}
