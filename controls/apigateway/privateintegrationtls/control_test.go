package privateintegrationtls

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

func TestUnknown(t *testing.T) {
	refused := &fact.Origin{Fault: "AccessDeniedException"}
	type tls = apigatewayv2.TlsConfig
	link, internet, unread, absent := fact.Set("VPC_LINK", nil), fact.Set("INTERNET", nil), fact.Unread[string](refused), fact.Absent[string](nil)
	http, socket := fact.Set("HTTP", nil), fact.Set("WEBSOCKET", nil)
	some, none, hidden := fact.Set(tls{}, nil), fact.Absent[tls](nil), fact.Unread[tls](refused)
	for name, c := range map[string]struct {
		connection, protocol fact.Value[string]
		tls                  fact.Value[tls]
		want                 control.Status
	}{
		"connection unread, HTTP":      {unread, http, none, control.Unknown},
		"connection unread, with TLS":  {unread, http, some, control.Unknown},
		"connection unread, WebSocket": {unread, socket, none, control.NotApplicable},
		"connection left out":          {absent, http, none, control.NotApplicable},
		"protocol unread, private":     {link, unread, none, control.Unknown},
		"protocol unread, internet":    {internet, unread, hidden, control.NotApplicable},
		"both unread":                  {unread, unread, none, control.Unknown},
		"TLS unread":                   {link, http, hidden, control.Unknown},
		"TLS set, link unread":         {link, http, some, control.Passed},
		"TLS absent, link unread":      {link, http, none, control.Failed},
	} {
		v := check(&apigatewayv2.Integration{ConnectionType: c.connection, TlsConfig: c.tls, Api: &apigatewayv2.Api{ProtocolType: c.protocol}}, nil)
		if v.Status != c.want {
			t.Errorf("%s: %v %s, want %v", name, v.Status, v.Message.Key, c.want)
		}
		if v.Status == control.Unknown && v.Cause != refused {
			t.Errorf("%s: the cause is %+v", name, v.Cause)
		}
	}
}
