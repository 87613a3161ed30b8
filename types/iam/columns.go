package iam

import "github.com/kumoban/kumoban/internal/room"

// column is a column of the report with the property that has it.
type column struct {
	name, property string
	kind           room.Kind
	doc            string
}

func columns() []column {
	return []column{
		{"password_enabled", "PasswordEnabled", room.Bool, ""},
		{"password_last_used", "PasswordLastUsed", room.Time, "absent: never, as far as AWS knows"},
		{"password_last_changed", "PasswordLastChanged", room.Time, ""},
		{"mfa_active", "MFAActive", room.Bool, ""},
		{"access_key_1_active", "AccessKey1Active", room.Bool, ""},
		{"access_key_1_last_rotated", "AccessKey1LastRotated", room.Time, "when it was made, or last became active or inactive"},
		{"access_key_1_last_used_date", "AccessKey1LastUsed", room.Time, "absent: never, as far as AWS knows"},
		{"access_key_2_active", "AccessKey2Active", room.Bool, ""},
		{"access_key_2_last_rotated", "AccessKey2LastRotated", room.Time, ""},
		{"access_key_2_last_used_date", "AccessKey2LastUsed", room.Time, ""},
		{"additional_credentials_info", "AdditionalCredentials", room.String, "absent: all keys are in the row"},
	}
}

func reportProperties() []room.Property {
	list := []room.Property{{Name: "GeneratedTime", Kind: room.Time, Doc: "when the report was made: what is said was so then"}}
	for _, c := range columns() {
		list = append(list, room.Property{Name: c.property, Kind: c.kind, Doc: c.doc})
	}
	return list
}
