// Package iam is what kumoban knows of AWS IAM.
package iam

import "github.com/kumoban/kumoban/internal/room"

// Rooms are the resource types. IAM publishes no rates.
func Rooms() *room.Service {
	return &room.Service{Package: "iam", Doc: "AWS IAM", Model: "iam", Rooms: []room.Room{summary(), passwordPolicy(), user()}, Objects: objects()}
}

func objects() []room.Object {
	return []room.Object{
		{Go: "VirtualMFADevice", Key: "SerialNumber", Doc: "a virtual MFA device that is assigned", Properties: []room.Property{
			{Name: "SerialNumber", Kind: room.String}, {Name: "UserArn", Kind: room.String, API: "User.Arn", Doc: "whose it is; that of root ends in :root"},
		}},
		{Go: "CredentialReport", Doc: "a row of the account's credential report, which may be four hours old", Properties: reportProperties()},
		{Go: "AccessKey", Key: "AccessKeyId", Doc: "an access key", Properties: []room.Property{
			{Name: "AccessKeyId", Kind: room.String}, {Name: "Status", Kind: room.String, Doc: "Active or Inactive"}, {Name: "CreateDate", Kind: room.Time},
		}},
		{Go: "AccessKeyUse", Key: "AccessKeyId", Doc: "when an access key was last used", Properties: []room.Property{
			{Name: "AccessKeyId", Kind: room.String}, {Name: "LastUsedDate", Kind: room.Time, Doc: "absent: never, as far as AWS knows"},
			{Name: "ServiceName", Kind: room.String}, {Name: "Region", Kind: room.String},
		}},
	}
}
