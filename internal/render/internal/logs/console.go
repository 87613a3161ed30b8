package logs

import (
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func (s *page) logGroup() {
	name := locale.A("name", s.Step.Thing.Name)
	retention, keeps := part.Find(s.Step.Changes, "RetentionInDays")
	key, encrypts := part.Find(s.Step.Changes, "KmsKeyId")
	days := locale.A("days", s.Words.Inline(retention))
	if s.Step.Make {
		s.Do("logGroup.open")
		s.Do("logGroup.name", name)
		if keeps {
			s.Do("logGroup.retention", days)
		}
		if encrypts && key != nil {
			s.Do("logGroup.key", locale.A("key", s.Words.Inline(key)))
		}
		s.Do("logGroup.create")
		return
	}
	s.Do("logGroup.open")
	switch {
	case keeps && retention != nil:
		s.Do("logGroup.change", name, days, s.Now("RetentionInDays"))
	case keeps:
		s.Do("logGroup.forEver", name, s.Now("RetentionInDays"))
	}
	if encrypts {
		s.Do("logGroup.changeKey")
	}
}
