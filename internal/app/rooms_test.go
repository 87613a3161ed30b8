package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// world is an account to mend, in moto or in a double.
type world struct {
	env     *app.Env
	at      resource.Scope
	load    func(region string) aws.Config
	names   map[string]string // what the seed says of what it made
	virtual bool              // its clock
	without []string          // controls whose calls it cannot answer
	dir     string
	as      *app.Role // in whose name steps are carried out; nil: whoever looks
}

// inMoto empties moto and runs the seed.
func inMoto(t *testing.T) *world {
	t.Helper()
	endpoint := outside.Moto(t)
	outside.MotoReset(t)
	out, err := exec.CommandContext(t.Context(), outside.Python(t), "testdata/rounds.py", endpoint).Output()
	w := &world{without: []string{"SSM.7"}, at: resource.Scope{Partition: "aws", Account: "123456789012", Region: region}}
	if err == nil {
		err = json.Unmarshal(out, &w.names)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("%v\n%s", err, exit.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.load = func(region string) aws.Config {
		return awsclient.Static(region, endpoint, credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""), http.DefaultClient)
	}
	w.enter(t)
	start, asked := time.Now(), atomic.Int64{} // Regions ask side by side
	w.env.Now = func() time.Time {             // nobody waits for long
		return start.Add(time.Duration(asked.Add(1)) * 20 * time.Second)
	}
	return w
}

func (w *world) enter(t *testing.T) {
	t.Helper()
	w.dir = t.TempDir()
	w.env = environment(t, &bytes.Buffer{})
	w.env.Controls = controls.All()
	w.env.Load = func(context.Context, string) (aws.Config, error) { return w.load(region), nil }
}

func (w *world) options(t *testing.T) app.FixOptions {
	t.Helper()
	return app.FixOptions{Region: region, Rate: rate(t, "max"), As: w.as}
}

// failing is all that fails, by control and ARN: what is the account's is planned by
// itself.
func (w *world) failing(t *testing.T) map[string]app.Wish {
	t.Helper()
	all := map[string]app.Wish{}
	for _, wide := range []bool{false, true} {
		s := control.Selection{}
		for _, c := range controls.All() {
			if catalog.WideControl(c) == wide && !strings.HasPrefix(c.ID, "APIGateway.") && !slices.Contains(w.without, c.ID) {
				s.Patterns = append(s.Patterns, c.ID)
			}
		}
		wishes, err := app.ScannedWishes(t.Context(), w.env, w.options(t), s, app.WishFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, wish := range wishes {
			all[wish.Control+" "+wish.Ref.ARN] = wish
		}
	}
	return all
}

// raw is all that AWS answers of a thing, by path.
func (w *world) raw(t *testing.T, p *plan.Plan, thing plan.Thing) map[string]any {
	t.Helper()
	e, at := catalog.Find(thing.Type), w.at
	at.Region = p.Region
	names := e.Room.Names(at, thing.ARN)
	if names == nil { // it has none yet
		return nil
	}
	a := asker.Asker{
		Scope: at, Client: wire.New(w.load(p.Region)), Lane: awsclient.NewLimits(rate(t, "max"), slog.New(slog.DiscardHandler)).Lane(at.Account, at.Region),
		Looks: func(_ resource.Type, property string) bool { return property != "Credentials" },
	}
	pieces, _, err := a.Alone(t.Context(), e, names)
	if err != nil {
		t.Fatalf("%s: %v", thing.ARN, err)
	}
	flat := map[string]any{}
	flatten("", pieces.Tree, flat)
	return flat
}

func isTree(v any) bool {
	_, is := v.(map[string]any)
	return is
}

func flatten(path string, v any, into map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			flatten(strings.TrimPrefix(path+"."+name, "."), inner, into)
		}
	case []any: // in any order
		for _, inner := range v {
			name := fmt.Sprint(inner)
			if m, is := inner.(map[string]any); is {
				for _, id := range []string{"Rule", "Key", "AttributeName", "ID", "Id", "PathPattern", "DeviceName", "AccessKeyId", "CidrIp", "GroupId", "DeviceIndex", "FromPort", "IpProtocol"} {
					if v, there := m[id]; there {
						name = fmt.Sprint(v)
						break
					}
				}
			}
			if flatten(path+"["+name+"]", inner, into); !isTree(inner) {
				into[path+"["+name+"]"] = true
			}
		}
	case nil:
	default:
		into[path] = v
	}
}

