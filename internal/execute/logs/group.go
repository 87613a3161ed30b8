// Package logs makes the log groups that fixes need, and looks at what is written to
// them.
package logs

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/kms"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Group is the type of a log group.
const Group resource.Type = "AWS::Logs::LogGroup"

// Hook is what CloudWatch Logs has beside its rooms.
func Hook() drive.Hook {
	return drive.Hook{Drivers: func(s *drive.Service) map[resource.Type]drive.Driver {
		return map[resource.Type]drive.Driver{Group: logGroupDriver{s, drive.Plain{}}}
	}}
}

// logGroupDriver is for log groups of CloudWatch Logs.
type logGroupDriver struct {
	*drive.Service
	drive.Plain
}

// logCall declares a call about a log group. IAM wants its ARN with ":*".
func (d logGroupDriver) call(operation, expect, group string) *awsclient.Call {
	c := &awsclient.Call{Service: "logs", Operation: operation, Action: operation, Expect: expect, Resource: d.Here("log-group:" + group + ":*"), Shared: shared()}
	if rate := rates()[operation]; rate > 0 {
		c.Quota = awsclient.PerSecond(rate)
	}
	return c
}

// shared is the bucket of what has none of its own, as the least limited of these calls
// has it.
func shared() *awsclient.Quota { return awsclient.PerSecond(10) }

// list declares a call whose answer may be empty.
func (d logGroupDriver) list(operation, expect, group string) *awsclient.Call {
	c := d.call(operation, expect, group)
	c.MayLack = true
	return c
}

// listTags is judged by the ARN without ":*", unlike the others.
func (d logGroupDriver) listTags(group string) *awsclient.Call {
	c := d.list("ListTagsForResource", "tags", group)
	c.Resource = d.Here("log-group:" + group)
	return c
}

// rates are those of operations that may be called less often than others:
// "CloudWatch Logs service quotas" in the user guide. The page does not name
// AssociateKmsKey and DisassociateKmsKey, which get what the least of their neighbours
// do; FilterLogEvents has the least of all Regions.
func rates() map[string]float64 {
	return map[string]float64{
		"AssociateKmsKey": 5, "DeleteRetentionPolicy": 5, "DisassociateKmsKey": 5, "FilterLogEvents": 5, "ListTagsForResource": 5, "PutRetentionPolicy": 5,
	}
}

// model is the service's name in the wire's table.
const model = "logs"

// find returns the log group, or nil.
func (d logGroupDriver) find(ctx context.Context, name string) (room.Tree, error) {
	for groups, err := range d.List(ctx, model, d.list("DescribeLogGroups", "logGroups", "*"), room.Tree{"logGroupNamePrefix": name}) {
		if err != nil {
			return nil, err
		}
		for _, group := range groups {
			if room.TextOf(group, "logGroupName") == name {
				tree, _ := group.(room.Tree)
				return tree, nil
			}
		}
	}
	return nil, nil
}

// Read looks at the log group itself last: whether it holds events takes calls
// of its own.
func (d logGroupDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
	group, err := d.find(ctx, thing.Name)
	if err != nil || group == nil {
		return drive.State{}, err
	}
	holds := false
	if slices.Contains(properties, "Events") {
		if holds, err = d.holdsEvents(ctx, thing.Name); drive.Missing(err) {
			return drive.State{}, nil
		} else if err != nil {
			return drive.State{}, err
		}
		if group, err = d.find(ctx, thing.Name); err != nil || group == nil {
			return drive.State{}, err
		}
	}
	return drive.StateOf(d, thing, properties, func(name string) (any, bool) {
		switch name {
		case "RetentionInDays":
			return drive.Says(group, "retentionInDays"), true
		case "KmsKeyId":
			return drive.Says(group, "kmsKeyId"), true
		case "Events":
			return holds, true
		}
		return nil, false
	})
}

// validation is the log stream that CloudWatch Logs makes, with one event of
// its own, when the delivery of an HTTP API's access log is set up.
const validation = "log_stream_created_by_aws_to_validate_log_delivery_subscriptions"

// holdsEvents goes by log streams: they are made to be written into, and seeing
// them does not need the permission to read the log.
func (d logGroupDriver) holdsEvents(ctx context.Context, name string) (bool, error) {
	for streams, err := range d.List(ctx, model, d.list("DescribeLogStreams", "logStreams", name), room.Tree{"logGroupName": name, "limit": int64(50)}) {
		if err != nil {
			return false, err
		}
		for _, s := range streams {
			if room.TextOf(s, "logStreamName") != validation {
				return true, nil
			}
		}
	}
	return false, nil
}

