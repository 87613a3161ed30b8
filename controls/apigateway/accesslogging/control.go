// Package accesslogging is APIGateway.9: stages of HTTP and WebSocket APIs
// write access logs.
package accesslogging

import (
	"embed"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

//go:embed guide.*.md messages.*.txt snippets
var files embed.FS

// Control returns the control.
func Control() *control.Control {
	return &control.Control{
		ID:       "APIGateway.9",
		Checks:   []control.Check{control.On(check)},
		Remedies: remedies(),
		Questions: []control.Question{
			{Key: "production", Kind: control.YesNo},
			{Key: "audit", Kind: control.YesNo},
			{Key: "retention", Kind: control.Number, Unit: control.Days},
			{Key: "log-cost", Kind: control.YesNo},
		},
		Files: files,
	}
}

// check wants settings with a destination: without one nothing is delivered.
func check(s *apigatewayv2.Stage, _ control.Params) control.Verdict {
	settings, present := s.AccessLogSettings.Get()
	var v control.Verdict
	switch present {
	case fact.Unknown:
		return control.Unread("AccessLogSettings", s.AccessLogSettings.Origin())
	case fact.False:
		v = control.Fail("none")
	default:
		v = control.Decide(fact.Filled(settings.DestinationArn), settings.DestinationArn, "AccessLogSettings.DestinationArn",
			control.Pass("logs", locale.A("destination", settings.DestinationArn.Or(""))), control.Fail("noDestination"))
	}
	if v.Status == control.Failed && fact.Is(s.ApiGatewayManaged, true) == fact.True {
		v = v.Note("quickCreate")
	}
	return v
}
