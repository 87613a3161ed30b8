package awsdouble_test

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// turn is a change of properties of one type's last resource, or of that with a name.
type turn struct {
	of     resource.Type
	values map[string]any
	named  string
}

// turns write every property that a room writes, both ways where there are two; but a
// bucket's policy, where moto answers text to what AWS answers nothing to.
func turns() []turn {
	type v = map[string]any
	const pab, pitr, net, ssh = "PublicAccessBlockConfiguration.", "PointInTimeRecoverySpecification.", "NetworkConfiguration.AwsvpcConfiguration.", `SecurityGroupIngress["tcp 22 22 0.0.0.0/0"]`
	return []turn{
		{"AWS::SQS::Queue", v{"SqsManagedSseEnabled": true}, ""},
		{"AWS::S3::Bucket", v{pab + "BlockPublicAcls": true, pab + "BlockPublicPolicy": true, pab + "IgnorePublicAcls": true, pab + "RestrictPublicBuckets": true}, ""},
		{"AWS::S3::Bucket", v{"LoggingConfiguration.DestinationBucketName": "logs", "LoggingConfiguration.LogFilePrefix": "plain/"}, ""},
		{"AWS::S3::Bucket", v{`LifecycleConfiguration.Rules["all"].Status`: "Disabled"}, "logs"},
		{"AWS::Account::SecurityContact", v{"Name": "A", "Title": "B", "EmailAddress": "a@example.com", "PhoneNumber": "+2"}, ""},
		{"AWS::S3::AccountPublicAccessBlock", v{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true}, ""},
		{"AWS::DynamoDB::Table", v{pitr + "PointInTimeRecoveryEnabled": true, pitr + "RecoveryPeriodInDays": 35.0}, ""},
		{"AWS::CloudTrail::Trail", v{"EnableLogFileValidation": true}, ""},
		{"AWS::CloudFront::Distribution", v{"DistributionConfig.DefaultRootObject": "index.html", "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy": "redirect-to-https"}, ""},
		{"AWS::EC2::Subnet", v{"MapPublicIpOnLaunch": false}, ""},
		{"AWS::EC2::SecurityGroup", v{ssh: nil}, "web"},
		{"AWS::EC2::SecurityGroup", v{ssh: v{"Description": "all"}}, "web"},
		{"AWS::EC2::SecurityGroup", v{`SecurityGroupEgress["-1 - - 0.0.0.0/0"]`: nil}, "web"},
		{"AWS::EC2::Instance", v{"MetadataOptions.HttpTokens": "required"}, ""},
		{"AWS::EC2::LaunchTemplate", v{"DefaultVersionNumber": 1.0}, ""},
		{"AWS::EC2::EbsEncryptionByDefault", v{"EbsEncryptionByDefault": true}, ""},
		{"AWS::EC2::EbsEncryptionByDefault", v{"EbsEncryptionByDefault": false}, ""},
		{"AWS::RDS::DBInstance", v{"PubliclyAccessible": false}, ""},
		{"AWS::RDS::DBInstance", v{"EnableIAMDatabaseAuthentication": true}, ""},
		{"AWS::RDS::DBInstance", v{"BackupRetentionPeriod": 7.0}, ""},
		{"AWS::RDS::DBCluster", v{"DeletionProtection": true}, ""},
		{"AWS::RDS::DBSnapshot", v{"SharedAccounts": []string{"111111111111"}}, "orders-1"},
		{"AWS::ECS::Service", v{net + "AssignPublicIp": "DISABLED"}, ""},
		{"AWS::ElasticLoadBalancingV2::LoadBalancer", v{"DropInvalidHeaderFields": true}, ""},
		{"AWS::ElasticLoadBalancing::LoadBalancer", v{"DesyncMitigationMode": "strictest"}, ""},
		{"AWS::IAM::AccountPasswordPolicy", v{"MinimumPasswordLength": 14.0, "RequireSymbols": true, "MaxPasswordAge": 90.0}, ""},
		{"AWS::IAM::AccountPasswordPolicy", v{"MinimumPasswordLength": nil}, ""},
		{"AWS::IAM::AccountPasswordPolicy", v{"MinimumPasswordLength": 8.0, "RequireNumbers": true}, ""},
	}
}

// change makes the calls of the room that give properties their values.
func change(t *testing.T, a *asker.Asker, e *catalog.Entry, k *known, values map[string]any) error {
	t.Helper()
	pieces, left := k.pieces, maps.Clone(values)
	for i := range e.Room.Writes {
		w := &e.Room.Writes[i]
		group := map[string]any{}
		for name, v := range left {
			if asker.Writes(w, name, v) {
				group[name] = v
			}
		}
		if len(group) == 0 {
			continue
		}
		maps.DeleteFunc(left, func(name string, _ any) bool { _, done := group[name]; return done })
		if _, err := fresh(t, a).Send(t.Context(), e, w, &pieces, group); err != nil {
			return err
		}
	}
	if len(left) > 0 {
		t.Errorf("%s: no call writes %v", e.Room.Type, left)
	}
	return nil
}

