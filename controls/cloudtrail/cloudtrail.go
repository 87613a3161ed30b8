// Package cloudtrail is the controls of AWS CloudTrail.
package cloudtrail

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/cloudtrail"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control {
	return control.In(files, multiRegion(), encryption(), validation(), cloudWatchLogs())
}

func encryption() *control.Control {
	return &control.Control{
		ID: "CloudTrail.2", Folder: "encryption",
		Checks: []control.Check{control.On(func(t *cloudtrail.Trail, _ control.Params) control.Verdict {
			return control.Decide(fact.Filled(t.KMSKeyId), t.KMSKeyId, "KMSKeyId", control.Pass("pass", locale.A("key", t.KMSKeyId.Or("-"))), control.Fail("fail"))
		})},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{
			Name: "encrypt", Does: []remedy.Effect{remedy.Costs, remedy.Interrupts},
			Uses:   []remedy.Use{{Usage: cost.Item{Service: "awskms", Type: "KMS-Requests"}}, {Usage: cost.Item{Service: "awskms", Type: "KMS-Keys"}, N: 1, New: true}},
			Inputs: []remedy.Input{{Name: "kmsKey", Required: true, Example: "arn:aws:kms:ap-northeast-1:111122223333:key/0d990263-018e-4e65-a703-eff731de951e", Pattern: `arn:aws[a-z-]*:kms:.+`}},
		}, []string{"KMSKeyId"}, func(_ *cloudtrail.Trail, c remedy.Case) (remedy.Wish, error) {
			return remedy.Wish{Set: []remedy.Property{{Name: "KMSKeyId", Value: c.Inputs["kmsKey"]}}}, nil
		})},
		Questions: control.Ask("log-readers", "key-account", "key-cost"),
	}
}

func validation() *control.Control {
	return &control.Control{
		ID: "CloudTrail.4", Folder: "validation",
		Checks: []control.Check{control.Is(control.Property[*cloudtrail.Trail, bool]{
			Name: "EnableLogFileValidation", Of: func(t *cloudtrail.Trail) fact.Value[bool] { return t.EnableLogFileValidation },
		}, true)},
		Remedies:  []remedy.Remedy{remedy.Set("validate", cloudtrail.TrailType, []remedy.Effect{}, remedy.Property{Name: "EnableLogFileValidation", Value: true})},
		Questions: control.Ask("evidence", "narrow-bucket-policy"),
	}
}

func cloudWatchLogs() *control.Control {
	return &control.Control{
		ID: "CloudTrail.5", Folder: "cloudwatchlogs",
		Checks: []control.Check{control.On(func(t *cloudtrail.Trail, _ control.Params) control.Verdict {
			group := t.CloudWatchLogsLogGroupArn
			return control.Decide(fact.Filled(group), group, "CloudWatchLogsLogGroupArn", control.Pass("pass", locale.A("logGroup", group.Or("-"))), control.Fail("fail"))
		})},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{
			Name: "log-group", Does: []remedy.Effect{remedy.Costs},
			Uses: []remedy.Use{{Usage: cost.Item{Service: "AmazonCloudWatch", Type: "DataProcessing-Bytes"}}, {Usage: cost.Item{Service: "AmazonCloudWatch", Type: "TimedStorage-ByteHrs"}}},
			Inputs: []remedy.Input{
				{Name: "logGroup", Required: true, Example: "aws-cloudtrail-logs", Pattern: `[\w./#-]{1,512}`},
				{Name: "role", Required: true, Example: "arn:aws:iam::111122223333:role/cloudtrail-to-logs", Pattern: `arn:aws[a-z-]*:iam::[0-9]{12}:role/.+`},
			},
		}, []string{"CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"}, sendTo)},
		Questions: append(control.Ask("other-alarms", "alarm-reader", "event-volume"), control.AskDays("retention")),
	}
}

// sendTo names both, which AWS takes together. The group of an organization's trail
// is set in the account that owns the trail.
func sendTo(t *cloudtrail.Trail, c remedy.Case) (remedy.Wish, error) {
	arn, _ := resource.ParseARN(t.ARN)
	arn.Service, arn.Resource = "logs", "log-group:"+c.Inputs["logGroup"]+":*"
	return remedy.Wish{
		Set: []remedy.Property{{Name: "CloudWatchLogsLogGroupArn", Value: arn.String()}, {Name: "CloudWatchLogsRoleArn", Value: c.Inputs["role"]}},
		Guards: []remedy.Guard{{
			Property: "IsOrganizationTrail", OneOf: []any{false, nil},
			Why: locale.M("guard.organization", locale.A("trail", t.Name), locale.A("account", arn.Account)),
		}},
	}, nil
}
