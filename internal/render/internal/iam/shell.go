package iam

import (
	"slices"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
)

func (s *script) role(st *plan.Step) error {
	named := shell.Object{{Name: "RoleName", Value: st.Thing.Name}}
	get := shell.Command{Service: "iam", Operation: "get-role", Input: named}
	if st.Make {
		s.Absent(s.There(st), "NoSuchEntity", get)
	}
	trust, has := part.Find(st.Changes, "AssumeRolePolicyDocument")
	trusted := append(slices.Clone(named), shell.Member{Name: "AssumeRolePolicyDocument", Value: trust})
	for _, property := range []string{"Path", "PermissionsBoundary"} {
		if v, ok := part.Find(st.Changes, property); ok && st.Make {
			trusted = append(trusted, shell.Member{Name: property, Value: v})
		} else if ok {
			return shell.UnknownProperty(property) // IAM moves no role, and kumoban changes no boundary
		}
	}
	create := shell.Command{Service: "iam", Operation: "create-role", Input: trusted, Query: "Role.Arn"}
	name, wanted := s.Output(st, "Arn", "ROLE_ARN")
	switch {
	case st.Make && wanted:
		s.Set(name, create)
	case st.Make:
		s.Run(create.With(""))
	case has:
		s.sameTrust(st, get)
		s.Run(shell.Command{Service: "iam", Operation: "update-assume-role-policy", Input: shell.Object{named[0], {Name: "PolicyDocument", Value: trust}}})
	}
	if !st.Make && wanted {
		s.Set(name, get.With("Role.Arn"))
	}
	for _, change := range st.Changes {
		switch change.Property {
		case "AssumeRolePolicyDocument":
		case "Path":
			s.Must(s.NotWritten(st, change), get.With("Role.Path == "+shell.Literal(change.Will)))
		case "PermissionsBoundary":
			s.Must(s.NotWritten(st, change), get.With("Role.PermissionsBoundary.PermissionsBoundaryArn == "+shell.Literal(change.Will)))
		case "ManagedPolicyArns":
			s.attach(st, named, &change)
		default:
			return shell.UnknownProperty(change.Property)
		}
	}
	return nil
}

// sameTrust stops the script where the trust policy is another than the plan
// found. Policies are compared by what they say, not by their spelling.
func (s *script) sameTrust(st *plan.Step, get shell.Command) {
	for _, c := range st.Changes {
		document, err := part.Document(part.Text(c.Was))
		if c.Property != "AssumeRolePolicyDocument" || err != nil {
			continue
		}
		expected := s.Expected([]plan.Change{c}, false)
		s.Must(s.Words.Say("shell.drift", locale.A("step", st.ID), locale.A("thing", s.Words.Thing(st.Thing)), locale.A("expected", expected)),
			get.With("Role.AssumeRolePolicyDocument == "+shell.Literal(document)))
	}
}

// attach attaches the policies that a role lacks, and looks whether it has
// them all then.
func (s *script) attach(st *plan.Step, named shell.Object, c *plan.Change) {
	will := part.Strings(c.Will)
	for _, arn := range will {
		if !slices.Contains(part.Strings(c.Was), arn) {
			s.Run(shell.Command{Service: "iam", Operation: "attach-role-policy", Input: append(slices.Clone(named), shell.Member{Name: "PolicyArn", Value: arn})})
		}
	}
	conditions := []string{}
	for _, arn := range will {
		conditions = append(conditions, "contains(AttachedPolicies[].PolicyArn, "+shell.Literal(arn)+")")
	}
	s.Must(s.NotWritten(st, *c), shell.Command{Service: "iam", Operation: "list-attached-role-policies", Input: named, Query: shell.All(conditions)})
}
