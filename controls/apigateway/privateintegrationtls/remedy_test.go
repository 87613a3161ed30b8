package privateintegrationtls

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

func TestTLS(t *testing.T) {
	type tls = apigatewayv2.TlsConfig
	link, http, none := ensuretest.Set("VPC_LINK"), ensuretest.Set("HTTP"), ensuretest.Absent[tls]()
	for name, c := range map[string]struct {
		connection, protocol fact.Value[string]
		has                  fact.Value[tls]
		input                string
		err                  string
	}{
		"private":           {link, http, none, "orders.example.com", ""},
		"no decision":       {link, http, none, "", "fix.needsInput"},
		"has TLS":           {link, http, ensuretest.Set(tls{}), "orders.example.com", "fix.nothing"},
		"public":            {ensuretest.Set("INTERNET"), http, none, "orders.example.com", "fix.notPrivate"},
		"WebSocket":         {link, ensuretest.Set("WEBSOCKET"), none, "orders.example.com", "fix.notPrivate"},
		"connection unread": {ensuretest.Refused[string](), http, none, "orders.example.com", "fix.unread"},
		"protocol unread":   {link, ensuretest.Refused[string](), none, "orders.example.com", "fix.unread"},
		"TLS unread":        {link, http, ensuretest.Refused[tls](), "orders.example.com", "fix.unread"},
	} {
		i := &apigatewayv2.Integration{
			Meta: ensuretest.Meta("/apis/a1/integrations/i1", "orders/i1"), ConnectionType: c.connection, TlsConfig: c.has,
			Api: &apigatewayv2.Api{ProtocolType: c.protocol}, IntegrationType: ensuretest.Set("HTTP_PROXY"), ApiGatewayManaged: ensuretest.Set(true),
		}
		ensures, err := remedies()[0].Ensure(remedy.Case{Resource: i, Inputs: map[string]string{"serverName": c.input}})
		if got := ensuretest.ErrorKey(t, err); got != c.err {
			t.Errorf("%s: %q, want %q", name, got, c.err)
		}
		if c.err != "" {
			continue
		}
		thing := i.Ref
		thing.Type = apigatewayv2.IntegrationType
		want := []remedy.Ensure{{
			ID: "integration", Thing: thing, Set: []remedy.Property{{Name: "TlsConfig.ServerNameToVerify", Value: c.input}},
			Other: []remedy.Property{
				{Name: "IntegrationType", Value: "HTTP_PROXY"}, {Name: "ProtocolType", Value: "HTTP"}, {Name: "ApiGatewayManaged", Value: true},
			},
		}}
		if diff := cmp.Diff(want, ensures); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestServerNameInput(t *testing.T) {
	for value, good := range map[string]bool{
		"orders.internal.example.com": true, "orders": true, "a-1.example": true, strings.Repeat("a", 63) + ".example": true,
		"": false, "https://orders.example.com": false, "orders.example.com:443": false, "*.example.com": false, "orders..com": false,
		"-a.example": false, "orders.example.com.": false, "注文.example": false, strings.Repeat("a", 64) + ".example": false,
	} {
		given := map[string]string{}
		if value != "" {
			given["serverName"] = value
		}
		if _, err := remedies()[0].Check(given); (err == nil) != good {
			t.Errorf("%q: %v", value, err)
		}
	}
}
