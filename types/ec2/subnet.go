package ec2

import "github.com/kumoban/kumoban/internal/room"

// subnet is listed where another account shares it, too: functions lie in such
// ones. OwnerId tells whose it is; only the owner can change it. Terraform's
// aws_default_subnet has another default.
func subnet() room.Room {
	return room.Room{
		Type: "AWS::EC2::Subnet", Doc: "a subnet", ASFF: "AwsEc2Subnet", TF: []string{"aws_subnet", "aws_default_subnet"},
		ARN: arn + "subnet/{SubnetId}", ARNIn: "SubnetArn", ID: "SubnetId", Name: "{SubnetId}", Gone: []string{"InvalidSubnetID.NotFound"},
		Declared: map[string]room.Declared{"aws_default_subnet": {Gives: room.Tree{"map_public_ip_on_launch": true}}},
		Properties: []room.Property{
			{Name: "SubnetId", Kind: room.String, ReadOnly: true, TF: "id"},
			{Name: "OwnerId", Kind: room.String, ReadOnly: true},
			{Name: "VpcId", Kind: room.String},
			{Name: "AvailabilityZone", Kind: room.String, Template: room.Depends, Provider: room.Depends},
			{Name: "AvailabilityZoneId", Kind: room.String, Template: room.Depends, Provider: room.Depends},
			{Name: "MapPublicIpOnLaunch", Kind: room.Bool, Silent: room.Depends, Template: false, Provider: false},
			{Name: "AssignIpv6AddressOnCreation", Kind: room.Bool, Silent: room.Depends, Template: false, Provider: false},
			{Name: "Tags", Kind: room.Tags},
		},
		Finds: room.Read{Call: "DescribeSubnets", In: page(nil), Items: "Subnets"},
		Alone: []room.Read{{Call: "DescribeSubnets", In: room.Tree{"SubnetIds": []any{"{SubnetId}"}}, Items: "Subnets"}},
		Writes: []room.Write{ // a call takes one attribute
			{Call: "ModifySubnetAttribute", Rate: mutating, Back: room.Exposes, Sets: []string{"MapPublicIpOnLaunch"}, In: room.Tree{"SubnetId": "{SubnetId}", "MapPublicIpOnLaunch": room.Tree{"Value": room.V("MapPublicIpOnLaunch")}}},
			{Call: "ModifySubnetAttribute", Rate: mutating, Back: room.Exposes, Sets: []string{"AssignIpv6AddressOnCreation"}, In: room.Tree{"SubnetId": "{SubnetId}", "AssignIpv6AddressOnCreation": room.Tree{"Value": room.V("AssignIpv6AddressOnCreation")}}},
		},
		Pages: []room.Page{{
			Sets: []string{"MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation"}, Open: []string{"Amazon VPC", "Subnets", "{SubnetId}", "Actions", "Edit subnet settings"}, Save: []string{"Save"},
			At: map[string]string{"MapPublicIpOnLaunch": "Enable auto-assign public IPv4 address", "AssignIpv6AddressOnCreation": "Enable auto-assign IPv6 address"},
		}},
		Events: []string{"CreateSubnet", "CreateDefaultSubnet", "ModifySubnetAttribute"},
	}
}
