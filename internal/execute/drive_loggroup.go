package execute

import (
	"context"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
)

// logGroupDriver is for log groups of CloudWatch Logs.
type logGroupDriver struct{ *service }

// logCall declares a call about a log group. IAM wants its ARN with ":*".
func (d logGroupDriver) call(operation, expect, group string) *awsclient.Call {
	return &awsclient.Call{Service: "logs", Operation: operation, Action: operation, Expect: expect, Resource: d.here("log-group:" + group + ":*")}
}

// listTags is judged by the ARN without ":*", unlike the others.
func (d logGroupDriver) listTags(group string) *awsclient.Call {
	c := d.call("ListTagsForResource", "tags", group)
	c.Resource = d.here("log-group:" + group)
	return c
}

type logGroup struct {
	LogGroupName    string   `json:"logGroupName"`
	RetentionInDays *float64 `json:"retentionInDays"`
	KmsKeyID        *string  `json:"kmsKeyId"`
	StoredBytes     int64    `json:"storedBytes"`
}

// find returns the log group, or nil.
func (d logGroupDriver) find(ctx context.Context, name string) (*logGroup, error) {
	in := map[string]any{"logGroupNamePrefix": name}
	for {
		var page struct {
			LogGroups []logGroup `json:"logGroups"`
			NextToken string     `json:"nextToken"`
		}
		if err := d.json(ctx, wire.Logs(), d.call("DescribeLogGroups", "logGroups", "*"), in, &page); err != nil {
			return nil, err
		}
		for i := range page.LogGroups {
			if page.LogGroups[i].LogGroupName == name {
				return &page.LogGroups[i], nil
			}
		}
		if page.NextToken == "" {
			return nil, nil
		}
		in["nextToken"] = page.NextToken
	}
}

