// Package logs shows what plans change of a log group of CloudWatch Logs: it has no
// room, for it is made by one call and given its properties by others.
package logs

import (
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/cloudformation"
	"github.com/kumoban/kumoban/internal/render/internal/console"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
	"github.com/kumoban/kumoban/internal/render/internal/terraform"
	"github.com/kumoban/kumoban/internal/resource"
)

// Group is the type of its things.
const Group resource.Type = "AWS::Logs::LogGroup"

type (
	script   struct{ *shell.Script }
	source   struct{ *terraform.Source }
	page     struct{ *console.Page }
	template struct{ *cloudformation.Template }
)

// Shell says how AWS CLI commands are written.
func Shell() shell.Kinds {
	empty := func(s *shell.Script, st *plan.Step, g *plan.Guard) error { return (&script{s}).empty(st, g) }
	return shell.Kinds{Group: {
		Write:  func(s *shell.Script, st *plan.Step) error { return (&script{s}).logGroup(st) },
		Guards: map[string]func(*shell.Script, *plan.Step, *plan.Guard) error{"Events": empty},
	}}
}

// Terraform says how resources are written.
func Terraform() terraform.Kinds {
	return terraform.Kinds{Group: {
		Resource: "aws_cloudwatch_log_group", Outputs: map[string]string{"Arn": "arn"},
		Write: func(s *terraform.Source, m *part.Merged) error { return (&source{s}).logGroup(m) },
	}}
}

// Console says how steps in the console are told.
func Console() console.Kinds {
	return console.Kinds{Group: {Write: func(s *console.Page) { (&page{s}).logGroup() }}}
}

// CloudFormation says how resources are written.
func CloudFormation() cloudformation.Kinds {
	// GetAtt's ARN ends in ":*", which API Gateway does not take.
	arn := func(id string) cloudformation.Intrinsic {
		return cloudformation.Intrinsic("!Sub arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${" + id + "}")
	}
	return cloudformation.Kinds{Group: {
		ID: "LogGroup", Outputs: map[string]func(string) cloudformation.Intrinsic{"Arn": arn},
		Write: func(t *cloudformation.Template, m *part.Merged) (cloudformation.Mapping, error) {
			return (&template{t}).logGroup(m)
		},
	}}
}
