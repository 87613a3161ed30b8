// Package kms is AWS KMS in the AWS double: keys and their aliases, as far as kumoban's
// guidance and scans use them.
package kms

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// operation declares one of them.
func operation(name string, write bool, resource func(*service.Request) string, do func(*service.Request) (any, error)) *service.Operation {
	o := service.NewJSON("kms", name, write, resource, do)
	o.Busy = &service.Error{Status: 500, Code: "DependencyTimeoutException"}
	return o
}

// Operations are all operations of the service.
func Operations() []*service.Operation {
	one := func(r *service.Request) string {
		id := r.Field("KeyId") + r.Field("TargetKeyId")
		if k := Find(r, id); k != nil {
			return k.Arn
		}
		return r.Region.AccountARN("kms", "key/"+id)
	}
	return []*service.Operation{
		operation("CreateKey", true, nil, createKey),
		operation("DescribeKey", false, one, describeKey),
		operation("PutKeyPolicy", true, one, putKeyPolicy),
		operation("GetKeyPolicy", false, one, getKeyPolicy),
		operation("EnableKeyRotation", true, one, enableKeyRotation),
		operation("GetKeyRotationStatus", false, one, getKeyRotationStatus),
		operation("DisableKeyRotation", true, one, disableKeyRotation),
		operation("ScheduleKeyDeletion", true, one, scheduleKeyDeletion),
		operation("CancelKeyDeletion", true, one, keyState(func(k *world.Key) bool { return k.KeyState == pendingDeletion }, "Disabled", true)),
		operation("EnableKey", true, one, keyState(usable, "Enabled", false)),
		operation("DisableKey", true, one, keyState(usable, "Disabled", false)),
		operation("CreateAlias", true, one, createAlias),
		operation("ListKeys", false, nil, listKeys),
		operation("ListResourceTags", false, one, listResourceTags),
	}
}

// Find finds a key by its id, ARN, alias name or alias ARN.
func Find(r *service.Request, id string) *world.Key {
	alias := strings.TrimPrefix(id, r.Region.AccountARN("kms", ""))
	for _, k := range r.Region.Keys {
		if k.KeyID == id || k.Arn == id || strings.HasPrefix(alias, "alias/") && slices.Contains(k.Aliases, alias) {
			return k
		}
	}
	return nil
}

func key(r *service.Request, id string) (*world.Key, error) {
	if k := Find(r, id); k != nil {
		return k, nil
	}
	if !strings.HasPrefix(id, "arn:") && !strings.HasPrefix(id, "alias/") {
		id = r.Region.AccountARN("kms", "key/"+id)
	}
	return nil, service.Refuse("NotFoundException", "Key '"+id+"' does not exist")
}

type keyOutput struct{ KeyMetadata world.KeyMetadata }