// differs lists the paths by which answers differ; of an element that one of them has
// not at all, that of the element.
func differs(a, b map[string]any) (paths []string) {
	for path, v := range a {
		if w, there := b[path]; !there {
			paths = append(paths, alone(path, b))
		} else if !reflect.DeepEqual(v, w) {
			paths = append(paths, path)
		}
	}
	for path := range b {
		if _, there := a[path]; !there {
			paths = append(paths, alone(path, a))
		}
	}
	return paths
}

// alone is the outermost element of a path of which an answer has nothing.
func alone(path string, answer map[string]any) string {
	for i := range path {
		within := path[:i+1]
		if path[i] == ']' && !slices.ContainsFunc(slices.Collect(maps.Keys(answer)), func(p string) bool { return strings.HasPrefix(p, within) }) {
			return within
		}
	}
	return path
}

// round is a control that fails of one thing, and how that is mended.
type round struct {
	control string
	thing   string // how the thing's ARN ends; "{name}" is what the seed says
	remedy  string // "": the usual
	inputs  map[string]string
	later   time.Duration // until AWS shows it
	undo    string        // the key of the error of an undo; "": the thing fails again
	changes []string      // the paths of AWS's answers that the remedy changes
	// otherwise are those that an undo leaves otherwise, though they mean the same: AWS
	// makes them anew, or says by now what silence meant.
	otherwise []string
}

func paths(list ...string) []string { return list }

