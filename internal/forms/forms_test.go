package forms

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/types/ec2"
	"github.com/kumoban/kumoban/types/rds"
	"github.com/kumoban/kumoban/types/s3"
)

func read[T resource.Resource](t *testing.T, form room.Form, tree room.Tree) T {
	t.Helper()
	var none T
	res := Read(catalog.Find(none.ResourceType()), form, resource.Ref{Address: "it"}, tree, &fact.Origin{File: "x", Line: 1}, nil)
	return res.(T) //nolint:forcetypeassert // of its type
}

// TestItem reads AWS Config's items as it writes them.
func TestItem(t *testing.T) {
	b := read[*s3.Bucket](t, room.Item, Item(room.Tree{"name": "logs"}, room.Tree{
		"PublicAccessBlockConfiguration": `{"blockPublicAcls":true,"blockPublicPolicy":false,"ignorePublicAcls":null}`,
		"BucketLoggingConfiguration":     room.Tree{"destinationBucketName": nil, "logFilePrefix": nil},
		"BucketLifecycleConfiguration":   room.Tree{"rules": []any{room.Tree{"id": "a", "status": "Enabled", "transitions": []any{room.Tree{"days": float64(30), "storageClass": "GLACIER"}}}}},
	}))
	block, _ := b.PublicAccessBlockConfiguration.Get()
	if b.BucketName.Or("") != "logs" || !block.BlockPublicAcls.Or(false) || block.BlockPublicPolicy.Or(true) || block.IgnorePublicAcls.Or(true) {
		t.Errorf("%+v", block)
	}
	if b.LoggingConfiguration.Present() != fact.False {
		t.Error("an object of nulls is one")
	}
	life, _ := b.LifecycleConfiguration.Get()
	if rules, _ := life.Rules.Get(); len(rules) != 1 || rules[0].Transitions.Or(nil)[0].TransitionInDays.Or(0) != 30 {
		t.Errorf("%+v", life)
	}
}

// TestValues reads what belongs to a resource beside it, and keeps others out.
func TestValues(t *testing.T) {
	e := catalog.Find(s3.BucketType)
	tree, ok := Values(e, "aws_s3_bucket", room.Tree{"bucket": "logs"}, map[string][]room.Tree{"aws_s3_bucket_public_access_block": {{"block_public_acls": true}}})
	b := read[*s3.Bucket](t, room.Terraform, tree)
	block, there := b.PublicAccessBlockConfiguration.Get()
	if !ok || there != fact.True || !block.BlockPublicAcls.Or(false) || block.BlockPublicPolicy.Or(true) || b.LoggingConfiguration.Present() != fact.False {
		t.Errorf("%+v", b)
	}
	tree, _ = Values(e, "aws_s3_bucket", room.Tree{}, map[string][]room.Tree{"aws_s3_bucket_public_access_block": {{}, {}}})
	if b := read[*s3.Bucket](t, room.Terraform, tree); b.PublicAccessBlockConfiguration.Present() != fact.Unknown {
		t.Error("of two blocks one counts")
	}
	tree, _ = Values(e, "aws_s3_bucket", room.Tree{
		"logging":        []any{room.Tree{"target_bucket": "logs"}},
		"lifecycle_rule": []any{room.Tree{"id": "a", "enabled": true, "expiration": []any{room.Tree{"days": int64(30)}}}, room.Tree{"id": "b", "enabled": room.Unknown{Why: "later"}}},
	}, nil)
	b = read[*s3.Bucket](t, room.Terraform, tree)
	to, _ := b.LoggingConfiguration.Get()
	life, _ := b.LifecycleConfiguration.Get()
	rules, _ := life.Rules.Get()
	if to.DestinationBucketName.Or("") != "logs" || len(rules) != 2 || rules[0].Status.Or("") != "Enabled" || rules[0].ExpirationInDays.Or(0) != 30 || rules[1].Status.Present() != fact.Unknown {
		t.Errorf("%+v, %+v", to, life)
	}
	contact := catalog.Find("AWS::Account::SecurityContact")
	for value, want := range map[any]bool{"SECURITY": true, "BILLING": false, any(room.Unknown{}): true, nil: true} {
		if _, ok := Values(contact, "aws_account_alternate_contact", room.Tree{"alternate_contact_type": value}, nil); ok != want {
			t.Errorf("%v: %t", value, ok)
		}
	}
	tree, _ = Values(catalog.Find(rds.DBInstanceType), "aws_neptune_cluster_instance", room.Tree{"cluster_identifier": "graph"}, nil)
	if i := read[*rds.DBInstance](t, room.Terraform, tree); i.PubliclyAccessible.Or(true) {
		t.Errorf("%+v", i.PubliclyAccessible)
	}
}

