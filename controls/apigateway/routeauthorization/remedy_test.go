package routeauthorization

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

func TestAuthorize(t *testing.T) {
	http, socket := ensuretest.Set("HTTP"), ensuretest.Set("WEBSOCKET")
	get, connect, message := ensuretest.Set("GET /orders"), ensuretest.Set("$connect"), ensuretest.Set("sendMessage")
	none := ensuretest.Set("NONE")
	noID, unread := ensuretest.Absent[string](), ensuretest.Refused[string]()
	decide := func(kind, authorizer string) map[string]string {
		return map[string]string{"authorizationType": kind, "authorizer": authorizer}
	}
	both := func(kind, authorizer string) map[string]any {
		return map[string]any{"AuthorizationType": kind, "AuthorizerId": authorizer}
	}
	iam := map[string]any{"AuthorizationType": "AWS_IAM"}
	for name, c := range map[string]struct {
		protocol, key, has, id fact.Value[string]
		inputs                 map[string]string
		set                    map[string]any
		err                    string
	}{
		"HTTP, IAM":                   {http, get, none, noID, decide("AWS_IAM", ""), iam, ""},
		"HTTP, JWT":                   {http, get, none, noID, decide("JWT", "a1"), both("JWT", "a1"), ""},
		"HTTP, Lambda":                {http, get, none, noID, decide("CUSTOM", "a1"), both("CUSTOM", "a1"), ""},
		"HTTP, $default":              {http, ensuretest.Set("$default"), none, noID, decide("AWS_IAM", ""), iam, ""},
		"HTTP, type absent":           {http, get, noID, noID, decide("AWS_IAM", ""), iam, ""},
		"from JWT to IAM":             {http, get, ensuretest.Set("JWT"), ensuretest.Set("old"), decide("AWS_IAM", ""), map[string]any{"AuthorizationType": "AWS_IAM", "AuthorizerId": nil}, ""},
		"from JWT to Lambda":          {http, get, ensuretest.Set("JWT"), ensuretest.Set("old"), decide("CUSTOM", "a1"), both("CUSTOM", "a1"), ""},
		"$connect, IAM":               {socket, connect, none, noID, decide("AWS_IAM", ""), iam, ""},
		"$connect, Lambda":            {socket, connect, none, noID, decide("CUSTOM", "a1"), both("CUSTOM", "a1"), ""},
		"$connect, JWT":               {socket, connect, none, noID, decide("JWT", "a1"), nil, "fix.noJWT"},
		"another WebSocket route":     {socket, message, none, noID, decide("AWS_IAM", ""), nil, "fix.unauthorizable"},
		"$disconnect":                 {socket, ensuretest.Set("$disconnect"), none, noID, decide("CUSTOM", "a1"), nil, "fix.unauthorizable"},
		"WebSocket $default":          {socket, ensuretest.Set("$default"), none, noID, decide("AWS_IAM", ""), nil, "fix.unauthorizable"},
		"no decision":                 {http, get, none, noID, nil, nil, "fix.needsInput"},
		"JWT without authorizer":      {http, get, none, noID, decide("JWT", ""), nil, "fix.needsAuthorizer"},
		"Lambda without authorizer":   {http, get, none, noID, decide("CUSTOM", ""), nil, "fix.needsAuthorizer"},
		"IAM with authorizer":         {http, get, none, noID, decide("AWS_IAM", "a1"), nil, "fix.noAuthorizer"},
		"to no authorization":         {http, get, none, noID, decide("NONE", ""), nil, "fix.badInput"},
		"protocol unread":             {unread, get, none, noID, decide("AWS_IAM", ""), nil, "fix.unread"},
		"protocol never looked at":    {fact.Value[string]{}, get, none, noID, decide("AWS_IAM", ""), nil, "fix.unknown"},
		"another protocol":            {ensuretest.Set("MQTT"), get, none, noID, decide("AWS_IAM", ""), nil, "fix.unknownProtocol"},
		"key unread":                  {socket, unread, none, noID, decide("AWS_IAM", ""), nil, "fix.unread"},
		"type unread":                 {http, get, unread, noID, decide("AWS_IAM", ""), nil, "fix.unread"},
		"authorizer of today unread":  {http, get, none, unread, decide("AWS_IAM", ""), nil, "fix.unread"},
		"WebSocket route without key": {socket, noID, none, noID, decide("AWS_IAM", ""), nil, "fix.unauthorizable"},
	} {
		r := &apigatewayv2.Route{
			Meta: ensuretest.Meta("/apis/a1/routes/r1", "orders GET /orders"), RouteKey: c.key, AuthorizationType: c.has, AuthorizerId: c.id,
			Api: &apigatewayv2.Api{ProtocolType: c.protocol},
		}
		ensures, err := remedies()[0].Ensure(remedy.Case{Resource: r, Inputs: c.inputs})
		if got := ensuretest.ErrorKey(t, err); got != c.err {
			t.Errorf("%s: %q, want %q", name, got, c.err)
		}
		if diff := cmp.Diff(c.set, ensuretest.Values(ensures, "route")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if c.err != "" {
			continue
		}
		kind, _ := c.set["AuthorizationType"].(string)
		r.AuthorizationType = fact.Set(kind, nil)
		if got := check(r, nil).Status; got != control.Passed || len(ensures) != 1 {
			t.Errorf("%s: after the fix the control says %v (%v)", name, got, ensuretest.IDs(ensures))
		}
	}
}

func TestAuthorizeInputs(t *testing.T) {
	for name, c := range map[string]struct {
		given map[string]string
		good  bool
	}{
		"IAM":            {map[string]string{"authorizationType": "AWS_IAM"}, true},
		"JWT":            {map[string]string{"authorizationType": "JWT", "authorizer": "a1B2"}, true},
		"nothing":        {nil, false},
		"NONE":           {map[string]string{"authorizationType": "NONE"}, false},
		"lower case":     {map[string]string{"authorizationType": "jwt"}, false},
		"odd authorizer": {map[string]string{"authorizationType": "JWT", "authorizer": "a/1"}, false},
		"another input":  {map[string]string{"authorizationType": "AWS_IAM", "scope": "x"}, false},
	} {
		if _, err := remedies()[0].Check(c.given); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}