func rounds() []round {
	in := func(list ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(list); i += 2 {
			m[list[i]] = list[i+1]
		}
		return m
	}
	return []round{
		{control: "SQS.1", thing: ":orders", remedy: "sqs-key", changes: paths("Attributes.SqsManagedSseEnabled")},
		{
			control: "SQS.1", thing: ":mail", remedy: "kms", inputs: in("kmsKey", "alias/aws/sqs"),
			changes: paths("Attributes.KmsDataKeyReusePeriodSeconds", "Attributes.KmsMasterKeyId"),
		},
		{
			control: "DynamoDB.2", thing: "table/orders", remedy: "enable",
			changes: paths(
				"PointInTimeRecoveryDescription.PointInTimeRecoveryStatus",
				"PointInTimeRecoveryDescription.RecoveryPeriodInDays",
			),
		},
		{
			control: "S3.1", remedy: "block",
			changes:   paths("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
			otherwise: paths("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
		},
		{
			control: "S3.8", thing: ":open", remedy: "block",
			changes: paths(
				"PublicAccessBlockConfiguration.BlockPublicPolicy",
				"PublicAccessBlockConfiguration.RestrictPublicBuckets",
			),
		},
		{
			control: "S3.9", thing: ":unlogged", remedy: "log-to-bucket", inputs: in("targetBucket", "logs"),
			changes: paths("LoggingEnabled.TargetBucket", "LoggingEnabled.TargetPrefix"),
		},
		{
			control: "S3.13", thing: ":forever", remedy: "abort-uploads",
			changes: paths(
				"LifecycleConfiguration.Rules[kumoban-abort-uploads]",
				"LifecycleConfiguration.TransitionDefaultMinimumObjectSize",
			),
		},
		{
			control: "S3.13", thing: ":kept", remedy: "abort-uploads",
			changes: paths("LifecycleConfiguration.Rules[kumoban-abort-uploads]"),
		},
		{
			control: "KMS.3", thing: "/{doomed}", remedy: "cancel", undo: "run.undoDestroys",
			changes: paths("DeletionDate", "KeyState"),
		},
		{
			control: "CloudTrail.2", thing: "/plain", remedy: "encrypt", inputs: in("kmsKey", "arn:aws:kms:ap-northeast-1:123456789012:key/{key}"),
			changes:   paths("KmsKeyId"),
			otherwise: paths("KmsKeyId"),
		},
		{control: "CloudTrail.4", thing: "/unchecked", remedy: "validate", changes: paths("LogFileValidationEnabled")},
		{
			control: "CloudTrail.5", thing: "/unwatched", remedy: "log-group", inputs: in("logGroup", "trails", "role", "{role}"),
			changes:   paths("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"),
			otherwise: paths("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"),
		},
		{
			control: "EC2.2", thing: "/{default}", remedy: "close",
			changes: paths(
				"IpPermissionsEgress[-1]", "IpPermissions[-1]", "SecurityGroupEgress[-1 - - 0.0.0.0/0]",
				"SecurityGroupIngress[-1 - - 123456789012/{default}]",
			),
		},
		{control: "EC2.6", thing: "/{vpc}", remedy: "flow-log", inputs: in("destination", "arn:aws:s3:::logs")},
		{control: "EC2.7", remedy: "enable", changes: paths("EbsEncryptionByDefault")},
		{
			control: "EC2.8", thing: "/{instance}", remedy: "require",
			changes: paths(
				"MetadataOptions.HttpProtocolIpv6", "MetadataOptions.HttpTokens",
				"MetadataOptions.InstanceMetadataTags",
			),
			otherwise: paths("MetadataOptions.HttpProtocolIpv6", "MetadataOptions.InstanceMetadataTags"),
		},
		{
			control: "EC2.15", thing: "/{subnet}", remedy: "no-auto-assign",
			changes: paths("AssignIpv6AddressOnCreation", "MapPublicIpOnLaunch"),
		},
		{
			control: "EC2.19", thing: "/{web}", remedy: "revoke",
			changes: paths("IpPermissions[22].IpRanges[0.0.0.0/0]", "SecurityGroupIngress[tcp 22 22 0.0.0.0/0]"),
		},
		{
			control: "EC2.19", thing: "/{office}", remedy: "restrict", inputs: in("cidr", "203.0.113.0/24"),
			changes: paths(
				"IpPermissions[22].IpRanges[0.0.0.0/0]", "IpPermissions[22].IpRanges[203.0.113.0/24]",
				"SecurityGroupIngress[tcp 22 22 0.0.0.0/0]", "SecurityGroupIngress[tcp 22 22 203.0.113.0/24]",
			),
		},
		{
			control: "EC2.25", thing: "/{template}", remedy: "new-default",
			changes: paths(
				"CreateTime", "LaunchTemplateData.NetworkInterfaces[0].AssociatePublicIpAddress", "VersionNumber",
			),
			otherwise: paths("CreateTime", "VersionNumber"),
		},
		{
			control: "RDS.1", thing: "snapshot:orders-1", remedy: "private",
			changes: paths("DBSnapshotAttributes[restore].AttributeValues[all]"),
		},
		{
			control: "RDS.1", thing: "cluster-snapshot:orders-c", remedy: "private",
			changes: paths("DBClusterSnapshotAttributes[restore].AttributeValues[all]"),
		},
		{control: "RDS.2", thing: "db:public", remedy: "private", changes: paths("PubliclyAccessible")},
		{control: "RDS.7", thing: "cluster:unprotected", remedy: "protect", changes: paths("DeletionProtection")},
		{
			control: "RDS.10", thing: "db:passwords", remedy: "iam-auth",
			changes: paths("IAMDatabaseAuthenticationEnabled"),
		},
		{
			control: "RDS.10", thing: "db:tokenless-1", remedy: "iam-auth",
			changes: paths("IAMDatabaseAuthenticationEnabled"),
		},
		{
			control: "RDS.11", thing: "db:brief", remedy: "backups", undo: "run.undoDestroys",
			changes: paths("BackupRetentionPeriod"),
		},
		{
			control: "RDS.11", thing: "db:short-1", remedy: "backups", undo: "run.undoDestroys",
			changes: paths("BackupRetentionPeriod"),
		},
		{
			control: "ELB.4", thing: "{lb}", remedy: "drop",
			changes:   paths("Attributes[routing.http.drop_invalid_header_fields.enabled]"),
			otherwise: paths("Attributes[routing.http.drop_invalid_header_fields.enabled]"),
		},
		{control: "ELB.14", thing: "loadbalancer/watching", remedy: "defensive", changes: paths("LoadBalancerAttributes.AdditionalAttributes[elb.http.desyncmitigationmode].Value")},
		{control: "ELB.14", thing: "loadbalancer/lenient", remedy: "strictest", changes: paths("LoadBalancerAttributes.AdditionalAttributes[elb.http.desyncmitigationmode].Value")},
		{
			control: "ECS.2", thing: "{service}", remedy: "no-public-ip",
			changes: paths("networkConfiguration.awsvpcConfiguration.assignPublicIp"),
		},
		{
			control: "Lambda.5", thing: "{function}", remedy: "subnets", inputs: in("subnets", "{other}"),
			changes:   paths("VpcConfig.Ipv6AllowedForDualStack", "VpcConfig.SubnetIds[{other}]"),
			otherwise: paths("VpcConfig.Ipv6AllowedForDualStack"),
		},
		{
			control: "IAM.7", remedy: "strengthen",
			changes: paths(
				"MinimumPasswordLength", "RequireLowercaseCharacters", "RequireSymbols", "RequireUppercaseCharacters",
			),
		},
		{
			control: "CloudFront.1", thing: "/{rootless}", remedy: "root-object",
			changes: paths("DistributionConfig.DefaultRootObject"),
		},
		{
			control: "CloudFront.3", thing: "/{redirected}", remedy: "redirect",
			changes: paths(
				"DistributionConfig.CacheBehaviors.Items[/z/*].ViewerProtocolPolicy",
				"DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy",
			),
		},
		{
			control: "CloudFront.3", thing: "/{closed}", remedy: "https-only",
			changes: paths(
				"DistributionConfig.CacheBehaviors.Items[/z/*].ViewerProtocolPolicy",
				"DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy",
			),
		},
		{
			control: "Account.1", remedy: "contact", inputs: in("contactName", "Security", "contactTitle", "Desk", "contactEmail", "security@example.com", "contactPhone", "+81 3 1234 5678"),
			changes: paths("AlternateContactType", "EmailAddress", "Name", "PhoneNumber", "Title"),
		},
	}
}

// roundsInDouble are what moto cannot hold: it has no service settings, its
// credential report is of 2015, and its password policy, of which an account has one,
// is there already.
func roundsInDouble() []round {
	return []round{
		{control: "SSM.7", remedy: "block", changes: paths("SettingValue")},
		{
			control: "IAM.8", thing: "/left", remedy: "deactivate-keys", later: 5 * time.Hour,
			changes: paths("AccessKeys[AKIAIOSFODNN7LEFT0001].Status"),
		},
		{
			control: "IAM.7", remedy: "strengthen", inputs: map[string]string{"minimumLength": "14", "allowUsersToChangePassword": "true"},
			changes: paths(
				"AllowUsersToChangePassword", "HardExpiry", "MinimumPasswordLength", "RequireLowercaseCharacters", "RequireNumbers",
				"RequireSymbols", "RequireUppercaseCharacters",
			),
		},
	}
}

// inDouble is a double with what its rounds mend; used says when a key was used last
// by what IAM says of it itself.
func inDouble(t *testing.T, used string) *world {
	t.Helper()
	double := awsdouble.New(awsdouble.Options{Seed: 1})
	if err := double.Load(account, region, []byte(`{"resources": [
		{"type": "AWS::SSM::DocumentPublicSharing", "properties": {
			"SettingId": "/ssm/documents/console/public-sharing-permission", "SettingValue": "Enable", "Status": "Customized"}},
		{"type": "AWS::IAM::User", "properties": {"UserName": "left", "CreateDate": "-400d",
			"Credentials": {"PasswordEnabled": false, "AccessKey1Active": true, "AccessKey1LastRotated": "-400d", "AccessKey1LastUsed": "-200d",
				"AccessKey2Active": true, "AccessKey2LastRotated": "-300d", "AccessKey2LastUsed": "-1d"},
			"AccessKeys": [{"AccessKeyId": "AKIAIOSFODNN7LEFT0001", "Status": "Active", "CreateDate": "-400d"},
				{"AccessKeyId": "AKIAIOSFODNN7USED0001", "Status": "Active", "CreateDate": "-300d"}],
			"AccessKeyUses": [{"AccessKeyId": "AKIAIOSFODNN7LEFT0001", "LastUsedDate": "`+used+`", "ServiceName": "s3", "Region": "ap-northeast-1"},
				{"AccessKeyId": "AKIAIOSFODNN7USED0001", "LastUsedDate": "-1d", "ServiceName": "s3", "Region": "ap-northeast-1"}]}},
		{"type": "AWS::RDS::DBInstance", "answer": {"PendingModifiedValues": {"MultiAZ": true}}, "properties": {
			"DBInstanceIdentifier": "busy", "Engine": "mysql", "DBInstanceStatus": "available", "PubliclyAccessible": false,
			"StorageEncrypted": true, "EnableIAMDatabaseAuthentication": false, "BackupRetentionPeriod": 0}}
	]}`)); err != nil {
		t.Fatal(err)
	}
	key, secret := double.CredentialsFor(account)
	w := &world{virtual: true, at: resource.Scope{Partition: "aws", Account: account, Region: region}, load: func(region string) aws.Config {
		return awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: double.Transport()})
	}}
	w.enter(t)
	w.as = withFixer(t, double)
	return w
}

