package awsdouble_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/outside"
)

// TestRoomsAWSCLI has the real aws command read and write over every protocol, as
// guides print it.
func TestRoomsAWSCLI(t *testing.T) {
	d := load(t, awsdouble.Options{}, roomsFixture)
	url, stop, err := d.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stop() }()
	id, secret := d.CredentialsFor(acct)
	said := inOneProcess(t, url, id, secret)
	for i, c := range cliCommands() {
		if said[i].Code != 0 || !strings.Contains(said[i].Out, c.want) {
			t.Errorf("aws %s: %d\n%s", c.command, said[i].Code, said[i].Out)
		}
	}
}

// awscli is the aws command itself, run for one command line after the other: it
// takes a second to start.
const awscli = `
import contextlib, io, json, sys
from awscli.clidriver import create_clidriver
driver = create_clidriver()
for command in json.load(sys.stdin):
    if command.startswith("ec2 "): # the arguments of one of its commands stay
        driver = create_clidriver()
    out = io.StringIO()
    out.buffer = io.BytesIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            code = driver.main(command.split())
        except SystemExit as end:
            code = end.code
    print(json.dumps({"Code": code or 0, "Out": out.getvalue() + out.buffer.getvalue().decode()}))
`

type cliSaid struct {
	Code int
	Out  string
}

func inOneProcess(t *testing.T, url, id, secret string) []cliSaid {
	t.Helper()
	var lines []string
	for _, c := range cliCommands() {
		lines = append(lines, c.command+" --endpoint-url "+url) // of SQS it takes no variable
	}
	in, err := json.Marshal(lines)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), outside.Python(t), "-c", awscli)
	cmd.Stdin = bytes.NewReader(in)
	cmd.Env = append(cmd.Environ(), "AWS_ACCESS_KEY_ID="+id, "AWS_SECRET_ACCESS_KEY="+secret, "AWS_DEFAULT_REGION="+home, "AWS_PAGER=", "AWS_CONFIG_FILE=/dev/null")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var all []cliSaid
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var one cliSaid
		if err := d.Decode(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if len(all) != len(lines) {
		t.Fatalf("%d answers to %d commands", len(all), len(lines))
	}
	return all
}

type cliCommand struct{ command, want string }

