package app_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
)

// closely are resources whose tags cost a call each, which fail their controls.
const closely = `{"resources": [
	{"type": "AWS::SQS::Queue", "properties": {"QueueName": "orders", "SqsManagedSseEnabled": false, "Tags": {TAGS}}},
	{"type": "AWS::DynamoDB::Table", "properties": {"TableName": "carts", "TableSizeBytes": 12500000000,
		"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": false}, "Tags": {TAGS}}},
	{"type": "AWS::S3::Bucket", "properties": {"BucketName": "assets", "Tags": {TAGS}}},
	{"type": "AWS::KMS::Key", "arn": "arn:aws:kms:ap-northeast-1:111122223333:key/0d990263-018e-4e65-a703-eff731de951e",
		"properties": {"KeyState": "PendingDeletion", "DeletionDate": "2026-12-20T00:00:00Z", "Tags": {TAGS}}},
	{"type": "AWS::CloudTrail::Trail", "properties": {"TrailName": "audit", "EnableLogFileValidation": false, "Tags": {TAGS}}}
]}`

// tagReads are the calls that read tags, by the control that a wish is about.
func tagReads() map[string][3]string {
	at := region + ":" + account
	return map[string][3]string{
		"SQS.1":        {"ListQueueTags", "AWS::SQS::Queue", "arn:aws:sqs:" + at + ":orders"},
		"DynamoDB.2":   {"ListTagsOfResource", "AWS::DynamoDB::Table", "arn:aws:dynamodb:" + at + ":table/carts"},
		"S3.8":         {"GetBucketTagging", "AWS::S3::Bucket", "arn:aws:s3:::assets"},
		"KMS.3":        {"ListResourceTags", "AWS::KMS::Key", "arn:aws:kms:" + at + ":key/0d990263-018e-4e65-a703-eff731de951e"},
		"CloudTrail.4": {"ListTags", "AWS::CloudTrail::Trail", "arn:aws:cloudtrail:" + at + ":trail/audit"},
	}
}

// TestCloser: a plan names the stack of a resource whose tags cost a call of their
// own, or says that it could not look; scans make no such call.
func TestCloser(t *testing.T) {
	of := func(control string, c [3]string) app.PlanOptions {
		ref := resource.Ref{Scope: resource.Scope{Partition: "aws", Account: account, Region: region}, Type: resource.Type(c[1]), ARN: c[2]}
		return app.PlanOptions{FixOptions: app.FixOptions{Region: region, Rate: rate(t, "max")}, Prices: builtIn(t), Wishes: []app.Wish{{Control: control, Ref: ref}}}
	}
	for name, tags := range map[string]string{"shop": `{"aws:cloudformation:stack-name": "shop", "aws:cloudformation:logical-id": "It", "team": "a"}`, "": `{"team": "a"}`} {
		synctest.Test(t, func(t *testing.T) {
			double, env := fixing(t, strings.ReplaceAll(closely, "{TAGS}", tags))
			env.Controls = controls.All()
			var refused []*awsdouble.Handle
			for control, c := range tagReads() {
				made, err := app.MakePlan(t.Context(), env, of(control, c))
				if err != nil {
					t.Errorf("%s: %v", control, err)
					continue
				}
				fix := made.Fixes[0]
				if got := fix.Managed; (got != nil) != (name != "") || got != nil && (got.By != "cloudformation" || got.Name != name || got.Logical != "It") || len(fix.Notes) > 0 && fix.Notes[0].Key == "run.tagsUnread" {
					t.Errorf("%s, stack %q: %+v, %+v", control, name, got, fix.Notes)
				}
				if control == "DynamoDB.2" && (fix.Cost.Month == nil || *fix.Cost.Month != 2.85) { // 12.5 GB-months × 0.228 USD
					t.Errorf("%s: %+v", control, fix.Cost)
				}
				refused = append(refused, double.Fault(awsdouble.Fault{Operation: c[0], Kind: awsdouble.Deny}))
				if made, err = app.MakePlan(t.Context(), env, of(control, c)); err != nil {
					t.Errorf("%s, refused: %v", control, err)
					continue
				}
				if fix = made.Fixes[0]; fix.Managed != nil || len(fix.Notes) == 0 || fix.Notes[0].Key != "run.tagsUnread" {
					t.Errorf("%s, refused: %+v, %+v", control, fix.Managed, fix.Notes)
				}
			}
			ids := []*lifecycle.Record{}
			for control, c := range tagReads() {
				ids = append(ids, &lifecycle.Record{ID: control, Control: control, Source: lifecycle.SourceLive, Resource: of(control, c).Wishes[0].Ref})
			}
			found, why := app.Tags(t.Context(), env, of("SQS.1", tagReads()["SQS.1"]).FixOptions, ids)
			if len(found) != 0 || len(why) != len(ids) || why["SQS.1"].Key != "cost.notRead" {
				t.Errorf("refused tags: %v, %v", found, why)
			}
			for _, h := range refused {
				h.Remove()
			}
			if found, why = app.Tags(t.Context(), env, of("SQS.1", tagReads()["SQS.1"]).FixOptions, ids); len(why) != 0 || found["S3.8"]["team"] != "a" || len(found) != len(ids) {
				t.Errorf("tags: %v, %v", found, why)
			}
			double.ClearCalls()
			scanFor(t, t.Context(), controls.All(), double, double.Transport(), app.ScanOptions{Rate: rate(t, "max")})
			for _, call := range double.Calls() {
				if slices.Contains([]string{"ListQueueTags", "ListTagsOfResource", "DescribeTable", "GetBucketTagging", "ListTags", "ListResourceTags"}, call.Operation) {
					t.Errorf("a scan calls %s", call.Operation)
				}
			}
		})
	}
}