// with puts what the seed says in the place of its names.
func (w *world) with(text string) string {
	for name, is := range w.names {
		text = strings.ReplaceAll(text, "{"+name+"}", is)
	}
	return text
}

// key is that of a round's finding among those that fail.
func (w *world) key(t *testing.T, r *round, failing map[string]app.Wish) string {
	t.Helper()
	var keys []string
	for key := range failing {
		if id, arn, _ := strings.Cut(key, " "); id == r.control && strings.HasSuffix(arn, w.with(r.thing)) {
			keys = append(keys, key)
		}
	}
	if len(keys) != 1 {
		t.Fatalf("%d things fail %s, not one: %v", len(keys), r.control, keys)
	}
	return keys[0]
}

// going is a round on its way.
type going struct {
	round
	key string
	was []map[string]any // by step of the plan
	p   *plan.Plan
	run string
}

// apply goes from FAILED to PASSED, and holds that nothing else of the things changes.
func (w *world) apply(t *testing.T, g *going, wish app.Wish) {
	t.Helper()
	inputs := map[string]string{}
	for name, v := range g.inputs {
		inputs[name] = w.with(v)
	}
	var err error
	if g.p, err = app.MakePlan(t.Context(), w.env, app.PlanOptions{FixOptions: w.options(t), Wishes: []app.Wish{wish}, Remedy: g.remedy, Inputs: inputs}); err != nil {
		t.Fatalf("plan: %v", err)
	}
	for i := range g.p.Steps {
		g.was = append(g.was, w.raw(t, g.p, g.p.Steps[i].Thing))
	}
	r, err := app.Apply(t.Context(), w.env, g.p, w.options(t), w.dir, func(execute.Report) {})
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	g.run = r.Run
	if r.Mended() != (g.later == 0) {
		t.Fatalf("%+v", r.Outcomes[0].Finding)
	}
	time.Sleep(g.later)
	if v, err := app.Verify(t.Context(), w.env, r.Run, w.options(t), w.dir); err != nil || !v.Mended() {
		t.Fatalf("verify: %+v, %v", v, err)
	}
	if diff := cmp.Diff(g.changes, w.since(t, g), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what the remedy changes: expected -, found +\n%s", diff)
	}
}

