package console

import (
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func logGroup(s *page) {
	name := locale.A("name", s.step.Thing.Name)
	retention, keeps := part.Find(s.step.Changes, "RetentionInDays")
	key, encrypts := part.Find(s.step.Changes, "KmsKeyId")
	days := locale.A("days", s.words.Inline(retention))
	if s.step.Make {
		s.do("logGroup.open")
		s.do("logGroup.name", name)
		if keeps {
			s.do("logGroup.retention", days)
		}
		if encrypts && key != nil {
			s.do("logGroup.key", locale.A("key", s.words.Inline(key)))
		}
		s.do("logGroup.create")
		return
	}
	s.do("logGroup.open")
	switch {
	case keeps && retention != nil:
		s.do("logGroup.change", name, days, s.now("RetentionInDays"))
	case keeps:
		s.do("logGroup.forEver", name, s.now("RetentionInDays"))
	}
	if encrypts {
		s.do("logGroup.changeKey")
	}
}

func role(s *page) {
	policies, _ := part.Find(s.step.Changes, "ManagedPolicyArns")
	var names []string
	for _, arn := range part.Strings(policies) {
		names = append(names, short(arn))
	}
	path, _ := part.Find(s.step.Changes, "Path")
	if text := part.Text(path); s.step.Make && text != "" && text != "/" {
		s.do("role.path", locale.A("path", text))
	}
	s.do("role.open")
	if s.step.Make {
		s.do("role.make")
		s.do("role.policies", locale.A("policies", names))
		if boundary, ok := part.Find(s.step.Changes, "PermissionsBoundary"); ok {
			s.do("role.boundary", locale.A("boundary", part.Text(boundary)))
		}
		s.do("role.name", locale.A("name", s.step.Thing.Name))
		return
	}
	s.do("role.attach", locale.A("name", s.step.Thing.Name), locale.A("policies", names))
	for i := range s.step.Changes {
		if s.step.Changes[i].Property != "ManagedPolicyArns" {
			s.other(&s.step.Changes[i])
		}
	}
}

func key(s *page) {
	policy, has := part.Find(s.step.Changes, "KeyPolicy")
	rotate, rotates := part.Find(s.step.Changes, "EnableKeyRotation")
	alias := locale.A("alias", short(s.step.Thing.Name))
	s.do("key.open")
	if s.step.Make {
		s.do("key.make", alias)
	} else {
		s.do("key.choose", alias)
	}
	if has {
		s.do("key.policy", locale.A("policy", part.Text(policy)))
	}
	if s.step.Make {
		s.do("key.finish")
	}
	if rotates && plan.Equal(rotate, true) {
		s.do("key.rotate")
	}
}
