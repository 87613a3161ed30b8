package terraform

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func logGroup(s *source, m *part.Merged) error {
	b := open(s.address[m])
	b.set("name", quoted(m.Thing.Name))
	ignore, err := s.fill(b, m, []argument{{"RetentionInDays", "retention_in_days"}, {"KmsKeyId", "kms_key_id"}},
		[]string{"kms_key_id", "retention_in_days", "skip_destroy", "tags", "tags_all"})
	if err != nil {
		return err
	}
	id := ""
	if !m.Make {
		id = m.Thing.Name
	}
	s.close(b, m, s.address[m], id, ignore...)
	return nil
}

// role writes the role where it is made or its trust changes, and an attachment
// for each policy that it lacks.
func role(s *source, m *part.Merged) error {
	trust, changes := part.Find(m.Changes, "AssumeRolePolicyDocument")
	name := quoted(m.Thing.Name)
	written := m.Make || changes
	if written {
		b := open(s.address[m])
		b.set("name", quoted(m.Thing.Name))
		b.set("assume_role_policy", document(part.Text(trust)))
		ignore := []string{"description", "force_detach_policies", "inline_policy", "max_session_duration", "path", "permissions_boundary", "tags", "tags_all"}
		for _, a := range []argument{{"Path", "path"}, {"PermissionsBoundary", "permissions_boundary"}} {
			if v, ok := part.Find(m.Changes, a.property); ok {
				b.set(a.name, quoted(part.Text(v)))
				ignore = slices.DeleteFunc(ignore, func(name string) bool { return name == a.name })
			}
		}
		id := ""
		if !m.Make {
			id = m.Thing.Name
		}
		s.close(b, m, s.address[m], id, ignore...)
		name = s.address[m] + ".name"
	}
	for i, address := range s.attachments(m) {
		if written || i > 0 {
			s.text.WriteString("\n")
		}
		b := open(address)
		b.set("role", name)
		b.set("policy_arn", quoted(lacking(m)[i]))
		b.write(&s.text, "")
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
	_, label, _ := strings.Cut(s.address[m], ".")
	var addresses []string
	for i, arn := range lacking(m) {
		address := "aws_iam_role_policy_attachment." + label
		if i > 0 {
			address += "_" + strings.ToLower(notLabel.ReplaceAllString(arn[strings.LastIndexByte(arn, '/')+1:], "_"))
		}
		addresses = append(addresses, address)
	}
	return addresses
}

func key(s *source, m *part.Merged) error {
	if !m.Make {
		s.missing("KeyId") // what exists is imported by its id, not by its alias
		return nil
	}
	b := open(s.address[m])
	b.set("description", quoted(m.Thing.Name))
	if rotate, ok := part.Find(m.Changes, "EnableKeyRotation"); ok {
		b.set("enable_key_rotation", literal(rotate))
	}
	if policy, ok := part.Find(m.Changes, "KeyPolicy"); ok {
		b.set("policy", document(part.Text(policy)))
	}
	s.close(b, m, s.address[m], "")
	_, label, _ := strings.Cut(s.address[m], ".")
	s.text.WriteString("\n")
	alias := open("aws_kms_alias." + label)
	alias.set("name", quoted(m.Thing.Name))
	alias.set("target_key_id", s.address[m]+".key_id")
	alias.write(&s.text, "")
	return nil
}
