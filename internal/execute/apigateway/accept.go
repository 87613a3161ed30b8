package apigateway

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/execute/drive"
)

// roleNotAccepted tells whether API Gateway refused a change because of the
// account's role for CloudWatch Logs. A new role takes minutes to be accepted;
// AWS does not tell that from a role that never will be.
func roleNotAccepted(err error) bool {
	f := drive.Fault(err)
	return f.Code == "BadRequestException" && slices.ContainsFunc([]string{
		"The role ARN does not have required permissions",
		"API Gateway could not successfully write to CloudWatch Logs using the ARN specified",
		"CloudWatch Logs role ARN must be set in account settings",
	}, func(words string) bool { return strings.Contains(f.Message, words) })
}

// NotYet implements [drive.Patient].
func (stageDriver) NotYet(err error) bool { return roleNotAccepted(err) }

// NotYet implements [drive.Patient].
func (v2StageDriver) NotYet(err error) bool { return roleNotAccepted(err) }

// NotYet implements [drive.Patient].
func (accountDriver) NotYet(err error) bool { return roleNotAccepted(err) }
