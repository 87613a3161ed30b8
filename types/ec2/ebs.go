package ec2

import "github.com/kumoban/kumoban/internal/room"

// ebsEncryption has a call for each of its two values.
func ebsEncryption() room.Room {
	const property = "EbsEncryptionByDefault"
	return room.Room{
		Type: "AWS::EC2::EbsEncryptionByDefault", Doc: "whether new EBS volumes and copies of snapshots are encrypted by themselves", Setting: true, Lacks: []room.Form{room.Item, room.Template}, ASFF: "AwsAccount",
		TF:         []string{"aws_ebs_encryption_by_default"},
		Properties: []room.Property{{Name: property, Kind: room.Bool, TF: "enabled", Silent: room.Depends, Provider: true}},
		Finds:      room.Read{Call: "GetEbsEncryptionByDefault", Expect: property},
		Writes: []room.Write{
			{Call: "EnableEbsEncryptionByDefault", Rate: mutating, Sets: []string{property}, Value: true, Back: room.Exposes},
			{Call: "DisableEbsEncryptionByDefault", Rate: mutating, Sets: []string{property}, Value: false},
		},
		Pages: []room.Page{{
			Sets: []string{property}, Open: []string{"Amazon EC2", "Settings", "Data protection and security", "EBS encryption", "Manage"},
			At: map[string]string{property: "EBS encryption"}, Shows: map[string]string{"true": "Enable"}, Save: []string{"Update EBS encryption"},
		}},
		Events: []string{"EnableEbsEncryptionByDefault", "DisableEbsEncryptionByDefault"},
	}
}
