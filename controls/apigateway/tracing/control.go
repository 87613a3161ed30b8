// Package tracing is APIGateway.3: REST API stages trace requests with X-Ray.
package tracing

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/types/apigateway"
)

//go:embed guide.*.md messages.*.txt snippets
var files embed.FS

// Control returns the control.
func Control() *control.Control {
	return &control.Control{
		ID:       "APIGateway.3",
		Checks:   []control.Check{control.On(check)},
		Remedies: remedies(),
		Questions: []control.Question{
			{Key: "production", Kind: control.YesNo},
			{Key: "other-tracing", Kind: control.YesNo},
			{Key: "personal-urls", Kind: control.YesNo},
			{Key: "trace-cost", Kind: control.YesNo},
		},
		Files: files,
	}
}

func check(s *apigateway.Stage, _ control.Params) control.Verdict {
	return control.Decide(fact.Is(s.TracingEnabled, true), s.TracingEnabled, "TracingEnabled", control.Pass("on"), control.Fail("off"))
}
