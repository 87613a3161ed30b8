package executionlogging

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

const role = "arn:aws:iam::111122223333:role/theirs"

func level(key, level string) apigateway.MethodSetting {
	l := fact.Absent[string](nil)
	if level != "" {
		l = fact.Set(level, nil)
	}
	return apigateway.MethodSetting{Key: fact.Set(key, nil), LoggingLevel: l}
}

func restStage(settings ...apigateway.MethodSetting) *apigateway.Stage {
	return &apigateway.Stage{Meta: ensuretest.Meta("/restapis/a1/stages/prod", "orders/prod"), MethodSettings: fact.Set(settings, nil)}
}

func rest(t *testing.T) *remedy.Remedy {
	t.Helper()
	return ensuretest.Find(t, remedies(), "enable-logging", apigateway.StageType)
}

// TestStays: of the settings that change, and of no other, the rest is named.
func TestStays(t *testing.T) {
	off, enough := level("~1orders/GET", ""), level("*/*", "INFO")
	off.MetricsEnabled, enough.MetricsEnabled = fact.Set(true, nil), fact.Set(true, nil)
	s := restStage(enough, off)
	s.DeploymentId = fact.Set("d1", nil)
	ensures, err := rest(t).Ensure(remedy.Case{Resource: s, Around: map[string]any{"CloudWatchRoleArn": role}})
	if err != nil {
		t.Fatal(err)
	}
	want := []remedy.Property{{Name: "DeploymentId", Value: "d1"}, {Name: `MethodSettings["~1orders/GET"].MetricsEnabled`, Value: true}}
	if diff := cmp.Diff(want, ensures[0].Other); diff != "" {
		t.Error(diff)
	}
}

