package logs

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// DeliveredCall is the call of [Delivered] for a log group of that name; "*" is
// any.
func DeliveredCall(logGroup string) *awsclient.Call {
	return &awsclient.Call{
		Service: "logs", Operation: "FilterLogEvents", Action: "FilterLogEvents", Resource: ":*:log-group:" + logGroup + ":*", Expect: "events", MayLack: true,
		Shared: shared(), Quota: awsclient.PerSecond(rates()["FilterLogEvents"]),
	}
}

// Delivered tells whether an event from since or later is in a log group: the
// proof that log delivery works. Without it nothing is proved, for there may
// have been no traffic, and CloudWatch Logs shows events some time after they
// happened. The event that AWS itself writes when delivery is set up is none.
//
// Where several stages share the group, any of them is a proof unless phrases
// says what the event must hold: the id of the API, where the stage's format
// writes it. Events bear AWS's time, so since should not come from a clock that
// runs behind.
//
// Its errors are [*awsclient.Fault], of class NotFound where there is no such
// log group.
func Delivered(ctx context.Context, lane *awsclient.Lane, cfg aws.Config, logGroupARN string, since time.Time, phrases ...string) (found bool, err error) {
	a, ok := resource.ParseARN(logGroupARN)
	name, isGroup := strings.CutPrefix(strings.TrimSuffix(a.Resource, ":*"), "log-group:")
	if !ok || a.Service != "logs" || a.Region == "" || !isGroup || name == "" || strings.Contains(name, ":") {
		return false, drive.Wrong("%q is not the ARN of a log group", logGroupARN)
	}
	cfg = cfg.Copy()
	cfg.Region = a.Region
	in := room.Tree{
		"logGroupName": name, "limit": int64(10),
		"startTime": since.Add(time.Millisecond - time.Nanosecond).UnixMilli(), // rounded up: an event before since is none
	}
	if len(phrases) > 0 {
		in["filterPattern"] = pattern(phrases)
	}
	s := drive.Service{Lane: lane, Wire: wire.New(cfg)}
	for events, err := range s.List(ctx, model, DeliveredCall(name), in) {
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(events, func(e any) bool { return room.TextOf(e, "logStreamName") != validation }) {
			return true, nil
		}
	}
	return false, nil
}

// pattern asks for events that hold every phrase.
func pattern(phrases []string) string {
	quoted := make([]string, len(phrases))
	for i, p := range phrases {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p) + `"`
	}
	return strings.Join(quoted, " ")
}
