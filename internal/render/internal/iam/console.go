package iam

import (
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/render/internal/console"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func (s *page) role() {
	policies, _ := part.Find(s.Step.Changes, "ManagedPolicyArns")
	var names []string
	for _, arn := range part.Strings(policies) {
		names = append(names, console.Short(arn))
	}
	path, _ := part.Find(s.Step.Changes, "Path")
	if text := part.Text(path); s.Step.Make && text != "" && text != "/" {
		s.Do("role.path", locale.A("path", text))
	}
	s.Do("role.open")
	if s.Step.Make {
		s.Do("role.make")
		s.Do("role.policies", locale.A("policies", names))
		if boundary, ok := part.Find(s.Step.Changes, "PermissionsBoundary"); ok {
			s.Do("role.boundary", locale.A("boundary", part.Text(boundary)))
		}
		s.Do("role.name", locale.A("name", s.Step.Thing.Name))
		return
	}
	s.Do("role.attach", locale.A("name", s.Step.Thing.Name), locale.A("policies", names))
	for i := range s.Step.Changes {
		if s.Step.Changes[i].Property != "ManagedPolicyArns" {
			s.Other(&s.Step.Changes[i])
		}
	}
}
