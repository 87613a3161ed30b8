package kms

import (
	"github.com/kumoban/kumoban/internal/render/internal/cloudformation"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func (*template) key(m *part.Merged) (cloudformation.Mapping, error) {
	var properties cloudformation.Mapping
	if m.Make {
		properties.Set("Description", m.Thing.Name)
	}
	if rotate, ok := part.Find(m.Changes, "EnableKeyRotation"); ok {
		properties.Set("EnableKeyRotation", rotate)
	}
	if policy, ok := part.Find(m.Changes, "KeyPolicy"); ok {
		properties.Set("KeyPolicy", cloudformation.Document(part.Text(policy)))
	}
	return properties, nil
}

// alias is declared with a key that is made.
func (t *template) alias(m *part.Merged, id string) {
	t.Beside("Alias"+m.IDs[0], cloudformation.Mapping{
		{Name: "Type", Value: "AWS::KMS::Alias"}, {Name: "DeletionPolicy", Value: "Retain"}, {Name: "UpdateReplacePolicy", Value: "Retain"},
		{Name: "Properties", Value: cloudformation.Mapping{{Name: "AliasName", Value: m.Thing.Name}, {Name: "TargetKeyId", Value: cloudformation.Intrinsic("!Ref " + id)}}},
	})
}
