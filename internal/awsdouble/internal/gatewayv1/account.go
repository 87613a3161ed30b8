package gatewayv1

import (
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/gateway"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func accountOperations() []gateway.Operation {
	return []gateway.Operation{
		gateway.Op("GetAccount", "GET", "/account", 200, getAccount),
		gateway.Op("UpdateAccount", "PATCH", "/account", 200, updateAccount),
	}
}

type account struct {
	CloudwatchRoleArn string           `json:"cloudwatchRoleArn,omitempty"`
	ThrottleSettings  throttleSettings `json:"throttleSettings"`
	Features          []string         `json:"features"`
	APIKeyVersion     string           `json:"apiKeyVersion"`
}

type throttleSettings struct {
	BurstLimit int     `json:"burstLimit"`
	RateLimit  float64 `json:"rateLimit"`
}

func getAccount(r *service.Request) (any, error) {
	return account{
		CloudwatchRoleArn: r.Region.CloudwatchRoleArn,
		ThrottleSettings:  throttleSettings{BurstLimit: 5000, RateLimit: 10000},
		Features:          []string{"UsagePlans"},
		APIKeyVersion:     "4",
	}, nil
}

// updateAccount sets the CloudWatch Logs role; an empty value takes it away.
// The old API reference lists the path as replaceable only.
func updateAccount(r *service.Request) (any, error) {
	ops, err := patches(r)
	if err != nil {
		return nil, err
	}
	role := r.Region.CloudwatchRoleArn
	for _, p := range ops {
		if !strings.EqualFold(p.Path, "/cloudwatchRoleArn") {
			return nil, p.unknown("/cloudwatchRoleArn")
		}
		if err := p.only("replace"); err != nil {
			return nil, err
		}
		if err := checkLogRole(r, p.Value); err != nil {
			return nil, err
		}
		role = p.Value
	}
	r.Region.CloudwatchRoleArn = role
	return getAccount(r)
}

// checkLogRole refuses a role that API Gateway could not use. AWS does not say
// whether the role, its trust or its policy is missing.
func checkLogRole(r *service.Request, arn string) error {
	if arn == "" {
		return nil
	}
	if parts := strings.Split(arn, ":"); len(parts) != 6 || parts[2] != "iam" || !strings.HasPrefix(parts[5], "role/") {
		return service.BadRequest("Invalid ARN specified in the request: " + arn)
	}
	role := r.Account.Role(arn)
	if role == nil || fresh(r, role) || !role.Trusts("Service", "apigateway.amazonaws.com") || !role.HasPolicy("AmazonAPIGatewayPushToCloudWatchLogs") {
		return service.BadRequest("The role ARN does not have required permissions configured. " +
			"Please grant trust permission for API Gateway and add the required role policy.")
	}
	return nil
}

// fresh reports whether a role is too new for API Gateway.
func fresh(r *service.Request, role *world.Role) bool {
	age := r.Now.Sub(role.CreateDate.Time)
	return age >= 0 && age < r.World.RoleDelay
}
