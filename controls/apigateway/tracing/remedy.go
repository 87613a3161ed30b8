package tracing

import (
	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigateway"
)

func remedies() []remedy.Remedy {
	return []remedy.Remedy{{
		Name: "trace", On: apigateway.StageType, Does: []remedy.Effect{remedy.Costs}, Ensure: ensure.On(trace), Charges: ensure.Bills(cost.Traced), Counts: true,
		Touches: []remedy.Touch{{Type: apigateway.StageType, Properties: []string{"TracingEnabled"}}},
	}}
}

func trace(s *apigateway.Stage, _ remedy.Case) ([]remedy.Ensure, error) {
	if err := ensure.Known(s.TracingEnabled, "TracingEnabled"); err != nil {
		return nil, err
	}
	if fact.Is(s.TracingEnabled, true) == fact.True {
		return nil, ensure.Nothing(s)
	}
	return []remedy.Ensure{{
		ID: "stage", Thing: ensure.Thing(s), Set: []remedy.Property{{Name: "TracingEnabled", Value: true}},
		Other: ensure.Same("DeploymentId", s.DeploymentId),
	}}, nil
}