// TestRoomsChangeLikeMoto changes the same in moto and in the double, by the same
// calls, and finds the same after each.
func TestRoomsChangeLikeMoto(t *testing.T) {
	theirs, ours := twins(t)
	for _, c := range turns() {
		e := catalog.Find(c.of)
		before, _ := both(t, theirs, ours, e)
		for _, a := range []*asker.Asker{theirs, ours} {
			all := findRoom(t, a, e)
			slices.SortFunc(all, func(x, y known) int { return strings.Compare(x.res.GetMeta().ARN, y.res.GetMeta().ARN) })
			at := len(all) - 1
			if c.named != "" {
				at = slices.IndexFunc(all, func(k known) bool {
					return room.TextOf(k.pieces.Tree, "GroupName") == c.named || room.TextOf(k.pieces.Tree, e.Room.ID) == c.named
				})
			}
			if err := change(t, a, e, &all[at], c.values); err != nil {
				t.Errorf("%s %v: %v", c.of, c.values, err)
			}
		}
		moto, double := both(t, theirs, ours, e)
		if diff := cmp.Diff(moto, double); diff != "" {
			t.Errorf("%s %v: moto -, double +\n%s", c.of, c.values, diff)
		}
		if reflect.DeepEqual(before, moto) && c.of != "AWS::EC2::LaunchTemplate" {
			t.Errorf("%s %v changed nothing", c.of, c.values)
		}
	}
}

// TestRoomsRefuse refuses what AWS refuses: another version of a thing, input that
// lacks what it must have, what is not there, a bucket at another Region's host.
func TestRoomsRefuse(t *testing.T) {
	d := load(t, awsdouble.Options{}, roomsFixture)
	a := askerOf(t, doubleConfig(d, acct, home), acct)
	elsewhere := askerOf(t, doubleConfig(d, acct, "eu-west-1"), acct)
	for _, c := range []struct {
		a                  *asker.Asker
		service, operation string
		in                 room.Tree
		code               string
	}{
		{a, "lambda", "UpdateFunctionConfiguration", room.Tree{"FunctionName": "bill", "RevisionId": "other", "VpcConfig": room.Tree{"SubnetIds": []any{}}}, "PreconditionFailedException"},
		{a, "lambda", "GetFunctionConfiguration", room.Tree{"FunctionName": "none"}, "ResourceNotFoundException"},
		{a, "sqs", "GetQueueAttributes", room.Tree{"QueueUrl": "https://sqs.ap-northeast-1.amazonaws.com/111122223333/none"}, "AWS.SimpleQueueService.NonExistentQueue"},
		{a, "rds", "DescribeDBInstances", room.Tree{"DBInstanceIdentifier": "none"}, "DBInstanceNotFound"},
		{a, "ec2", "DescribeSubnets", room.Tree{"SubnetIds": []any{"subnet-0a1b2c3d4e5f60718", "subnet-none"}}, "InvalidSubnetID.NotFound"},
		{a, "ec2", "DescribeSubnets", room.Tree{"Filters": []any{room.Tree{"Name": "vpc-id", "Values": []any{"x"}}}}, "UnknownOperationException"},
		{a, "ecs", "ListServices", room.Tree{"cluster": "none"}, "ClusterNotFoundException"},
		{a, "s3", "GetBucketLogging", room.Tree{"Bucket": "none"}, "NoSuchBucket"},
		{a, "s3", "GetPublicAccessBlock", room.Tree{"Bucket": "logs"}, "NoSuchPublicAccessBlockConfiguration"},
		{a, "account", "GetAlternateContact", room.Tree{"AlternateContactType": "BILLING"}, "ResourceNotFoundException"},
		{elsewhere, "s3", "GetBucketLogging", room.Tree{"Bucket": "logs"}, "PermanentRedirect"},
	} {
		_, err := c.a.Client.Call(t.Context(), c.service, c.operation, c.in)
		var refused smithy.APIError
		if !errors.As(err, &refused) || refused.ErrorCode() != c.code {
			t.Errorf("%s:%s %v: %v, want %s", c.service, c.operation, c.in, err, c.code)
		}
	}
	out, err := elsewhere.Client.Call(t.Context(), "s3", "GetBucketLocation", room.Tree{"Bucket": "logs"})
	if err != nil || out["LocationConstraint"] != home {
		t.Errorf("where a bucket is: %v, %v", out, err)
	}
	if out, err = elsewhere.Client.Call(t.Context(), "s3", "ListBuckets", nil); err != nil || len(room.Items(out, "Buckets")) != 2 {
		t.Errorf("buckets from elsewhere: %v, %v", out, err)
	}
	if all := findRoom(t, elsewhere, catalog.Find("AWS::SQS::Queue")); len(all) > 0 {
		t.Errorf("queues of another Region: %v", all)
	}
}