// since lists what differs of a round's things from what they were.
func (w *world) since(t *testing.T, g *going) (paths []string) {
	t.Helper()
	for i, was := range g.was {
		paths = append(paths, differs(was, w.raw(t, g.p, g.p.Steps[i].Thing))...)
	}
	for i, path := range paths {
		for name, is := range w.names {
			paths[i] = strings.ReplaceAll(path, is, "{"+name+"}")
			if paths[i] != path {
				break
			}
		}
	}
	slices.Sort(paths)
	return slices.DeleteFunc(slices.Compact(paths), func(path string) bool { return slices.Contains(moving(), path) })
}

// moving are the paths of times that AWS moves by itself.
func moving() []string {
	return []string{
		"LatestRestorableTime", "Attributes.LastModifiedTimestamp",
		"PointInTimeRecoveryDescription.EarliestRestorableDateTime", "PointInTimeRecoveryDescription.LatestRestorableDateTime",
	}
}

// undo goes back, as far as that is allowed.
func (w *world) undo(t *testing.T, g *going) {
	t.Helper()
	_, err := app.Undo(t.Context(), w.env, g.run, w.options(t), w.dir, func(execute.Report) {})
	if g.round.undo != "" {
		if !says(err, g.round.undo) {
			t.Fatalf("undo: %v, want %s", err, g.round.undo)
		}
		return
	}
	if err != nil {
		t.Fatalf("undo: %v", err)
	}
	if diff := cmp.Diff(g.otherwise, w.since(t, g), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what an undo leaves otherwise: expected -, found +\n%s", diff)
	}
}

