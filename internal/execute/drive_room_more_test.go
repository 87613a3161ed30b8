package execute_test

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"os/exec"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/execute/hooks"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// seedMore makes one thing of each type, and says how AWS names them.
const seedMore = `
import boto3, io, json, sys, zipfile
def client(name):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name="ap-northeast-1", aws_access_key_id="a", aws_secret_access_key="b")
ec2 = client("ec2")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone="ap-northeast-1" + z)["Subnet"]["SubnetId"] for i, z in enumerate("ac")]
group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
lb = client("elbv2").create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=lb, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "77"}])
ecs = client("ecs")
ecs.create_cluster(clusterName="main")
ecs.register_task_definition(family="t", networkMode="awsvpc", containerDefinitions=[{"name": "c", "image": "i", "memory": 64}])
def service(name):
    return ecs.create_service(cluster="main", serviceName=name, taskDefinition="t", desiredCount=0, launchType="FARGATE", networkConfiguration={
        "awsvpcConfiguration": {"subnets": subnets[:1], "securityGroups": [group], "assignPublicIp": "ENABLED"}})["service"]["serviceArn"]
web, old = service("web"), service("old")
ecs.delete_service(cluster="main", service="old", force=True)
iam = client("iam")
role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
iam.create_user(UserName="ann", Path="/a/b/")
key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
iam.update_account_password_policy(MinimumPasswordLength=6, RequireNumbers=True, PasswordReusePrevention=3, AllowUsersToChangePassword=True)
body = io.BytesIO()
with zipfile.ZipFile(body, "w") as z:
    z.writestr("f.py", "")
fn = client("lambda").create_function(FunctionName="f", Runtime="python3.13", Role=role, Handler="f.h", Code={"ZipFile": body.getvalue()},
    VpcConfig={"SubnetIds": subnets[:1], "SecurityGroupIds": [group]})["FunctionArn"]
print(json.dumps({"lb": lb, "web": web, "old": old, "key": key, "fn": fn, "subnet": subnets[0], "other": subnets[1], "group": group, "role": role}))
`

// moreRooms seeds moto, and returns who asks it, the drivers, and what was made.
func moreRooms(t *testing.T) (*asker.Asker, map[resource.Type]drive.Driver, map[string]string) {
	t.Helper()
	endpoint := outside.Moto(t)
	outside.MotoReset(t)
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	config := awsclient.Static(region, endpoint, credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""), http.DefaultClient)
	at := resource.Scope{Partition: "aws", Account: motoAccount, Region: region}
	lane := awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(motoAccount, region)
	out, err := exec.CommandContext(t.Context(), outside.Python(t), "-c", seedMore, endpoint).Output()
	made := map[string]string{}
	if err == nil {
		err = json.Unmarshal(out, &made)
	}
	if err != nil {
		t.Fatal(err)
	}
	all := func(resource.Type, string) bool { return true }
	return &asker.Asker{Scope: at, Lane: lane, Client: wire.New(config), Looks: all}, hooks.Drivers(drive.Clients{Config: config, Lane: lane, Scope: at}), made
}

