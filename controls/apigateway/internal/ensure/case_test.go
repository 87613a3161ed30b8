package ensure

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// TestOn plans only on live resources of the right type, in a known place.
func TestOn(t *testing.T) {
	reached := On(func(s *apigateway.Stage, _ remedy.Case) ([]remedy.Ensure, error) {
		return []remedy.Ensure{{Thing: Thing(s)}}, nil
	})
	live := ensuretest.Meta("/restapis/a/stages/b", "orders/b")
	place := func(change func(*resource.Meta)) *apigateway.Stage {
		s := &apigateway.Stage{Meta: live}
		change(&s.Meta)
		return s
	}
	for name, c := range map[string]struct {
		resource resource.Resource
		want     string
	}{
		"live":             {place(func(*resource.Meta) {}), ""},
		"nothing":          {nil, "fix.wrongType"},
		"a nil stage":      {(*apigateway.Stage)(nil), "fix.wrongType"},
		"another type":     {&apigatewayv2.Stage{Meta: live}, "fix.wrongType"},
		"from a source":    {place(func(m *resource.Meta) { m.ARN, m.Address = "", "aws_api_gateway_stage.x" }), "fix.notLive"},
		"no account":       {place(func(m *resource.Meta) { m.Account = "" }), "fix.noPlace"},
		"no Region":        {place(func(m *resource.Meta) { m.Region = "" }), "fix.noPlace"},
		"no partition":     {place(func(m *resource.Meta) { m.Partition = "" }), "fix.noPlace"},
		"no people's name": {place(func(m *resource.Meta) { m.Name = "" }), ""},
	} {
		ensures, err := reached(remedy.Case{Resource: c.resource})
		if got := ensuretest.ErrorKey(t, err); got != c.want || (got == "") != (len(ensures) == 1) {
			t.Errorf("%s: %q, %v; want %q", name, got, ensures, c.want)
		}
		if len(ensures) == 1 && (ensures[0].Thing.Type != apigateway.StageType || ensures[0].Thing.ARN != live.ARN) {
			t.Errorf("%s: the thing is %+v", name, ensures[0].Thing)
		}
	}
}

func TestKnown(t *testing.T) {
	for name, c := range map[string]struct {
		value fact.Value[string]
		want  string
	}{
		"set":           {ensuretest.Set("x"), ""},
		"empty":         {ensuretest.Set(""), ""},
		"absent":        {ensuretest.Absent[string](), ""},
		"refused":       {ensuretest.Refused[string](), "fix.unread"},
		"never read":    {fact.Value[string]{}, "fix.unknown"},
		"not yet known": {fact.Unread[string](&fact.Origin{File: "main.tf"}), "fix.unknown"},
	} {
		if got := ensuretest.ErrorKey(t, Known(c.value, "P")); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestPart(t *testing.T) {
	for path, want := range map[string][2]string{
		"/restapis/a1/stages/prod":   {"a1", "prod"},
		"/apis/a1/stages/$default":   {"a1", "$default"},
		"/apis/a1/routes/r1":         {"a1", "r1"},
		"/restapis/a1":               {},
		"/restapis//stages/prod":     {},
		"/restapis/a1/stages/":       {},
		"/restapis/a1/stages/prod/x": {},
		"":                           {},
	} {
		api, part, err := Part(&apigateway.Stage{Meta: ensuretest.Meta(path, "x")})
		if [2]string{api, part} != want || (err != nil) != (want == [2]string{}) {
			t.Errorf("%s: %q %q %v", path, api, part, err)
		}
	}
	if _, _, err := Part(&apigateway.Stage{}); ensuretest.ErrorKey(t, err) != "fix.oddARN" {
		t.Errorf("no ARN: %v", err)
	}
}

func TestPlace(t *testing.T) {
	for arn, want := range map[string]resource.Scope{
		"arn:aws-cn:kms:cn-north-1:111122223333:key/x": {Partition: "aws-cn", Account: "111122223333", Region: "cn-north-1"},
		"arn:aws:s3:::bucket":                          {Partition: "aws"},
		"arn:aws":                                      {},
		"":                                             {},
	} {
		if got := Place(arn); got != want {
			t.Errorf("%q: %+v", arn, got)
		}
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		got  []remedy.Property
		want []remedy.Property
	}{
		{Same("P", ensuretest.Set(7)), []remedy.Property{{Name: "P", Value: 7.0}}},
		{Same("P", ensuretest.Set(0.5)), []remedy.Property{{Name: "P", Value: 0.5}}},
		{Same("P", ensuretest.Set(false)), []remedy.Property{{Name: "P", Value: false}}},
		{Same("P", ensuretest.Absent[bool]()), nil},
		{Same("P", ensuretest.Refused[bool]()), nil},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestKeyOfMethodSetting(t *testing.T) {
	for want, key := range map[string]fact.Value[string]{"~1a~1{id}/GET": ensuretest.Set("~1a~1{id}/GET"), "": ensuretest.Refused[string]()} {
		got, err := Key(&apigateway.MethodSetting{Key: key})
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
}

func TestAbout(t *testing.T) {
	api := &apigatewayv2.Api{ProtocolType: ensuretest.Set("HTTP")}
	protocol := remedy.Property{Name: "ProtocolType", Value: "HTTP"}
	for name, c := range map[string]struct {
		managed fact.Value[bool]
		want    []remedy.Property
	}{
		"declared":     {ensuretest.Set(false), []remedy.Property{protocol}},
		"quick create": {ensuretest.Set(true), []remedy.Property{protocol, {Name: "ApiGatewayManaged", Value: true}}},
		"unread":       {ensuretest.Refused[bool](), []remedy.Property{protocol}},
	} {
		if diff := cmp.Diff(c.want, About(api, c.managed)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if got := About(&apigatewayv2.Api{}, ensuretest.Set(false)); got != nil {
		t.Errorf("of an API that nobody read: %v", got)
	}
}

// TestRest: all that stays of a setting is named, nothing that is not known, and
// not what changes.
func TestRest(t *testing.T) {
	m := &apigateway.MethodSetting{
		Key: fact.Set("me/GET", nil), CachingEnabled: fact.Set(true, nil), CacheDataEncrypted: fact.Set(false, nil), CacheTtlInSeconds: fact.Set(0, nil),
		LoggingLevel: fact.Absent[string](nil), DataTraceEnabled: fact.Set(false, nil), ThrottlingBurstLimit: fact.Set(-1, nil), ThrottlingRateLimit: fact.Set(12.5, nil),
	}
	want := []remedy.Property{
		{Name: `MethodSettings["me/GET"].CachingEnabled`, Value: true}, {Name: `MethodSettings["me/GET"].CacheTtlInSeconds`, Value: 0.0},
		{Name: `MethodSettings["me/GET"].DataTraceEnabled`, Value: false}, {Name: `MethodSettings["me/GET"].ThrottlingBurstLimit`, Value: -1.0},
		{Name: `MethodSettings["me/GET"].ThrottlingRateLimit`, Value: 12.5},
	}
	if diff := cmp.Diff(want, Rest(m, "me/GET", "CacheDataEncrypted")); diff != "" {
		t.Error(diff)
	}
}
