// Package kms makes the keys that fixes need, and changes their policies.
package kms

import (
	"cmp"
	"context"
	"errors"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Key is the type of a KMS key.
const Key resource.Type = "AWS::KMS::Key"

// Hook is what KMS has beside its rooms.
func Hook() drive.Hook {
	return drive.Hook{Drivers: func(s *drive.Service) map[resource.Type]drive.Driver {
		return map[resource.Type]drive.Driver{Key: anyKeyDriver{keyDriver{s, drive.Plain{}}, s.OfRoom(Key)}}
	}}
}

// keyDriver is for KMS keys, which are named by an alias or by their ARN.
type keyDriver struct {
	*drive.Service
	drive.Plain
}

// call declares a call about a key, whose id nobody knows before.
func (d keyDriver) call(operation, expect string) *awsclient.Call {
	c := &awsclient.Call{Service: "kms", Operation: operation, Action: operation, Expect: expect, Resource: d.Here("key/*"), Shared: asker.Shared(catalog.Find(Key))}
	if rate := rates()[operation]; rate > 0 {
		c.Quota = awsclient.PerSecond(rate)
	}
	return c
}

// rates are those of operations that may be called less often than others: "Request
// quotas" in the developer guide, each for itself.
func rates() map[string]float64 {
	return map[string]float64{"CreateAlias": 5, "CreateKey": 5, "DisableKeyRotation": 5, "EnableKeyRotation": 15, "PutKeyPolicy": 15}
}

// model is the service's name in the wire's table.
const model = "kms"

// ask makes a call about the key of an id or ARN.
func (d keyDriver) ask(ctx context.Context, call *awsclient.Call, id string) (room.Tree, error) {
	return d.Ask(ctx, model, call, room.Tree{"KeyId": id})
}

// Metadata is what DescribeKey says of a key.
type Metadata struct{ Arn, State, Spec string }

// describe returns the key that an alias or ARN means, or nil.
func (d keyDriver) describe(ctx context.Context, id string) (*Metadata, error) {
	call := d.call("DescribeKey", "KeyMetadata")
	out, err := d.ask(ctx, call, id)
	if drive.Missing(err) {
		return nil, nil
	}
	m := &Metadata{room.TextOf(out, "KeyMetadata.Arn"), room.TextOf(out, "KeyMetadata.KeyState"), room.TextOf(out, "KeyMetadata.KeySpec")}
	if err == nil && m.Arn == "" {
		err = awsclient.NewGarbled(call, "the answer has no ARN")
	}
	return m, err
}

// Describe returns the key of an alias or ARN, or nil.
func Describe(ctx context.Context, s *drive.Service, id string) (*Metadata, error) {
	return keyDriver{Service: s}.describe(ctx, id)
}

// Policy returns the key policy of a key.
func Policy(ctx context.Context, s *drive.Service, arn string) (string, error) {
	d := keyDriver{Service: s}
	out, err := d.ask(ctx, d.call("GetKeyPolicy", "Policy"), arn)
	return room.TextOf(out, "Policy"), err
}

// PolicyCall is the call of [Policy].
func PolicyCall(s *drive.Service) *awsclient.Call {
	return keyDriver{Service: s}.call("GetKeyPolicy", "Policy")
}

// LookCalls are the calls of [Describe] and [Policy].
func LookCalls(s *drive.Service) []*awsclient.Call {
	d := keyDriver{Service: s}
	return []*awsclient.Call{d.call("DescribeKey", ""), d.call("GetKeyPolicy", "")}
}

func keyID(thing plan.Thing) string { return cmp.Or(thing.ARN, thing.Name) }

func (d keyDriver) Read(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
	key, err := d.describe(ctx, keyID(thing))
	if err != nil || key == nil {
		return drive.State{}, err
	}
	return drive.StateOfRead(d, thing, properties, func(name string) (any, bool, error) {
		switch name {
		case "KeyPolicy":
			policy, err := Policy(ctx, d.Service, key.Arn)
			if err == nil && policy == "" {
				err = awsclient.NewGarbled(PolicyCall(d.Service), "the answer has no policy")
			}
			return drive.Canonical(policy), true, err
		case "EnableKeyRotation":
			out, err := d.ask(ctx, d.call("GetKeyRotationStatus", "KeyRotationEnabled"), key.Arn)
			return out["KeyRotationEnabled"], true, err
		}
		return nil, false, nil
	})
}

// Write changes one property, each of which has calls of its own.
func (d keyDriver) Write(ctx context.Context, thing plan.Thing, w drive.Writing) (drive.Written, error) {
	property := drive.Names(w.Want)[0]
	in, operation := room.Tree{}, ""
	// An alias may come to mean another key: what is changed is what was looked at.
	read := func(ctx context.Context, thing plan.Thing, properties []string) (drive.State, error) {
		key, err := d.describe(ctx, keyID(thing))
		if err != nil || key == nil {
			return drive.State{}, err
		}
		in["KeyId"] = key.Arn
		return d.Read(ctx, plan.Thing{Type: thing.Type, ARN: key.Arn}, properties)
	}
	var err error
	switch v := w.Want[property]; property {
	case "KeyPolicy":
		if in["Policy"], err = drive.Text(w.Want, property); err != nil {
			return drive.Written{}, err
		}
		operation = "PutKeyPolicy"
	case "EnableKeyRotation":
		operation = rotation(v == true)
	default:
		return drive.Written{}, drive.Wrong("an %s has no property %s that kumoban can write", thing.Type, property)
	}
	call := d.call(operation, "")
	_, done, err := drive.WriteWith(ctx, d.Service, call, thing, &w, []string{property}, read, func(ctx context.Context, _ drive.State, _ map[string]any) (room.Tree, error) {
		return d.Send(ctx, model, call, in)
	})
	return done, err
}

func rotation(on bool) string {
	if on {
		return "EnableKeyRotation"
	}
	return "DisableKeyRotation"
}

// Make makes the key, sets it up, and gives it its name last: what goes by the
// name is whole.
func (d keyDriver) Make(ctx context.Context, thing plan.Thing, values map[string]any, token string) ([]string, error) {
	policy, err := drive.Text(values, "KeyPolicy")
	if err != nil {
		return nil, err
	}
	create := d.call("CreateKey", "KeyMetadata")
	arn, err := drive.Once(ctx, d.Service, create, func(ctx context.Context) (string, bool, error) {
		arn, err := d.find(ctx, thing.Name, token)
		return arn, arn != "", err
	}, func(ctx context.Context) (string, error) {
		in := room.Tree{"Description": thing.Name, "Tags": []any{room.Tree{"TagKey": drive.TokenTag, "TagValue": token}}}
		if policy != "" {
			in["Policy"] = policy
		}
		out, err := d.Send(ctx, model, create, in)
		return room.TextOf(out, "KeyMetadata.Arn"), err
	})
	if err == nil && arn == "" {
		err = awsclient.NewGarbled(create, "the new key has no ARN")
	}
	if err != nil {
		return nil, err
	}
	if values["EnableKeyRotation"] == true {
		err = d.rotate(ctx, arn)
	}
	if err == nil {
		err = d.name(ctx, thing.Name, arn)
	}
	if refusal := (*drive.Refusal)(nil); errors.As(err, &refusal) {
		err = refusal.Fault // the key is made, whatever else was refused
	}
	return drive.Names(values), err
}

// rotate has a new key rotated, unless it is already: somebody may have set how
// often.
func (d keyDriver) rotate(ctx context.Context, arn string) error {
	look := func(ctx context.Context) error {
		state, err := d.Read(ctx, plan.Thing{Type: Key, ARN: arn}, []string{"EnableKeyRotation"})
		if err == nil && state.Values["EnableKeyRotation"] == true {
			err = drive.ErrNothing
		}
		return err
	}
	call := d.call(rotation(true), "")
	_, err := drive.Change(ctx, d.Service, call, look, func(ctx context.Context) (room.Tree, error) {
		return d.Send(ctx, model, call, room.Tree{"KeyId": arn})
	})
	if errors.Is(err, drive.ErrNothing) {
		err = nil
	}
	return err
}

// nameTaken is what KMS says of an alias that there is already.
const nameTaken = "AlreadyExistsException"

// name gives the key its alias, unless it has it.
func (d keyDriver) name(ctx context.Context, alias, arn string) error {
	call := d.call("CreateAlias", "")
	_, err := drive.Change(ctx, d.Service, call, nil, func(ctx context.Context) (room.Tree, error) {
		return d.Send(ctx, model, call, room.Tree{"AliasName": alias, "TargetKeyId": arn})
	})
	if drive.Fault(err).Code == nameTaken {
		if key, unread := d.describe(ctx, alias); unread != nil {
			return unread
		} else if key != nil && key.Arn == arn {
			return nil
		}
	}
	return err
}

// find returns the ARN of the key that the run with this token made, "" if it
// made none. It is the key of that name, or one that has not got its name yet.
func (d keyDriver) find(ctx context.Context, alias, token string) (string, error) {
	key, err := d.describe(ctx, alias)
	if err != nil {
		return "", err
	}
	if key == nil {
		return d.search(ctx, token)
	}
	ours, err := d.ours(ctx, key.Arn, token)
	if err == nil && !ours {
		err = &awsclient.Fault{Call: "kms:CreateKey", Code: nameTaken, Message: alias + " is the name of another key"}
	}
	return key.Arn, err
}

// search asks every key for its tags. A key whose policy keeps the caller out
// is none that kumoban made; but if all do, it is the caller who may not look.
func (d keyDriver) search(ctx context.Context, token string) (string, error) {
	seen := false
	var barred error
	for keys, err := range d.List(ctx, model, d.listKeys(), room.Tree{"Limit": int64(1000)}) {
		if err != nil {
			return "", err
		}
		for _, key := range keys {
			arn := room.TextOf(key, "KeyArn")
			ours, err := d.ours(ctx, arn, token)
			switch {
			case ours:
				return arn, nil
			case err == nil:
				seen = true
			case drive.Fault(err).Class == awsclient.Refused:
				barred = err
			case !drive.Missing(err):
				return "", err
			}
		}
	}
	if seen {
		barred = nil
	}
	return "", barred
}

func (d keyDriver) listKeys() *awsclient.Call {
	c := d.call("ListKeys", "Keys")
	c.Resource = "*"
	return c
}

func (d keyDriver) ours(ctx context.Context, arn, token string) (bool, error) {
	out, err := d.ask(ctx, d.call("ListResourceTags", "Tags"), arn)
	return err == nil && room.TextOf(out, "Tags[TagKey="+drive.TokenTag+"].TagValue") == token, err
}

func (d keyDriver) Outputs(ctx context.Context, thing plan.Thing, _ string) (map[string]any, error) {
	key, err := d.describe(ctx, keyID(thing))
	if err == nil && key == nil {
		err = drive.Wrong("there is no key %s", keyID(thing))
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"Arn": key.Arn}, nil
}

// Remove leaves the key: whatever was encrypted with it would be lost with it,
// and KMS does not tell what was.
func (d keyDriver) Remove(ctx context.Context, thing plan.Thing, _ map[string]any, _ bool, token string) (string, error) {
	arn, err := d.find(ctx, thing.Name, token)
	switch {
	case drive.Fault(err).Code == nameTaken:
		return drive.KeptForeign, nil
	case err != nil || arn == "":
		return "", err
	}
	return drive.KeptKey, nil
}

func (d keyDriver) Settled(context.Context, plan.Thing, remedy.Wait) (bool, error) { return true, nil }

func (d keyDriver) Calls(step *plan.Step) []*awsclient.Call {
	calls := []*awsclient.Call{
		d.call("DescribeKey", ""), d.call("GetKeyPolicy", ""), d.call("GetKeyRotationStatus", ""), d.call("EnableKeyRotation", ""),
	}
	if !step.Make {
		return append(calls, d.call("PutKeyPolicy", ""), d.call("DisableKeyRotation", ""))
	}
	create, alias := d.call("CreateKey", ""), d.call("CreateAlias", "")
	create.Resource, alias.Resource = "*", d.Here(step.Thing.Name)
	return append(calls, create, alias, drive.Permission("kms", "CreateAlias", d.Here("key/*")), d.listKeys(),
		d.call("ListResourceTags", ""), drive.Permission("kms", "TagResource", d.Here("key/*")))
}
