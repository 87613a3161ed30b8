package iam

import (
	"errors"

	"github.com/kumoban/kumoban/internal/room"
)

// user is an IAM user; root is none. Its credentials are in the account's report,
// which is made every four hours at most: one that is younger than the report is
// not known yet.
func user() room.Room {
	return room.Room{
		Type: "AWS::IAM::User", Doc: "an IAM user", Where: room.Global, ASFF: "AwsIamUser", TF: []string{"aws_iam_user"},
		ARN: "arn:{partition}:iam::{account}:user/{UserName}", ARNs: []string{"arn:{partition}:iam::{account}:user/{folder+}/{UserName}"},
		ARNIn: "Arn", Name: "{UserName}", ID: "Arn", Gone: []string{"NoSuchEntity"},
		Properties: []room.Property{
			{Name: "UserName", Kind: room.String, TF: "name"},
			{Name: "CreateDate", Kind: room.Time, ReadOnly: true, TF: room.None},
			{Name: credentials, Kind: room.One, Of: "CredentialReport", ReadOnly: true, Config: room.None, TF: room.None},
			{Name: "AccessKeys", Kind: room.List, Of: "AccessKey", ReadOnly: true, Config: room.None, TF: room.None},
			{Name: "AccessKeyUses", Kind: room.List, Of: "AccessKeyUse", ReadOnly: true, Config: room.None, TF: room.None, Doc: "of all access keys, just now"},
		},
		Finds: room.Read{Call: "ListUsers", Items: "Users"},
		Each: []room.Read{
			{
				Call: "GetCredentialReport", Expect: "Content", Uses: []string{"GenerateCredentialReport"}, On: "*", Many: 5000, By: "Arn", Same: "Arn", Lags: true, For: []string{credentials}, Compose: composed,
				Gather: func(_ room.Tree, ways room.Ways) ([]room.Tree, error) {
					return report(ways, func(user string) bool { return user != root })
				},
			},
			{Call: "ListAccessKeys", In: room.Tree{"UserName": "{UserName}"}, Items: "AccessKeyMetadata", Take: "AccessKeys", Into: "AccessKeys", For: []string{"AccessKeys"}, On: anyUser},
			{Call: "ListAccessKeys", In: room.Tree{"UserName": "{UserName}"}, Take: "AccessKeyUses", Into: "AccessKeyUses", For: []string{"AccessKeyUses"}, On: anyUser, Expect: "AccessKeyMetadata", Uses: []string{"GetAccessKeyLastUsed"}, Gather: keyUses},
		},
		Alone: []room.Read{{Call: "GetUser", In: room.Tree{"UserName": "{UserName}"}, Take: "User"}},
		Writes: []room.Write{{
			Call: "UpdateAccessKey", Sets: []string{`AccessKeys["*"].Status`}, In: room.Tree{"UserName": "{UserName}"}, Build: keyStatus, Back: room.Exposes,
		}},
		Events: []string{"CreateUser", "DeleteUser", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey", "CreateLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"},
	}
}

// anyUser are the users that IAM judges reads of keys by.
const anyUser = "arn:{partition}:iam::*:user/*"

// keyUses asks when each access key of a user was last used. A user has two at
// most, which is one page.
func keyUses(in room.Tree, ways room.Ways) ([]room.Tree, error) {
	keys, err := ways.Call("ListAccessKeys", in)
	if err != nil {
		return nil, err
	}
	var uses []room.Tree
	for _, key := range room.Items(keys, "AccessKeyMetadata") {
		id := room.TextOf(key, "AccessKeyId")
		out, err := ways.Call("GetAccessKeyLastUsed", room.Tree{"AccessKeyId": id})
		if err != nil {
			return nil, err
		}
		last, _ := room.Get(out, "AccessKeyLastUsed")
		use, ok := last.(room.Tree)
		if !ok {
			return nil, errors.New("the answer does not say when the key was used")
		}
		uses = append(uses, room.With(use, "AccessKeyId", id))
	}
	return uses, nil
}

// keyStatus is about one key: a call changes no more.
func keyStatus(values map[string]any) (room.Tree, error) {
	if len(values) != 1 {
		return nil, errors.New("one access key is changed at a time")
	}
	in := room.Tree{}
	for name, v := range values {
		in["AccessKeyId"], in["Status"] = room.Steps(name)[0].Key, v
	}
	return in, nil
}
