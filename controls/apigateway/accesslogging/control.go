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
		ID:         "APIGateway.9",
		Severity:   control.Medium,
		Category:   "Identify > Logging",
		ConfigRule: "api-gwv2-access-logs-enabled",
		Requirements: []string{
			"NIST.800-53.r5 AC-4(26)", "NIST.800-53.r5 AU-2", "NIST.800-53.r5 AU-3", "NIST.800-53.r5 AU-6(3)",
			"NIST.800-53.r5 AU-6(4)", "NIST.800-53.r5 AU-10", "NIST.800-53.r5 AU-12", "NIST.800-53.r5 CA-7",
			"NIST.800-53.r5 SC-7(9)", "NIST.800-53.r5 SI-7(8)", "PCI DSS v4.0.1/10.4.2",
		},
		NotOffered: []string{
			"ap-southeast-6", "ap-east-2", "ap-southeast-3", "me-central-1", "ap-south-2", "ap-southeast-4", "il-central-1",
			"ca-west-1", "eu-south-2", "eu-central-2", "us-gov-east-1", "us-gov-west-1",
		},
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
