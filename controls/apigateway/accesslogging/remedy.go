package accesslogging

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

const (
	destination = "AccessLogSettings.DestinationArn"
	formatName  = "AccessLogSettings.Format"
)

func remedies() []remedy.Remedy {
	return []remedy.Remedy{{
		Name: "log-group",
		On:   apigatewayv2.StageType,
		Does: []remedy.Effect{remedy.Costs},
		Inputs: append([]remedy.Input{
			{Name: "logGroup", Pattern: ensure.LogGroupPattern},
			{Name: "retention", Values: ensure.Retentions(), Default: ensure.DefaultRetention},
			{Name: "kmsKey", Pattern: ensure.KeyPattern},
			{Name: "format", Pattern: `[^\r\n]+`},
		}, ensure.AccountRoleInputs()...),
		Around: ensure.Account, Needs: webSocket,
		Ensure:  ensure.On(toLogGroup),
		Charges: ensure.Billed(lines),
		Counts:  true,
		Touches: slices.Concat(ensure.AccountRoleTouches(), ensure.LogGroupTouches(), []remedy.Touch{
			{Type: apigatewayv2.StageType, Properties: []string{destination, formatName}, Guards: []string{destination}},
		}),
	}}
}

// webSocket tells the stages that write their logs with the account's role.
func webSocket(r resource.Resource) bool {
	s, ok := r.(*apigatewayv2.Stage)
	return ok && s.Api != nil && fact.Is(s.Api.ProtocolType, "WEBSOCKET") == fact.True
}

// toLogGroup makes the log group and lets the stage write to it. Stages of
// WebSocket APIs need the account's role for that, those of HTTP APIs none.
func toLogGroup(s *apigatewayv2.Stage, c remedy.Case) ([]remedy.Ensure, error) {
	settings, _ := s.AccessLogSettings.Get()
	err := cmp.Or(ensure.Known(s.Api.ProtocolType, "ProtocolType"), ensure.Known(s.AccessLogSettings, "AccessLogSettings"))
	if err == nil && s.AccessLogSettings.Present() == fact.True {
		err = cmp.Or(ensure.Known(settings.DestinationArn, destination), ensure.Known(settings.Format, formatName))
	}
	if err != nil {
		return nil, err
	}
	if fact.Filled(settings.DestinationArn) == fact.True {
		return nil, ensure.Nothing(s)
	}
	api, name, err := ensure.Part(s)
	if err != nil {
		return nil, err
	}
	format, err := logFormat(s, cmp.Or(c.Inputs["format"], settings.Format.Or("")))
	if err != nil {
		return nil, err
	}
	group := ensure.LogGroup{
		Name:      cmp.Or(c.Inputs["logGroup"], ensure.LogGroupName(api, name)),
		Retention: cmp.Or(c.Inputs["retention"], ensure.DefaultRetention),
		Key:       c.Inputs["kmsKey"],
	}
	groups, err := group.Ensure(s.Scope)
	if err != nil {
		return nil, err
	}
	var ensures []remedy.Ensure
	var after []string
	if webSocket(s) {
		if ensures, after, err = ensure.AccountRole(c, s.Scope); err != nil {
			return nil, err
		}
	}
	stage := remedy.Ensure{
		ID:    "stage",
		Thing: ensure.Thing(s),
		Set:   []remedy.Property{{Name: destination, Value: remedy.Output{Of: "log-group", Name: "Arn"}}},
		Other: ensure.About(s.Api, s.ApiGatewayManaged),
		After: append(after, "log-group"),
	}
	// AWS takes the settings as a whole: a format that stays is sent along.
	if wanted := (remedy.Property{Name: formatName, Value: format}); fact.Is(settings.Format, format) == fact.True {
		stage.Other = append(stage.Other, wanted)
	} else {
		stage.Set = append(stage.Set, wanted)
	}
	if fact.Is(s.ApiGatewayManaged, true) == fact.True {
		stage.Guards = []remedy.Guard{{Property: destination, OneOf: []any{nil, "", group.ARN(s.Scope)}, Why: locale.M("guard.quickCreate")}}
	}
	return append(append(ensures, groups...), stage), nil
}

// lines are what the log group is billed for: a line for each request.
func lines(s *apigatewayv2.Stage, c remedy.Case) []cost.Charge {
	settings, _ := s.AccessLogSettings.Get()
	format, err := logFormat(s, cmp.Or(c.Inputs["format"], settings.Format.Or("")))
	days, failed := strconv.Atoi(cmp.Or(c.Inputs["retention"], ensure.DefaultRetention))
	if err != nil || failed != nil {
		return nil // nor is there a plan
	}
	charges := []cost.Charge{{Kind: cost.AccessLog, Format: format, Days: days}}
	if c.Inputs["kmsKey"] != "" {
		charges = append(charges, cost.Charge{Kind: cost.Key})
	}
	return charges
}

// requestID is one of the variables that every format must hold.
var requestID = regexp.MustCompile(`\$\{?context\.(requestId|extendedRequestId)\b`)

// logFormat returns a format that API Gateway accepts: the one given, or the
// guide's for the protocol.
func logFormat(s *apigatewayv2.Stage, given string) (string, error) {
	snippet, ok := map[string]string{"HTTP": "format-http.json", "WEBSOCKET": "format-websocket.json"}[s.Api.ProtocolType.Or("")]
	if !ok {
		return "", locale.Errorf("fix.unknownProtocol", locale.A("resource", s.Name), locale.A("protocol", s.Api.ProtocolType.Or("")))
	}
	if given == "" {
		text, err := files.ReadFile("snippets/" + snippet)
		return strings.TrimSpace(string(text)), err
	}
	if strings.ContainsAny(given, "\r\n") || utf8.RuneCountInString(given) > 1024 || !requestID.MatchString(given) {
		return "", locale.Errorf("fix.badFormat")
	}
	return given, checkVariables(s.Api.ProtocolType.Or(""), given)
}
