// Package account is what kumoban knows of AWS Account Management.
package account

import "github.com/kumoban/kumoban/internal/room"

// Rooms are the resource types. The rate is that of ListRegions, and below that of
// GetAlternateContact in China, which is less than elsewhere: "Quotas for AWS Account
// Management" in the reference guide, read on 2026-11-30.
func Rooms() *room.Service {
	return &room.Service{Package: "account", Doc: "AWS Account Management", Model: "account", Rate: 5, Burst: 5, Rooms: []room.Room{contact()}}
}

// contact is the one for security. What it says is read for nothing but a change of it:
// findings tell only whether it is there.
func contact() room.Room {
	all := []string{"AlternateContactType", "Name", "Title", "EmailAddress", "PhoneNumber"}
	return room.Room{
		Type: "AWS::Account::SecurityContact", Doc: "whom AWS tells of security matters of an account", Setting: true, Where: room.OfAccount, Lacks: []room.Form{room.Item, room.Template}, ASFF: "AwsAccount",
		TF:       []string{"aws_account_alternate_contact"},
		Declared: map[string]room.Declared{"aws_account_alternate_contact": {Only: map[string]string{"alternate_contact_type": "SECURITY"}}},
		Properties: []room.Property{
			{Name: "AlternateContactType", Kind: room.String},
			{Name: "Name", Kind: room.String}, {Name: "Title", Kind: room.String},
			{Name: "EmailAddress", Kind: room.String}, {Name: "PhoneNumber", Kind: room.String},
		},
		Finds: room.Read{Call: "GetAlternateContact", Rate: 3, Burst: 5, In: room.Tree{"AlternateContactType": "SECURITY"}, Take: "AlternateContact", Absent: []string{"ResourceNotFoundException"}},
		Writes: []room.Write{
			{Call: "DeleteAlternateContact", Sets: all, Takes: true, In: room.Tree{"AlternateContactType": "SECURITY"}},
			{Call: "PutAlternateContact", Sets: all, Whole: true, In: room.Tree{
				"AlternateContactType": "SECURITY", "Name": room.V("Name"), "Title": room.V("Title"), "EmailAddress": room.V("EmailAddress"), "PhoneNumber": room.V("PhoneNumber"),
			}},
		},
		Events: []string{"PutAlternateContact", "DeleteAlternateContact"},
	}
}