// TestRoundsByRooms takes a thing of every control that can be mended from FAILED over
// plan and apply to PASSED, and back, by their rooms alone, all in one account: no
// remedy makes another control fail, and what an undo gives back fails again.
func TestRoundsByRooms(t *testing.T) {
	inMoto(t).goRound(t, rounds())
}

// TestRoundsInDouble is the same for what moto cannot hold.
func TestRoundsInDouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { inDouble(t, "-200d").goRound(t, roundsInDouble()) })
}

// TestKeyUsedMeanwhile: a key that is used after the plan was made stays active.
func TestKeyUsedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := inDouble(t, "-200d")
		r := &round{control: "IAM.8", thing: "/left"}
		failing := w.failing(t)
		p, err := app.MakePlan(t.Context(), w.env, app.PlanOptions{FixOptions: w.options(t), Wishes: []app.Wish{failing[w.key(t, r, failing)]}, Remedy: "deactivate-keys"})
		if err != nil {
			t.Fatal(err)
		}
		w = inDouble(t, "-1h")
		was := w.raw(t, p, p.Steps[0].Thing)
		_, err = app.Apply(t.Context(), w.env, p, w.options(t), w.dir, func(execute.Report) {})
		var guard *execute.GuardError
		if !errors.As(err, &guard) || guard.Guard.Why != "guard.used" {
			t.Errorf("%v, want guard.used", err)
		}
		if changed := differs(was, w.raw(t, p, p.Steps[0].Thing)); len(changed) > 0 || len(was) == 0 {
			t.Errorf("changed: %v", changed)
		}
	})
}

// TestEveryRemedyGoesRound has every remedy of the controls that go by rooms in a
// round, but those by hand.
func TestEveryRemedyGoesRound(t *testing.T) {
	gone := map[string]bool{}
	for _, r := range slices.Concat(rounds(), roundsInDouble()) {
		gone[r.control+" "+r.remedy] = true
	}
	for _, c := range controls.All() {
		for i := range c.Remedies {
			r := &c.Remedies[i]
			if !strings.HasPrefix(c.ID, "APIGateway.") && !r.Manual && !gone[c.ID+" "+r.Name] {
				t.Errorf("%s %s goes no round", c.ID, r.Name)
			}
		}
	}
}

func (w *world) goRound(t *testing.T, rounds []round) {
	t.Helper()
	before := w.failing(t)
	want := map[string]bool{}
	for key := range before {
		want[key] = true
	}
	var all []*going
	name := func(g *going) string { return strings.Join(strings.Fields(g.control+" "+g.thing+" "+g.remedy), " ") }
	for _, r := range rounds {
		g := &going{round: r}
		w.part(t, name(g)+" apply", func(t *testing.T) {
			g.key = w.key(t, &r, before)
			w.apply(t, g, before[g.key])
			all = append(all, g)
			delete(want, g.key)
		})
	}
	w.holds(t, want)
	for _, g := range slices.Backward(all) {
		w.part(t, name(g)+" undo", func(t *testing.T) { w.undo(t, g) })
		if time.Sleep(g.later); g.round.undo == "" {
			want[g.key] = true
		}
	}
	w.holds(t, want)
}

