// Package iam shows what plans change of an IAM role: it has no room, for policies are
// attached one by one, and its trust policy is compared by what it says.
package iam

import (
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/cloudformation"
	"github.com/kumoban/kumoban/internal/render/internal/console"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
	"github.com/kumoban/kumoban/internal/render/internal/terraform"
	"github.com/kumoban/kumoban/internal/resource"
)

// Role is the type of its things.
const Role resource.Type = "AWS::IAM::Role"

type (
	script   struct{ *shell.Script }
	source   struct{ *terraform.Source }
	page     struct{ *console.Page }
	template struct{ *cloudformation.Template }
)

// Shell says how AWS CLI commands are written.
func Shell() shell.Kinds {
	return shell.Kinds{Role: {Write: func(s *shell.Script, st *plan.Step) error { return (&script{s}).role(st) }}}
}

// Terraform says how resources are written.
func Terraform() terraform.Kinds {
	return terraform.Kinds{Role: {
		Resource: "aws_iam_role", Outputs: map[string]string{"Arn": "arn"},
		Write: func(s *terraform.Source, m *part.Merged) error { return (&source{s}).role(m) },
		Parts: func(s *terraform.Source, m *part.Merged) []string { return (&source{s}).attachments(m) },
	}}
}

// Console says how steps in the console are told.
func Console() console.Kinds {
	return console.Kinds{Role: {Shown: true, Write: func(s *console.Page) { (&page{s}).role() }}}
}

// CloudFormation says how resources are written.
func CloudFormation() cloudformation.Kinds {
	return cloudformation.Kinds{Role: {
		ID: "Role", Outputs: map[string]func(string) cloudformation.Intrinsic{"Arn": cloudformation.Arn},
		Write: func(t *cloudformation.Template, m *part.Merged) (cloudformation.Mapping, error) {
			return (&template{t}).role(m)
		},
	}}
}
