package render_test

import (
	"slices"
	"testing"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
)

// collidePlan changes two method settings that have one name for people.
func collidePlan(t *testing.T) *plan.Plan {
	t.Helper()
	stage := thing(restStage, "/restapis/a1b2c3d4e5/stages/prod")
	root, bare, encrypted := "~1/GET", "/GET", "CacheDataEncrypted"
	return build(t, []plan.Fix{fix("APIGateway.5", "encrypt", stage, "1")}, plan.Step{
		Thing: stage, Wait: "cache-settled",
		Changes: []plan.Change{change(remedy.Key(bare, encrypted), false, true), change(remedy.Key(root, encrypted), false, true)},
		With: slices.Concat(
			setting(bare, object{"CachingEnabled": true, "CacheTtlInSeconds": 60.0, "ThrottlingBurstLimit": 5000.0, "ThrottlingRateLimit": 10000.0}),
			setting(root, object{"CachingEnabled": true, "CacheTtlInSeconds": 300.0, "ThrottlingBurstLimit": 5000.0, "ThrottlingRateLimit": 10000.0}),
		),
	})
}
