// Package executionlogging is APIGateway.1: REST and WebSocket API stages write
// execution logs.
package executionlogging

import (
	"embed"
	"slices"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

//go:embed guide.*.md messages.*.txt snippets
var files embed.FS

// Control returns the control.
func Control() *control.Control {
	return &control.Control{
		ID:         "APIGateway.1",
		Parameters: []control.Parameter{{Name: "loggingLevel"}},
		Checks:     []control.Check{control.On(checkREST), control.On(checkV2)},
		Remedies:   remedies(),
		Questions: []control.Question{
			{Key: "production", Kind: control.YesNo},
			{Key: "other-logs", Kind: control.YesNo},
			{Key: "log-cost", Kind: control.YesNo},
			{Key: "retention", Kind: control.Number, Unit: control.Days},
		},
		Files: files,
	}
}

func levels() []string { return []string{"ERROR", "INFO"} }

func allowed(level fact.Value[string], p control.Params) fact.Truth {
	if want := p.Get("loggingLevel"); want != "" {
		return fact.Is(level, want)
	}
	return fact.In(level, "ERROR", "INFO")
}

// checkREST wants every method setting to log; a stage without any logs nothing.
func checkREST(s *apigateway.Stage, p control.Params) control.Verdict {
	settings, known := s.MethodSettings.Get()
	if known == fact.Unknown {
		return control.Unread("MethodSettings", s.MethodSettings.Origin())
	}
	if len(settings) == 0 {
		return control.Fail("noSettings")
	}
	var silent, astray []string
	var unread *apigateway.MethodSetting
	labels, hidden := apigateway.Labels(settings), ""
	for i := range settings {
		m := &settings[i]
		switch allowed(m.LoggingLevel, p) {
		case fact.False:
			silent = append(silent, labels[i]+" ("+m.LoggingLevel.Or("OFF")+")")
			if m.NamesNone(s.RestApi) {
				astray = append(astray, m.Key.Or("?"))
			}
		case fact.Unknown:
			unread, hidden = m, labels[i]
		}
	}
	switch {
	case silent != nil:
		v := control.Fail("silent", locale.A("n", len(silent)), locale.A("of", len(settings)), locale.A("methods", silent))
		if astray != nil {
			v = v.Note("astray", locale.A("keys", astray))
		}
		return v
	case unread != nil:
		return control.Unread("MethodSettings["+hidden+"]", unread.LoggingLevel.Origin())
	}
	v := control.Pass("logs", locale.A("n", len(settings)))
	if !slices.ContainsFunc(settings, func(m apigateway.MethodSetting) bool { return m.Key.Or("") == "*/*" }) {
		v = v.Note("noDefault") // AWS's reference code passes it all the same
	}
	return v
}

// checkV2 lets the default route settings decide, as AWS's reference code
// does, and names the overrides. HTTP APIs have no execution log.
func checkV2(s *apigatewayv2.Stage, p control.Params) control.Verdict {
	protocol := s.Api.ProtocolType
	if fact.Is(protocol, "HTTP") == fact.True {
		return control.Exempt("httpAPI")
	}
	if fact.Is(protocol, "WEBSOCKET") != fact.True {
		return control.Unread("ProtocolType", protocol.Origin())
	}
	defaults, present := s.DefaultRouteSettings.Get()
	level := defaults.LoggingLevel
	switch present {
	case fact.Unknown:
		return control.Unread("DefaultRouteSettings", s.DefaultRouteSettings.Origin())
	case fact.False:
		level = fact.Set("OFF", s.DefaultRouteSettings.Origin())
	}
	v := control.Decide(allowed(level, p), level, "DefaultRouteSettings.LoggingLevel",
		control.Pass("routeLogs", locale.A("level", level.Or("OFF"))), control.Fail("routeSilent", locale.A("level", level.Or("OFF"))))
	if overrides := different(s, p); len(overrides) > 0 {
		v = v.Note("overrides", locale.A("routes", overrides))
	}
	return v
}

// different names the routes whose own setting is not an allowed level.
func different(s *apigatewayv2.Stage, p control.Params) []string {
	settings, _ := s.RouteSettings.Get()
	settings = slices.DeleteFunc(slices.Clone(settings), func(r apigatewayv2.RouteSettings) bool {
		return allowed(r.LoggingLevel, p) == fact.True
	})
	var names []string
	for _, r := range settings {
		names = append(names, r.RouteKey.Or("?")+" ("+r.LoggingLevel.Or("?")+")")
	}
	return names
}