func (d logGroupDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (State, error) {
	group, err := d.find(ctx, thing.Name)
	if err != nil || group == nil {
		return State{}, err
	}
	return stateOfRead(thing, properties, func(name string) (any, bool, error) {
		switch name {
		case "RetentionInDays":
			return set(group.RetentionInDays), true, nil
		case "KmsKeyId":
			return filled(group.KmsKeyID), true, nil
		case "Events":
			holds, err := d.holdsEvents(ctx, group)
			return holds, true, err
		}
		return nil, false, nil
	})
}

// validation is the log stream that CloudWatch Logs makes, with one event of
// its own, when the delivery of an HTTP API's access log is set up.
const validation = "log_stream_created_by_aws_to_validate_log_delivery_subscriptions"

// holdsEvents goes by log streams: they are made to be written into, and seeing
// them does not need the permission to read the log.
func (d logGroupDriver) holdsEvents(ctx context.Context, group *logGroup) (bool, error) {
	in := map[string]any{"logGroupName": group.LogGroupName, "limit": 50}
	for {
		var page struct {
			LogStreams []struct {
				LogStreamName string `json:"logStreamName"`
			} `json:"logStreams"`
			NextToken string `json:"nextToken"`
		}
		if err := d.json(ctx, wire.Logs(), d.call("DescribeLogStreams", "logStreams", group.LogGroupName), in, &page); err != nil {
			return false, err
		}
		for _, s := range page.LogStreams {
			if s.LogStreamName != validation {
				return true, nil
			}
		}
		if page.NextToken == "" {
			return false, nil
		}
		in["nextToken"] = page.NextToken
	}
}

func (d logGroupDriver) Write(ctx context.Context, thing plan.Thing, values, _ map[string]any) error {
	for _, name := range names(values) {
		var err error
		switch v := values[name]; name {
		case "RetentionInDays":
			err = d.retain(ctx, thing.Name, v)
		case "KmsKeyId":
			err = d.encrypt(ctx, thing.Name, v)
		default:
			err = wrong("an %s has no property %s that kumoban can write", thing.Type, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// retain keeps events for a number of days; nil: for ever.
func (d logGroupDriver) retain(ctx context.Context, name string, days any) error {
	in := map[string]any{"logGroupName": name}
	if days == nil {
		return d.json(ctx, wire.Logs(), d.call("DeleteRetentionPolicy", "", name), in, nil)
	}
	in["retentionInDays"] = days
	return d.json(ctx, wire.Logs(), d.call("PutRetentionPolicy", "", name), in, nil)
}

// encrypt has later events encrypted with a key; nil: with CloudWatch Logs' own.
func (d logGroupDriver) encrypt(ctx context.Context, name string, key any) error {
	in := map[string]any{"logGroupName": name}
	if key == nil {
		return d.json(ctx, wire.Logs(), d.call("DisassociateKmsKey", "", name), in, nil)
	}
	in["kmsKeyId"] = key
	return d.withKey(ctx, d.call("AssociateKmsKey", "", name), in)
}

// withKey makes a call that names a key. A key that was made or whose policy
// was changed a moment ago may not be known yet, which AWS does not tell from
// one whose policy is wrong.
func (d logGroupDriver) withKey(ctx context.Context, call *awsclient.Call, in map[string]any) error {
	for round := 0; ; round++ {
		err := d.json(ctx, wire.Logs(), call, in, nil)
		f := fault(err)
		if round == rounds || in["kmsKeyId"] == nil || !keyRefused(f) {
			return err
		}
		if awsclient.Sleep(ctx, appearAfter) != nil {
			return awsclient.Stopped(ctx)
		}
	}
}

// keyRefused tells whether CloudWatch Logs does not know a key, or may not use it.
func keyRefused(f *awsclient.Fault) bool {
	return (f.Code == "InvalidParameterException" || f.Code == "AccessDeniedException") && strings.Contains(strings.ToLower(f.Message), "specified kms key")
}

// Make makes the log group with its key, so that no event is stored without.
func (d logGroupDriver) Make(ctx context.Context, thing plan.Thing, values map[string]any, token string) (map[string]any, error) {
	in := map[string]any{"logGroupName": thing.Name, "tags": map[string]string{tokenTag: token}}
	if key := values["KmsKeyId"]; key != nil {
		in["kmsKeyId"] = key
	}
	err := d.withKey(ctx, d.call("CreateLogGroup", "", thing.Name), in)
	if fault(err).Code == "ResourceAlreadyExistsException" {
		if ours, unread := d.ours(ctx, thing.Name, token); unread != nil {
			return nil, unread
		} else if ours {
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	if days := values["RetentionInDays"]; days != nil {
		if err := d.retain(ctx, thing.Name, days); err != nil {
			return nil, err
		}
	}
	return map[string]any{"Arn": d.arn(thing.Name)}, nil
}

func (d logGroupDriver) arn(name string) string {
	return "arn:" + d.scope.Partition + ":logs:" + d.scope.Region + ":" + d.scope.Account + ":log-group:" + name
}

// ours tells whether the run with this token made the log group.
func (d logGroupDriver) ours(ctx context.Context, name, token string) (bool, error) {
	var out struct {
		Tags map[string]string `json:"tags"`
	}
	err := d.json(ctx, wire.Logs(), d.listTags(name), map[string]string{"resourceArn": d.arn(name)}, &out)
	return err == nil && out.Tags[tokenTag] == token, err
}

func (d logGroupDriver) Outputs(ctx context.Context, thing plan.Thing, _ string) (map[string]any, error) {
	group, err := d.find(ctx, thing.Name)
	if err == nil && group == nil {
		err = wrong("there is no log group %s", thing.Name)
	}
	return map[string]any{"Arn": d.arn(thing.Name)}, err
}

// Remove deletes the log group if the run made it, it holds nothing and no
// stage writes to it.
func (d logGroupDriver) Remove(ctx context.Context, thing plan.Thing, token string) (string, error) {
	group, err := d.find(ctx, thing.Name)
	if err != nil || group == nil {
		return "", err
	}
	if ours, err := d.ours(ctx, thing.Name, token); err != nil {
		return "", err
	} else if !ours {
		return keptForeign, nil
	}
	if used, err := d.anyStage(ctx, func(s stageUse) bool { return s.logGroup == d.arn(thing.Name) }); err != nil {
		return "", err
	} else if used {
		return keptInUse, nil
	}
	if data, err := d.holdsEvents(ctx, group); err != nil {
		return "", err
	} else if data {
		return keptData, nil
	}
	err = d.json(ctx, wire.Logs(), d.call("DeleteLogGroup", "", thing.Name), map[string]string{"logGroupName": thing.Name}, nil)
	if missing(err) {
		err = nil
	}
	return "", err
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
		add("CreateLogGroup", "DeleteLogGroup", "DescribeLogStreams")
		tag := permission("logs", "TagResource", d.listTags(name).Resource)
		calls = append(append(calls, d.listTags(name), tag), stageUseCalls()...)
	}
	return calls
}

// keyCalls are those of [CheckLogKey].
func (d logGroupDriver) keyCalls(key any) []*awsclient.Call {
	k := keyDriver(d)
	calls := []*awsclient.Call{k.call("DescribeKey", ""), k.call("GetKeyPolicy", "")}
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