func TestEnableREST(t *testing.T) {
	type list = []apigateway.MethodSetting
	param := func(level string) control.Params { return control.Params{{Name: "loggingLevel", Value: level}} }
	const all, order, me = `MethodSettings["*/*"].LoggingLevel`, `MethodSettings["~1orders~1{id}/GET"].LoggingLevel`, `MethodSettings["me/GET"].LoggingLevel`
	for name, c := range map[string]struct {
		settings list
		inputs   map[string]string
		params   control.Params
		set      map[string]any
		err      string
	}{
		"no settings":            {nil, nil, nil, map[string]any{all: "ERROR"}, ""},
		"no settings, INFO":      {nil, map[string]string{"level": "INFO"}, nil, map[string]any{all: "INFO"}, ""},
		"default off":            {list{level("*/*", "OFF")}, nil, nil, map[string]any{all: "ERROR"}, ""},
		"level left out":         {list{level("*/*", "")}, nil, nil, map[string]any{all: "ERROR"}, ""},
		"one override":           {list{level("*/*", "INFO"), level("~1orders~1{id}/GET", "OFF")}, nil, nil, map[string]any{order: "ERROR"}, ""},
		"both spellings":         {list{level("~1orders~1{id}/GET", ""), level("me/GET", "OFF")}, map[string]string{"level": "INFO"}, nil, map[string]any{order: "INFO", me: "INFO"}, ""},
		"ERROR is enough":        {list{level("*/*", "ERROR"), level("me/GET", "OFF")}, map[string]string{"level": "INFO"}, nil, map[string]any{me: "INFO"}, ""},
		"parameter INFO":         {list{level("*/*", "ERROR"), level("me/GET", "INFO")}, map[string]string{"loggingLevel": "INFO"}, param("INFO"), map[string]any{all: "INFO"}, ""},
		"parameter ERROR":        {list{level("*/*", "OFF"), level("me/GET", "INFO")}, map[string]string{"loggingLevel": "ERROR"}, param("ERROR"), map[string]any{all: "ERROR", me: "ERROR"}, ""},
		"parameter before level": {list{level("*/*", "OFF")}, map[string]string{"loggingLevel": "ERROR", "level": "INFO"}, param("ERROR"), map[string]any{all: "ERROR"}, ""},
		"nothing to do":          {list{level("*/*", "INFO"), level("me/GET", "ERROR")}, nil, nil, nil, "fix.nothing"},
		"one level unread":       {list{level("*/*", "OFF"), {Key: fact.Set("me/GET", nil), LoggingLevel: ensuretest.Refused[string]()}}, nil, nil, nil, "fix.unread"},
		"one key unread":         {list{level("*/*", "OFF"), {LoggingLevel: fact.Set("OFF", nil)}}, nil, nil, nil, "fix.unknown"},
	} {
		s := restStage(c.settings...)
		ensures, err := rest(t).Ensure(remedy.Case{Resource: s, Inputs: c.inputs, Around: map[string]any{"CloudWatchRoleArn": role}})
		if got := ensuretest.ErrorKey(t, err); got != c.err {
			t.Errorf("%s: %q, want %q", name, got, c.err)
		}
		if diff := cmp.Diff(c.set, ensuretest.Values(ensures, "stage")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if c.err == "" && len(ensures) != 1 {
			t.Errorf("%s: %v beside an account role", name, ensuretest.IDs(ensures))
		}
		if c.err == "" {
			enough(t, name, s, c.set, c.params)
		}
	}
	unread := restStage()
	unread.MethodSettings = ensuretest.Refused[[]apigateway.MethodSetting]()
	if _, err := rest(t).Ensure(remedy.Case{Resource: unread}); ensuretest.ErrorKey(t, err) != "fix.unread" {
		t.Errorf("settings unread: %v", err)
	}
}

// enough applies what is set to the stage, and all of it but one: the control
// passes the first alone.
func enough(t *testing.T, name string, s *apigateway.Stage, set map[string]any, p control.Params) {
	t.Helper()
	apply := func(without string) control.Status {
		settings := append([]apigateway.MethodSetting(nil), s.MethodSettings.Or(nil)...)
		if len(settings) == 0 {
			settings = []apigateway.MethodSetting{level("*/*", "")}
		}
		for i := range settings {
			property := remedy.Key(settings[i].Key.Or(""), "LoggingLevel")
			if to, ok := set[property].(string); ok && property != without {
				settings[i].LoggingLevel = fact.Set(to, nil)
			}
		}
		return checkREST(restStage(settings...), p).Status
	}
	if got := apply(""); got != control.Passed {
		t.Errorf("%s: after the fix the control says %v", name, got)
	}
	for property := range set {
		if got := apply(property); got != control.Failed {
			t.Errorf("%s: without %s the control says %v", name, property, got)
		}
	}
}

func TestEnableWithoutRole(t *testing.T) {
	ensures, err := rest(t).Ensure(remedy.Case{Resource: restStage()})
	if diff := cmp.Diff([]string{"role", "account", "stage"}, ensuretest.IDs(ensures)); diff != "" || err != nil {
		t.Fatalf("%s %v", diff, err)
	}
	if diff := cmp.Diff([]string{"account"}, ensures[2].After); diff != "" {
		t.Error(diff)
	}
}

func TestEnableV2(t *testing.T) {
	type settings = apigatewayv2.RouteSettings
	full := func(level fact.Value[string]) fact.Value[settings] {
		return fact.Set(settings{
			LoggingLevel: level, DataTraceEnabled: ensuretest.Set(false), DetailedMetricsEnabled: ensuretest.Set(true),
			ThrottlingBurstLimit: ensuretest.Set(200), ThrottlingRateLimit: ensuretest.Set(100.5),
		}, nil)
	}
	const p = "DefaultRouteSettings."
	others := []remedy.Property{
		{Name: "ProtocolType", Value: "WEBSOCKET"},
		{Name: p + "DataTraceEnabled", Value: false}, {Name: p + "DetailedMetricsEnabled", Value: true},
		{Name: p + "ThrottlingBurstLimit", Value: 200.0}, {Name: p + "ThrottlingRateLimit", Value: 100.5},
	}
	sparse := fact.Set(settings{
		LoggingLevel: ensuretest.Set("OFF"), DataTraceEnabled: ensuretest.Set(false), DetailedMetricsEnabled: ensuretest.Set(true),
		ThrottlingBurstLimit: ensuretest.Absent[int](), ThrottlingRateLimit: ensuretest.Absent[float64](),
	}, nil)
	halfRead := full(ensuretest.Set("OFF")).Or(settings{})
	halfRead.ThrottlingRateLimit = ensuretest.Refused[float64]()
	socket := ensuretest.Set("WEBSOCKET")
	for name, c := range map[string]struct {
		protocol fact.Value[string]
		defaults fact.Value[settings]
		inputs   map[string]string
		level    any
		other    []remedy.Property
		err      string
	}{
		"off":               {socket, full(ensuretest.Set("OFF")), nil, "ERROR", others, ""},
		"off, INFO":         {socket, full(ensuretest.Set("OFF")), map[string]string{"level": "INFO"}, "INFO", others, ""},
		"level absent":      {socket, full(ensuretest.Absent[string]()), nil, "ERROR", others, ""},
		"parameter":         {socket, full(ensuretest.Set("ERROR")), map[string]string{"loggingLevel": "INFO"}, "INFO", others, ""},
		"no limits":         {socket, sparse, nil, "ERROR", others[:3], ""},
		"no settings":       {socket, ensuretest.Absent[settings](), nil, "ERROR", others[:1], ""},
		"logs already":      {socket, full(ensuretest.Set("INFO")), nil, nil, nil, "fix.nothing"},
		"HTTP":              {ensuretest.Set("HTTP"), full(ensuretest.Set("OFF")), nil, nil, nil, "fix.noExecutionLog"},
		"another protocol":  {ensuretest.Set("MQTT"), full(ensuretest.Set("OFF")), nil, nil, nil, "fix.unknownProtocol"},
		"protocol unread":   {ensuretest.Refused[string](), full(ensuretest.Set("OFF")), nil, nil, nil, "fix.unread"},
		"settings unread":   {socket, ensuretest.Refused[settings](), nil, nil, nil, "fix.unread"},
		"level unread":      {socket, full(ensuretest.Refused[string]()), nil, nil, nil, "fix.unread"},
		"rate limit unread": {socket, fact.Set(halfRead, nil), nil, nil, nil, "fix.unread"},
		"nobody looked":     {socket, fact.Set(settings{}, nil), nil, nil, nil, "fix.unknown"},
	} {
		s := &apigatewayv2.Stage{
			Meta: ensuretest.Meta("/apis/w1/stages/prod", "chat/prod"), DefaultRouteSettings: c.defaults,
			Api: &apigatewayv2.Api{ProtocolType: c.protocol},
		}
		ensures, err := ensuretest.Find(t, remedies(), "enable-logging", apigatewayv2.StageType).Ensure(
			remedy.Case{Resource: s, Inputs: c.inputs, Around: map[string]any{"CloudWatchRoleArn": role}})
		if got := ensuretest.ErrorKey(t, err); got != c.err {
			t.Errorf("%s: %q, want %q", name, got, c.err)
		}
		if c.err != "" {
			continue
		}
		want := []remedy.Ensure{{
			ID: "stage", Thing: withType(s.Ref, apigatewayv2.StageType), Set: []remedy.Property{{Name: p + "LoggingLevel", Value: c.level}}, Other: c.other,
		}}
		if diff := cmp.Diff(want, ensures); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func withType(r resource.Ref, t resource.Type) resource.Ref {
	r.Type = t
	return r
}
