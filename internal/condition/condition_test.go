package condition_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

func models() condition.Models {
	return condition.Models{(*apigateway.Stage)(nil), (*apigateway.DomainName)(nil), (*apigatewayv2.Stage)(nil), (*apigatewayv2.Route)(nil)}
}

func parse(t *testing.T, text string) condition.Condition {
	t.Helper()
	c, err := condition.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"tag env=dev": "", " tag  env = dev ": "tag env=dev", "tag a,b=c,d": "", "tag a=b=c": "", "tag env=": "", "tag 環境=開発 用": "",
		"no tag env": "", "no tag  two words": "no tag two words", "no custom domain": "", "no  custom   domain": "no custom domain",
		"CacheClusterEnabled=false": "", "A.B.C=x y": "", "A=": "",
	} {
		if want == "" {
			want = text
		}
		if c := parse(t, text); c.String() != want || parse(t, c.String()) != c {
			t.Errorf("%q is %q, want %q", text, c.String(), want)
		}
	}
	for _, text := range []string{"", "tag env", "no tag", "no tag ", "no tag a=b", "custom domain", "no domain", "dev", "=x", "tag =x", "A B=c", "tag a=\x00", "tag a=\xff", "tag a=" + strings.Repeat("x", condition.MostText)} {
		if c, err := condition.Parse(text); key(err) != "keep.while.garbage" {
			t.Errorf("%q is %+v, %v", text, c, err)
		}
	}
	var many []string
	for i := range condition.Most + 1 {
		many = append(many, "no tag "+strings.Repeat("x", i+1))
	}
	if _, err := condition.ParseAll(many); key(err) != "keep.while.tooMany" {
		t.Error(err)
	}
	if list, err := condition.ParseAll([]string{"no tag a", "no  custom domain", "no tag a"}); err != nil || strings.Join(condition.Texts(list), "|") != "no tag a|no custom domain" {
		t.Error(list, err)
	}
}

func key(err error) string {
	var e *locale.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

// TestCheck says of conditions whether anything can read them, by type.
func TestCheck(t *testing.T) {
	const stage, domain, route = apigateway.StageType, apigateway.DomainNameType, apigatewayv2.RouteType
	for _, c := range []struct {
		text string
		of   resource.Type
		want string
	}{
		{"tag env=dev", stage, ""}, {"tag env=dev", route, ""}, {"no tag env", domain, ""},
		{"tag env=dev", resource.AccountType, "keep.while.nothing"}, {"CacheClusterEnabled=true", resource.AccountType, "keep.while.nothing"},
		{"no custom domain", stage, ""}, {"no custom domain", route, ""}, {"no custom domain", domain, "keep.while.noDomains"},
		{"CacheClusterEnabled=false", stage, ""}, {"CacheClusterEnabled=no", stage, "keep.while.bool"}, {"CacheClusterEnabled=", stage, ""},
		{"CacheClusterEnabled=false", apigatewayv2.StageType, "keep.while.noProperty"}, {"cacheclusterenabled=false", stage, "keep.while.noProperty"},
		{"AccessLogSetting.DestinationArn=", stage, ""}, {"AccessLogSetting=x", stage, "keep.while.noProperty"}, {"AccessLogSetting.=x", stage, "keep.while.noProperty"},
		{"DefaultRouteSettings.ThrottlingBurstLimit=5", apigatewayv2.StageType, ""}, {"DefaultRouteSettings.ThrottlingBurstLimit=5x", apigatewayv2.StageType, "keep.while.number"},
		{"MethodSettings.LoggingLevel=OFF", stage, "keep.while.noProperty"}, {"Tags.env=dev", stage, "keep.while.noProperty"}, {"Tags=x", stage, "keep.while.noProperty"},
		{"RestApi.Name=x", stage, "keep.while.noProperty"}, {"Name=x", stage, "keep.while.noProperty"}, {"ARN=x", stage, "keep.while.noProperty"}, {"Meta.Name=x", stage, "keep.while.noProperty"},
		{"EndpointConfiguration.Types=REGIONAL", domain, ""}, {"AuthorizationType=NONE", route, ""},
	} {
		if err := models().Check(parse(t, c.text), c.of); key(err) != c.want {
			t.Errorf("%s of %s: %v, want %q", c.text, c.of, err, c.want)
		}
	}
	err := models().Check(parse(t, "Nope=1"), stage)
	for _, name := range []string{"Nope", "StageName", "AccessLogSetting.DestinationArn", "CanarySetting.PercentTraffic", "no custom domain"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%v does not name %s", err, name)
		}
	}
	if err := models().Anything(parse(t, "AuthorizationType=NONE")); err != nil {
		t.Error(err)
	}
	if err := models().Anything(parse(t, "Nope=1")); key(err) != "keep.while.noProperty" {
		t.Error(err)
	}
}

