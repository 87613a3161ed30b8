package render

import (
	"maps"

	"github.com/kumoban/kumoban/internal/render/internal/apigateway"
	"github.com/kumoban/kumoban/internal/render/internal/cloudformation"
	"github.com/kumoban/kumoban/internal/render/internal/console"
	"github.com/kumoban/kumoban/internal/render/internal/iam"
	"github.com/kumoban/kumoban/internal/render/internal/kms"
	"github.com/kumoban/kumoban/internal/render/internal/logs"
	"github.com/kumoban/kumoban/internal/render/internal/shell"
	"github.com/kumoban/kumoban/internal/render/internal/terraform"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
)

// What rooms cannot say stands in packages named for their services. The writers know
// none of them.

func shellKinds() shell.Kinds {
	return merge(apigateway.Shell(), iam.Shell(), kms.Shell(), logs.Shell())
}

func terraformKinds() terraform.Kinds {
	return merge(apigateway.Terraform(), iam.Terraform(), kms.Terraform(), logs.Terraform())
}

func consoleKinds() console.Kinds {
	return merge(apigateway.Console(), iam.Console(), kms.Console(), logs.Console())
}

func cloudformationKinds() cloudformation.Kinds {
	return merge(apigateway.CloudFormation(), iam.CloudFormation(), kms.CloudFormation(), logs.CloudFormation())
}

func carried() map[resource.Type]words.Carried { return apigateway.Carried() }

func merge[M ~map[K]V, K comparable, V any](all ...M) M {
	merged := M{}
	for _, m := range all {
		maps.Copy(merged, m)
	}
	return merged
}
