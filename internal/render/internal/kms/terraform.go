package kms

import (
	"strings"

	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/terraform"
)

func (s *source) key(m *part.Merged) error {
	if !m.Make {
		s.Missing("KeyId") // what exists is imported by its id, not by its alias
		return nil
	}
	b := terraform.Open(s.Address[m])
	b.Set("description", terraform.Quoted(m.Thing.Name))
	if rotate, ok := part.Find(m.Changes, "EnableKeyRotation"); ok {
		b.Set("enable_key_rotation", terraform.Literal(rotate))
	}
	if policy, ok := part.Find(m.Changes, "KeyPolicy"); ok {
		b.Set("policy", terraform.Document(part.Text(policy)))
	}
	s.Close(b, m, s.Address[m], "")
	_, label, _ := strings.Cut(s.Address[m], ".")
	s.Blank()
	alias := terraform.Open("aws_kms_alias." + label)
	alias.Set("name", terraform.Quoted(m.Thing.Name))
	alias.Set("target_key_id", s.Address[m]+".key_id")
	s.Put(alias)
	return nil
}
