package logs

import (
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/terraform"
)

func (s *source) logGroup(m *part.Merged) error {
	b := terraform.Open(s.Address[m])
	b.Set("name", terraform.Quoted(m.Thing.Name))
	ignore, err := s.Fill(b, m, []terraform.Argument{{Property: "RetentionInDays", Name: "retention_in_days"}, {Property: "KmsKeyId", Name: "kms_key_id"}},
		[]string{"kms_key_id", "retention_in_days", "skip_destroy", "tags", "tags_all"})
	if err != nil {
		return err
	}
	id := ""
	if !m.Make {
		id = m.Thing.Name
	}
	s.Close(b, m, s.Address[m], id, ignore...)
	return nil
}
