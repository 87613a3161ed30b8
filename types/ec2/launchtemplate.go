package ec2

import "github.com/kumoban/kumoban/internal/room"

// launchTemplate is its default version: one listing has those of all templates.
// What a template or Terraform declares becomes the newest version.
func launchTemplate() room.Room {
	return room.Room{
		Type: "AWS::EC2::LaunchTemplate", Doc: "a launch template with its default version", ASFF: "AwsEc2LaunchTemplate", TF: []string{"aws_launch_template"},
		ARN: arn + "launch-template/{LaunchTemplateId}", ID: "LaunchTemplateId", Name: "{LaunchTemplateName|LaunchTemplateId}",
		Gone: []string{"InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.NotFoundException"},
		Properties: []room.Property{
			{Name: "LaunchTemplateId", Kind: room.String, ReadOnly: true, Config: "Id", TF: "id"},
			{Name: "LaunchTemplateName", Kind: room.String, TF: "name"},
			{Name: "DefaultVersionNumber", Kind: room.Int, ReadOnly: true, API: "VersionNumber", TF: "default_version"},
			{Name: "LaunchTemplateData", Kind: room.One, Of: "LaunchTemplateData", TF: room.Here},
		},
		Finds: room.Read{Call: "DescribeLaunchTemplateVersions", In: room.Tree{"Versions": []any{"$Default"}, "MaxResults": int64(200)}, Items: "LaunchTemplateVersions"},
		Alone: []room.Read{{Call: "DescribeLaunchTemplateVersions", In: room.Tree{"LaunchTemplateId": "{LaunchTemplateId}", "Versions": []any{"$Default"}}, Items: "LaunchTemplateVersions"}},
		Writes: []room.Write{{
			// A version is never changed: a copy of the default one becomes the default.
			// Lists are not inherited, and without its disks a copy would start from others.
			Call: "CreateLaunchTemplateVersion", Rate: mutating, Back: room.Exposes, Sets: []string{`LaunchTemplateData.NetworkInterfaces["*"].AssociatePublicIpAddress`},
			In: room.Tree{"LaunchTemplateId": "{LaunchTemplateId}", "SourceVersion": "{VersionNumber|DefaultVersionNumber}", "LaunchTemplateData": room.Tree{
				"NetworkInterfaces": room.Edited("LaunchTemplateData.NetworkInterfaces"), "BlockDeviceMappings?": room.Edited("LaunchTemplateData.BlockDeviceMappings"),
			}},
			Then: &room.Write{Call: "ModifyLaunchTemplate", Rate: mutating, In: room.Tree{"LaunchTemplateId": "{LaunchTemplateId}", "DefaultVersion": "{LaunchTemplateVersion.VersionNumber}"}},
		}, {
			Call: "ModifyLaunchTemplate", Rate: mutating, Back: room.Exposes, Sets: []string{"DefaultVersionNumber"},
			In: room.Tree{"LaunchTemplateId": "{LaunchTemplateId}", "DefaultVersion": room.Text("DefaultVersionNumber")},
		}},
		Pages:  []room.Page{{Sets: []string{"DefaultVersionNumber"}, Open: []string{"Amazon EC2", "Launch Templates", "{LaunchTemplateId}", "Actions", "Set default version"}}},
		Events: []string{"CreateLaunchTemplate", "CreateLaunchTemplateVersion", "ModifyLaunchTemplate"},
	}
}

func templateData() room.Object {
	return room.Object{Go: "LaunchTemplateData", Doc: "what a launch template says of instances", Properties: []room.Property{
		{Name: "NetworkInterfaces", Kind: room.List, Of: "TemplateInterface"},
	}}
}

func templateInterface() room.Object {
	return room.Object{Go: "TemplateInterface", Key: "DeviceIndex", Doc: "a network interface in a launch template", Properties: []room.Property{
		{Name: "DeviceIndex", Kind: room.Int},
		{Name: "AssociatePublicIpAddress", Kind: room.Bool, EmptyIsAbsent: true, Doc: "absent: the subnet decides"},
		{Name: "NetworkInterfaceId", Kind: room.String, EmptyIsAbsent: true},
	}}
}
