package execute_test

import (
	"log/slog"
	"maps"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// motoAccount is the account that moto gives to whoever has no other.
const motoAccount = "123456789012"

// seedRooms makes one thing of each type, with the settings that are to change.
const seedRooms = `
import boto3, sys
def client(name):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name="ap-northeast-1", aws_access_key_id="a", aws_secret_access_key="b")
client("sqs").create_queue(QueueName="orders", Attributes={"SqsManagedSseEnabled": "false", "DelaySeconds": "5"})
client("s3").create_bucket(Bucket="orders-data", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
client("dynamodb").create_table(TableName="orders", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
client("cloudtrail").create_trail(Name="all", S3BucketName="orders-data")
`

// seeded is moto with things in it, and the drivers that change them.
type seeded struct {
	endpoint string
	config   aws.Config
	drivers  map[resource.Type]drive.Driver
	said     []string // what the seed printed
}

func seedMoto(t *testing.T, seed string) seeded {
	t.Helper()
	m := seeded{endpoint: outside.Moto(t)}
	outside.MotoReset(t)
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	m.config = awsclient.Static(region, m.endpoint, credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""), http.DefaultClient)
	at := resource.Scope{Partition: "aws", Account: motoAccount, Region: region}
	m.drivers = hooks.Drivers(drive.Clients{Config: m.config, Lane: awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(motoAccount, region), Scope: at})
	out, err := exec.CommandContext(t.Context(), outside.Python(t), "-c", seed, m.endpoint).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m.said = strings.Fields(string(out))
	return m
}

// turn is a change of one thing. Nil is an element of a list that is not there.
type turn struct {
	thing  plan.Thing
	before map[string]any
	want   map[string]any
}

// there leaves out what is not there, as what is read does.
func there(values map[string]any) map[string]any {
	values = maps.Clone(values)
	maps.DeleteFunc(values, func(_ string, v any) bool { return v == nil })
	return values
}

// drive makes the change, in as many calls as it takes, and reads it back.
func (c turn) drive(t *testing.T, drivers map[resource.Type]drive.Driver) {
	t.Helper()
	d := drivers[c.thing.Type]
	if d == nil {
		t.Fatal("there is no driver")
	}
	var names []string
	for name := range c.want {
		names = append(names, name)
	}
	state, err := d.Read(t.Context(), c.thing, names)
	if diff := cmp.Diff(there(c.before), state.Values); err != nil || diff != "" {
		t.Fatalf("before: %v\n%s", err, diff)
	}
	for left := maps.Clone(c.want); len(left) > 0; {
		done, err := d.Write(t.Context(), c.thing, drive.Writing{Want: left, Decide: func(_ drive.State, group []string) (map[string]any, error) {
			values := map[string]any{}
			for _, name := range group {
				values[name] = c.want[name]
			}
			return values, nil
		}})
		if err != nil || len(done.Sent) == 0 {
			t.Fatalf("%v, %v", done, err)
		}
		for _, name := range done.Sent {
			delete(left, name)
		}
	}
	state, err = d.Read(t.Context(), c.thing, names)
	if diff := cmp.Diff(there(c.want), state.Values); err != nil || diff != "" {
		t.Fatalf("after: %v\n%s", err, diff)
	}
}

// TestRoomDriver changes things of several services in moto by their rooms alone,
// over each protocol, and finds what it wrote, and nothing else changed.
func TestRoomDriver(t *testing.T) {
	m := seedMoto(t, seedRooms)
	drivers := m.drivers
	const block, pitr = "PublicAccessBlockConfiguration.", "PointInTimeRecoverySpecification."
	for _, c := range []turn{
		{plan.Thing{Type: "AWS::SQS::Queue", ARN: "arn:aws:sqs:ap-northeast-1:" + motoAccount + ":orders"}, map[string]any{"SqsManagedSseEnabled": false}, map[string]any{"SqsManagedSseEnabled": true}},
		{
			plan.Thing{Type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::orders-data"},
			map[string]any{block + "BlockPublicAcls": false, block + "IgnorePublicAcls": false, block + "BlockPublicPolicy": false, block + "RestrictPublicBuckets": false},
			map[string]any{block + "BlockPublicAcls": true, block + "IgnorePublicAcls": true, block + "BlockPublicPolicy": true, block + "RestrictPublicBuckets": true},
		},
		{plan.Thing{Type: "AWS::DynamoDB::Table", ARN: "arn:aws:dynamodb:ap-northeast-1:" + motoAccount + ":table/orders"}, map[string]any{pitr + "PointInTimeRecoveryEnabled": false}, map[string]any{pitr + "PointInTimeRecoveryEnabled": true}},
		{plan.Thing{Type: "AWS::CloudTrail::Trail", ARN: "arn:aws:cloudtrail:ap-northeast-1:" + motoAccount + ":trail/all"}, map[string]any{"EnableLogFileValidation": false}, map[string]any{"EnableLogFileValidation": true}},
		{
			plan.Thing{Type: "AWS::S3::AccountPublicAccessBlock", ARN: "AWS::::Account:" + motoAccount},
			map[string]any{"BlockPublicAcls": false, "IgnorePublicAcls": false, "BlockPublicPolicy": false, "RestrictPublicBuckets": false},
			map[string]any{"BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true},
		},
	} {
		t.Run(string(c.thing.Type), func(t *testing.T) { c.drive(t, drivers) })
	}
	attributes, err := wire.New(m.config).Call(t.Context(), "sqs", "GetQueueAttributes", map[string]any{"QueueUrl": m.endpoint + "/" + motoAccount + "/orders", "AttributeNames": []any{"All"}})
	if err != nil || wire.At(attributes, "Attributes.DelaySeconds") != "5" {
		t.Errorf("the queue's delay was changed: %v, %v", attributes, err)
	}
	gone := plan.Thing{Type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::nobodys"}
	if state, err := drivers[gone.Type].Read(t.Context(), gone, []string{block + "BlockPublicAcls"}); err != nil || state.Exists {
		t.Errorf("a bucket that is not there: %+v, %v", state, err)
	}
}
