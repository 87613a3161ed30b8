package ensure

import (
	"cmp"
	"slices"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

const (
	roleName = "kumoban-apigateway-cloudwatch"
	// API Gateway is named alike in every partition.
	roleTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// Account is the type of an account's settings for API Gateway in a Region. The role
// that it writes logs with is "" where none is set, and gone where IAM has none of
// that name; where nobody could look it is not.
const (
	Account  resource.Type = "AWS::ApiGateway::Account"
	role     resource.Type = "AWS::IAM::Role"
	roleARN                = "CloudWatchRoleArn"
	roleGone               = "CloudWatchRole.Gone"
)

// What to do where the account's role does not exist.
const (
	replaceRole = "replace" // set another, for every API of the Region
	keepRole    = "keep"    // leave the setting; nothing is logged until the role is there again
)

// AccountRoleInputs are the decisions about the account's role: one of one's
// own, how one that is made is called, and what becomes of a setting that names
// a role that is gone. Forms and lengths are those of IAM's API model.
func AccountRoleInputs() []remedy.Input {
	return []remedy.Input{
		{Name: "role", Pattern: `arn:aws[a-z-]*:iam::[0-9]{12}:role/([!-.0-~]+/)*[\w+=,.@-]{1,64}`},
		{Name: "roleName", Pattern: `[\w+=,.@-]{1,64}`, Setting: true, Makes: role, Unless: "role"},
		{Name: "rolePath", Pattern: `/|/[!-~]{1,510}/`, Setting: true, Makes: role, Unless: "role"},
		{Name: "permissionsBoundary", Pattern: `arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/([!-.0-~]+/)*[\w+=,.@-]{1,128}`, Setting: true, Makes: role, Unless: "role"},
		{Name: "accountRole", Values: []string{replaceRole, keepRole}},
	}
}

// AccountRoleTouches lists what [AccountRole] may want changed, where nobody
// names another role.
func AccountRoleTouches() []remedy.Touch {
	return []remedy.Touch{
		{
			Type: role, Name: roleName, Make: true,
			Properties: []string{"AssumeRolePolicyDocument", "ManagedPolicyArns", "Path", "PermissionsBoundary"},
		},
		{Type: Account, Name: "account", Properties: []string{roleARN}, Guards: []string{roleGone, roleARN}},
	}
}

// AccountRole gives the account an API Gateway role for CloudWatch Logs in this
// Region, without which REST and WebSocket APIs write no logs; after names what
// logging has to wait for. A role that is set serves every API of the Region and
// is never replaced, and then both are empty. Where the setting names a role
// that does not exist, somebody must decide.
func AccountRole(c remedy.Case, at resource.Scope) (ensures []remedy.Ensure, after []string, err error) {
	set, _ := c.Around[roleARN].(string)
	if set != "" {
		switch {
		case c.Around[roleGone] != true, c.Inputs["accountRole"] == keepRole:
			return nil, nil, nil
		case c.Inputs["accountRole"] != replaceRole:
			return nil, nil, locale.Errorf("fix.roleGone", locale.A("role", set))
		}
	}
	seen := []any{nil, ""}
	if set != "" {
		seen = []any{set}
	}
	account := remedy.Ensure{
		ID:     "account",
		Thing:  named(at, Account, "account"),
		Shared: true,
		Guards: []remedy.Guard{{Property: roleARN, OneOf: seen, Why: locale.M("fix.guard.accountRole")}},
		Wait:   "role-accepted", // which takes API Gateway minutes
	}
	if set != "" {
		account.Guards = append(account.Guards, remedy.Guard{Property: roleGone, OneOf: []any{true}, Why: locale.M("fix.guard.roleBack")})
	}
	if own := c.Inputs["role"]; own != "" {
		account.Set = []remedy.Property{{Name: roleARN, Value: own}}
		return []remedy.Ensure{account}, []string{"account"}, ownRole(c, at)
	}
	made, err := newRole(c, at)
	if err != nil {
		return nil, nil, err
	}
	account.Set = []remedy.Property{{Name: roleARN, Value: remedy.Output{Of: made.ID, Name: "Arn"}}}
	account.After = []string{made.ID}
	return []remedy.Ensure{made, account}, []string{"account"}, nil
}

// ownRole tells why a role of one's own does not fit.
func ownRole(c remedy.Case, at resource.Scope) error {
	for _, name := range []string{"roleName", "rolePath", "permissionsBoundary"} {
		if c.Inputs[name] != "" {
			return locale.Errorf("fix.roleTwice", locale.A("input", name))
		}
	}
	if place := Place(c.Inputs["role"]); place.Partition != at.Partition || place.Account != at.Account {
		return locale.Errorf("fix.roleElsewhere", locale.A("arn", c.Inputs["role"]), locale.A("account", at.Account))
	}
	return nil
}

// newRole makes a role that API Gateway alone may assume, to write logs and
// nothing else.
func newRole(c remedy.Case, at resource.Scope) (remedy.Ensure, error) {
	made := remedy.Ensure{
		ID:    "role",
		Thing: named(at, role, cmp.Or(c.Inputs["roleName"], roleName)),
		Set: []remedy.Property{
			{Name: "AssumeRolePolicyDocument", Value: roleTrust},
			{Name: "ManagedPolicyArns", Value: []string{"arn:" + at.Partition + ":iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"}},
		},
		Make:   true,
		Shared: true,
	}
	if path := c.Inputs["rolePath"]; path != "" {
		made.Set = append(made.Set, remedy.Property{Name: "Path", Value: path})
	}
	if boundary := c.Inputs["permissionsBoundary"]; boundary != "" {
		if place := Place(boundary); place.Partition != at.Partition || !slices.Contains([]string{"aws", at.Account}, place.Account) {
			return made, locale.Errorf("fix.roleElsewhere", locale.A("arn", boundary), locale.A("account", at.Account))
		}
		made.Set = append(made.Set, remedy.Property{Name: "PermissionsBoundary", Value: boundary})
	}
	return made, nil
}