// Write changes one property, each of which has calls of its own.
func (d logGroupDriver) Write(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	property := drive.Names(w.Want)[0]
	in := room.Tree{"logGroupName": thing.Name}
	var operation string
	switch v := w.Want[property]; {
	case property == "RetentionInDays" && v != nil:
		operation, in["retentionInDays"] = "PutRetentionPolicy", days(v)
	case property == "RetentionInDays":
		operation = "DeleteRetentionPolicy" // events are kept for ever
	case property == "KmsKeyId" && v != nil:
		operation, in["kmsKeyId"] = "AssociateKmsKey", v
	case property == "KmsKeyId":
		operation = "DisassociateKmsKey" // CloudWatch Logs encrypts with a key of its own
	default:
		return drive.Written{}, drive.Wrong("an %s has no property %s that kumoban can write", thing.Type, property)
	}
	var done drive.Written
	err := knowingKey(ctx, in, func() (err error) {
		call := d.call(operation, "", thing.Name)
		_, done, err = drive.WriteWith(ctx, d.Service, call, thing, &w, []string{property}, d.Read, func(ctx context.Context, _ drive.State, _ map[string]any) (room.Tree, error) {
			return d.Send(ctx, model, call, in)
		})
		return err
	})
	return done, err
}

// days are whole ones, as plans have numbers.
func days(v any) any {
	if n, ok := v.(float64); ok {
		return int64(n)
	}
	return v
}

// knowingKey makes a call that may name a key. A key that was made or whose
// policy was changed a moment ago may not be known yet, which AWS does not tell
// from one whose policy is wrong.
func knowingKey(ctx context.Context, in room.Tree, call func() error) error {
	for round := 0; ; round++ {
		err := call()
		if round == drive.Rounds || in["kmsKeyId"] == nil || !keyRefused(drive.Fault(err)) {
			return err
		}
		if awsclient.Sleep(ctx, drive.AppearAfter) != nil {
			return awsclient.Stopped(ctx)
		}
	}
}

// keyRefused tells whether CloudWatch Logs does not know a key, or may not use it.
func keyRefused(f *awsclient.Fault) bool {
	return (f.Code == "InvalidParameterException" || f.Code == "AccessDeniedException") && strings.Contains(strings.ToLower(f.Message), "specified kms key")
}

// Make makes the log group with its key, so that no event is stored without.
func (d logGroupDriver) Make(ctx context.Context, thing plan.Thing, values map[string]any, token string) ([]string, error) {
	in, has := room.Tree{"logGroupName": thing.Name, "tags": room.Tree{drive.TokenTag: token}}, []string(nil)
	if key := values["KmsKeyId"]; key != nil {
		in["kmsKeyId"], has = key, []string{"KmsKeyId"}
	}
	err := knowingKey(ctx, in, func() error {
		call := d.call("CreateLogGroup", "", thing.Name)
		_, err := drive.Change(ctx, d.Service, call, nil, func(ctx context.Context) (room.Tree, error) { return d.Send(ctx, model, call, in) })
		return err
	})
	if drive.Fault(err).Code == "ResourceAlreadyExistsException" {
		if ours, unread := d.ours(ctx, thing.Name, token); unread != nil {
			return nil, unread
		} else if ours {
			err = nil
		}
	}
	return has, err
}

func (d logGroupDriver) arn(name string) string {
	return "arn:" + d.Scope.Partition + ":logs:" + d.Scope.Region + ":" + d.Scope.Account + ":log-group:" + name
}

// ours tells whether the run with this token made the log group.
func (d logGroupDriver) ours(ctx context.Context, name, token string) (bool, error) {
	tags, err := d.tags(ctx, name)
	return err == nil && tags[drive.TokenTag] == token, err
}

func (d logGroupDriver) tags(ctx context.Context, name string) (room.Tree, error) {
	out, err := d.Ask(ctx, model, d.listTags(name), room.Tree{"resourceArn": d.arn(name)})
	tags, _ := out["tags"].(room.Tree)
	return tags, err
}

// subscribed tells whether somebody has the log group's events sent on.
func (d logGroupDriver) subscribed(ctx context.Context, name string) (bool, error) {
	out, err := d.Ask(ctx, model, d.call("DescribeSubscriptionFilters", "subscriptionFilters", name), room.Tree{"logGroupName": name})
	return len(room.Items(out, "subscriptionFilters")) > 0, err
}

func (d logGroupDriver) Outputs(ctx context.Context, thing plan.Thing, _ string) (map[string]any, error) {
	group, err := d.find(ctx, thing.Name)
	if err == nil && group == nil {
		err = drive.Wrong("there is no log group %s", thing.Name)
	}
	return map[string]any{"Arn": d.arn(thing.Name)}, err
}

