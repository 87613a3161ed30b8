package app_test

import (
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/resource"
)

// TestOwnerByRoom matches what rooms say of Terraform: by ARN, by a name, or, of a
// setting, by there being one; and names what sets a property first.
func TestOwnerByRoom(t *testing.T) {
	at := resource.Scope{Partition: "aws", Account: account, Region: region}
	queue := resource.Ref{Scope: at, Type: "AWS::SQS::Queue", ARN: "arn:aws:sqs:ap-northeast-1:111122223333:orders"}
	bucket := resource.Ref{Scope: at, Type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::orders"}
	policy := resource.OfAccount(at)
	policy.Type = "AWS::IAM::AccountPasswordPolicy"
	const block = "PublicAccessBlockConfiguration.BlockPublicAcls"
	own := declared("aws_s3_bucket", "own", object{"arn": "arn:aws:s3:::orders", "id": "orders", "region": "ap-northeast-1"})
	for label, c := range map[string]struct {
		resources []object
		ref       resource.Ref
		property  string
		want      string
		setter    string
	}{
		"a queue":           {[]object{declared("aws_sqs_queue", "x", object{"arn": queue.ARN, "id": "https://…"})}, queue, "SqsManagedSseEnabled", "aws_sqs_queue.x", "aws_sqs_queue.x"},
		"another queue":     {[]object{declared("aws_sqs_queue", "x", object{"arn": queue.ARN + "2"})}, queue, "SqsManagedSseEnabled", "", ""},
		"another type":      {[]object{declared("aws_sns_topic", "x", object{"arn": queue.ARN})}, queue, "SqsManagedSseEnabled", "", ""},
		"a bucket alone":    {[]object{own}, bucket, block, "aws_s3_bucket.own", ""},
		"a block, first":    {[]object{own, declared("aws_s3_bucket_public_access_block", "b", object{"id": "orders"})}, bucket, block, "aws_s3_bucket_public_access_block.b aws_s3_bucket.own", "aws_s3_bucket_public_access_block.b"},
		"of another bucket": {[]object{declared("aws_s3_bucket_public_access_block", "b", object{"id": "others"})}, bucket, block, "", ""},
		"with an owner":     {[]object{declared("aws_s3_bucket_logging", "l", object{"id": "orders,111122223333"})}, bucket, "LoggingConfiguration.DestinationBucketName", "aws_s3_bucket_logging.l", "aws_s3_bucket_logging.l"},
		"in another Region": {[]object{declared("aws_s3_bucket", "x", object{"arn": bucket.ARN, "region": "us-east-1"})}, bucket, block, "", ""},
		"a setting":         {[]object{declared("aws_iam_account_password_policy", "x", object{"id": "iam-account-password-policy"})}, policy, "MinimumPasswordLength", "aws_iam_account_password_policy.x", "aws_iam_account_password_policy.x"},
	} {
		t.Run(label, func(t *testing.T) {
			s := instances(t, c.resources...)
			if got := strings.Join(s.Owners(c.ref, c.property), " "); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if got := s.Setter(c.ref, c.property); got != c.setter {
				t.Errorf("set by %q, want %q", got, c.setter)
			}
		})
	}
}
