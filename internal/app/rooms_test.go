package app_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	contacts "github.com/kumoban/kumoban/controls/account"
	"github.com/kumoban/kumoban/controls/cloudfront"
	"github.com/kumoban/kumoban/controls/cloudtrail"
	"github.com/kumoban/kumoban/controls/dynamodb"
	"github.com/kumoban/kumoban/controls/ec2"
	"github.com/kumoban/kumoban/controls/ecs"
	"github.com/kumoban/kumoban/controls/elb"
	"github.com/kumoban/kumoban/controls/iam"
	"github.com/kumoban/kumoban/controls/kms"
	"github.com/kumoban/kumoban/controls/lambda"
	"github.com/kumoban/kumoban/controls/rds"
	"github.com/kumoban/kumoban/controls/s3"
	"github.com/kumoban/kumoban/controls/sqs"
	"github.com/kumoban/kumoban/controls/ssm"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	types "github.com/kumoban/kumoban/types/ec2"
)

// byRooms are the controls whose resource types are rooms.
func byRooms() []*control.Control {
	all := slices.Concat(contacts.Controls(), cloudfront.Controls(), cloudtrail.Controls(), dynamodb.Controls(), ec2.Controls(), ecs.Controls(), elb.Controls(),
		iam.Controls(), kms.Controls(), lambda.Controls(), rds.Controls(), s3.Controls(), sqs.Controls(), ssm.Controls())
	for _, c := range all {
		c.Describe()
	}
	return all
}

// motoRoom is an account in moto, seeded by a script.
type motoRoom struct {
	t   *testing.T
	env *app.Env
	dir string
}

// inMoto empties moto and runs a seed, which has client(name) to make things with.
func inMoto(t *testing.T, seed string) *motoRoom {
	t.Helper()
	endpoint := outside.Moto(t)
	outside.MotoReset(t)
	seed = `
import boto3, sys
def client(name, region="ap-northeast-1"):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name=region, aws_access_key_id="a", aws_secret_access_key="b")
` + seed
	if out, err := exec.CommandContext(t.Context(), outside.Python(t), "-c", seed, endpoint).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m := &motoRoom{t: t, dir: t.TempDir()}
	m.env = environment(t, &bytes.Buffer{})
	m.env.Controls = byRooms()
	start, asked := time.Now(), atomic.Int64{} // Regions ask side by side
	m.env.Now = func() time.Time {             // nobody waits for long
		return start.Add(time.Duration(asked.Add(1)) * 20 * time.Second)
	}
	m.env.Load = func(context.Context, string) (aws.Config, error) {
		return awsclient.Static(region, endpoint, credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""), http.DefaultClient), nil
	}
	return m
}

func (m *motoRoom) options() app.FixOptions {
	return app.FixOptions{Region: region, Rate: rate(m.t, "max")}
}

// wishes are what fails of a control and fits a name, if one is given.
func (m *motoRoom) wishes(id, name string) []app.Wish {
	m.t.Helper()
	wishes, err := app.ScannedWishes(m.t.Context(), m.env, m.options(), control.Selection{Patterns: []string{id}}, app.WishFilter{})
	if err != nil {
		m.t.Fatal(err)
	}
	return slices.DeleteFunc(wishes, func(w app.Wish) bool { return !strings.Contains(w.Ref.ARN, name) })
}

func (m *motoRoom) plan(r *round) *plan.Plan {
	m.t.Helper()
	wishes := m.wishes(r.control, r.name)
	if len(wishes) != 1 {
		m.t.Fatalf("%d things fail %s, not one: %v", len(wishes), r.control, wishes)
	}
	p, err := app.MakePlan(m.t.Context(), m.env, app.PlanOptions{FixOptions: m.options(), Wishes: wishes, Remedy: r.remedy, Inputs: r.inputs})
	if err != nil {
		m.t.Fatalf("plan: %v", err)
	}
	return p
}

// round is a control that fails of one thing, and how that is mended.
type round struct {
	control string
	name    string // a part of the thing's ARN
	remedy  string // "": the usual
	inputs  map[string]string
	seed    string
	undo    string // the key of the error of an undo; "": the thing fails again
}

func rounds() []round {
	return []round{
		{control: "DynamoDB.2", seed: `
client("dynamodb").create_table(TableName="orders", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])`},
		{control: "EC2.15", seed: `
ec2 = client("ec2")
for s in ec2.describe_subnets()["Subnets"]:
    ec2.delete_subnet(SubnetId=s["SubnetId"])
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
ec2.modify_subnet_attribute(SubnetId=subnet, AssignIpv6AddressOnCreation={"Value": True})`},
		{control: "S3.1", name: "AWS::::Account"},
		{control: "EC2.19", name: "sg-", remedy: "restrict", inputs: map[string]string{"cidr": "203.0.113.0/24"}, seed: openGroupSeed},
		{control: "EC2.25", seed: `
client("ec2").create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"InstanceType": "t3.micro", "NetworkInterfaces": [
    {"DeviceIndex": 0, "AssociatePublicIpAddress": True, "SubnetId": "subnet-12345678"}]})`},
		{control: "KMS.3", undo: "run.undoDestroys", seed: `
key = client("kms").create_key()["KeyMetadata"]["KeyId"]
client("kms").schedule_key_deletion(KeyId=key)`},
	}
}

