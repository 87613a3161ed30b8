package kms

import (
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/console"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func (s *page) key() {
	policy, has := part.Find(s.Step.Changes, "KeyPolicy")
	rotate, rotates := part.Find(s.Step.Changes, "EnableKeyRotation")
	alias := locale.A("alias", console.Short(s.Step.Thing.Name))
	s.Do("key.open")
	if s.Step.Make {
		s.Do("key.make", alias)
	} else {
		s.Do("key.choose", alias)
	}
	if has {
		s.Do("key.policy", locale.A("policy", part.Text(policy)))
	}
	if s.Step.Make {
		s.Do("key.finish")
	}
	if rotates && plan.Equal(rotate, true) {
		s.Do("key.rotate")
	}
}