// cliCommands are what is asked, and a part of what is said to it.
func cliCommands() []cliCommand {
	return []cliCommand{
		{"sqs list-queues", "/orders"},
		{"sqs get-queue-url --queue-name orders", "/orders"},
		{"sqs set-queue-attributes --queue-url https://sqs.ap-northeast-1.amazonaws.com/111122223333/orders --attributes SqsManagedSseEnabled=true", ""},
		{"sqs get-queue-attributes --queue-url https://sqs.ap-northeast-1.amazonaws.com/111122223333/orders --attribute-names SqsManagedSseEnabled --query Attributes", `"SqsManagedSseEnabled": "true"`},
		{"dynamodb update-continuous-backups --table-name orders --point-in-time-recovery-specification PointInTimeRecoveryEnabled=false", "DISABLED"},
		{"dynamodb describe-continuous-backups --table-name orders", "DISABLED"},
		{"s3api list-buckets", "orders-data"},
		{"s3api get-bucket-location --bucket logs", "ap-northeast-1"},
		{"s3api put-public-access-block --bucket logs --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true", ""},
		{"s3api get-public-access-block --bucket logs", `"RestrictPublicBuckets": true`},
		{"s3api get-bucket-lifecycle-configuration --bucket logs", `"GLACIER"`},
		{"s3api get-bucket-logging --bucket orders-data", `"TargetBucket": "logs"`},
		{"cloudtrail update-trail --name all --no-enable-log-file-validation", `"LogFileValidationEnabled": false`},
		{"cloudtrail get-trail --name all", `"LogFileValidationEnabled": false`},
		{"cloudfront get-distribution-config --id E1A2B3C4D5E6F7", `"DefaultRootObject": "index.html"`},
		{"ec2 describe-subnets --subnet-ids subnet-0a1b2c3d4e5f60718", `"MapPublicIpOnLaunch": true`},
		{"ec2 modify-subnet-attribute --subnet-id subnet-0a1b2c3d4e5f60718 --no-map-public-ip-on-launch", ""},
		{"ec2 describe-subnets", `"MapPublicIpOnLaunch": false`},
		{"ec2 modify-instance-metadata-options --instance-id i-0a1b2c3d4e5f60718 --http-tokens required --http-endpoint enabled", `"HttpTokens": "required"`},
		{"ec2 revoke-security-group-ingress --group-id sg-0a1b2c3d4e5f60718 --ip-permissions IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=0.0.0.0/0}]", "true"},
		{"ec2 describe-security-groups --group-ids sg-0a1b2c3d4e5f60718 --query SecurityGroups[0].IpPermissions[].FromPort --output text", "443"},
		{"ec2 enable-ebs-encryption-by-default", "true"},
		{"ec2 get-ebs-encryption-by-default", "true"},
		{"rds describe-db-instances --db-instance-identifier orders-1", `"PubliclyAccessible": true`},
		{"rds modify-db-instance --db-instance-identifier orders-1 --no-publicly-accessible", `"PubliclyAccessible": false`},
		{"rds modify-db-instance --db-instance-identifier orders-1 --backup-retention-period 7 --apply-immediately", `"BackupRetentionPeriod": 7`},
		{"rds modify-db-snapshot-attribute --db-snapshot-identifier orders-1 --attribute-name restore --values-to-remove all", "444455556666"},
		{"ssm update-service-setting --setting-id /ssm/documents/console/public-sharing-permission --setting-value Disable", ""},
		{"ssm get-service-setting --setting-id /ssm/documents/console/public-sharing-permission", `"SettingValue": "Disable"`},
		{"ecs update-service --cluster main --service web --network-configuration awsvpcConfiguration={subnets=[subnet-1],assignPublicIp=DISABLED}", `"assignPublicIp": "DISABLED"`},
		{"ecs describe-services --cluster main --services web", `"assignPublicIp": "DISABLED"`},
		{"lambda update-function-configuration --function-name bill --vpc-config SubnetIds=subnet-1,subnet-2,SecurityGroupIds=sg-1", "subnet-2"},
		{"lambda get-function-configuration --function-name bill", "subnet-2"},
		{"elbv2 modify-load-balancer-attributes --load-balancer-arn arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188 --attributes Key=routing.http.drop_invalid_header_fields.enabled,Value=false", `"Value": "false"`},
		{"iam update-access-key --user-name ann --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive", ""},
		{"iam list-access-keys --user-name ann", "Inactive"},
		{"iam get-access-key-last-used --access-key-id AKIAIOSFODNN7EXAMPLE", "2026-01-02"},
		{"iam update-account-password-policy --minimum-password-length 16 --require-symbols", ""},
		{"iam get-account-password-policy", `"MinimumPasswordLength": 16`},
		{"iam delete-account-password-policy", ""},
		{"kms cancel-key-deletion --key-id 1234abcd-12ab-34cd-56ef-1234567890ab", "1234abcd"},
		{"kms enable-key --key-id 1234abcd-12ab-34cd-56ef-1234567890ab", ""},
		{"kms describe-key --key-id 1234abcd-12ab-34cd-56ef-1234567890ab", `"KeyState": "Enabled"`},
		{"s3api put-bucket-logging --bucket logs --bucket-logging-status LoggingEnabled={TargetBucket=logs,TargetPrefix=own/}", ""},
		{"s3api get-bucket-logging --bucket logs", `"TargetPrefix": "own/"`},
		{"account get-alternate-contact --alternate-contact-type SECURITY", "security@example.com"},
		{"account delete-alternate-contact --alternate-contact-type SECURITY", ""},
		{"account put-alternate-contact --alternate-contact-type SECURITY --name A --title B --email-address a@example.com --phone-number +1", ""},
		{"account get-alternate-contact --alternate-contact-type SECURITY", `"AlternateContactType": "SECURITY"`},
	}
}