const (
	defaultGroupSeed = `
ec2 = client("ec2")
for g in ec2.describe_security_groups()["SecurityGroups"]:
    if g["GroupName"] == "default" and g["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=g["GroupId"], IpPermissions=g["IpPermissionsEgress"])
    if g["GroupName"] == "default" and g["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=g["GroupId"], IpPermissions=g["IpPermissions"])
ec2.create_vpc(CidrBlock="10.0.0.0/16")
`
	openGroupSeed = `
ec2 = client("ec2")
vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
    {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "for a while"}]},
    {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
`
)

// TestMadeByRoom makes a flow log as its room says, once, and takes it away again.
func TestMadeByRoom(t *testing.T) {
	m := inMoto(t, `
client("s3").create_bucket(Bucket="logs", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
`+defaultGroupSeed)
	const vpcs = "AWS::EC2::VPC"
	m.env.Controls = []*control.Control{{ID: "EC2.6", Files: fstest.MapFS{}, Checks: []control.Check{control.On(func(v *types.VPC, _ control.Params) control.Verdict { return control.Fail("fail") })}, Remedies: []remedy.Remedy{{
		Name: "flow-log", On: vpcs, Does: []remedy.Effect{remedy.Costs}, Ensure: func(c remedy.Case) ([]remedy.Ensure, error) {
			ref := c.Resource.GetMeta().Ref
			return []remedy.Ensure{{ID: "flow-log", Make: true, Thing: resource.Ref{Scope: ref.Scope, Type: "AWS::EC2::FlowLog", Name: ref.Name + " REJECT"}, Set: []remedy.Property{
				{Name: "ResourceId", Value: ref.Name}, {Name: "TrafficType", Value: "REJECT"}, {Name: "LogDestinationType", Value: "s3"}, {Name: "LogDestination", Value: "arn:aws:s3:::logs"},
			}}}, nil
		},
	}}}}
	wishes := m.wishes("EC2.6", "")
	p, err := app.MakePlan(t.Context(), m.env, app.PlanOptions{FixOptions: m.options(), Wishes: wishes[:1]})
	if err != nil || len(p.Steps) != 1 || !p.Steps[0].Make {
		t.Fatalf("%+v, %v", p, err)
	}
	made, err := app.Apply(t.Context(), m.env, p, m.options(), m.dir, func(execute.Report) {})
	if err != nil {
		t.Fatal(err)
	}
	there := func() int {
		again, err := app.MakePlan(t.Context(), m.env, app.PlanOptions{FixOptions: m.options(), Wishes: wishes[:1]})
		if err != nil {
			t.Fatal(err)
		}
		return len(again.Steps)
	}
	if there() != 0 {
		t.Error("the flow log is not seen")
	}
	if _, err := app.Undo(t.Context(), m.env, made.Run, m.options(), m.dir, func(execute.Report) {}); err != nil {
		t.Fatal(err)
	}
	if there() != 1 {
		t.Error("the flow log was not taken away")
	}
}

// TestRoundsByRooms takes things from FAILED over plan and apply to PASSED, and back,
// by their rooms alone.
func TestRoundsByRooms(t *testing.T) {
	for _, c := range rounds() {
		t.Run(strings.Trim(c.control+" "+c.remedy, " "), func(t *testing.T) {
			m := inMoto(t, c.seed)
			p := m.plan(&c)
			r, err := app.Apply(t.Context(), m.env, p, m.options(), m.dir, func(execute.Report) {})
			if err != nil {
				t.Fatalf("apply: %v", err)
			}
			if !r.Mended() {
				t.Fatalf("%+v", r.Outcomes[0].Finding)
			}
			if v, err := app.Verify(t.Context(), m.env, r.Run, m.options(), m.dir); err != nil || !v.Mended() {
				t.Fatalf("verify: %+v, %v", v, err)
			}
			_, err = app.Undo(t.Context(), m.env, r.Run, m.options(), m.dir, func(execute.Report) {})
			if c.undo != "" {
				if !says(err, c.undo) {
					t.Fatalf("undo: %v, want %s", err, c.undo)
				}
				return
			}
			if err != nil {
				t.Fatalf("undo: %v", err)
			}
			again := m.plan(&c)
			for i := range again.Steps {
				for n, change := range again.Steps[i].Changes {
					if before := p.Steps[i].Changes[n]; before.Property != change.Property || !plan.Equal(before.Was, change.Was) {
						t.Errorf("before: %+v, after the undo: %+v", before, change)
					}
				}
			}
		})
	}
}

// says tells whether an error is the sentence of a key.
func says(err error, key string) bool {
	var ours *locale.Error
	return errors.As(err, &ours) && ours.Key == key
}
