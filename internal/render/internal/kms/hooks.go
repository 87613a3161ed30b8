// Package kms shows what plans change of a key of AWS KMS where its room cannot say it:
// a key is made together with its alias, and its policy is a call of its own that takes
// no alias.
package kms

import (
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/cloudformation"
	"github.com/kumoban/kumoban/internal/render/internal/console"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
	"github.com/kumoban/kumoban/internal/render/internal/terraform"
	"github.com/kumoban/kumoban/internal/resource"
)

// Key is the type of its things.
const Key resource.Type = "AWS::KMS::Key"

type (
	script   struct{ *shell.Script }
	source   struct{ *terraform.Source }
	page     struct{ *console.Page }
	template struct{ *cloudformation.Template }
)

// Shell says how AWS CLI commands are written.
func Shell() shell.Kinds {
	return shell.Kinds{Key: {Rooms: true, Write: func(s *shell.Script, st *plan.Step) error { return (&script{s}).key(st) }}}
}

// Terraform says how resources are written.
func Terraform() terraform.Kinds {
	return terraform.Kinds{Key: {
		Resource: "aws_kms_key", Rooms: true, Outputs: map[string]string{"Arn": "arn"},
		Write: func(s *terraform.Source, m *part.Merged) error { return (&source{s}).key(m) },
	}}
}

// Console says how steps in the console are told.
func Console() console.Kinds {
	return console.Kinds{Key: {Rooms: true, Write: func(s *console.Page) { (&page{s}).key() }}}
}

// CloudFormation says how resources are written.
func CloudFormation() cloudformation.Kinds {
	return cloudformation.Kinds{Key: {
		ID: "Key", Rooms: true,
		Outputs: map[string]func(string) cloudformation.Intrinsic{"Arn": cloudformation.Arn},
		Write: func(t *cloudformation.Template, m *part.Merged) (cloudformation.Mapping, error) {
			return (&template{t}).key(m)
		},
		Beside: func(t *cloudformation.Template, m *part.Merged, id string) { (&template{t}).alias(m, id) },
	}}
}
