// Package cloudtrail is what kumoban knows of AWS CloudTrail.
package cloudtrail

import "github.com/kumoban/kumoban/internal/room"

// Rooms are the resource types. The rates are those of each reading operation and of
// UpdateTrail: "AWS CloudTrail endpoints and quotas" in the General Reference, read
// on 2026-11-30.
func Rooms() *room.Service {
	return &room.Service{Package: "cloudtrail", Doc: "AWS CloudTrail", Model: "cloudtrail", Rate: 10, Burst: 10, Rooms: []room.Room{trail(), visible()}, Objects: selectors(), Usages: usages()}
}

func trail() room.Room {
	return room.Room{
		Type: "AWS::CloudTrail::Trail", Doc: "a trail", ASFF: "AwsCloudTrailTrail", TF: []string{"aws_cloudtrail"},
		ARN: "arn:{partition}:cloudtrail:{region}:{account}:trail/{Name}", ARNIn: "TrailARN", Name: "{Name}", ID: "TrailARN", Home: "TrailARN",
		Gone: []string{"TrailNotFoundException"},
		Properties: []room.Property{
			{Name: "TrailName", Kind: room.String, API: "Name", Config: "name", TF: "name"},
			{Name: "KMSKeyId", Kind: room.String, EmptyIsAbsent: true, TF: "kms_key_id"},
			{Name: "EnableLogFileValidation", Kind: room.Bool, API: "LogFileValidationEnabled", Config: "logFileValidationEnabled", Default: false},
			{Name: "CloudWatchLogsLogGroupArn", Kind: room.String, EmptyIsAbsent: true, TF: "cloud_watch_logs_group_arn"},
			{Name: "CloudWatchLogsRoleArn", Kind: room.String, EmptyIsAbsent: true},
			{Name: "IsMultiRegionTrail", Kind: room.Bool, Default: false},
			{Name: "IsOrganizationTrail", Kind: room.Bool, Default: false},
			{Name: "Tags", Kind: room.Tags},
		},
		Finds: room.Read{Call: "DescribeTrails", In: room.Tree{"includeShadowTrails": false}, Items: "trailList"},
		Alone: []room.Read{{Call: "GetTrail", In: room.Tree{"Name": "arn:{partition}:cloudtrail:{region}:{account}:trail/{Name}"}, Take: "Trail"}},
		Each: []room.Read{{
			Call: "ListTags", In: room.Tree{"ResourceIdList": []any{"{TrailARN}"}}, Items: "ResourceTagList[].TagsList[]", Take: "Tags", Into: "Tags", For: []string{"Tags"}, Closer: true,
		}},
		Writes: []room.Write{
			{Call: "UpdateTrail", Rate: 1, Sets: []string{"EnableLogFileValidation"}, Back: room.Exposes, In: room.Tree{"Name": "{TrailARN}", "EnableLogFileValidation": room.V("EnableLogFileValidation")}},
			{Call: "UpdateTrail", Rate: 1, Sets: []string{"KMSKeyId"}, In: room.Tree{"Name": "{TrailARN}", "KmsKeyId": room.V("KMSKeyId")}},
			{
				Call: "UpdateTrail", Rate: 1, Sets: []string{"CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"}, Whole: true, Back: room.Exposes,
				In: room.Tree{"Name": "{TrailARN}", "CloudWatchLogsLogGroupArn": room.V("CloudWatchLogsLogGroupArn"), "CloudWatchLogsRoleArn": room.V("CloudWatchLogsRoleArn")},
				// the service authorization reference of CloudTrail: UpdateTrail
				Also: []room.Permission{{Action: "iam:PassRole", On: "arn:{partition}:iam::{account}:role/*", When: map[string]string{"iam:PassedToService": "cloudtrail.amazonaws.com"}}},
			},
		},
		Pages: []room.Page{
			{
				Sets: []string{"EnableLogFileValidation"}, Open: []string{"CloudTrail", "Trails", "{Name}", "General details", "Edit"},
				At: map[string]string{"EnableLogFileValidation": "Additional settings > Log file validation"}, Save: []string{"Save changes"},
			},
			{
				Sets: []string{"KMSKeyId"}, Open: []string{"CloudTrail", "Trails", "{Name}", "General details", "Edit"},
				At: map[string]string{"KMSKeyId": "Log file SSE-KMS encryption > Customer managed AWS KMS key"}, Save: []string{"Save changes"},
			},
			{
				Sets: []string{"CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"}, Open: []string{"CloudTrail", "Trails", "{Name}", "CloudWatch Logs", "Edit"},
				At: map[string]string{"CloudWatchLogsLogGroupArn": "Log group", "CloudWatchLogsRoleArn": "IAM Role"}, Save: []string{"Save changes"},
			},
		},
		Events: []string{"CreateTrail", "UpdateTrail", "StartLogging", "StopLogging", "PutEventSelectors"},
	}
}
