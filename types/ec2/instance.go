package ec2

import "github.com/kumoban/kumoban/internal/room"

// instance leaves out those that are terminated, which AWS shows for a while. What
// AWS leaves to the launch template, the account's default or the image, a template
// does not tell.
func instance() room.Room {
	alive := room.Tree{"Filters": []any{room.Tree{"Name": "instance-state-name", "Values": []any{"pending", "running", "shutting-down", "stopping", "stopped"}}}}
	const items = "Reservations[].Instances[]"
	return room.Room{
		Type: "AWS::EC2::Instance", Doc: "an instance", ASFF: "AwsEc2Instance", TF: []string{"aws_instance"},
		ARN: arn + "instance/{InstanceId}", ID: "InstanceId", Name: "{InstanceId}", Gone: []string{"InvalidInstanceID.NotFound"},
		Properties: []room.Property{
			{Name: "InstanceId", Kind: room.String, ReadOnly: true, TF: "id"},
			{Name: "State", Kind: room.String, ReadOnly: true, API: "State.Name", Config: "state.name", TF: "instance_state"},
			{Name: "MetadataOptions", Kind: room.One, Of: "MetadataOptions", Default: room.Depends},
			{Name: "Tags", Kind: room.Tags},
		},
		Status: "MetadataOptions.State", Busy: []string{"pending"},
		Finds: room.Read{Call: "DescribeInstances", In: page(alive), Items: items},
		Alone: []room.Read{{Call: "DescribeInstances", In: room.Merge(alive, room.Tree{"InstanceIds": []any{"{InstanceId}"}}), Items: items}},
		Writes: []room.Write{{
			// Who sends the tokens has to send the endpoint; AWS keeps the others.
			Call: "ModifyInstanceMetadataOptions", Rate: mutating, Whole: true, Back: room.Exposes, Sets: []string{"MetadataOptions.HttpTokens", "MetadataOptions.HttpEndpoint"},
			In: room.Tree{"InstanceId": "{InstanceId}", "HttpTokens": room.V("MetadataOptions.HttpTokens"), "HttpEndpoint": room.V("MetadataOptions.HttpEndpoint")},
		}},
		Pages: []room.Page{{
			Sets: []string{"MetadataOptions.HttpTokens"}, Open: []string{"Amazon EC2", "Instances", "{InstanceId}", "Actions", "Instance settings", "Modify instance metadata options"},
			At: map[string]string{"MetadataOptions.HttpTokens": "IMDSv2"}, Shows: map[string]string{"required": "Required", "optional": "Optional"}, Save: []string{"Save"},
		}},
		Events: []string{"RunInstances", "ModifyInstanceMetadataOptions"},
	}
}

func metadataOptions() room.Object {
	return room.Object{Go: "MetadataOptions", Doc: "how an instance is told about itself", Properties: []room.Property{
		{Name: "HttpTokens", Kind: room.String, Default: room.Depends, Doc: "required or optional"},
		{Name: "HttpEndpoint", Kind: room.String, Default: room.Depends, Doc: "enabled or disabled"},
		{Name: "HttpPutResponseHopLimit", Kind: room.Int, Default: room.Depends},
		{Name: "State", Kind: room.String, ReadOnly: true, TF: room.None, Doc: "pending or applied"},
	}}
}
