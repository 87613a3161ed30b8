package routeauthorization

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

func TestUnknown(t *testing.T) {
	refused := &fact.Origin{Fault: "AccessDeniedException"}
	none, jwt, unread, absent := fact.Set("NONE", nil), fact.Set("JWT", nil), fact.Unread[string](refused), fact.Absent[string](nil)
	http, socket := fact.Set("HTTP", nil), fact.Set("WEBSOCKET", nil)
	connect, other := fact.Set("$connect", nil), fact.Set("join", nil)
	exempt := control.Param{Name: "exemptUnauthorizableRoutes", Value: "true"}
	onlyIAM := control.Param{Name: "authorizationType", Value: "AWS_IAM"}
	for name, c := range map[string]struct {
		protocol, key, kind fact.Value[string]
		params              control.Params
		want                control.Status
		notes               int
	}{
		"type left out, which means NONE":   {http, other, absent, nil, control.Failed, 0},
		"type left out on WebSocket":        {socket, other, absent, nil, control.Failed, 1},
		"type unread":                       {http, other, unread, nil, control.Unknown, 0},
		"type unread, parameter":            {http, other, unread, control.Params{onlyIAM}, control.Unknown, 0},
		"type unread on WebSocket":          {socket, other, unread, nil, control.Unknown, 0},
		"type unread on $connect, exempt":   {socket, connect, unread, control.Params{exempt}, control.Unknown, 0},
		"type unread, route exempt":         {socket, other, unread, control.Params{exempt}, control.NotApplicable, 0},
		"protocol unread":                   {unread, other, none, nil, control.Failed, 0},
		"protocol unread, exempt":           {unread, other, none, control.Params{exempt}, control.Unknown, 0},
		"protocol unread, $connect, exempt": {unread, connect, none, control.Params{exempt}, control.Failed, 0},
		"protocol unread, JWT, exempt":      {unread, other, jwt, control.Params{exempt}, control.Passed, 0},
		"key unread":                        {socket, unread, none, nil, control.Failed, 0},
		"key unread, exempt":                {socket, unread, none, control.Params{exempt}, control.Unknown, 0},
		"key unread on HTTP, exempt":        {http, unread, none, control.Params{exempt}, control.Failed, 0},
		"all but the type unread":           {unread, unread, jwt, nil, control.Passed, 0},
	} {
		v := check(&apigatewayv2.Route{RouteKey: c.key, AuthorizationType: c.kind, Api: &apigatewayv2.Api{ProtocolType: c.protocol}}, c.params)
		if v.Status != c.want || len(v.Notes) != c.notes {
			t.Errorf("%s: %v %s, notes %v; want %v", name, v.Status, v.Message.Key, v.Notes, c.want)
		}
		if v.Status == control.Unknown && v.Cause != refused {
			t.Errorf("%s: the cause is %+v", name, v.Cause)
		}
	}
}
