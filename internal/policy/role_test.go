package policy

import (
	"errors"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/locale"
)

// TestFixRole: a role is named for all accounts or for one, by name or ARN, and
// nothing else is kept.
func TestFixRole(t *testing.T) {
	const account, arn = "111122223333", "arn:aws:iam::111122223333:role/ops/fixer"
	for _, c := range []struct{ name, value, want, key string }{
		{"fixRole", "kumoban-fix", "fix-role=kumoban-fix", ""},
		{"Fix-Role." + account, " ops/fixer ", "fix-role." + account + "=ops/fixer", ""},
		{"fixRole." + account, arn, "fix-role." + account + "=" + arn, ""},
		{"fixRole", "OFF", "fix-role=off", ""},
		{"fixRoleExternalID", "kumo:ban/1", "fix-role-external-id=kumo:ban/1", ""},
		{"fixRoleExternalID." + account, "off", "fix-role-external-id." + account + "=off", ""},
		{"fixRole.1111", "x", "", "policy.badAccount"},
		{"four-eyes." + account, "on", "", "policy.notPerAccount"},
		{"fixRoles", "x", "", "policy.unknown"},
		{"fixRole", "a role", "", "policy.badRole"},
		{"fixRole", strings.Repeat("r", 65), "", "policy.badRole"},
		{"fixRole", "arn:aws:iam::111122223333:user/kei", "", "policy.badRole"},
		{"fixRole.444455556666", arn, "", "policy.otherAccount"},
		{"fixRoleExternalID", "x", "", "policy.badExternalID"},
		{"fixRoleExternalID", "a b", "", "policy.badExternalID"},
		{"fixRoleExternalID", strings.Repeat("x", 1225), "", "policy.badExternalID"},
	} {
		s, err := Find(c.name)
		value := ""
		if err == nil {
			value, err = s.Check(c.value)
		}
		got, key := "", ""
		if ours, is := errors.AsType[*locale.Error](err); is {
			key = ours.Key
		} else {
			got = s.Name + "=" + value
		}
		if got != c.want || key != c.key {
			t.Errorf("%s %s: %s %s, want %s %s", c.name, c.value, got, key, c.want, c.key)
		}
	}
}

// TestRoleOf: what was decided for an account goes before what was for all.
func TestRoleOf(t *testing.T) {
	values := map[string]string{
		"fix-role": "fixer", "fix-role-external-id": "all", "fix-role.111122223333": "arn:aws:iam::111122223333:role/own", "fix-role-external-id.111122223333": "off",
		"fix-role.222233334444": "off", "fix-role.333344445555": "two words", "four-eyes": "on",
	}
	for account, want := range map[string]string{
		"444455556666": "arn:aws:iam::444455556666:role/fixer all", "111122223333": "arn:aws:iam::111122223333:role/own ", "222233334444": "nobody", "333344445555": "policy.badRole",
	} {
		role, err := RoleOf(values, account)
		got := "nobody"
		if ours, is := errors.AsType[*locale.Error](err); is {
			got = ours.Key
		} else if role.Name != "" {
			arn, err := role.ARN("aws", account)
			if err != nil {
				t.Fatal(err)
			}
			got = arn + " " + role.ExternalID
		}
		if got != want {
			t.Errorf("%s: %s, want %s", account, got, want)
		}
	}
	if role, err := RoleOf(nil, "111122223333"); err != nil || role.Name != "" {
		t.Errorf("nothing decided: %+v, %v", role, err)
	}
	foreign := Role{Name: "arn:aws:iam::111122223333:role/own"}
	for _, at := range []struct{ partition, account string }{{"aws", "444455556666"}, {"aws-cn", "111122223333"}} {
		if arn, err := foreign.ARN(at.partition, at.account); err == nil {
			t.Errorf("%+v: %s", at, arn)
		}
	}
	var names []string
	for _, s := range Listed(values) {
		if strings.HasPrefix(s.Name, FixRole) {
			names = append(names, s.Name)
		}
	}
	if got, want := strings.Join(names, " "), "fix-role fix-role.111122223333 fix-role.222233334444 fix-role.333344445555 fix-role-external-id fix-role-external-id.111122223333"; got != want {
		t.Errorf("listed: %s", got)
	}
}
