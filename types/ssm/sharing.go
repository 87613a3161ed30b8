// Package ssm is what kumoban knows of AWS Systems Manager.
package ssm

import "github.com/kumoban/kumoban/internal/room"

// Rooms are the resource types.
func Rooms() *room.Service {
	return &room.Service{Package: "ssm", Doc: "AWS Systems Manager", Model: "ssm", Rooms: []room.Room{sharing()}}
}

// sharing is one of the service's settings, which all go by their path. In a Region
// that does not know it the call is refused, and it stays unknown.
func sharing() room.Room {
	const id = "/ssm/documents/console/public-sharing-permission"
	const on = ":*:servicesetting" + id
	return room.Room{
		Type: "AWS::SSM::DocumentPublicSharing", Doc: "whether documents may be shared with everybody", Setting: true, Lacks: []room.Form{room.Item, room.Template}, ASFF: "AwsAccount", TF: []string{"aws_ssm_service_setting"},
		Declared: map[string]room.Declared{"aws_ssm_service_setting": {Only: map[string]string{"setting_id": id}}},
		Properties: []room.Property{
			{Name: "SettingId", Kind: room.String},
			{Name: "SettingValue", Kind: room.String, Doc: "Enable or Disable"},
			{Name: "Status", Kind: room.String, ReadOnly: true, Doc: "Default, Customized or PendingUpdate"},
		},
		Finds:  room.Read{Call: "GetServiceSetting", In: room.Tree{"SettingId": id}, Take: "ServiceSetting", On: on},
		Status: "Status", Busy: []string{"PendingUpdate"},
		Writes: []room.Write{{Call: "UpdateServiceSetting", Back: room.Exposes, On: on, Sets: []string{"SettingValue"}, In: room.Tree{"SettingId": id, "SettingValue": room.V("SettingValue")}}},
		Pages: []room.Page{{
			Sets: []string{"SettingValue"}, Open: []string{"AWS Systems Manager", "Documents", "Preferences", "Block public sharing", "Edit"}, At: map[string]string{"SettingValue": "Block public sharing"}, Shows: map[string]string{"Disable": "Block public sharing"},
			Save: []string{"Save"},
		}},
		Events: []string{"UpdateServiceSetting", "ResetServiceSetting"},
	}
}
