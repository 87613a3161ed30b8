package app_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/dynamodb"
	"github.com/kumoban/kumoban/types/ec2"
	"github.com/kumoban/kumoban/types/sqs"
)

// motoRoom is an account in moto, seeded by a script, with controls of its own.
type motoRoom struct {
	t    *testing.T
	env  *app.Env
	dir  string
	said []string
	told []string
}

// inMoto empties moto and runs a seed, which has client(name) to make things with.
func inMoto(t *testing.T, seed string, all ...*control.Control) *motoRoom {
	t.Helper()
	endpoint := outside.Moto(t)
	outside.MotoReset(t)
	seed = `
import boto3, sys
def client(name):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name="ap-northeast-1", aws_access_key_id="a", aws_secret_access_key="b")
` + seed
	if out, err := exec.CommandContext(t.Context(), outside.Python(t), "-c", seed, endpoint).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m := &motoRoom{t: t, dir: t.TempDir()}
	m.env = environment(t, &bytes.Buffer{})
	m.env.Controls = all
	m.env.Load = func(context.Context, string) (aws.Config, error) {
		return awsclient.Static(region, endpoint, credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""), http.DefaultClient), nil
	}
	return m
}

func (m *motoRoom) options() app.FixOptions {
	return app.FixOptions{Region: region, Rate: rate(m.t, "max")}
}

// wishes are what fails of a control.
func (m *motoRoom) wishes(id string) []app.Wish {
	m.t.Helper()
	wishes, err := app.ScannedWishes(m.t.Context(), m.env, m.options(), control.Selection{Patterns: []string{id}}, app.WishFilter{})
	if err != nil {
		m.t.Fatal(err)
	}
	return wishes
}

func (m *motoRoom) plan(id string, inputs map[string]string) *plan.Plan {
	m.t.Helper()
	wishes := m.wishes(id)
	if len(wishes) != 1 {
		m.t.Fatalf("%d things fail %s, not one: %v", len(wishes), id, wishes)
	}
	p, err := app.MakePlan(m.t.Context(), m.env, app.PlanOptions{FixOptions: m.options(), Wishes: wishes, Inputs: inputs})
	if err != nil {
		m.t.Fatal(err)
	}
	return p
}

func (m *motoRoom) apply(p *plan.Plan) *app.RunResult {
	m.t.Helper()
	r, err := app.Apply(m.t.Context(), m.env, p, m.options(), m.dir, func(execute.Report) {})
	if err != nil {
		m.t.Fatal(err)
	}
	return r
}

// folder is where a control's texts are.
func folder(name string) control.Control {
	return control.Control{ID: "", Files: os.DirFS(filepath.Join("..", "..", "controls", name))}
}

func sqs1() *control.Control {
	c := folder("sqs/encryption")
	c.ID = "SQS.1"
	c.Checks = []control.Check{control.On(func(q *sqs.Queue, _ control.Params) control.Verdict {
		switch fact.Filled(q.KmsMasterKeyId).Or(fact.Is(q.SqsManagedSseEnabled, true)) {
		case fact.True:
			return control.Pass("pass.sqs")
		case fact.False:
			return control.Fail("fail")
		}
		return control.Unread("SqsManagedSseEnabled", q.SqsManagedSseEnabled.Origin())
	})}
	c.Remedies = []remedy.Remedy{remedy.Set("sqs-key", sqs.QueueType, []remedy.Effect{remedy.Interrupts}, remedy.Property{Name: "SqsManagedSseEnabled", Value: true})}
	return &c
}

func dynamodb2() *control.Control {
	c := folder("dynamodb/pointintimerecovery")
	c.ID = "DynamoDB.2"
	c.Checks = []control.Check{control.Is(control.Property[*dynamodb.Table, bool]{Name: "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", Of: func(t *dynamodb.Table) fact.Value[bool] {
		spec, truth := t.PointInTimeRecoverySpecification.Get()
		if truth == fact.True {
			return spec.PointInTimeRecoveryEnabled
		}
		return fact.Unread[bool](nil)
	}}, true)}
	c.Remedies = []remedy.Remedy{remedy.Set("enable", dynamodb.TableType, []remedy.Effect{remedy.Costs}, remedy.Property{Name: "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", Value: true})}
	return &c
}

func ec215() *control.Control {
	c := folder("ec2/subnetpublicip")
	c.ID = "EC2.15"
	c.Checks = []control.Check{control.IsNot(control.Property[*ec2.Subnet, bool]{Name: "MapPublicIpOnLaunch", Of: func(s *ec2.Subnet) fact.Value[bool] { return s.MapPublicIpOnLaunch }}, true)}
	c.Remedies = []remedy.Remedy{remedy.Set("no-auto-assign", ec2.SubnetType, []remedy.Effect{remedy.Interrupts},
		remedy.Property{Name: "MapPublicIpOnLaunch", Value: false}, remedy.Property{Name: "AssignIpv6AddressOnCreation", Value: false})}
	return &c
}

const simpleSeed = `
client("sqs").create_queue(QueueName="orders", Attributes={"SqsManagedSseEnabled": "false", "DelaySeconds": "5"})
client("dynamodb").create_table(TableName="orders", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
ec2 = client("ec2")
for s in ec2.describe_subnets()["Subnets"]:
    ec2.delete_subnet(SubnetId=s["SubnetId"])
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
ec2.modify_subnet_attribute(SubnetId=subnet, AssignIpv6AddressOnCreation={"Value": True})
`

// TestRoundsByRooms takes things from FAILED over plan and apply to PASSED, and back,
// by their rooms alone.
func TestRoundsByRooms(t *testing.T) {
	for _, c := range []*control.Control{sqs1(), dynamodb2(), ec215()} {
		t.Run(c.ID, func(t *testing.T) {
			m := inMoto(t, simpleSeed, c)
			p := m.plan(c.ID, nil)
			r := m.apply(p)
			if !r.Mended() {
				t.Fatalf("%+v", r.Outcomes[0].Finding)
			}
			if v, err := app.Verify(t.Context(), m.env, r.Run, m.options(), m.dir); err != nil || !v.Mended() {
				t.Fatalf("%+v, %v", v, err)
			}
			if _, err := app.Undo(t.Context(), m.env, r.Run, m.options(), m.dir, func(execute.Report) {}); err != nil {
				t.Fatal(err)
			}
			if again := m.plan(c.ID, nil); again.Steps[0].Thing != p.Steps[0].Thing {
				t.Errorf("%+v", again.Steps)
			}
		})
	}
}
