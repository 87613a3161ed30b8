package iam

import (
	"github.com/kumoban/kumoban/internal/render/internal/cloudformation"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

func (*template) role(m *part.Merged) (cloudformation.Mapping, error) {
	properties := cloudformation.Mapping{{Name: "RoleName", Value: m.Thing.Name}}
	for _, name := range []string{"Path", "PermissionsBoundary"} {
		if v, ok := part.Find(m.Changes, name); ok {
			properties.Set(name, v)
		}
	}
	if trust, ok := part.Find(m.Changes, "AssumeRolePolicyDocument"); ok {
		properties.Set("AssumeRolePolicyDocument", cloudformation.Document(part.Text(trust)))
	}
	if policies, ok := part.Find(m.Changes, "ManagedPolicyArns"); ok {
		properties.Set("ManagedPolicyArns", policies)
	}
	return properties, nil
}
