// Package dynamodb is the controls of Amazon DynamoDB.
package dynamodb

import (
	"embed"
	"strconv"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/dynamodb"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control { return control.In(files, pointInTimeRecovery()) }

// backup is billed by the size of the table, with its local indexes, for any period.
func backup() remedy.Use {
	return remedy.Use{Usage: cost.Item{Service: "AmazonDynamoDB", Type: "TimedPITRStorage-ByteHrs"}, Of: "TableSizeBytes", Per: 1e9}
}

const specification = "PointInTimeRecoverySpecification."

func pointInTimeRecovery() *control.Control {
	return &control.Control{
		ID: "DynamoDB.2", Folder: "pointintimerecovery", Checks: []control.Check{control.On(recoverable)},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{
			Name: "enable", Does: []remedy.Effect{remedy.Costs}, Uses: []remedy.Use{backup()}, Inputs: []remedy.Input{{Name: "recoveryDays", Default: "35", Pattern: `[1-9]|[12][0-9]|3[0-5]`}},
		}, []string{specification + "PointInTimeRecoveryEnabled", specification + "RecoveryPeriodInDays"}, turnOn)},
		Questions: append(control.Ask("rebuildable", "other-backup", "backup-cost"), control.AskDays("restore-days")),
	}
}

// turnOn names the period, too: AWS goes back to its own where a call leaves it out.
func turnOn(_ *dynamodb.Table, c remedy.Case) (remedy.Wish, error) {
	days, err := strconv.ParseFloat(c.Inputs["recoveryDays"], 64)
	return remedy.Wish{Set: []remedy.Property{{Name: specification + "PointInTimeRecoveryEnabled", Value: true}, {Name: specification + "RecoveryPeriodInDays", Value: days}}}, err
}

// recoverable takes any period: AWS's control does not look at it.
func recoverable(t *dynamodb.Table, _ control.Params) control.Verdict {
	on := fact.Part(t.PointInTimeRecoverySpecification, func(p dynamodb.PointInTimeRecovery) fact.Value[bool] { return p.PointInTimeRecoveryEnabled })
	pass := control.Pass("pass.on")
	if days, known := fact.Part(t.PointInTimeRecoverySpecification, func(p dynamodb.PointInTimeRecovery) fact.Value[int] { return p.RecoveryPeriodInDays }).Get(); known == fact.True {
		pass = control.Pass("pass", locale.A("n", days))
	}
	return control.Decide(fact.Is(on, true), on, specification+"PointInTimeRecoveryEnabled", pass, control.Fail("fail"))
}
