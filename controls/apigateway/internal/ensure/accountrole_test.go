package ensure

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

func TestAccountRole(t *testing.T) {
	for _, partition := range []string{"aws", "aws-cn", "aws-us-gov"} {
		at := resource.Scope{Partition: partition, Account: "111122223333", Region: "x-1"}
		ensures, after, err := AccountRole(remedy.Case{}, at)
		if got := ensuretest.IDs(ensures); err != nil || !slices.Equal(got, []string{"role", "account"}) || !slices.Equal(after, []string{"account"}) {
			t.Fatalf("%s: %v, after %v, %v", partition, got, after, err)
		}
		role, account := ensures[0], ensures[1]
		want := map[string]any{
			"AssumeRolePolicyDocument": roleTrust,
			"ManagedPolicyArns":        []string{"arn:" + partition + ":iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"},
		}
		if diff := cmp.Diff(want, ensuretest.Values(ensures, "role")); diff != "" {
			t.Errorf("%s: %s", partition, diff)
		}
		if !role.Make || !role.Shared || role.Data || account.Make || !account.Shared {
			t.Errorf("%s: role %+v, account %+v", partition, role, account)
		}
		if account.Wait != "role-accepted" || account.Set[0].Value != (remedy.Output{Of: "role", Name: "Arn"}) {
			t.Errorf("%s: %+v", partition, account)
		}
	}
	if !json.Valid([]byte(roleTrust)) {
		t.Error("the trust policy is no JSON")
	}
}

// TestAccountRoleIsDecided: what is there stays, what is gone is replaced only
// where somebody says so, and the guard accepts what was seen and nothing else.
func TestAccountRoleIsDecided(t *testing.T) {
	const theirs, own = "arn:aws:iam::111122223333:role/stack/theirs", "arn:aws:iam::111122223333:role/team/logs"
	const boundary = "arn:aws:iam::111122223333:policy/bounds"
	for name, c := range map[string]struct {
		set    string
		gone   bool
		inputs string
		ids    string // "" is none
		seen   []any
		will   any
		err    string
	}{
		"none":                   {ids: "role account", seen: []any{nil, ""}, will: remedy.Output{Of: "role", Name: "Arn"}},
		"one is there":           {set: theirs},
		"one is there, replace":  {set: theirs, inputs: "accountRole=replace"},
		"one is there, own":      {set: theirs, inputs: "role=" + own},
		"gone":                   {set: theirs, gone: true, err: "fix.roleGone"},
		"gone, own undecided":    {set: theirs, gone: true, inputs: "role=" + own, err: "fix.roleGone"},
		"gone, keep":             {set: theirs, gone: true, inputs: "accountRole=keep"},
		"gone, replace":          {set: theirs, gone: true, inputs: "accountRole=replace", ids: "role account", seen: []any{theirs}, will: remedy.Output{Of: "role", Name: "Arn"}},
		"gone, replace by own":   {set: theirs, gone: true, inputs: "accountRole=replace role=" + own, ids: "account", seen: []any{theirs}, will: own},
		"own":                    {inputs: "role=" + own, ids: "account", seen: []any{nil, ""}, will: own},
		"own and name":           {inputs: "roleName=x role=" + own, err: "fix.roleTwice"},
		"own and boundary":       {inputs: "permissionsBoundary=" + boundary + " role=" + own, err: "fix.roleTwice"},
		"own of another account": {inputs: "role=arn:aws:iam::444455556666:role/x", err: "fix.roleElsewhere"},
		"own of China":           {inputs: "role=arn:aws-cn:iam::111122223333:role/x", err: "fix.roleElsewhere"},
		"boundary elsewhere":     {inputs: "permissionsBoundary=arn:aws:iam::444455556666:policy/x", err: "fix.roleElsewhere"},
		"AWS's own boundary": {inputs: "permissionsBoundary=arn:aws:iam::aws:policy/PowerUserAccess", ids: "role account", seen: []any{nil, ""},
			will: remedy.Output{Of: "role", Name: "Arn"}},
	} {
		inputs := map[string]string{}
		for _, in := range strings.Fields(c.inputs) {
			name, value, _ := strings.Cut(in, "=")
			inputs[name] = value
		}
		ensures, after, err := AccountRole(remedy.Case{Around: map[string]any{roleARN: c.set, roleGone: c.gone}, Inputs: inputs}, ensuretest.Scope())
		if got := ensuretest.ErrorKey(t, err); got != c.err {
			t.Errorf("%s: %q, want %q", name, got, c.err)
		}
		if c.err != "" {
			continue
		}
		if got := strings.Join(ensuretest.IDs(ensures), " "); got != c.ids || (len(after) == 0) != (c.ids == "") {
			t.Errorf("%s: %s after %v, want %s", name, got, after, c.ids)
			continue
		}
		if c.ids == "" {
			continue
		}
		account := ensures[len(ensures)-1]
		if diff := cmp.Diff(c.seen, account.Guards[0].OneOf) + cmp.Diff(c.will, account.Set[0].Value); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestRoleIsNamed: name, path and boundary of a role that is made.
func TestRoleIsNamed(t *testing.T) {
	const boundary = "arn:aws:iam::111122223333:policy/team/bounds"
	inputs := map[string]string{"roleName": "logs", "rolePath": "/team/a/", "permissionsBoundary": boundary}
	ensures, _, err := AccountRole(remedy.Case{Inputs: inputs}, ensuretest.Scope())
	if err != nil {
		t.Fatal(err)
	}
	values := ensuretest.Values(ensures, "role")
	if ensures[0].Thing.Name != "logs" || values["Path"] != "/team/a/" || values["PermissionsBoundary"] != boundary {
		t.Errorf("%s %v", ensures[0].Thing.Name, values)
	}
}

// TestRoleInputs are forms that IAM takes, and others.
func TestRoleInputs(t *testing.T) {
	form := map[string]*regexp.Regexp{}
	for _, in := range AccountRoleInputs() {
		form[in.Name] = regexp.MustCompile("^(?:" + in.Pattern + ")$")
	}
	const role, policy = "arn:aws:iam::111122223333:role/", "arn:aws:iam::111122223333:policy/"
	for text, good := range map[string]bool{
		"role=" + role + "x":                          true,
		"role=" + role + "service-role/a/x_+=,.@-":    true,
		"role=" + role:                                false,
		"role=" + role + "a/":                         false,
		"role=" + role + "a b":                        false,
		"role=" + role + strings.Repeat("x", 65):      false,
		"role=" + policy + "x":                        false,
		"role=x":                                      false,
		"roleName=x_+=,.@-":                           true,
		"roleName=a/b":                                false,
		"roleName=" + strings.Repeat("x", 65):         false,
		"rolePath=/":                                  true,
		"rolePath=/a/b/":                              true,
		"rolePath=/" + strings.Repeat("x", 510) + "/": true,
		"rolePath=/" + strings.Repeat("x", 511) + "/": false,
		"rolePath=a/":                                 false,
		"rolePath=/a":                                 false,
		"rolePath=/a b/":                              false,
		"permissionsBoundary=" + policy + "a/b":       true,
		"permissionsBoundary=arn:aws-cn:iam::aws:policy/job-function/X":         true,
		"permissionsBoundary=" + role + "x":                                     false,
		"permissionsBoundary=" + policy + "x\n":                                 false,
		"permissionsBoundary=arn:aws:iam::aws:policy/" + strings.Repeat("p", 0): false,
	} {
		name, value, _ := strings.Cut(text, "=")
		if got := form[name].MatchString(value); got != good {
			t.Errorf("%.80s: %t", text, got)
		}
	}
}