// TestRules reads rules of a security group where each form has them, also beside it.
func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		form  room.Form
		tree  room.Tree
		rules []string // other ends, "?": nobody knows
	}{
		"inline": {room.Terraform, room.Tree{"ingress": []any{room.Tree{"protocol": "tcp", "from_port": int64(22), "to_port": int64(22), "cidr_blocks": []any{"10.0.0.0/8", "0.0.0.0/0"}, "ipv6_cidr_blocks": []any{"::/0"}, "security_groups": []any{}}}}, []string{"10.0.0.0/8", "0.0.0.0/0", "::/0"}},
		"beside": {room.Terraform, room.Tree{
			"aws_security_group_rule":             []any{room.Tree{"type": "ingress", "protocol": "tcp", "from_port": int64(22), "to_port": int64(22), "cidr_blocks": []any{"0.0.0.0/0"}}, room.Tree{"type": "egress", "protocol": "-1", "cidr_blocks": []any{"10.0.0.0/8"}}},
			"aws_vpc_security_group_ingress_rule": []any{room.Tree{"ip_protocol": "tcp", "from_port": int64(22), "to_port": int64(22), "cidr_ipv6": "::/0"}},
		}, []string{"0.0.0.0/0", "::/0", "?"}},
		"later":    {room.Terraform, room.Tree{"ingress": []any{room.Tree{"protocol": "tcp", "cidr_blocks": room.Unknown{Why: "later"}}}}, []string{"?"}},
		"template": {room.Template, room.Tree{"AWS::EC2::SecurityGroupIngress": []any{room.Tree{"IpProtocol": "tcp", "CidrIp": "0.0.0.0/0"}}}, []string{"0.0.0.0/0"}},
		"item": {room.Item, room.Tree{"ipPermissions": []any{
			room.Tree{"ipProtocol": "tcp", "fromPort": float64(22), "toPort": float64(22), "ipv4Ranges": []any{room.Tree{"cidrIp": "0.0.0.0/0"}, room.Tree{"cidrIp": "10.0.0.0/8"}}, "ipv6Ranges": []any{}, "userIdGroupPairs": []any{}},
		}}, []string{"0.0.0.0/0", "10.0.0.0/8"}},
	} {
		g := read[*ec2.SecurityGroup](t, c.form, c.tree)
		rules, _ := g.SecurityGroupIngress.Get()
		var got []string
		for _, r := range rules {
			switch {
			case r.CidrIp.Present() == fact.Unknown:
				got = append(got, "?")
			case r.CidrIp.Present() == fact.True:
				got = append(got, r.CidrIp.Or(""))
			default:
				got = append(got, r.CidrIpv6.Or(""))
			}
		}
		if diff := cmp.Diff(c.rules, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// TestSettle tells what a form cannot say from what is not known.
func TestSettle(t *testing.T) {
	for _, c := range []struct {
		form room.Form
		of   resource.Type
		name string
		want string
	}{
		{room.Answer, "AWS::KMS::Key", "KeyState", "UNKNOWN finding.undecided"},
		{room.Item, "AWS::ElasticLoadBalancingV2::LoadBalancer", "DropInvalidHeaderFields", "UNKNOWN finding.undecided"},
		{room.Template, "AWS::KMS::Key", "KeyState", "NOT_APPLICABLE finding.runtime"},
		{room.Terraform, "AWS::KMS::Key", "KeyState", "NOT_APPLICABLE finding.runtime"},
		{room.Template, "AWS::IAM::User", "Credentials.PasswordEnabled", "NOT_APPLICABLE finding.runtime"},
		{room.Terraform, "AWS::RDS::DBInstance", "DBClusterSnapshotIdentifier", ""},
		{room.Template, "AWS::SQS::Queue", "KmsMasterKeyId", "UNKNOWN finding.undecided"},
		{room.Template, "AWS::SQS::Queue", "", "UNKNOWN finding.undecided"},
		{room.Template, resource.AccountType, "AWS::CloudTrail::Trail", ""},
		{room.Item, resource.AccountType, "AWS::CloudTrail::Trail", "UNKNOWN finding.undecided"},
	} {
		got := ""
		if v, ok := Settle(c.form)(c.of, control.Unread(c.name, nil)); ok {
			got = v.Status.String() + " " + v.Message.Key
		}
		if got != c.want {
			t.Errorf("%s %s in %d: %q, want %q", c.of, c.name, c.form, got, c.want)
		}
	}
	if v, ok := Settle(room.Template)("AWS::KMS::Key", control.Pass("pass")); !ok || v.Status != control.Passed {
		t.Error("what is decided is settled")
	}
}

// TestAddress calls what a source declares by its address, unless it has a name.
func TestAddress(t *testing.T) {
	if v := read[*ec2.VPC](t, room.Template, room.Tree{}); v.VpcId.Or("") != "it" {
		t.Errorf("%+v", v)
	}
	if b := read[*s3.Bucket](t, room.Template, room.Tree{"BucketName": "logs"}); b.BucketName.Or("") != "logs" {
		t.Errorf("%+v", b)
	}
}
