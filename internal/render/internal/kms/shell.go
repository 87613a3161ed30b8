package kms

import (
	"slices"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
)

func (s *script) key(st *plan.Step) error {
	if st.Make {
		return s.makeKey(st)
	}
	// These calls take no alias.
	s.Set("KEY_ARN", shell.Command{Service: "kms", Operation: "describe-key", Input: shell.Object{{Name: "KeyId", Value: st.Thing.Name}}, Query: "KeyMetadata.Arn"})
	for _, change := range st.Changes {
		one := *st
		one.Changes, one.Guards = []plan.Change{change}, nil
		r, c, err := keyChange(&change)
		if err != nil {
			return err
		}
		if err := s.AsPlanned(&one, r, nil); err != nil {
			return err
		}
		s.Run(c)
		if err := s.AsWritten(&one, r); err != nil {
			return err
		}
	}
	return nil
}

// keyChange says how a property of the key in KEY_ARN is read and changed.
func keyChange(c *plan.Change) (shell.Reader, shell.Command, error) {
	named := shell.Object{{Name: "KeyId", Value: shell.Variable("KEY_ARN")}}
	read := func(c shell.Command, property string, f shell.Field) shell.Reader {
		return shell.Reader{
			Command: func(plan.Thing) (shell.Command, error) { return c, nil },
			Field:   func(p string) (shell.Field, bool) { return f, p == property },
		}
	}
	switch c.Property {
	case "KeyPolicy":
		named = append(named, shell.Member{Name: "PolicyName", Value: "default"})
		r := read(shell.Command{Service: "kms", Operation: "get-key-policy", Input: named}, c.Property, shell.Field{Path: "Policy"})
		return r, shell.Command{Service: "kms", Operation: "put-key-policy", Input: append(slices.Clone(named), shell.Member{Name: "Policy", Value: plan.Normal(c.Will)})}, nil
	case "EnableKeyRotation":
		r := read(shell.Command{Service: "kms", Operation: "get-key-rotation-status", Input: named}, c.Property, shell.Field{Path: "KeyRotationEnabled"})
		operation := "enable-key-rotation"
		if plan.Normal(c.Will) != true {
			operation = "disable-key-rotation"
		}
		return r, shell.Command{Service: "kms", Operation: operation, Input: named}, nil
	}
	return shell.Reader{}, shell.Command{}, shell.UnknownProperty(c.Property)
}

func (s *script) makeKey(st *plan.Step) error {
	s.Absent(s.There(st), "NotFoundException", shell.Command{Service: "kms", Operation: "describe-key", Input: shell.Object{{Name: "KeyId", Value: st.Thing.Name}}})
	input := shell.Object{{Name: "Description", Value: st.Thing.Name}}
	if policy, ok := part.Find(st.Changes, "KeyPolicy"); ok {
		input = append(input, shell.Member{Name: "Policy", Value: policy})
	}
	name, wanted := s.Output(st, "Arn", "KEY_ARN")
	if !wanted {
		name = "KEY_ARN"
	}
	s.Set(name, shell.Command{Service: "kms", Operation: "create-key", Input: input, Query: "KeyMetadata.Arn"})
	s.Run(shell.Command{Service: "kms", Operation: "create-alias", Input: shell.Object{{Name: "AliasName", Value: st.Thing.Name}, {Name: "TargetKeyId", Value: name}}})
	if rotate, _ := part.Find(st.Changes, "EnableKeyRotation"); rotate == true {
		rotates := plan.Change{Property: "EnableKeyRotation", Will: true}
		s.Run(shell.Command{Service: "kms", Operation: "enable-key-rotation", Input: shell.Object{{Name: "KeyId", Value: name}}})
		s.Must(s.NotWritten(st, rotates), shell.Command{Service: "kms", Operation: "get-key-rotation-status", Input: shell.Object{{Name: "KeyId", Value: name}}, Query: "KeyRotationEnabled == `true`"})
	}
	return nil
}
