package executionlogging

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

func TestRESTUnknown(t *testing.T) {
	refused := &fact.Origin{Fault: "AccessDeniedException"}
	info, off, unread, absent := fact.Set("INFO", nil), fact.Set("OFF", nil), fact.Unread[string](refused), fact.Absent[string](nil)
	for name, c := range map[string]struct {
		levels []fact.Value[string]
		level  string
		want   control.Status
		key    string
	}{
		"level unread":                {[]fact.Value[string]{unread}, "", control.Unknown, "finding.unread"},
		"level unread, one that logs": {[]fact.Value[string]{unread, info}, "", control.Unknown, "finding.unread"},
		"level unread, parameter":     {[]fact.Value[string]{unread}, "INFO", control.Unknown, "finding.unread"},
		"unread before a violation":   {[]fact.Value[string]{unread, off}, "", control.Failed, "silent"},
		"unread after a violation":    {[]fact.Value[string]{off, unread}, "", control.Failed, "silent"},
		"level left out":              {[]fact.Value[string]{absent}, "", control.Failed, "silent"},
		"level left out, parameter":   {[]fact.Value[string]{absent}, "ERROR", control.Failed, "silent"},
	} {
		var settings []apigateway.MethodSetting
		for _, level := range c.levels {
			settings = append(settings, apigateway.MethodSetting{Key: fact.Set("*/*", nil), LoggingLevel: level})
		}
		v := checkREST(&apigateway.Stage{MethodSettings: fact.Set(settings, nil)}, control.Params{{Name: "loggingLevel", Value: c.level}})
		if v.Status != c.want || v.Message.Key != c.key {
			t.Errorf("%s: %v %s, want %v %s", name, v.Status, v.Message.Key, c.want, c.key)
		}
		if v.Status == control.Unknown && v.Cause != refused {
			t.Errorf("%s: the cause is %+v", name, v.Cause)
		}
		if v.Status == control.Failed && !cmp.Equal(v.Message.Args[2], locale.A("methods", []string{"*/* (OFF)"})) {
			t.Errorf("%s: names %v", name, v.Message.Args[2])
		}
	}
	if v := checkREST(&apigateway.Stage{MethodSettings: fact.Unread[[]apigateway.MethodSetting](refused)}, nil); v.Status != control.Unknown || v.Cause != refused {
		t.Errorf("settings unread: %v because of %+v", v.Status, v.Cause)
	}
	if v := checkREST(&apigateway.Stage{MethodSettings: fact.Absent[[]apigateway.MethodSetting](nil)}, nil); v.Status != control.Failed {
		t.Errorf("settings absent: %v", v.Status)
	}
}

func TestV2Unknown(t *testing.T) {
	refused := &fact.Origin{Fault: "AccessDeniedException"}
	type route = apigatewayv2.RouteSettings
	socket, unread := fact.Set("WEBSOCKET", nil), fact.Unread[string](refused)
	defaults := func(level fact.Value[string]) fact.Value[route] { return fact.Set(route{LoggingLevel: level}, nil) }
	none, hidden := fact.Set([]route{}, nil), fact.Unread[[]route](refused)
	odd := fact.Set([]route{{RouteKey: fact.Set("join", nil), LoggingLevel: unread}}, nil)
	for name, c := range map[string]struct {
		protocol fact.Value[string]
		defaults fact.Value[route]
		routes   fact.Value[[]route]
		want     control.Status
		notes    int
	}{
		"protocol unread":         {unread, defaults(fact.Set("INFO", nil)), none, control.Unknown, 0},
		"protocol unread, off":    {unread, defaults(fact.Set("OFF", nil)), none, control.Unknown, 0},
		"HTTP, all else unread":   {fact.Set("HTTP", nil), fact.Unread[route](refused), hidden, control.NotApplicable, 0},
		"settings unread":         {socket, fact.Unread[route](refused), none, control.Unknown, 0},
		"settings absent":         {socket, fact.Absent[route](nil), none, control.Failed, 0},
		"level unread":            {socket, defaults(unread), none, control.Unknown, 0},
		"level left out":          {socket, defaults(fact.Absent[string](nil)), none, control.Failed, 0},
		"overrides unread":        {socket, defaults(fact.Set("INFO", nil)), hidden, control.Passed, 0},
		"level of a route unread": {socket, defaults(fact.Set("INFO", nil)), odd, control.Passed, 1},
	} {
		stage := &apigatewayv2.Stage{Api: &apigatewayv2.Api{ProtocolType: c.protocol}, DefaultRouteSettings: c.defaults, RouteSettings: c.routes}
		v := checkV2(stage, nil)
		if v.Status != c.want || len(v.Notes) != c.notes {
			t.Errorf("%s: %v, notes %v; want %v", name, v.Status, v.Notes, c.want)
		}
		if v.Status == control.Unknown && v.Cause != refused {
			t.Errorf("%s: the cause is %+v", name, v.Cause)
		}
	}
}

// TestParameter: a level that does not exist is an error, not a FAILED finding.
func TestParameter(t *testing.T) {
	for value, good := range map[string]bool{"ERROR": true, "INFO": true, "OFF": false, "DEBUG": false, "info": false, "": false} {
		c := Control()
		c.Describe()
		_, err := control.Select([]*control.Control{c}, control.Selection{Params: []string{"APIGateway.1.loggingLevel=" + value}})
		if (err == nil) != good {
			t.Errorf("loggingLevel=%s: %v", value, err)
		}
	}
}