// TestFacts reads every kind of fact, set, absent and unknown, and judges it.
func TestFacts(t *testing.T) {
	o := &fact.Origin{Call: "apigateway:GetStages", Fault: "AccessDenied"}
	ways := func(rest *fact.Origin, list ...resource.Mapping) *resource.Domains {
		return &resource.Domains{Ways: list, Rest: rest}
	}
	prod, any := resource.Mapping{Domain: "api.example.com", Stage: "prod"}, resource.Mapping{Domain: "www.example.com"}
	dev := resource.Mapping{Domain: "dev.example.com", Stage: "dev"}
	stage := func(edit func(*apigateway.Stage)) *apigateway.Stage {
		s := &apigateway.Stage{StageName: fact.Set("prod", nil), CacheClusterEnabled: fact.Set(false, nil), CacheClusterSize: fact.Unread[string](o)}
		s.AccessLogSetting = fact.Set(apigateway.AccessLogSetting{DestinationArn: fact.Set("arn:a,b", nil)}, nil)
		s.CanarySetting = fact.Absent[apigateway.CanarySetting](nil)
		s.MethodSettings = fact.Unread[[]apigateway.MethodSetting](o)
		if edit != nil {
			edit(s)
		}
		return s
	}
	for _, c := range []struct {
		text    string
		tags    map[string]string
		domains *resource.Domains
		edit    func(*apigateway.Stage)
		want    fact.Truth
		says    string // the fact, or why it could not be read
	}{
		{"tag env=dev", map[string]string{"env": "dev"}, nil, nil, fact.True, "tag env=dev"},
		{"tag env=dev", map[string]string{"env": "prod"}, nil, nil, fact.False, "tag env=prod"},
		{"tag env=dev", map[string]string{"env": "Dev"}, nil, nil, fact.False, "tag env=Dev"},
		{"tag env=dev", map[string]string{}, nil, nil, fact.False, "no tag env"},
		{"tag env=dev", nil, nil, nil, fact.Unknown, "apigateway:GetStages AccessDenied"},
		{"tag env=", map[string]string{"env": ""}, nil, nil, fact.True, "tag env="},
		{"tag env=", map[string]string{}, nil, nil, fact.False, "no tag env"},
		{"tag build=07", map[string]string{"build": "7"}, nil, nil, fact.False, "tag build=7"},
		{"tag release=1.10", map[string]string{"release": "1.1"}, nil, nil, fact.False, "tag release=1.1"},
		{"tag teams=a,b", map[string]string{"teams": "b,a"}, nil, nil, fact.False, "tag teams=b,a"},
		{"no tag env", map[string]string{"x": ""}, nil, nil, fact.True, "no tag env"},
		{"no tag env", map[string]string{"env": "dev"}, nil, nil, fact.False, "tag env=dev"},
		{"no tag env", nil, nil, nil, fact.Unknown, "apigateway:GetStages AccessDenied"},
		{"CacheClusterEnabled=false", nil, nil, nil, fact.True, "CacheClusterEnabled=false"},
		{"CacheClusterEnabled=true", nil, nil, nil, fact.False, "CacheClusterEnabled=false"},
		{"CacheClusterSize=0.5", nil, nil, nil, fact.Unknown, "apigateway:GetStages AccessDenied"},
		{"CacheClusterSize=0.50", nil, nil, func(s *apigateway.Stage) { s.CacheClusterSize = fact.Set("0.5", nil) }, fact.True, "CacheClusterSize=0.5"},
		{"TracingEnabled=true", nil, nil, nil, fact.Unknown, "KUMOBAN_VALUE_UNKNOWN"},
		{"AccessLogSetting.DestinationArn=arn:a,b", nil, nil, nil, fact.True, "AccessLogSetting.DestinationArn=arn:a,b"},
		{"AccessLogSetting.Format=x", nil, nil, nil, fact.Unknown, "KUMOBAN_VALUE_UNKNOWN"},
		{"CanarySetting.PercentTraffic=10", nil, nil, nil, fact.False, "no CanarySetting.PercentTraffic"},
		{"CanarySetting.PercentTraffic=", nil, nil, nil, fact.True, "no CanarySetting.PercentTraffic"},
		{"AccessLogSetting.DestinationArn=", nil, nil, nil, fact.False, "AccessLogSetting.DestinationArn=arn:a,b"},
		{"no custom domain", nil, ways(nil), nil, fact.True, "no custom domain"},
		{"no custom domain", nil, ways(nil, dev), nil, fact.True, "no custom domain"},
		{"no custom domain", nil, ways(nil, dev, prod), nil, fact.False, "custom domain=api.example.com"},
		{"no custom domain", nil, ways(nil, any), nil, fact.False, "custom domain=www.example.com"},
		{"no custom domain", nil, ways(o), nil, fact.Unknown, "apigateway:GetStages AccessDenied"},
		{"no custom domain", nil, ways(o, prod), nil, fact.False, "custom domain=api.example.com"},
		{"no custom domain", nil, ways(nil, dev), func(s *apigateway.Stage) { s.StageName = fact.Unread[string](o) }, fact.Unknown, "apigateway:GetStages AccessDenied"},
		{"no custom domain", nil, nil, nil, fact.Unknown, "nobody asked"},
	} {
		condition1 := parse(t, c.text)
		asked := condition.Asked{Conditions: []condition.Condition{condition1}}
		facts := asked.Facts(stage(c.edit), &resource.Unit{Domains: c.domains}, c.tags, o)
		f := condition1.Find(facts)
		says := "nobody asked"
		if f != nil {
			if says = f.String(); f.Present == fact.Unknown {
				says = f.Fault
			}
		}
		if got := condition1.Holds(f); got != c.want || says != c.says {
			t.Errorf("%s by %v: %v, %s; want %v, %s", c.text, c.tags, got, says, c.want, c.says)
		}
	}
	none := condition.Asked{Conditions: []condition.Condition{parse(t, "ProtocolType=HTTP"), parse(t, "no custom domain")}}
	if facts := none.Facts(&apigateway.DomainName{}, &resource.Unit{Domains: ways(nil)}, nil, nil); len(facts) > 0 {
		t.Errorf("%+v", facts)
	}
}