func createKey(r *service.Request) (any, error) {
	var in struct {
		Policy, Description, KeyUsage, KeySpec, CustomerMasterKeySpec, Origin string
		MultiRegion, BypassPolicyLockoutSafetyCheck                           bool
		Tags                                                                  []world.KeyTag
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	for name, v := range map[string]string{
		"KeyUsage ENCRYPT_DECRYPT": in.KeyUsage, "KeySpec SYMMETRIC_DEFAULT": in.KeySpec, "CustomerMasterKeySpec SYMMETRIC_DEFAULT": in.CustomerMasterKeySpec,
		"Origin AWS_KMS": in.Origin,
	} {
		if _, only, _ := strings.Cut(name, " "); v != "" && v != only {
			return nil, service.Refuse("UnsupportedOperationException", "the double makes symmetric encryption keys only: "+name)
		}
	}
	k := &world.Key{Tags: in.Tags, KeyMetadata: world.KeyMetadata{Description: in.Description, MultiRegion: in.MultiRegion, CreationDate: &world.Epoch{Time: r.Now}}}
	if in.Policy != "" {
		if err := checkKeyPolicy(r, in.Policy, in.BypassPolicyLockoutSafetyCheck); err != nil {
			return nil, err
		}
		k.Policy = &world.Document{Text: in.Policy}
	}
	r.Region.CompleteKey(k)
	r.Region.Keys = append(r.Region.Keys, k)
	return keyOutput{k.KeyMetadata}, nil
}

// checkKeyPolicy refuses a malformed policy, and one that would lock the
// caller out unless that is asked for.
func checkKeyPolicy(r *service.Request, text string, bypass bool) error {
	p, err := world.ParsePolicy(text)
	if err != nil || len(p.Statements) == 0 {
		return service.Refuse("MalformedPolicyDocumentException", "The policy document is not well-formed")
	}
	root := "arn:" + world.Partition(r.Region.Name) + ":iam::" + r.Account.ID + ":root"
	mine := []string{root, r.Account.ID, r.Caller.ARN, "*"}
	if bypass || slices.ContainsFunc(p.Statements, func(s world.Statement) bool {
		return s.Effect == "Allow" && s.Covers("kms:PutKeyPolicy") &&
			slices.ContainsFunc(s.Principals["AWS"], func(who string) bool { return slices.Contains(mine, who) })
	}) {
		return nil
	}
	return service.Refuse("MalformedPolicyDocumentException", "The new key policy will not allow you to update the key policy in the future.")
}

func describeKey(r *service.Request) (any, error) {
	var in struct {
		KeyID       string `json:"KeyId"`
		GrantTokens []string
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	k, err := key(r, in.KeyID)
	if err != nil {
		return nil, err
	}
	return keyOutput{k.KeyMetadata}, nil
}

func putKeyPolicy(r *service.Request) (any, error) {
	var in struct {
		KeyID                          string `json:"KeyId"`
		PolicyName, Policy             string
		BypassPolicyLockoutSafetyCheck bool
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	k, err := key(r, in.KeyID)
	if err != nil {
		return nil, err
	}
	if err := policyName(in.PolicyName); err != nil {
		return nil, err
	}
	if err := checkKeyPolicy(r, in.Policy, in.BypassPolicyLockoutSafetyCheck); err != nil {
		return nil, err
	}
	k.Policy = &world.Document{Text: in.Policy}
	return nil, nil
}

func policyName(name string) error {
	if name != "" && name != "default" {
		return service.Refuse("NotFoundException", "No such policy exists")
	}
	return nil
}

func getKeyPolicy(r *service.Request) (any, error) {
	var in struct {
		KeyID      string `json:"KeyId"`
		PolicyName string
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	k, err := key(r, in.KeyID)
	if err != nil {
		return nil, err
	}
	if err := policyName(in.PolicyName); err != nil {
		return nil, err
	}
	return struct{ Policy, PolicyName string }{k.Policy.Text, "default"}, nil
}

func enableKeyRotation(r *service.Request) (any, error) {
	var in struct {
		KeyID                string `json:"KeyId"`
		RotationPeriodInDays *int
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	k, err := key(r, in.KeyID)
	if err != nil {
		return nil, err
	}
	days := 365
	if in.RotationPeriodInDays != nil {
		days = *in.RotationPeriodInDays
	}
	switch {
	case days < 90 || days > 2560:
		return nil, service.Refuse("ValidationException", "1 validation error detected: Value at 'rotationPeriodInDays' failed to satisfy constraint: Member must be between 90 and 2560")
	case !k.Enabled:
		return nil, service.Refuse("DisabledException", k.Arn+" is disabled.")
	case k.KeyManager == "AWS":
		return nil, service.Refuse("AccessDeniedException", "AWS managed keys cannot be changed")
	}
	k.KeyRotationEnabled, k.RotationPeriodInDays = true, days
	return nil, nil
}

func getKeyRotationStatus(r *service.Request) (any, error) {
	var in struct {
		KeyID string `json:"KeyId"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	k, err := key(r, in.KeyID)
	if err != nil {
		return nil, err
	}
	out := struct {
		KeyRotationEnabled   bool
		KeyID                string       `json:"KeyId"`
		RotationPeriodInDays int          `json:",omitempty"`
		NextRotationDate     *world.Epoch `json:",omitempty"`
	}{KeyRotationEnabled: k.KeyRotationEnabled, KeyID: k.Arn}
	if k.KeyRotationEnabled {
		out.RotationPeriodInDays = k.RotationPeriodInDays
		out.NextRotationDate = &world.Epoch{Time: r.Now.AddDate(0, 0, k.RotationPeriodInDays)}
	}
	return out, nil
}

func createAlias(r *service.Request) (any, error) {
	var in struct {
		AliasName   string
		TargetKeyID string `json:"TargetKeyId"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(in.AliasName, "alias/") || in.AliasName == "alias/" {
		return nil, service.Refuse("ValidationException", "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html")
	}
	if strings.HasPrefix(in.AliasName, "alias/aws/") {
		return nil, service.Refuse("NotAuthorizedException", "")
	}
	if Find(r, in.AliasName) != nil {
		return nil, service.Refuse("AlreadyExistsException", "An alias with the name "+r.Region.AccountARN("kms", in.AliasName)+" already exists")
	}
	k, err := key(r, in.TargetKeyID)
	if err != nil {
		return nil, err
	}
	k.Aliases = append(k.Aliases, in.AliasName)
	return nil, nil
}
