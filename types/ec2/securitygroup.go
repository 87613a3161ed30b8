package ec2

import "github.com/kumoban/kumoban/internal/room"

// securityGroup has its rules one by one, as CloudFormation and the console do:
// answers put all sources of the same ports together. A rule goes by its protocol,
// ports and other end, for those are what AWS tells rules apart by when it removes
// them. A template or Terraform that gives a group no name has AWS or the provider
// make one up, which is never that of the default group. Terraform takes the default
// group over with a type of its own, and removes all rules that are not written.
func securityGroup() room.Room {
	return room.Room{
		Type: "AWS::EC2::SecurityGroup", Doc: "a security group", ASFF: "AwsEc2SecurityGroup", TF: []string{"aws_security_group", "aws_default_security_group"},
		ARN: arn + "security-group/{GroupId}", ARNIn: "SecurityGroupArn", ID: "GroupId", Home: "SecurityGroupArn", Name: "{GroupId}", Gone: []string{"InvalidGroup.NotFound"},
		Declared: map[string]room.Declared{"aws_default_security_group": {Gives: room.Tree{"name": "default", "ingress": []any{}, "egress": []any{}}}},
		Shapes:   shapes(),
		Properties: []room.Property{
			{Name: "GroupId", Kind: room.String, ReadOnly: true, TF: "id"},
			{Name: "GroupName", Kind: room.String, TF: "name"}, {Name: "OwnerId", Kind: room.String, ReadOnly: true},
			{Name: "VpcId", Kind: room.String},
			{Name: "SecurityGroupIngress", Kind: room.List, Of: "Ingress", Config: "ipPermissions", TF: "ingress", Provider: room.Depends},
			{Name: "SecurityGroupEgress", Kind: room.List, Of: "Egress", Config: "ipPermissionsEgress", TF: "egress", Template: room.Depends, Provider: room.Depends},
			{Name: "Tags", Kind: room.Tags},
		},
		Finds: room.Read{Call: "DescribeSecurityGroups", In: page(nil), Items: "SecurityGroups", Split: groups},
		Alone: []room.Read{{Call: "DescribeSecurityGroups", In: room.Tree{"GroupIds": []any{"{GroupId}"}}, Items: "SecurityGroups", Split: groups}},
		Writes: []room.Write{
			ruleWrite("RevokeSecurityGroupIngress", "SecurityGroupIngress", true), ruleWrite("AuthorizeSecurityGroupIngress", "SecurityGroupIngress", false),
			ruleWrite("RevokeSecurityGroupEgress", "SecurityGroupEgress", true), ruleWrite("AuthorizeSecurityGroupEgress", "SecurityGroupEgress", false),
		},
		Pages:  []room.Page{rulePage("SecurityGroupIngress", "Edit inbound rules"), rulePage("SecurityGroupEgress", "Edit outbound rules")},
		Events: []string{"CreateSecurityGroup", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "ModifySecurityGroupRules"},
	}
}

func rulePage(property, edit string) room.Page {
	return room.Page{Sets: []string{property + `["*"]`}, Open: []string{"Amazon VPC", "Security groups", "{GroupId}", "Actions", edit}, Save: []string{"Save rules"}}
}

// ruleWrite takes rules away, or adds them. What was taken away comes back open.
func ruleWrite(call, property string, takes bool) room.Write {
	w := room.Write{Call: call, Rate: mutating, Sets: []string{property + `["*"]`}, Takes: takes, In: room.Tree{"GroupId": "{GroupId}"}, Build: permissions}
	if takes {
		w.Back = room.Exposes
	}
	return w
}

func ruleObjects() []room.Object {
	return []room.Object{
		{Go: "Ingress", Key: "Rule", Doc: "an inbound rule of a security group", Properties: ruleProperties("Source")},
		{Go: "Egress", Key: "Rule", Doc: "an outbound rule of a security group", Properties: ruleProperties("Destination")},
	}
}

// ruleProperties are those of a rule whose other end is its source, or its
// destination.
func ruleProperties(end string) []room.Property {
	return []room.Property{
		{Name: "Rule", Kind: room.String, ReadOnly: true, Config: room.None, TF: room.None, Doc: `its protocol, ports and other end: "tcp 22 22 0.0.0.0/0"`},
		{Name: "IpProtocol", Kind: room.String, TF: "protocol", Doc: "-1: all"},
		{Name: "FromPort", Kind: room.Int, Doc: "absent: all"},
		{Name: "ToPort", Kind: room.Int},
		{Name: "CidrIp", Kind: room.String, TF: "cidr_blocks"},
		{Name: "CidrIpv6", Kind: room.String, TF: "ipv6_cidr_blocks"},
		{Name: end + "SecurityGroupId", Kind: room.String, TF: "security_groups"},
		{Name: end + "PrefixListId", Kind: room.String, TF: "prefix_list_ids"},
		{Name: "Description", Kind: room.String, EmptyIsAbsent: true},
	}
}
