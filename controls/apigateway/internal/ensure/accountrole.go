package ensure

import (
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

const (
	roleName = "kumoban-apigateway-cloudwatch"
	// API Gateway is named alike in every partition.
	roleTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// AccountRoleTouches lists what [AccountRole] may want changed.
func AccountRoleTouches() []remedy.Touch {
	return []remedy.Touch{
		{Type: "AWS::IAM::Role", Name: roleName, Make: true, Properties: []string{"AssumeRolePolicyDocument", "ManagedPolicyArns"}},
		{Type: "AWS::ApiGateway::Account", Name: "account", Properties: []string{"CloudWatchRoleArn"}, Guards: []string{"CloudWatchRoleArn"}},
	}
}

// AccountRole gives the account an API Gateway role for CloudWatch Logs in this
// Region, without which REST and WebSocket APIs write no logs; after names what
// logging has to wait for. Where a role is set, both are empty: it serves every
// API of the Region and is never replaced.
func AccountRole(c remedy.Case, at resource.Scope) (ensures []remedy.Ensure, after []string) {
	if c.AccountRole != "" {
		return nil, nil
	}
	iam := "arn:" + at.Partition + ":iam::"
	return []remedy.Ensure{
		{
			ID:    "role",
			Thing: named(at, "AWS::IAM::Role", roleName),
			Set: []remedy.Property{
				{Name: "AssumeRolePolicyDocument", Value: roleTrust},
				{Name: "ManagedPolicyArns", Value: []string{iam + "aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"}},
			},
			Make:   true,
			Shared: true,
		},
		{
			ID:     "account",
			Thing:  named(at, "AWS::ApiGateway::Account", "account"),
			Set:    []remedy.Property{{Name: "CloudWatchRoleArn", Value: remedy.Output{Of: "role", Name: "Arn"}}},
			After:  []string{"role"},
			Shared: true,
			Guards: []remedy.Guard{{
				Property: "CloudWatchRoleArn",
				OneOf:    []any{nil, "", iam + at.Account + ":role/" + roleName},
				Why:      locale.M("fix.guard.accountRole"),
			}},
			Wait: remedy.RoleAccepted,
		},
	}, []string{"account"}
}
