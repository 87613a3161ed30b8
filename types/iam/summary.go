package iam

import "github.com/kumoban/kumoban/internal/room"

// rootRow is the property that has root's row of the report.
const rootRow = "RootCredentials"

// summary is what an account's summary says of root. A member that is missing says
// nothing. No source declares any of it.
func summary() room.Room {
	yes := map[string]any{"1": true, "0": false}
	return room.Room{
		Type: "AWS::IAM::AccountSummary", Doc: "what an account's root user has", Setting: true, Where: room.OfAccount, Lacks: []room.Form{room.Item, room.Template}, ASFF: "AwsAccount",
		Properties: []room.Property{
			{Name: "AccountAccessKeysPresent", Kind: room.Bool, API: "SummaryMap.AccountAccessKeysPresent", Words: yes, Silent: room.Depends, Config: room.None, TF: room.None, ReadOnly: true, Doc: "active or not"},
			{Name: "AccountMFAEnabled", Kind: room.Bool, API: "SummaryMap.AccountMFAEnabled", Words: yes, Silent: room.Depends, Config: room.None, TF: room.None, ReadOnly: true},
			{Name: "AccountPasswordPresent", Kind: room.Bool, API: "SummaryMap.AccountPasswordPresent", Words: yes, Silent: room.Depends, Config: room.None, TF: room.None, ReadOnly: true},
			{Name: "VirtualMFADevices", Kind: room.List, Of: "VirtualMFADevice", Config: room.None, TF: room.None, ReadOnly: true, Doc: "the assigned ones of root and of users"},
			{Name: rootRow, Kind: room.One, Of: "CredentialReport", Config: room.None, TF: room.None, ReadOnly: true},
		},
		Finds: room.Read{Call: "GetAccountSummary", Expect: "SummaryMap"},
		Each: []room.Read{
			{
				Call: "ListVirtualMFADevices", In: room.Tree{"AssignmentStatus": "Assigned"}, Items: "VirtualMFADevices", Take: "VirtualMFADevices", Into: "VirtualMFADevices",
				For: []string{"VirtualMFADevices"},
			},
			{
				Call: "GetCredentialReport", Expect: "Content", Uses: []string{"GenerateCredentialReport"}, For: []string{rootRow}, Compose: composed,
				Gather: func(_ room.Tree, ways room.Ways) ([]room.Tree, error) {
					rows, err := report(ways, func(user string) bool { return user == root })
					for i := range rows {
						rows[i] = room.Tree{rootRow: rows[i][credentials]}
					}
					return rows, err
				},
			},
		},
		Events: []string{"CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey", "EnableMFADevice", "DeactivateMFADevice", "DeleteVirtualMFADevice"},
	}
}
