package ec2

import "github.com/kumoban/kumoban/internal/room"

// vpc is listed where another account shares a subnet of it, too; OwnerId tells.
func vpc() room.Room {
	return room.Room{
		Type: "AWS::EC2::VPC", Doc: "a virtual private cloud", ASFF: "AwsEc2Vpc", TF: []string{"aws_vpc", "aws_default_vpc"},
		ARN: "arn:{partition}:ec2:{region}:{OwnerId}:vpc/{VpcId}", ID: "VpcId", Name: "{VpcId}", Gone: []string{"InvalidVpcID.NotFound"},
		Properties: []room.Property{
			{Name: "VpcId", Kind: room.String, ReadOnly: true, TF: "id"},
			{Name: "OwnerId", Kind: room.String, ReadOnly: true},
			{Name: "IsDefault", Kind: room.Bool, ReadOnly: true, TF: room.None},
			{Name: "Tags", Kind: room.Tags},
		},
		Finds:  room.Read{Call: "DescribeVpcs", In: page(nil), Items: "Vpcs"},
		Alone:  []room.Read{{Call: "DescribeVpcs", In: room.Tree{"VpcIds": []any{"{VpcId}"}}, Items: "Vpcs"}},
		Events: []string{"CreateVpc", "CreateDefaultVpc", "DeleteVpc"},
	}
}

// flowLog is never changed, only made and deleted; that ends the record, and what
// was recorded stays.
func flowLog() room.Room {
	return room.Room{
		Type: "AWS::EC2::FlowLog", Doc: "a flow log of a VPC, a subnet or a network interface", TF: []string{"aws_flow_log"},
		ARN: arn + "vpc-flow-log/{FlowLogId}", ID: "FlowLogId", Name: "{FlowLogId}", Gone: []string{"InvalidFlowLogId.NotFound"},
		Properties: []room.Property{
			{Name: "FlowLogId", Kind: room.String, ReadOnly: true, TF: "id"},
			{Name: "ResourceId", Kind: room.String, TF: "vpc_id", Doc: "what it is about; in Terraform only where that is a VPC"},
			{Name: "TrafficType", Kind: room.String, Doc: "ACCEPT, REJECT or ALL"},
			{Name: "FlowLogStatus", Kind: room.String, ReadOnly: true, TF: room.None, Template: "ACTIVE", Provider: "ACTIVE", Doc: "ACTIVE"},
			{Name: "DeliverLogsStatus", Kind: room.String, ReadOnly: true, TF: room.None, Doc: "SUCCESS or FAILED"},
			{Name: "LogDestinationType", Kind: room.String, Doc: "cloud-watch-logs, s3 or kinesis-data-firehose"},
			{Name: "LogDestination", Kind: room.String, EmptyIsAbsent: true},
			{Name: "LogGroupName", Kind: room.String, EmptyIsAbsent: true},
			{Name: "DeliverLogsPermissionArn", Kind: room.String, EmptyIsAbsent: true, TF: "iam_role_arn"},
			{Name: "Tags", Kind: room.Tags},
		},
		Finds: room.Read{Call: "DescribeFlowLogs", In: page(nil), Items: "FlowLogs"},
		Alone: []room.Read{{Call: "DescribeFlowLogs", In: room.Tree{"FlowLogIds": []any{"{FlowLogId}"}}, Items: "FlowLogs"}},
		Make: &room.Make{
			Call: "CreateFlowLogs", Rate: mutating, Is: "{ResourceId} {TrafficType}", Only: map[string]string{"FlowLogStatus": "ACTIVE"}, Mark: "Tags", Refuses: "Unsuccessful", On: "*",
			In: room.Tree{
				"ResourceIds": []any{room.V("ResourceId")}, "ResourceType": "VPC", "TrafficType": room.V("TrafficType"), "LogDestinationType": room.V("LogDestinationType"),
				"LogDestination": room.V("LogDestination"), "LogGroupName": room.V("LogGroupName"), "DeliverLogsPermissionArn": room.V("DeliverLogsPermissionArn"), "ClientToken": room.Token(""),
				"TagSpecifications": []any{room.Tree{"ResourceType": "vpc-flow-log", "Tags": []any{room.Tree{"Key": "kumoban:token", "Value": room.Token("")}}}},
			},
			Also: []room.Permission{
				{Action: "ec2:CreateTags", On: "arn:{partition}:ec2:{region}:{account}:vpc-flow-log/*", When: map[string]string{"ec2:CreateAction": "CreateFlowLogs"}},
				{Action: "logs:CreateLogDelivery", On: "*", For: "LogDestination"},
				{Action: "logs:DeleteLogDelivery", On: "*", For: "LogDestination"},
				{Action: "iam:PassRole", On: "arn:{partition}:iam::{account}:role/*", When: map[string]string{"iam:PassedToService": "vpc-flow-logs.amazonaws.com"}, For: "DeliverLogsPermissionArn"},
			},
			Unmake: room.Write{Call: "DeleteFlowLogs", Rate: mutating, In: room.Tree{"FlowLogIds": []any{"{FlowLogId}"}}},
			Back:   room.Exposes,
		},
		Events: []string{"CreateFlowLogs", "DeleteFlowLogs"},
	}
}
