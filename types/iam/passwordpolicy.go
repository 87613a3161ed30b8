package iam

import "github.com/kumoban/kumoban/internal/room"

// passwordPolicy is the account's own. Where there is none, and IAM's default
// holds, every property is absent: an answer always has the length and what is
// required. AWS takes the policy whole: what a call leaves out is reset.
func passwordPolicy() room.Room {
	wanted := []string{
		"MinimumPasswordLength", "RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters", "RequireLowercaseCharacters",
		"AllowUsersToChangePassword", "MaxPasswordAge", "PasswordReusePrevention", "HardExpiry",
	}
	in := room.Tree{}
	for _, name := range wanted {
		in[name] = room.V(name)
	}
	return room.Room{
		Type: "AWS::IAM::AccountPasswordPolicy", Doc: "what an account demands of users' passwords", Setting: true, Where: room.OfAccount, Lacks: []room.Form{room.Item, room.Template}, ASFF: "AwsAccount",
		TF: []string{"aws_iam_account_password_policy"},
		Properties: []room.Property{
			{Name: "MinimumPasswordLength", Kind: room.Int, Provider: 6},
			{Name: "RequireSymbols", Kind: room.Bool, Provider: false}, {Name: "RequireNumbers", Kind: room.Bool, Provider: false},
			{Name: "RequireUppercaseCharacters", Kind: room.Bool, Provider: false}, {Name: "RequireLowercaseCharacters", Kind: room.Bool, Provider: false},
			{Name: "AllowUsersToChangePassword", Kind: room.Bool, Provider: true},
			{Name: "ExpirePasswords", Kind: room.Bool, ReadOnly: true, Doc: "follows from MaxPasswordAge"},
			{Name: "MaxPasswordAge", Kind: room.Int, EmptyIsAbsent: true, Doc: "in days; absent: for ever"},
			{Name: "PasswordReusePrevention", Kind: room.Int, EmptyIsAbsent: true, Doc: "how many earlier passwords; absent: none"},
			{Name: "HardExpiry", Kind: room.Bool},
		},
		Finds: room.Read{Call: "GetAccountPasswordPolicy", Take: "PasswordPolicy", Absent: []string{"NoSuchEntity"}},
		Writes: []room.Write{
			{Call: "DeleteAccountPasswordPolicy", Sets: []string{"MinimumPasswordLength"}, Takes: true}, // there is no length only where there is no policy
			{Call: "UpdateAccountPasswordPolicy", Sets: wanted, In: in, Whole: true, Back: room.Exposes},
		},
		Pages:  []room.Page{{Sets: wanted, Open: []string{"IAM", "Account settings", "Password policy", "Edit", "Custom"}, Save: []string{"Save changes", "Set custom"}}},
		Events: []string{"UpdateAccountPasswordPolicy", "DeleteAccountPasswordPolicy"},
	}
}
