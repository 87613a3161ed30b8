package accesslogging

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure"
	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

type logs = apigatewayv2.AccessLogSettings

const own = `{"id":"$context.requestId"}`

func stage(path, protocol string, settings fact.Value[logs]) *apigatewayv2.Stage {
	return &apigatewayv2.Stage{
		Meta: ensuretest.Meta(path, "orders/prod"), Api: &apigatewayv2.Api{ProtocolType: ensuretest.Set(protocol)},
		AccessLogSettings: settings, ApiGatewayManaged: ensuretest.Set(false),
	}
}

func given(t *testing.T, inputs ...string) map[string]string {
	t.Helper()
	m := map[string]string{}
	for i := 0; i < len(inputs); i += 2 {
		m[inputs[i]] = inputs[i+1]
	}
	checked, err := remedies()[0].Check(m)
	if err != nil {
		t.Fatal(err)
	}
	return checked
}

func format(t *testing.T, name string) string {
	t.Helper()
	text, err := files.ReadFile("snippets/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(text), "\n")
}

func TestToLogGroup(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/theirs"
	const prod, quick = "/apis/a1b2c3d4e5/stages/prod", "/apis/a1b2c3d4e5/stages/$default"
	const group = "/aws/vendedlogs/kumoban/a1b2c3d4e5/"
	none := ensuretest.Absent[logs]()
	http, socket := format(t, "format-http.json"), format(t, "format-websocket.json")
	for name, c := range map[string]struct {
		stage  *apigatewayv2.Stage
		inputs map[string]string
		role   string
		ids    []string
		group  string
		format string
	}{
		"HTTP":                   {stage(prod, "HTTP", none), given(t), "", []string{"log-group", "stage"}, group + "prod", http},
		"HTTP, inputs unchecked": {stage(prod, "HTTP", none), nil, "", []string{"log-group", "stage"}, group + "prod", http},
		"HTTP, a role is there":  {stage(prod, "HTTP", none), given(t), role, []string{"log-group", "stage"}, group + "prod", http},
		"HTTP, $default":         {stage(quick, "HTTP", none), given(t), "", []string{"log-group", "stage"}, group + ".default", http},
		"HTTP, own everything": {stage(prod, "HTTP", none), given(t, "logGroup", "/mine", "retention", "365", "kmsKey", "new", "format", own), "",
			[]string{"key", "log-group", "stage"}, "/mine", own},
		"WebSocket":               {stage(prod, "WEBSOCKET", none), given(t), role, []string{"log-group", "stage"}, group + "prod", socket},
		"WebSocket without role":  {stage(prod, "WEBSOCKET", none), given(t), "", []string{"role", "account", "log-group", "stage"}, group + "prod", socket},
		"WebSocket, role and key": {stage(prod, "WEBSOCKET", none), given(t, "kmsKey", "new"), "", []string{"role", "account", "key", "log-group", "stage"}, group + "prod", socket},
		"no destination":          {stage(prod, "HTTP", fact.Set(logs{DestinationArn: ensuretest.Absent[string](), Format: ensuretest.Absent[string]()}, nil)), given(t), "", []string{"log-group", "stage"}, group + "prod", http},
		"empty destination, other format": {stage(prod, "HTTP", fact.Set(logs{DestinationArn: ensuretest.Set(""), Format: ensuretest.Set("$context.requestId")}, nil)),
			given(t, "format", own), "", []string{"log-group", "stage"}, group + "prod", own},
	} {
		ensures, err := remedies()[0].Ensure(remedy.Case{Resource: c.stage, Inputs: c.inputs, Around: map[string]any{"CloudWatchRoleArn": c.role}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.ids, ensuretest.IDs(ensures)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		var after []string
		for _, e := range ensures {
			switch e.ID {
			case "account":
				after = append(after, e.ID)
			case "log-group":
				after = append(after, e.ID)
				if e.Thing.Name != c.group {
					t.Errorf("%s: log group %s", name, e.Thing.Name)
				}
			}
		}
		last := ensures[len(ensures)-1]
		set := []remedy.Property{{Name: destination, Value: remedy.Output{Of: "log-group", Name: "Arn"}}, {Name: formatName, Value: c.format}}
		if diff := cmp.Diff(after, last.After) + cmp.Diff(set, last.Set) + cmp.Diff(ensure.About(c.stage.Api, c.stage.ApiGatewayManaged), last.Other); diff != "" || last.Guards != nil {
			t.Errorf("%s: %s %+v", name, diff, last)
		}
		c.stage.AccessLogSettings = fact.Set(logs{DestinationArn: ensuretest.Set("arn:x"), Format: ensuretest.Set(c.format)}, nil)
		if got := check(c.stage, nil).Status; got != control.Passed {
			t.Errorf("%s: after the fix the control says %v", name, got)
		}
	}
}

// TestFormatStays: a format that is there, and not decided on, is sent along
// unchanged.
func TestFormatStays(t *testing.T) {
	settings := fact.Set(logs{DestinationArn: ensuretest.Absent[string](), Format: ensuretest.Set(own)}, nil)
	for _, inputs := range []map[string]string{given(t), given(t, "format", own)} {
		ensures, err := remedies()[0].Ensure(remedy.Case{Resource: stage("/apis/a1/stages/prod", "HTTP", settings), Inputs: inputs})
		if err != nil || len(ensures) != 2 {
			t.Fatal(ensures, err)
		}
		if diff := cmp.Diff([]remedy.Property{{Name: "ProtocolType", Value: "HTTP"}, {Name: formatName, Value: own}}, ensures[1].Other); diff != "" || len(ensures[1].Set) != 1 {
			t.Errorf("%s %v", diff, ensures[1].Set)
		}
	}
}

func TestQuickCreate(t *testing.T) {
	s := stage("/apis/a1/stages/$default", "HTTP", ensuretest.Absent[logs]())
	s.ApiGatewayManaged = ensuretest.Set(true)
	ensures, err := remedies()[0].Ensure(remedy.Case{Resource: s})
	if err != nil {
		t.Fatal(err)
	}
	guards := ensures[len(ensures)-1].Guards
	want := []any{nil, "", "arn:aws:logs:ap-northeast-1:111122223333:log-group:/aws/vendedlogs/kumoban/a1/.default"}
	if len(guards) != 1 || guards[0].Why.Key != "guard.quickCreate" || guards[0].Property != destination || !cmp.Equal(want, guards[0].OneOf) {
		t.Errorf("%+v", guards)
	}
}

func TestRefused(t *testing.T) {
	none, unread := ensuretest.Absent[logs](), ensuretest.Refused[logs]()
	const prod = "/apis/a1/stages/prod"
	half := func(destination, format fact.Value[string]) fact.Value[logs] {
		return fact.Set(logs{DestinationArn: destination, Format: format}, nil)
	}
	noProtocol := stage(prod, "", none)
	noProtocol.Api.ProtocolType = ensuretest.Refused[string]()
	long := own + strings.Repeat("x", 1025-len(own))
	for name, c := range map[string]struct {
		stage  *apigatewayv2.Stage
		inputs map[string]string
		want   string
	}{
		"settings unread":             {stage(prod, "HTTP", unread), nil, "fix.unread"},
		"destination unread":          {stage(prod, "HTTP", half(ensuretest.Refused[string](), ensuretest.Set(own))), nil, "fix.unread"},
		"format unread":               {stage(prod, "HTTP", half(ensuretest.Absent[string](), ensuretest.Refused[string]())), nil, "fix.unread"},
		"protocol unread":             {noProtocol, nil, "fix.unread"},
		"another protocol":            {stage(prod, "MQTT", none), nil, "fix.unknownProtocol"},
		"logs already":                {stage(prod, "HTTP", half(ensuretest.Set("arn:x"), ensuretest.Set(own))), nil, "fix.nothing"},
		"odd ARN":                     {stage("/apis/a1", "HTTP", none), nil, "fix.oddARN"},
		"log group with a dollar":     {stage(prod, "HTTP", none), map[string]string{"logGroup": "/a/$default"}, "fix.badLogGroup"},
		"odd retention":               {stage(prod, "HTTP", none), map[string]string{"retention": "31"}, "fix.badInput"},
		"key of another Region":       {stage(prod, "HTTP", none), map[string]string{"kmsKey": "arn:aws:kms:us-east-1:111122223333:key/x"}, "fix.otherRegion"},
		"format of two lines":         {stage(prod, "HTTP", none), map[string]string{"format": "$context.requestId\n$context.status"}, "fix.badFormat"},
		"format too long":             {stage(prod, "HTTP", none), map[string]string{"format": long}, "fix.badFormat"},
		"format without a request id": {stage(prod, "HTTP", none), map[string]string{"format": "$context.requestIdentity $context.status"}, "fix.badFormat"},
	} {
		ensures, err := remedies()[0].Ensure(remedy.Case{Resource: c.stage, Inputs: c.inputs})
		if got := ensuretest.ErrorKey(t, err); got != c.want || ensures != nil {
			t.Errorf("%s: %q, %v; want %q", name, got, ensures, c.want)
		}
	}
	exact := long[:1024]
	if _, err := remedies()[0].Ensure(remedy.Case{Resource: stage(prod, "HTTP", none), Inputs: map[string]string{"format": exact}}); err != nil {
		t.Errorf("1,024 characters: %v", err)
	}
}

// TestDefaultFormats holds the formats to API Gateway's rules: one line of at
// most 1,024 characters, JSON here, and without what tells who a person is.
func TestDefaultFormats(t *testing.T) {
	for _, protocol := range []string{"HTTP", "WEBSOCKET"} {
		text, err := logFormat(stage("/apis/a1/stages/prod", protocol, ensuretest.Absent[logs]()), "")
		if err != nil || len(text) > 1024 || strings.ContainsAny(text, "\r\n") || !json.Valid([]byte(text)) {
			t.Errorf("%s: %s (%d characters) %v", protocol, text, len(text), err)
		}
		for _, never := range []string{"sourceIp", "userAgent", "claims.sub", "identity.user", "identity.apiKey\"", "$context.path"} {
			if strings.Contains(text, never) {
				t.Errorf("%s: the format holds %s", protocol, never)
			}
		}
		again, err := logFormat(stage("/apis/a1/stages/prod", protocol, ensuretest.Absent[logs]()), text)
		if err != nil || again != text {
			t.Errorf("%s: the default is refused when it is given: %v", protocol, err)
		}
	}
}

func TestInputs(t *testing.T) {
	for name, c := range map[string]struct {
		input, value string
		good         bool
	}{
		"log group":            {"logGroup", "/aws/vendedlogs/a.b#c_d-e", true},
		"log group with space": {"logGroup", "a b", false},
		"retention":            {"retention", "3653", true},
		"retention of a month": {"retention", "31", false},
		"new key":              {"kmsKey", "new", true},
		"key":                  {"kmsKey", "arn:aws:kms:ap-northeast-1:111122223333:key/mrk-1234abcd", true},
		"alias":                {"kmsKey", "arn:aws:kms:ap-northeast-1:111122223333:alias/x", false},
		"key id":               {"kmsKey", "1234abcd-12ab-34cd-56ef-1234567890ab", false},
		"format":               {"format", own, true},
		"format of two lines":  {"format", own + "\n", false},
		"role":                 {"role", "x", false},
	} {
		if _, err := remedies()[0].Check(map[string]string{c.input: c.value}); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := given(t)["retention"]; got != "365" {
		t.Errorf("the default retention is %q", got)
	}
}
