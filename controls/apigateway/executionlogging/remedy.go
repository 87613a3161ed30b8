package executionlogging

import (
	"cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

const defaultLevel = "ERROR"

func remedies() []remedy.Remedy {
	inputs := append([]remedy.Input{{Name: "level", Values: levels(), Default: defaultLevel}}, ensure.AccountRoleInputs()...)
	return []remedy.Remedy{
		{
			Name: "enable-logging", On: apigateway.StageType, Does: []remedy.Effect{remedy.Costs}, Inputs: inputs, Around: ensure.Account, Ensure: ensure.On(enableREST),
			Charges: ensure.Bills(cost.ExecutionLog), Counts: true,
			Touches: append(ensure.AccountRoleTouches(), remedy.Touch{Type: apigateway.StageType, Properties: []string{remedy.Key("*", "LoggingLevel")}}),
		},
		{
			Name: "enable-logging", On: apigatewayv2.StageType, Does: []remedy.Effect{remedy.Costs}, Inputs: inputs, Around: ensure.Account, Ensure: ensure.On(enableV2),
			Charges: ensure.Bills(cost.ExecutionLog), Counts: true,
			Touches: append(ensure.AccountRoleTouches(), remedy.Touch{Type: apigatewayv2.StageType, Properties: []string{"DefaultRouteSettings.LoggingLevel"}}),
		},
	}
}

// wanted returns the level to set and the parameter that the stage was judged
// with. The parameter, where the user has set it, is handed in beside the
// inputs and decides: another level would leave the finding as it is.
func wanted(c remedy.Case) (level string, p control.Params) {
	only := c.Inputs["loggingLevel"]
	return cmp.Or(only, c.Inputs["level"], defaultLevel), control.Params{{Name: "loggingLevel", Value: only}}
}

// enableREST leaves settings alone that log enough.
func enableREST(s *apigateway.Stage, c remedy.Case) ([]remedy.Ensure, error) {
	if err := ensure.Known(s.MethodSettings, "MethodSettings"); err != nil {
		return nil, err
	}
	level, params := wanted(c)
	settings, _ := s.MethodSettings.Get()
	var set []remedy.Property
	other := ensure.Same("DeploymentId", s.DeploymentId)
	if len(settings) == 0 {
		set = []remedy.Property{{Name: remedy.Key("*/*", "LoggingLevel"), Value: level}}
	}
	for i := range settings {
		m := &settings[i]
		key, err := ensure.Key(m)
		if err != nil {
			return nil, err
		}
		name := remedy.Key(key, "LoggingLevel")
		if err := ensure.Known(m.LoggingLevel, name); err != nil {
			return nil, err
		}
		if allowed(m.LoggingLevel, params) == fact.False {
			set = append(set, remedy.Property{Name: name, Value: level})
			other = append(other, ensure.Rest(m, key, "LoggingLevel")...)
		}
	}
	if set == nil {
		return nil, ensure.Nothing(s)
	}
	ensures, after, err := ensure.AccountRole(c, s.Scope)
	if err != nil {
		return nil, err
	}
	stage := remedy.Ensure{ID: "stage", Thing: ensure.Thing(s), Set: set, Other: other, After: after}
	return append(ensures, stage), nil
}

// enableV2 sets the level for all routes without an override: that is what the
// control judges. AWS takes the default route settings as a whole.
func enableV2(s *apigatewayv2.Stage, c remedy.Case) ([]remedy.Ensure, error) {
	if err := cmp.Or(ensure.Known(s.Api.ProtocolType, "ProtocolType"), ensure.Known(s.DefaultRouteSettings, "DefaultRouteSettings")); err != nil {
		return nil, err
	}
	switch protocol := s.Api.ProtocolType.Or(""); protocol {
	case "WEBSOCKET":
	case "HTTP":
		return nil, locale.Errorf("fix.noExecutionLog", locale.A("resource", s.Name))
	default:
		return nil, locale.Errorf("fix.unknownProtocol", locale.A("resource", s.Name), locale.A("protocol", protocol))
	}
	const prefix = "DefaultRouteSettings."
	level, params := wanted(c)
	ensures, after, err := ensure.AccountRole(c, s.Scope)
	if err != nil {
		return nil, err
	}
	stage := remedy.Ensure{
		ID: "stage", Thing: ensure.Thing(s), After: after,
		Set:   []remedy.Property{{Name: prefix + "LoggingLevel", Value: level}},
		Other: ensure.About(s.Api, s.ApiGatewayManaged),
	}
	if d, present := s.DefaultRouteSettings.Get(); present == fact.True {
		if err := cmp.Or(
			ensure.Known(d.LoggingLevel, prefix+"LoggingLevel"),
			ensure.Known(d.DataTraceEnabled, prefix+"DataTraceEnabled"),
			ensure.Known(d.DetailedMetricsEnabled, prefix+"DetailedMetricsEnabled"),
			ensure.Known(d.ThrottlingBurstLimit, prefix+"ThrottlingBurstLimit"),
			ensure.Known(d.ThrottlingRateLimit, prefix+"ThrottlingRateLimit"),
		); err != nil {
			return nil, err
		}
		if allowed(d.LoggingLevel, params) == fact.True {
			return nil, ensure.Nothing(s)
		}
		stage.Other = append(stage.Other, ensure.Same(prefix+"DataTraceEnabled", d.DataTraceEnabled)...)
		stage.Other = append(stage.Other, ensure.Same(prefix+"DetailedMetricsEnabled", d.DetailedMetricsEnabled)...)
		stage.Other = append(stage.Other, ensure.Same(prefix+"ThrottlingBurstLimit", d.ThrottlingBurstLimit)...)
		stage.Other = append(stage.Other, ensure.Same(prefix+"ThrottlingRateLimit", d.ThrottlingRateLimit)...)
	}
	return append(ensures, stage), nil
}
