package logs

import (
	"github.com/kumoban/kumoban/internal/render/internal/cloudformation"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func (t *template) logGroup(m *part.Merged) (cloudformation.Mapping, error) {
	changed, err := t.Fill(m, "RetentionInDays", "KmsKeyId")
	return append(cloudformation.Mapping{{Name: "LogGroupName", Value: m.Thing.Name}}, changed...), err
}
