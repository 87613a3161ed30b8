package ec2

import (
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/ec2"
)

func flowLogs() *control.Control {
	return &control.Control{
		ID: "EC2.6", Folder: "flowlogs",
		Checks:    []control.Check{ofOthers(control.OnGiven(logged, control.Beside[*ec2.FlowLog]()), func(v *ec2.VPC) fact.Value[string] { return v.OwnerId })},
		Remedies:  []remedy.Remedy{flowLog()},
		Questions: append(control.Ask("production", "other-capture", "all-traffic"), control.AskDays("retention")),
	}
}

// flowLog makes one for rejected traffic. A flow log that is there is left alone,
// since AWS lets nobody change one.
func flowLog() remedy.Remedy {
	r := remedy.Sets(remedy.Remedy{
		Name: "flow-log", Does: []remedy.Effect{remedy.Costs}, Charges: delivered,
		Inputs: []remedy.Input{
			{Name: "destination", Required: true, Example: "arn:aws:s3:::example-flow-logs", Pattern: `arn:aws[a-z-]*:(s3:::|logs:).+`},
			{Name: "role", Pattern: `arn:aws[a-z-]*:iam::[0-9]{12}:role/.+`},
			{Name: "trafficType", Values: []string{"REJECT", "ALL"}, Default: "REJECT"},
		},
		Touches: []remedy.Touch{{Type: ec2.FlowLogType, Name: "*", Make: true, Properties: []string{"ResourceId", "TrafficType", "LogDestinationType", "LogDestination", "DeliverLogsPermissionArn"}}},
	}, []string{"VpcId"}, func(v *ec2.VPC, c remedy.Case) (remedy.Wish, error) {
		kind := c.Inputs["trafficType"]
		w := remedy.Wish{
			On: &resource.Ref{Scope: v.Scope, Type: ec2.FlowLogType, Name: v.VpcId.Or("") + " " + kind},
			Set: []remedy.Property{
				{Name: "ResourceId", Value: v.VpcId.Or("")}, {Name: "TrafficType", Value: kind},
				{Name: "LogDestinationType", Value: "s3"}, {Name: "LogDestination", Value: c.Inputs["destination"]},
			},
		}
		if strings.Contains(c.Inputs["destination"], ":logs:") {
			if c.Inputs["role"] == "" {
				return w, locale.Errorf("run.needsInput", locale.A("input", "role"), locale.A("remedy", "flow-log"))
			}
			w.Set[2].Value = "cloud-watch-logs"
			w.Set = append(w.Set, remedy.Property{Name: "DeliverLogsPermissionArn", Value: c.Inputs["role"]})
		}
		return w, nil
	})
	ensure := r.Ensure
	r.Ensure = func(c remedy.Case) ([]remedy.Ensure, error) {
		ensures, err := ensure(c)
		for i := range ensures {
			ensures[i].Make = true
		}
		return ensures, err
	}
	return r
}

// delivered is billed by where the logs go: CloudWatch Logs or a bucket, and what is
// kept there.
func delivered(c remedy.Case) []cost.Charge {
	to := [][2]string{{"AmazonCloudWatch", "S3-Egress-Bytes"}, {"AmazonS3", "TimedStorage-ByteHrs"}}
	if strings.Contains(c.Inputs["destination"], ":logs:") {
		to = [][2]string{{"AmazonCloudWatch", "VendedLog-Bytes"}, {"AmazonCloudWatch", "TimedStorage-ByteHrs"}}
	}
	var charges []cost.Charge
	for _, u := range to {
		charges = append(charges, cost.Charge{Kind: cost.Used, Usage: cost.Item{Service: u[0], Type: u[1]}})
	}
	return charges
}

// logged wants an active flow log of the VPC itself that records rejected traffic.
// One whose deliveries fail passes, as AWS's rule does not look at them, with a word
// about it.
func logged(v *ec2.VPC, g control.Given) control.Verdict {
	logs, rest := control.Others[*ec2.FlowLog](g)
	vpc := locale.A("vpc", v.VpcId.Or(v.Name))
	var accepting []string
	for _, l := range logs {
		of := same(l.ResourceId, v.VpcId).And(fact.Is(l.FlowLogStatus, "ACTIVE"))
		switch fits := of.And(fact.In(l.TrafficType, "REJECT", "ALL")); {
		case fits == fact.True && fact.Is(l.DeliverLogsStatus, "FAILED") == fact.True:
			return control.Pass("pass.notDelivered", vpc, locale.A("type", l.TrafficType.Or("-")), locale.A("log", l.Name))
		case fits == fact.True:
			return control.Pass("pass", vpc, locale.A("type", l.TrafficType.Or("-")), locale.A("log", l.Name))
		case fits == fact.Unknown && rest == nil:
			rest = hiddenIn(l)
		case of == fact.True:
			accepting = append(accepting, l.Name)
		}
	}
	switch {
	case rest != nil:
		return control.Unread(string(ec2.FlowLogType), rest)
	case len(accepting) > 0:
		return control.Fail("fail.accepted", vpc, locale.A("logs", accepting))
	}
	return control.Fail("fail", vpc)
}

// hiddenIn is why it is not known whether a flow log counts.
func hiddenIn(l *ec2.FlowLog) *fact.Origin {
	for _, v := range []fact.Value[string]{l.ResourceId, l.FlowLogStatus, l.TrafficType} {
		if v.Present() == fact.Unknown && v.Origin() != nil {
			return v.Origin()
		}
	}
	return &fact.Origin{}
}

func same(a, b fact.Value[string]) fact.Truth {
	id, known := b.Get()
	if known != fact.True {
		return fact.Unknown
	}
	return fact.Is(a, id)
}