// Remove deletes the log group if the run made it, it is as it was made, holds
// nothing and nothing writes to it. That takes several reads; what it holds is
// looked at last.
func (d logGroupDriver) Remove(ctx context.Context, thing plan.Thing, values map[string]any, finished bool, token string) (string, error) {
	kept := ""
	look := func(ctx context.Context) error {
		var err error
		if kept, err = d.stays(ctx, thing.Name, values, finished, token); err == nil && kept != "" {
			err = drive.ErrNothing
		}
		return err
	}
	call := d.call("DeleteLogGroup", "", thing.Name)
	_, err := drive.Change(ctx, d.Service, call, look, func(ctx context.Context) (room.Tree, error) {
		return d.Send(ctx, model, call, room.Tree{"logGroupName": thing.Name})
	})
	if errors.Is(err, drive.ErrNothing) || drive.Missing(err) {
		return kept, nil
	}
	return "", err
}

// stays says why the log group is not taken away.
func (d logGroupDriver) stays(ctx context.Context, name string, values map[string]any, finished bool, token string) (string, error) {
	tags, err := d.tags(ctx, name)
	switch {
	case err != nil:
		return "", err
	case tags[drive.TokenTag] != token:
		return drive.KeptForeign, nil
	case len(tags) > 1:
		return drive.KeptChanged, nil
	}
	if used, err := d.InUse(ctx, d.arn(name)); used || err != nil {
		return drive.KeptInUse, err
	}
	if sent, err := d.subscribed(ctx, name); sent || err != nil {
		return drive.KeptChanged, err
	}
	group, err := d.find(ctx, name)
	if err != nil || group == nil {
		return "", err // the delete finds it gone
	}
	for property, v := range map[string]any{"RetentionInDays": drive.Says(group, "retentionInDays"), "KmsKeyId": drive.Says(group, "kmsKeyId")} {
		if (v != nil || finished) && !plan.Equal(v, values[property]) {
			return drive.KeptChanged, nil
		}
	}
	// What counts the events, and what was set up to protect them, was not there.
	if n, _ := group["metricFilterCount"].(int64); n > 0 || group["deletionProtectionEnabled"] == true || room.TextOf(group, "dataProtectionStatus") != "" {
		return drive.KeptChanged, nil
	}
	if data, err := d.holdsEvents(ctx, name); data || err != nil {
		return drive.KeptData, err
	}
	return "", nil
}

func (d logGroupDriver) Settled(context.Context, plan.Thing, remedy.Wait) (bool, error) {
	return true, nil
}

func (d logGroupDriver) Calls(step *plan.Step) []*awsclient.Call {
	name := step.Thing.Name
	calls := []*awsclient.Call{d.call("DescribeLogGroups", "logGroups", "*")}
	add := func(operations ...string) {
		for _, o := range operations {
			calls = append(calls, d.call(o, "", name))
		}
	}
	for _, c := range step.Changes {
		switch c.Property {
		case "RetentionInDays":
			add("PutRetentionPolicy")
			if !step.Make { // a log group that was made goes as a whole
				add("DeleteRetentionPolicy")
			}
		case "KmsKeyId":
			add("AssociateKmsKey")
			calls = append(calls, d.keyCalls(c.Will)...)
			if !step.Make {
				add("DisassociateKmsKey")
			}
		}
	}
	if slices.ContainsFunc(step.Guards, func(g plan.Guard) bool { return g.Property == "Events" }) {
		add("DescribeLogStreams")
	}
	if step.Make {
		add("CreateLogGroup", "DeleteLogGroup", "DescribeLogStreams", "DescribeSubscriptionFilters")
		tag := drive.Permission("logs", "TagResource", d.listTags(name).Resource)
		calls = append(append(calls, d.listTags(name), tag), d.InUseCalls()...)
	}
	return calls
}

// keyCalls are those of [CheckKey].
func (d logGroupDriver) keyCalls(key any) []*awsclient.Call {
	calls := kms.LookCalls(d.Service)
	switch key := key.(type) {
	case nil:
		return calls
	case string:
		for _, c := range calls {
			c.Resource = key
		}
		return calls
	}
	return nil // one that another step makes
}

// Foresee looks whether CloudWatch Logs can use the key.
func (d logGroupDriver) Foresee(ctx context.Context, a drive.Ahead) ([]locale.Message, error) {
	if a.Value == "" || a.Change.Property != "KmsKeyId" {
		return nil, nil
	}
	return a.Once("key "+a.Value+" "+a.Step.Thing.Name, func() ([]locale.Message, error) {
		doubt, err := CheckKey(ctx, d.Service, a.Value, a.Step.Thing.Name)
		if doubt == nil {
			return nil, err
		}
		return []locale.Message{*doubt}, err
	})
}

// ARN is that of a log group which a step makes.
func (d logGroupDriver) ARN(made *plan.Step) string { return d.arn(made.Thing.Name) }