// part runs a part of a round under its name; on the virtual clock there are none.
func (w *world) part(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	if w.virtual {
		f(t)
		return
	}
	t.Run(name, f)
}

// holds compares what fails now.
func (w *world) holds(t *testing.T, want map[string]bool) {
	t.Helper()
	got := map[string]bool{}
	for key := range w.failing(t) {
		got[key] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what fails: expected -, found +\n%s", diff)
	}
}

// TestPending plans a change of a database for which others wait: nobody hurries them
// along unasked, and what is put off is said to be, and can be taken back.
func TestPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := inDouble(t, "-200d")
		busy := func() map[string]any {
			return w.raw(t, &plan.Plan{Region: region}, plan.Thing{Type: "AWS::RDS::DBInstance", ARN: "arn:aws:rds:ap-northeast-1:111122223333:db:busy"})
		}
		wish := w.failing(t)["RDS.10 arn:aws:rds:ap-northeast-1:111122223333:db:busy"]
		make := func(pending string) (*plan.Plan, error) {
			inputs := map[string]string{}
			if pending != "" {
				inputs["pending"] = pending
			}
			return app.MakePlan(t.Context(), w.env, app.PlanOptions{FixOptions: w.options(t), Wishes: []app.Wish{wish}, Inputs: inputs})
		}
		apply := func(p *plan.Plan) *app.RunResult {
			t.Helper()
			r, err := app.Apply(t.Context(), w.env, p, w.options(t), w.dir, func(execute.Report) {})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		scheduled := func(r *app.RunResult) bool {
			return !r.Mended() && r.Steps[0].Event == execute.Done && r.Steps[0].Why == execute.Scheduled && r.Outcomes[0].Finding.Message.Key == "fail.pending"
		}
		if _, err := make(""); !says(err, "run.pending") || !strings.Contains(err.Error(), "MultiAZ") {
			t.Fatalf("unasked: %v", err)
		}

		p, err := make("window")
		if err != nil || !p.Steps[0].PutOff || p.Fixes[0].Notes[0].Key != "run.note.putOff" {
			t.Fatalf("%+v, %v", p, err)
		}
		r := apply(p)
		if v, err := app.Verify(t.Context(), w.env, r.Run, w.options(t), w.dir); err != nil || !scheduled(r) || !scheduled(v) {
			t.Errorf("put off: %+v, %+v, %v", r.Steps, v, err)
		}
		if _, err := app.Undo(t.Context(), w.env, r.Run, w.options(t), w.dir, func(execute.Report) {}); err != nil {
			t.Fatal(err)
		}
		if now := busy(); now["PendingModifiedValues.IAMDatabaseAuthenticationEnabled"] == true || now["PendingModifiedValues.MultiAZ"] != true {
			t.Errorf("undone: %v", now)
		}

		// What waits only since the plan was made is not hurried along either.
		early, err := make("now")
		if err != nil || !slices.Equal(early.Steps[0].Hurries, []string{"MultiAZ"}) {
			t.Fatalf("%+v, %v", early, err)
		}
		modify := func(more map[string]any) {
			t.Helper()
			if _, err := wire.New(w.load(region)).Call(t.Context(), "rds", "ModifyDBInstance", room.Merge(map[string]any{"DBInstanceIdentifier": "busy"}, more)); err != nil {
				t.Fatal(err)
			}
		}
		modify(map[string]any{"BackupRetentionPeriod": int64(3)})
		if r = apply(early); !scheduled(r) || busy()["MultiAZ"] == true {
			t.Errorf("hurried along: %+v, %v", r.Steps, busy())
		}

		p, err = make("now")
		if err != nil {
			t.Fatal(err)
		}
		if r = apply(p); !r.Mended() || r.Steps[0].Why != "" || busy()["MultiAZ"] != true || busy()["BackupRetentionPeriod"] != int64(3) {
			t.Errorf("now: %+v, %v", r.Steps, busy())
		}
	})
}

// says tells whether an error is the sentence of a key.
func says(err error, key string) bool {
	var ours *locale.Error
	return errors.As(err, &ours) && ours.Key == key
}
