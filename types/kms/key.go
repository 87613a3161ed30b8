// Package kms is what kumoban knows of AWS Key Management Service.
package kms

import (
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/room"
)

// Rooms are the resource types.
func Rooms() *room.Service {
	return &room.Service{Package: "kms", Doc: "AWS Key Management Service", Model: "kms", Rate: 500, Burst: 500, Rooms: []room.Room{key()}, Usages: usages()}
}

func key() room.Room {
	return room.Room{
		Type: "AWS::KMS::Key", Doc: "a customer managed key", ASFF: "AwsKmsKey", TF: []string{"aws_kms_key"},
		ARN: "arn:{partition}:kms:{region}:{account}:key/{KeyId}", Name: "{KeyId}", ID: "KeyId", Ours: map[string]string{"KeyManager": "CUSTOMER"},
		Properties: []room.Property{
			{Name: "KeyId", Kind: room.String, ReadOnly: true, TF: "key_id"},
			{Name: "KeyState", Kind: room.String, ReadOnly: true, TF: room.None, Doc: "PendingDeletion and PendingReplicaDeletion are scheduled for deletion"},
			{Name: "DeletionDate", Kind: room.Time, ReadOnly: true, TF: room.None},
			{Name: "Enabled", Kind: room.Bool, TF: "is_enabled", Silent: room.Depends, Template: true, Provider: true},
			{Name: "Tags", Kind: room.Tags},
		},
		Finds: room.Read{Call: "ListKeys", In: room.Tree{"Limit": int64(1000)}, Items: "Keys"},
		Each: []room.Read{
			{Call: "DescribeKey", In: room.Tree{"KeyId": "{KeyId}"}, Take: "KeyMetadata"},
			{Call: "ListResourceTags", In: room.Tree{"KeyId": "{KeyId}"}, Items: "Tags", Take: "Tags", Into: "Tags", For: []string{"Tags"}, Closer: true},
		},
		Writes: []room.Write{
			// A deletion cannot be scheduled anew as it was: another waiting period begins.
			{Call: "CancelKeyDeletion", Sets: []string{"KeyState"}, Value: "Disabled", Back: room.Destroys, In: room.Tree{"KeyId": "{KeyId}"}},
			{Call: "EnableKey", Sets: []string{"Enabled"}, Value: true, In: room.Tree{"KeyId": "{KeyId}"}},
			{Call: "DisableKey", Sets: []string{"Enabled"}, Value: false, In: room.Tree{"KeyId": "{KeyId}"}},
		},
		Pages: []room.Page{
			{Sets: []string{"KeyState"}, Open: []string{"AWS KMS", "Customer managed keys", "{KeyId}", "Key actions", "Cancel key deletion"}, At: map[string]string{"KeyState": room.None}},
			{Sets: []string{"Enabled"}, Open: []string{"AWS KMS", "Customer managed keys", "{KeyId}", "Key actions", "Enable"}, At: map[string]string{"Enabled": room.None}},
		},
		Events: []string{"ScheduleKeyDeletion", "CancelKeyDeletion", "EnableKey", "DisableKey"},
	}
}

// usages has a key by the price page, which names one price, and its first version:
// each of the first two rotations costs as much again.
func usages() []cost.Usage {
	const page, list = "https://aws.amazon.com/kms/pricing/", "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/awskms/current/"
	return []cost.Usage{
		{Item: cost.Item{Service: "awskms", Type: "KMS-Keys"}, Unit: "month", Prices: []cost.Price{{Region: "*", Price: 1, Source: page, Date: "2026-11-30"}}},
		{Item: cost.Item{Service: "awskms", Type: "KMS-Requests"}, Unit: "10K requests", Prices: []cost.Price{
			{Region: "us-east-1", Price: 0.03, Source: list + "us-east-1/index.json", Date: "2026-09-11"},
			{Region: "ap-northeast-1", Price: 0.03, Source: list + "ap-northeast-1/index.json", Date: "2026-11-30"},
		}},
	}
}
