package execute_test

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// seedQuery makes one thing of each type of EC2 and RDS that can be changed, open.
const seedQuery = `
import boto3, sys
def client(name):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name="ap-northeast-1", aws_access_key_id="a", aws_secret_access_key="b")
ec2, rds = client("ec2"), client("rds")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
for attribute in "MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation":
    ec2.modify_subnet_attribute(SubnetId=subnet, **{attribute: {"Value": True}})
group = ec2.create_security_group(VpcId=vpc, GroupName="web", Description="web")["GroupId"]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8"}]}])
instance = ec2.run_instances(ImageId=ec2.describe_images()["Images"][0]["ImageId"], MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
template = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"InstanceType": "t3.micro"})["LaunchTemplate"]["LaunchTemplateId"]
ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData={"InstanceType": "t3.small"})
rds.create_db_instance(DBInstanceIdentifier="orders", DBInstanceClass="db.t3.micro", Engine="mysql", AllocatedStorage=20, MasterUsername="a", MasterUserPassword="bcdefghij", PubliclyAccessible=True)
rds.create_db_cluster(DBClusterIdentifier="orders", Engine="aurora-mysql", MasterUsername="a", MasterUserPassword="bcdefghij")
rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="orders-1")
rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="orders-1", AttributeName="restore", ValuesToAdd=["all", "111111111111"])
client("s3").create_bucket(Bucket="logs", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
ec2.create_flow_logs(ResourceType="VPC", ResourceIds=[vpc], TrafficType="REJECT", LogDestinationType="s3", LogDestination="arn:aws:s3:::logs")
print(subnet, group, instance, template)
`

// TestRoomDriverQuery changes things of EC2 and RDS, whose protocols are alike and
// no other's.
func TestRoomDriverQuery(t *testing.T) {
	m := seedMoto(t, seedQuery)
	subnet, group, instance, template := m.said[0], m.said[1], m.said[2], m.said[3]
	const ec2, rds = "arn:aws:ec2:ap-northeast-1:" + motoAccount + ":", "arn:aws:rds:ap-northeast-1:" + motoAccount + ":"
	const metadata, ssh = "MetadataOptions.", `SecurityGroupIngress["tcp 22 22 0.0.0.0/0"]`
	rule := map[string]any{"IpProtocol": "tcp", "FromPort": 22.0, "ToPort": 22.0, "CidrIp": "0.0.0.0/0", "Rule": "tcp 22 22 0.0.0.0/0"}
	for _, c := range []turn{
		{
			plan.Thing{Type: "AWS::EC2::Subnet", ARN: ec2 + "subnet/" + subnet},
			map[string]any{"MapPublicIpOnLaunch": true, "AssignIpv6AddressOnCreation": true}, map[string]any{"MapPublicIpOnLaunch": false, "AssignIpv6AddressOnCreation": false},
		},
		{plan.Thing{Type: "AWS::EC2::EbsEncryptionByDefault", ARN: "AWS::::Account:" + motoAccount}, map[string]any{"EbsEncryptionByDefault": false}, map[string]any{"EbsEncryptionByDefault": true}},
		{plan.Thing{Type: "AWS::EC2::EbsEncryptionByDefault", ARN: "AWS::::Account:" + motoAccount}, map[string]any{"EbsEncryptionByDefault": true}, map[string]any{"EbsEncryptionByDefault": false}},
		{plan.Thing{Type: "AWS::EC2::Instance", ARN: ec2 + "instance/" + instance}, map[string]any{metadata + "HttpTokens": "optional"}, map[string]any{metadata + "HttpTokens": "required"}},
		{plan.Thing{Type: "AWS::EC2::LaunchTemplate", ARN: ec2 + "launch-template/" + template}, map[string]any{"DefaultVersionNumber": 1.0}, map[string]any{"DefaultVersionNumber": 2.0}},
		{plan.Thing{Type: "AWS::EC2::SecurityGroup", ARN: ec2 + "security-group/" + group}, map[string]any{ssh: rule}, map[string]any{ssh: nil}},
		{plan.Thing{Type: "AWS::EC2::SecurityGroup", ARN: ec2 + "security-group/" + group}, map[string]any{ssh: nil}, map[string]any{ssh: rule}},
		{
			plan.Thing{Type: "AWS::RDS::DBInstance", ARN: rds + "db:orders"},
			map[string]any{"PubliclyAccessible": true, "EnableIAMDatabaseAuthentication": false, "BackupRetentionPeriod": 1.0}, map[string]any{"PubliclyAccessible": false, "EnableIAMDatabaseAuthentication": true, "BackupRetentionPeriod": 7.0},
		},
		{plan.Thing{Type: "AWS::RDS::DBCluster", ARN: rds + "cluster:orders"}, map[string]any{"DeletionProtection": false}, map[string]any{"DeletionProtection": true}},
		{plan.Thing{Type: "AWS::RDS::DBSnapshot", ARN: rds + "snapshot:orders-1"}, map[string]any{"SharedAccounts": []string{"all", "111111111111"}}, map[string]any{"SharedAccounts": []string{"111111111111"}}},
	} {
		t.Run(string(c.thing.Type), func(t *testing.T) { c.drive(t, m.drivers) })
	}
	kept := []string{metadata + "HttpEndpoint"}
	if state, err := m.drivers["AWS::EC2::Instance"].Read(t.Context(), thing("AWS::EC2::Instance", ec2+"instance/"+instance), kept); err != nil || state.Values[kept[0]] != "enabled" {
		t.Errorf("the metadata service was switched off: %v, %v", state.Values, err)
	}
	gone := plan.Thing{Type: "AWS::EC2::Subnet", ARN: ec2 + "subnet/subnet-0123456789abcdef0"}
	if state, err := m.drivers[gone.Type].Read(t.Context(), gone, []string{"MapPublicIpOnLaunch"}); err != nil || state.Exists {
		t.Errorf("a subnet that is not there: %+v, %v", state, err)
	}
}