// TestSaid names the fact in both languages.
func TestSaid(t *testing.T) {
	for _, c := range []struct{ text, now, fault, en, ja string }{
		{"tag env=dev", "tag env=prod", "", "tag env is prod, was dev", "tag env は prod です (以前は dev)"},
		{"tag env=dev", "no tag env", "", "tag env is not set any more, was dev", "tag env は設定されていません (以前は dev)"},
		{"tag env=dev", "tag env=", "", `tag env is "", was dev`, `tag env は "" です (以前は dev)`},
		{"no tag env", "tag env=prod", "", "tag env is prod, was not set", "tag env は prod です (以前は未設定)"},
		{"CacheClusterEnabled=false", "CacheClusterEnabled=true", "", "CacheClusterEnabled is true, was false", "CacheClusterEnabled は true です (以前は false)"},
		{"WebAclArn=", "WebAclArn=arn:x", "", "WebAclArn is arn:x, was not set", "WebAclArn は arn:x です (以前は未設定)"},
		{"no custom domain", "custom domain=a.example.com", "", "the custom domain name a.example.com leads to it, none did", "カスタムドメイン名 a.example.com がマッピングされています (以前はなし)"},
		{"tag env=dev", "", "apigateway:GetApis AccessDenied", `nobody could read "tag env=dev" for 7 days: apigateway:GetApis AccessDenied`, "条件「tag env=dev」を 7 日間確認できませんでした: apigateway:GetApis AccessDenied"},
	} {
		said := condition.Said(c.text, c.now, c.fault)
		for lang, want := range map[locale.Lang]string{locale.English: c.en, locale.Japanese: c.ja} {
			catalog, err := locale.New(lang)
			if err != nil {
				t.Fatal(err)
			}
			if got := catalog.Text(said.Key, said.Args...); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
	}
}