// TestMoreRooms changes things whose calls are of other shapes: a list of keys and
// values, an object taken whole, a setting that may be absent, one of a list.
func TestMoreRooms(t *testing.T) {
	ask, drivers, made := moreRooms(t)
	const network, policy, key = "NetworkConfiguration.AwsvpcConfiguration.", "AWS::IAM::AccountPasswordPolicy", "AccessKeys["
	type values = map[string]any
	account := resource.OfAccount(ask.Scope).ARN
	status := key + `"` + made["key"] + `"].Status`
	for _, c := range []struct {
		thing        plan.Thing
		before, want values
		kept         values // what the call must not change
	}{
		{plan.Thing{Type: "AWS::ElasticLoadBalancingV2::LoadBalancer", ARN: made["lb"]}, values{"DropInvalidHeaderFields": false}, values{"DropInvalidHeaderFields": true}, nil},
		{
			plan.Thing{Type: "AWS::ECS::Service", ARN: made["web"]}, values{network + "AssignPublicIp": "ENABLED"}, values{network + "AssignPublicIp": "DISABLED"},
			values{network + "Subnets": []string{made["subnet"]}, network + "SecurityGroups": []string{made["group"]}},
		},
		{
			plan.Thing{Type: "AWS::Lambda::Function", ARN: made["fn"]}, values{"VpcConfig.SubnetIds": []string{made["subnet"]}},
			values{"VpcConfig.SubnetIds": []string{made["subnet"], made["other"]}}, values{"VpcConfig.SecurityGroupIds": []string{made["group"]}, "Runtime": "python3.13"},
		},
		{
			plan.Thing{Type: policy, ARN: account}, values{"MinimumPasswordLength": 6.0, "RequireSymbols": false}, values{"MinimumPasswordLength": 14.0, "RequireSymbols": true},
			values{"RequireNumbers": true, "RequireLowercaseCharacters": false, "PasswordReusePrevention": 3.0, "MaxPasswordAge": nil, "AllowUsersToChangePassword": true},
		},
		{plan.Thing{Type: policy, ARN: account}, values{"MinimumPasswordLength": 14.0}, values{"MinimumPasswordLength": nil}, nil}, // which takes the policy away
		{plan.Thing{Type: policy, ARN: account}, values{"MinimumPasswordLength": nil, "RequireNumbers": nil}, values{"MinimumPasswordLength": 8.0, "RequireNumbers": true}, values{"RequireSymbols": false}},
		{plan.Thing{Type: "AWS::IAM::User", ARN: "arn:aws:iam::" + motoAccount + ":user/a/b/ann"}, values{status: "Active"}, values{status: "Inactive"}, nil},
	} {
		t.Run(string(c.thing.Type), func(t *testing.T) {
			d := drivers[c.thing.Type]
			if d == nil {
				t.Fatal("there is no driver")
			}
			read := func(want values) {
				t.Helper()
				var names []string
				for name := range want {
					names = append(names, name)
				}
				state, err := d.Read(t.Context(), c.thing, names)
				want = maps.Clone(want)
				maps.DeleteFunc(want, func(_ string, v any) bool { return v == nil }) // what is absent is left out
				if diff := cmp.Diff(want, state.Values); err != nil || !state.Exists || diff != "" {
					t.Fatalf("%v\n%s", err, diff)
				}
			}
			read(c.before)
			done, err := d.Write(t.Context(), c.thing, drive.Writing{Want: c.want, Decide: func(drive.State, []string) (map[string]any, error) { return c.want, nil }})
			if err != nil || len(done.Sent) != len(c.want) {
				t.Fatalf("%v, %v", done, err)
			}
			read(c.want)
			if c.kept != nil {
				read(c.kept)
			}
		})
	}
	out, err := ask.Client.Call(t.Context(), "elbv2", "DescribeLoadBalancerAttributes", room.Tree{"LoadBalancerArn": made["lb"]})
	if got := room.TextOf(out, "Attributes[Key=idle_timeout.timeout_seconds].Value"); err != nil || got != "77" {
		t.Errorf("another attribute was changed: %q, %v", got, err)
	}
	service := catalog.Find("AWS::ECS::Service")
	below := room.Tree{"clusterName": "main"}
	items, err := ask.Items(t.Context(), service, &service.Room.Finds, asker.Declare(service, &service.Room.Finds), room.Tree{"cluster": "main"})
	if err != nil || len(items) != 2 { // moto lists what was deleted, AWS does not
		t.Fatalf("services of the cluster: %v, %v", items, err)
	}
	all, err := ask.Learn(t.Context(), service, []asker.About{{Tree: items[0], Under: below}, {Tree: items[1], Under: below}, {Tree: room.Tree{"serviceName": "none"}, Under: below}})
	if err != nil || len(all[0].Failed)+len(all[1].Failed) != 0 || len(all[2].Failed) != 1 {
		t.Fatalf("described together: %+v, %v", all, err)
	}
	for i, name := range []string{"old", "web"} {
		if got := room.TextOf(all[i].Tree, "serviceName"); got != name || asker.Ours(service, &all[i]) != (name == "web") {
			t.Errorf("service %d: %+v", i, all[i].Tree)
		}
	}
	if got := room.TextOf(all[1].Tree, network+"AssignPublicIp"); got != "DISABLED" {
		t.Errorf("described together: %q", got)
	}
	gone := plan.Thing{Type: "AWS::ECS::Service", ARN: made["old"]}
	if state, err := drivers[gone.Type].Read(t.Context(), gone, []string{network + "AssignPublicIp"}); err != nil || state.Exists {
		t.Errorf("a service that was deleted: %+v, %v", state, err)
	}
}

// TestCredentialReport reads what moto says of a user and of root: the report, the
// keys, their uses.
func TestCredentialReport(t *testing.T) {
	ask, _, made := moreRooms(t)
	e := catalog.Find("AWS::IAM::User")
	p, _, err := ask.Alone(t.Context(), e, ask.Names(e, "arn:aws:iam::"+motoAccount+":user/a/b/ann"))
	if err != nil || len(p.Failed) > 0 {
		t.Fatalf("%v, %v", err, p)
	}
	for path, want := range map[string]string{
		"Credentials.AccessKey1Active": "true", "Credentials.AccessKey2Active": "false", "Credentials.PasswordEnabled": "false",
		"AccessKeys[0].AccessKeyId": made["key"], "AccessKeyUses[0].AccessKeyId": made["key"],
	} {
		if got := room.TextOf(p.Tree, path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if made, _ := room.Get(p.Tree, "Credentials.GeneratedTime"); made == nil {
		t.Error("nobody knows when the report was made")
	}
	all, err := ask.Learn(t.Context(), e, []asker.About{{Tree: room.Tree{"UserName": "ann", "Arn": "arn:aws:iam::" + motoAccount + ":user/later"}}})
	if err != nil || len(all) != 1 || len(all[0].Failed) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	for _, failed := range all[0].Failed {
		if f := awsclient.AsFault(failed); f.Class == awsclient.NotFound || f.Call != "iam:GetCredentialReport" {
			t.Errorf("a user that is younger than the report: %v", f)
		}
	}
	if calls := asker.DeclareAll(e, &e.Room.Each[0]); len(calls) != 2 || calls[1].Name() != "iam:GenerateCredentialReport" || calls[1].Resource != "*" {
		t.Errorf("calls %v", calls)
	}
	e = catalog.Find("AWS::IAM::AccountSummary")
	p, _, err = ask.Alone(t.Context(), e, map[string]string{})
	if err != nil || len(p.Failed) > 0 {
		t.Fatalf("%v, %v", err, p)
	}
	if got := room.TextOf(p.Tree, "SummaryMap.AccountAccessKeysPresent"); got != "0" {
		t.Errorf("root's keys: %q", got)
	}
}
