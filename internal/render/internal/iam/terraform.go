package iam

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/terraform"
)

// role writes the role where it is made or its trust changes, and an attachment
// for each policy that it lacks.
func (s *source) role(m *part.Merged) error {
	trust, changes := part.Find(m.Changes, "AssumeRolePolicyDocument")
	name := terraform.Quoted(m.Thing.Name)
	written := m.Make || changes
	if written {
		b := terraform.Open(s.Address[m])
		b.Set("name", terraform.Quoted(m.Thing.Name))
		b.Set("assume_role_policy", terraform.Document(part.Text(trust)))
		ignore := []string{"description", "force_detach_policies", "inline_policy", "max_session_duration", "path", "permissions_boundary", "tags", "tags_all"}
		for _, a := range []terraform.Argument{{Property: "Path", Name: "path"}, {Property: "PermissionsBoundary", Name: "permissions_boundary"}} {
			if v, ok := part.Find(m.Changes, a.Property); ok {
				b.Set(a.Name, terraform.Quoted(part.Text(v)))
				ignore = slices.DeleteFunc(ignore, func(name string) bool { return name == a.Name })
			}
		}
		id := ""
		if !m.Make {
			id = m.Thing.Name
		}
		s.Close(b, m, s.Address[m], id, ignore...)
		name = s.Address[m] + ".name"
	}
	for i, address := range s.attachments(m) {
		if written || i > 0 {
			s.Blank()
		}
		b := terraform.Open(address)
		b.Set("role", name)
		b.Set("policy_arn", terraform.Quoted(lacking(m)[i]))
		s.Put(b)
	}
	return nil
}

// lacking lists the policies to attach.
func lacking(m *part.Merged) []string {
	for _, c := range m.Changes {
		if c.Property == "ManagedPolicyArns" {
			was := part.Strings(c.Was)
			return slices.DeleteFunc(part.Strings(c.Will), func(arn string) bool { return slices.Contains(was, arn) })
		}
	}
	return nil
}

// attachments names the resources that attach policies to a role.
func (s *source) attachments(m *part.Merged) []string {
	_, label, _ := strings.Cut(s.Address[m], ".")
	var addresses []string
	for i, arn := range lacking(m) {
		address := "aws_iam_role_policy_attachment." + label
		if i > 0 {
			address += "_" + terraform.Word(arn[strings.LastIndexByte(arn, '/')+1:])
		}
		addresses = append(addresses, address)
	}
	return addresses
}
