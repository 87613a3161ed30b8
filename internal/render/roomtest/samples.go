// Package roomtest has changes of things of every room that knows how to change
// them, and shows by the real programs that what is printed of them is right.
package roomtest

import (
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/s3"
)

// Account is the account that moto gives to whoever has no other, and Region where
// the things are.
const (
	Account = "123456789012"
	Region  = "ap-northeast-1"
)

// Values are Values of properties.
type Values = map[string]any

// Sample is a change of one thing of a room, as testdata/rooms.py makes it; "{name}"
// in its texts is what that says. One that has a name in the place of its ARN is made.
type Sample struct {
	Name      string
	On        resource.Type
	ARN       string
	Was, Will Values // Was is nil of what is made
	Kept      Values // what must not change with it
}

// Samples has each write of each room at least once.
func Samples() []Sample {
	const (
		block, pitr  = "PublicAccessBlockConfiguration.", "PointInTimeRecoverySpecification."
		network      = "NetworkConfiguration.AwsvpcConfiguration."
		distribution = "DistributionConfig."
		rule         = `SecurityGroupIngress["tcp 22 22 0.0.0.0/0"]`
		narrow       = `SecurityGroupIngress["tcp 22 22 192.0.2.0/24"]`
		all          = `SecurityGroupEgress["-1 - - 0.0.0.0/0"]`
		status       = `AccessKeys["{key}"].Status`
		lifecycle    = `LifecycleConfiguration.Rules["kumoban-abort"].`
		logging      = "LoggingConfiguration."
		account      = "AWS::::Account:" + Account
		policy       = "AWS::IAM::AccountPasswordPolicy"
		kms          = "arn:aws:kms:ap-northeast-1:" + Account + ":key/11112222-3333-4444-5555-666677778888"
	)
	in := func(service, rest string) string {
		return "arn:aws:" + service + ":ap-northeast-1:" + Account + ":" + rest
	}
	on, off := Values{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true}, Values{"BlockPublicAcls": false, "BlockPublicPolicy": false, "IgnorePublicAcls": false, "RestrictPublicBuckets": false}
	under := func(object string, m Values) Values {
		out := Values{}
		for name, v := range m {
			out[object+name] = v
		}
		return out
	}
	open := Values{"IpProtocol": "tcp", "FromPort": 22.0, "ToPort": 22.0, "CidrIp": "0.0.0.0/0", "Rule": "tcp 22 22 0.0.0.0/0"}
	office := Values{"IpProtocol": "tcp", "FromPort": 22.0, "ToPort": 22.0, "CidrIp": "192.0.2.0/24", "Rule": "tcp 22 22 192.0.2.0/24"}
	out := Values{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0", "Rule": "-1 - - 0.0.0.0/0"}
	none := under(lifecycle, Values{"Status": nil, "Prefix": nil, "AbortIncompleteMultipartUpload.DaysAfterInitiation": nil})
	abort := under(lifecycle, Values{"Status": "Enabled", "Prefix": "", "AbortIncompleteMultipartUpload.DaysAfterInitiation": 7.0})
	return []Sample{
		{"queue", "AWS::SQS::Queue", in("sqs", "orders"), Values{"SqsManagedSseEnabled": false}, Values{"SqsManagedSseEnabled": true}, nil},
		{"queue-key", "AWS::SQS::Queue", in("sqs", "orders"), Values{"KmsMasterKeyId": nil}, Values{"KmsMasterKeyId": "alias/aws/sqs"}, nil},
		{"bucket-block", "AWS::S3::Bucket", "arn:aws:s3:::orders-data", under(block, off), under(block, on), nil},
		{
			"bucket-block-half", "AWS::S3::Bucket", "arn:aws:s3:::logs", Values{block + "IgnorePublicAcls": false, block + "RestrictPublicBuckets": false},
			Values{block + "IgnorePublicAcls": true, block + "RestrictPublicBuckets": true}, Values{block + "BlockPublicAcls": true, block + "BlockPublicPolicy": true},
		},
		{"bucket-lifecycle", "AWS::S3::Bucket", "arn:aws:s3:::logs", none, abort, Values{`LifecycleConfiguration.Rules["old"].ExpirationInDays`: 30.0}},
		{"bucket-lifecycle-first", "AWS::S3::Bucket", "arn:aws:s3:::orders-data", none, abort, nil},
		{"bucket-logging", "AWS::S3::Bucket", "arn:aws:s3:::orders-data", under(logging, Values{"DestinationBucketName": nil, "LogFilePrefix": nil}), under(logging, Values{"DestinationBucketName": "logs", "LogFilePrefix": "orders/"}), nil},
		{"account-block", "AWS::S3::AccountPublicAccessBlock", account, off, on, nil},
		{"contact", "AWS::Account::SecurityContact", account, Values{}, Values{"AlternateContactType": "SECURITY", "Name": "Security", "Title": "It's \"$x\"", "EmailAddress": "security@example.com", "PhoneNumber": "+81 3 1234 5678"}, nil},
		{"table", "AWS::DynamoDB::Table", in("dynamodb", "table/orders"), Values{pitr + "PointInTimeRecoveryEnabled": false}, Values{pitr + "PointInTimeRecoveryEnabled": true, pitr + "RecoveryPeriodInDays": 35.0}, nil},
		{"trail", "AWS::CloudTrail::Trail", in("cloudtrail", "trail/all"), Values{"EnableLogFileValidation": false}, Values{"EnableLogFileValidation": true}, nil},
		{
			"trail-logs", "AWS::CloudTrail::Trail", in("cloudtrail", "trail/all"), Values{"CloudWatchLogsLogGroupArn": nil, "CloudWatchLogsRoleArn": nil},
			Values{"CloudWatchLogsLogGroupArn": in("logs", "log-group:trails:*"), "CloudWatchLogsRoleArn": "arn:aws:iam::" + Account + ":role/r"}, nil,
		},
		{"trail-key", "AWS::CloudTrail::Trail", in("cloudtrail", "trail/all"), Values{"KMSKeyId": nil}, Values{"KMSKeyId": kms}, Values{"EnableLogFileValidation": true}},
		{
			"distribution-root", "AWS::CloudFront::Distribution", "arn:aws:cloudfront::" + Account + ":distribution/{distribution}", Values{distribution + "DefaultRootObject": nil},
			Values{distribution + "DefaultRootObject": "it's \"$x\" `index`.html"}, Values{distribution + "DefaultCacheBehavior.ViewerProtocolPolicy": "allow-all"},
		},
		{
			"distribution-https", "AWS::CloudFront::Distribution", "arn:aws:cloudfront::" + Account + ":distribution/{distribution}",
			Values{distribution + "DefaultCacheBehavior.ViewerProtocolPolicy": "allow-all", distribution + `CacheBehaviors["/a/*"].ViewerProtocolPolicy`: "allow-all"},
			Values{distribution + "DefaultCacheBehavior.ViewerProtocolPolicy": "redirect-to-https", distribution + `CacheBehaviors["/a/*"].ViewerProtocolPolicy`: "https-only"},
			Values{distribution + `CacheBehaviors["/z/*"].ViewerProtocolPolicy`: "allow-all"},
		},
		{
			"subnet", "AWS::EC2::Subnet", in("ec2", "subnet/{subnet}"),
			Values{"MapPublicIpOnLaunch": true, "AssignIpv6AddressOnCreation": true}, Values{"MapPublicIpOnLaunch": false, "AssignIpv6AddressOnCreation": false}, nil,
		},
		{"group", "AWS::EC2::SecurityGroup", in("ec2", "security-group/{group}"), Values{rule: open}, Values{rule: nil}, nil},
		{"group-narrow", "AWS::EC2::SecurityGroup", in("ec2", "security-group/{group}"), Values{narrow: nil}, Values{narrow: office}, nil},
		{"group-out", "AWS::EC2::SecurityGroup", in("ec2", "security-group/{group}"), Values{all: out}, Values{all: nil}, nil},
		{
			"flow-log", "AWS::EC2::FlowLog", "{vpc} REJECT", Values{},
			Values{"ResourceId": "{vpc}", "TrafficType": "REJECT", "LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::logs"}, nil,
		},
		{
			"flow-log-group", "AWS::EC2::FlowLog", "{vpc} ALL", Values{},
			Values{
				"ResourceId": "{vpc}", "TrafficType": "ALL", "LogDestinationType": "cloud-watch-logs", "LogDestination": in("logs", "log-group:flows"),
				"DeliverLogsPermissionArn": "arn:aws:iam::" + Account + ":role/r",
			}, nil,
		},
		{"instance", "AWS::EC2::Instance", in("ec2", "instance/{instance}"), Values{"MetadataOptions.HttpTokens": "optional"}, Values{"MetadataOptions.HttpTokens": "required"}, Values{"MetadataOptions.HttpEndpoint": "enabled"}},
		{"template", "AWS::EC2::LaunchTemplate", in("ec2", "launch-template/{template}"), Values{"DefaultVersionNumber": 1.0}, Values{"DefaultVersionNumber": 2.0}, nil},
		{
			"template-private", "AWS::EC2::LaunchTemplate", in("ec2", "launch-template/{public}"),
			Values{`LaunchTemplateData.NetworkInterfaces["0"].AssociatePublicIpAddress`: true}, Values{`LaunchTemplateData.NetworkInterfaces["0"].AssociatePublicIpAddress`: false}, nil,
		},
		{"volumes", "AWS::EC2::EbsEncryptionByDefault", account, Values{"EbsEncryptionByDefault": false}, Values{"EbsEncryptionByDefault": true}, nil},
		{
			"database", "AWS::RDS::DBInstance", in("rds", "db:orders"),
			Values{"PubliclyAccessible": true, "EnableIAMDatabaseAuthentication": false, "BackupRetentionPeriod": 1.0},
			Values{"PubliclyAccessible": false, "EnableIAMDatabaseAuthentication": true, "BackupRetentionPeriod": 7.0}, nil,
		},
		{"cluster", "AWS::RDS::DBCluster", in("rds", "cluster:orders"), Values{"DeletionProtection": false}, Values{"DeletionProtection": true}, nil},
		{
			"cluster-settings", "AWS::RDS::DBCluster", in("rds", "cluster:orders"), Values{"EnableIAMDatabaseAuthentication": false, "BackupRetentionPeriod": 1.0},
			Values{"EnableIAMDatabaseAuthentication": true, "BackupRetentionPeriod": 7.0}, nil,
		},
		{"cluster-snapshot", "AWS::RDS::DBClusterSnapshot", in("rds", "cluster-snapshot:orders-c"), Values{"SharedAccounts": []string{"all", "111111111111"}}, Values{"SharedAccounts": []string{"111111111111"}}, nil},
		{"snapshot", "AWS::RDS::DBSnapshot", in("rds", "snapshot:orders-1"), Values{"SharedAccounts": []string{"all", "111111111111"}}, Values{"SharedAccounts": []string{"111111111111"}}, nil},
		{"sharing", "AWS::SSM::DocumentPublicSharing", account, Values{"SettingValue": "Enable"}, Values{"SettingValue": "Disable"}, nil},
		{
			"service", "AWS::ECS::Service", "{service}", Values{network + "AssignPublicIp": "ENABLED"}, Values{network + "AssignPublicIp": "DISABLED"},
			Values{network + "Subnets": []string{"{subnet}"}, network + "SecurityGroups": []string{"{group}"}},
		},
		{
			"service-subnets", "AWS::ECS::Service", "{service}", Values{network + "Subnets": []string{"{subnet}"}}, Values{network + "Subnets": []string{"{other}"}},
			Values{network + "SecurityGroups": []string{"{group}"}},
		},
		{
			"function", "AWS::Lambda::Function", "{function}", Values{"VpcConfig.SubnetIds": []string{"{subnet}"}}, Values{"VpcConfig.SubnetIds": []string{"{subnet}", "{other}"}},
			Values{"VpcConfig.SecurityGroupIds": []string{"{group}"}, "Runtime": "python3.13"},
		},
		{"balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", "{lb}", Values{"DropInvalidHeaderFields": false}, Values{"DropInvalidHeaderFields": true}, nil},
		{"classic-balancer", "AWS::ElasticLoadBalancing::LoadBalancer", "{clb}", Values{"DesyncMitigationMode": "monitor"}, Values{"DesyncMitigationMode": "defensive"}, nil},
		{"key", "AWS::KMS::Key", in("kms", "key/{cmk}"), Values{"KeyState": "PendingDeletion"}, Values{"KeyState": "Disabled"}, nil},
		{"key-on", "AWS::KMS::Key", in("kms", "key/{cmk}"), Values{"Enabled": false}, Values{"Enabled": true}, Values{"KeyState": "Enabled"}},
		{"passwords-first", policy, account, Values{"MinimumPasswordLength": nil, "RequireNumbers": nil}, Values{"MinimumPasswordLength": 8.0, "RequireNumbers": true}, Values{"RequireSymbols": false}},
		{
			"passwords", policy, account, Values{"MinimumPasswordLength": 8.0, "RequireSymbols": false}, Values{"MinimumPasswordLength": 14.0, "RequireSymbols": true},
			Values{"RequireNumbers": true, "MaxPasswordAge": nil},
		},
		{
			"passwords-more", policy, account, Values{"RequireUppercaseCharacters": false, "RequireLowercaseCharacters": false, "PasswordReusePrevention": nil, "MaxPasswordAge": nil, "AllowUsersToChangePassword": false},
			Values{"RequireUppercaseCharacters": true, "RequireLowercaseCharacters": true, "PasswordReusePrevention": 24.0, "MaxPasswordAge": 90.0, "AllowUsersToChangePassword": true},
			Values{"RequireNumbers": true, "MinimumPasswordLength": 14.0},
		},
		{"passwords-away", policy, account, Values{"MinimumPasswordLength": 14.0}, Values{"MinimumPasswordLength": nil}, nil},
		{"access-key", "AWS::IAM::User", "{user}", Values{status: "Active"}, Values{status: "Inactive"}, nil},
		{"made", "AWS::S3::Bucket", "arn:aws:s3:::kumoban-access-logs", nil, logBucket(), nil},
	}
}

// logBucket is a bucket that is made.
func logBucket() Values {
	_, values := s3.LogBucket("kumoban-access-logs", resource.Scope{Partition: "aws", Account: Account, Region: Region}, s3.Writer{
		Sid: "Logs", Principal: "logging.s3.amazonaws.com", Action: "s3:PutObject", Under: "*",
		Condition: map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": Account}},
	})
	return values
}

// With puts names in the place of "{name}" in all texts of a value.
func With(v any, names map[string]string) any {
	switch v := v.(type) {
	case string:
		for name, text := range names {
			v = strings.ReplaceAll(v, "{"+name+"}", text)
		}
		return v
	case []string:
		var list []string
		for _, item := range v {
			list = append(list, With(item, names).(string))
		}
		return list
	case Values:
		out := Values{}
		for name, item := range v {
			out[With(name, names).(string)] = With(item, names)
		}
		return out
	}
	return v
}

// made tells whether the thing is made, and has an ARN only then.
func (c *Sample) made() bool { return strings.HasSuffix(string(c.On), "::FlowLog") }

// Printed tells whether a medium has a form for the change: what is made is printed as
// commands alone, and of what takes two calls, the second of which needs the answer of
// the first, no commands are printed.
func (c *Sample) Printed(medium string) bool {
	switch {
	case c.made():
		return medium == "cli"
	case c.Name == "template-private":
		return medium != "cli"
	}
	return true
}

// Plan is the plan that makes the change alone.
func (c *Sample) Plan(names map[string]string) *plan.Plan {
	thing := plan.Thing{Type: c.On, ARN: With(c.ARN, names).(string)}
	if c.made() {
		thing.ARN, thing.Name = "", thing.ARN
	}
	was, will := With(c.Was, names).(Values), With(c.Will, names).(Values)
	s := plan.Step{ID: "1", Thing: thing, Make: c.Was == nil || c.made(), Data: c.Was == nil}
	for _, property := range slices.Sorted(maps.Keys(will)) {
		s.Changes = append(s.Changes, plan.Change{Property: property, Was: plan.Normal(was[property]), Will: plan.Normal(will[property])})
	}
	p := &plan.Plan{
		SchemaVersion: plan.SchemaVersion, Kumoban: "1.2.3",
		Partition: "aws", Account: Account, Region: Region, Fixes: []plan.Fix{}, Steps: []plan.Step{s},
	}
	p.Digest, _ = p.Sum() // a plan of these values is JSON
	return p
}

// Placeholders are names for renderings that nothing is made for.
func Placeholders() map[string]string {
	const in = "arn:aws:%:ap-northeast-1:" + Account + ":"
	arn := func(service, rest string) string { return strings.Replace(in, "%", service, 1) + rest }
	return map[string]string{
		"distribution": "E1A2B3C4D5E6F7", "subnet": "subnet-0a1b2c3d4e5f60718", "other": "subnet-0b1c2d3e4f5a60718", "group": "sg-0a1b2c3d4e5f60718",
		"instance": "i-0a1b2c3d4e5f60718", "template": "lt-0a1b2c3d4e5f60718", "key": "AKIAIOSFODNN7EXAMPLE", "cmk": "11112222-3333-4444-5555-666677778888",
		"lb": arn("elasticloadbalancing", "loadbalancer/app/web/50dc6c495c0c9188"), "clb": arn("elasticloadbalancing", "loadbalancer/classic"), "service": arn("ecs", "service/main/web"),
		"vpc": "vpc-0a1b2c3d4e5f60718", "public": "lt-0b1c2d3e4f5a60718", "function": arn("lambda", "function:f"), "user": "arn:aws:iam::" + Account + ":user/a/b/ann",
	}
}