// TestRoomsFound lists the things of EC2 and RDS, and knows all of them that
// answers tell.
func TestRoomsFound(t *testing.T) {
	m := seedMoto(t, seedQuery)
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	a := &asker.Asker{
		Scope: resource.Scope{Partition: "aws", Account: motoAccount, Region: region}, Lane: awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(motoAccount, region),
		Client: wire.New(m.config), Looks: func(resource.Type, string) bool { return true },
	}
	for _, s := range catalog.Services() {
		for i := range s.Rooms {
			if r := &s.Rooms[i]; slices.Contains([]string{"ec2", "rds"}, s.Package) && !r.Setting {
				t.Run(string(r.Type), func(t *testing.T) { findAll(t, a, catalog.Find(r.Type)) })
			}
		}
	}
}

func findAll(t *testing.T, a *asker.Asker, e *catalog.Entry) {
	finds := &e.Room.Finds
	call := asker.Declare(e, finds)
	in, _ := a.Input(finds.In, asker.About{})
	items, err := a.Items(t.Context(), e, finds, call, in.(room.Tree))
	if err != nil || len(items) == 0 {
		t.Fatal(items, err)
	}
	var found []asker.About
	for _, item := range items {
		found = append(found, asker.About{Tree: item})
	}
	all, err := a.Learn(t.Context(), e, found)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		res, gaps, ok := a.Make(e, &all[i], call, nil)
		if !ok || len(gaps) > 0 {
			t.Fatal(all[i].Tree, gaps)
		}
		for _, p := range e.Room.Properties {
			if _, present := asker.Slot(res, p.Name).Any(); p.Path(room.Answer) != room.None && present == fact.Unknown {
				t.Errorf("%s of %s is not known", p.Name, res.GetMeta().Name)
			}
		}
	}
}
