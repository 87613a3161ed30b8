package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

func ids() []string { return []string{"APIGateway.1", "APIGateway.10", "APIGateway.5"} }

func decode(t *testing.T, text string) any {
	t.Helper()
	var file map[string]any
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	return file["rules"]
}

func TestParse(t *testing.T) {
	got, err := Parse(decode(t, `
rules:
  - name: second
    order: 20
    match: {controls: apigateway.*, tags: {env: dev, team: "a*"}}
    notify: true
    terminal: true
  - name: first
    order: 10
    match:
      controls: [APIGateway.5, APIGateway.1]
      severities: [low, MEDIUM]
      accounts: [111122223333, "012345678901"]
      regions: ap-*
      resources: ["arn:aws:apigateway:*::/restapis/a*"]
      tags: [env = dev, "team=a=b"]
      statuses: [failed]
    suppress: {reason: a playground, until: 2027-03-31, while: ["tag env=a,b", no custom domain]}
    severity: low
  - {name: all, order: -1, severity: critical, everything: true}
`), ids())
	if err != nil {
		t.Fatal(err)
	}
	want := []Rule{
		{Name: "all", Order: -1, Action: Action{Severity: control.Critical}},
		{Name: "first", Order: 10, Match: Match{
			Controls: []string{"APIGateway.5", "APIGateway.1"}, Severities: []control.Severity{control.Low, control.Medium},
			Accounts: []string{"111122223333", "012345678901"}, Regions: []string{"ap-*"}, Resources: []string{"arn:aws:apigateway:*::/restapis/a*"},
			Tags: map[string]string{"env": "dev", "team": "a=b"}, Statuses: []control.Status{control.Failed},
		}, Action: Action{Suppress: &Suppress{"a playground", time.Date(2027, 3, 31, 23, 59, 59, 999999000, time.UTC), true, []string{"tag env=a,b", "no custom domain"}}, Severity: control.Low}},
		{Name: "second", Order: 20, Match: Match{Controls: []string{"apigateway.*"}, Tags: map[string]string{"env": "dev", "team": "a*"}}, Action: Action{Notify: true}, Terminal: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, none := range []any{nil, []any{}} {
		if rules, err := Parse(none, ids()); err != nil || len(rules) != 0 {
			t.Errorf("%v: %v, %v", none, rules, err)
		}
	}
}

// TestMistakes wants one sentence that names the rule for each mistake.
func TestMistakes(t *testing.T) {
	const a = "{name: a, order: 1, "
	for text, want := range map[string]string{
		"rules: x":    "rules must be a list: each item begins with - name:",
		"rules: {}":   "rules must be a list: each item begins with - name:",
		"rules: [x]":  "rule #1: rule must be a mapping of keys to values",
		"rules: [{}]": "rule #1: name is missing",
		"rules: [{name: 1, order: 1, notify: true}]":                                                                   "rule #1: name must be a text",
		"rules: [{name: ' ', order: 1}]":                                                                               "rule #1: name is missing",
		`rules: [{name: "a\e[2J", order: 1, match: {regions: x}, notify: true}]`:                                       `rule a\x1b[2J: a name has at most 100 characters, all of them printable`,
		"rules: [{name: a, notify: true, match: {regions: x}}]":                                                        "rule a: order is missing",
		"rules: [{name: a, order: first, notify: true, match: {regions: x}}]":                                          "rule a: order must be a whole number",
		"rules: [" + a + "match: {regions: x}}]":                                                                       "rule a: it does nothing: give it suppress, notify or severity",
		"rules: [" + a + "match: {regions: x}, notify: false}]":                                                        "rule a: it does nothing: give it suppress, notify or severity",
		"rules: [" + a + "match: {regions: x}, notify: true, suppress: {reason: r}}]":                                  "rule a: it cannot both suppress and notify",
		"rules: [" + a + "match: {regions: x}, notify: sure}]":                                                         "rule a: notify must be true or false",
		"rules: [" + a + "match: {regions: x}, suppress: {until: 2027-01-01}}]":                                        "rule a: a suppression needs a reason: say why the finding may stay as it is",
		"rules: [" + a + "match: {regions: x}, suppress: {reason: ' '}}]":                                              "rule a: a suppression needs a reason: say why the finding may stay as it is",
		"rules: [" + a + "match: {regions: x}, suppress: {reason: " + strings.Repeat("x", 5000) + "}}]":                "rule a: the text is longer than 4096 characters",
		"rules: [" + a + "match: {regions: x}, suppress: yes}]":                                                        "rule a: suppress must be a mapping of keys to values",
		"rules: [" + a + "match: {regions: x}, suppress: {reason: r, until: soon}}]":                                   "rule a: until must be a day such as 2027-03-31",
		"rules: [" + a + "match: {regions: x}, suppress: {reason: r, to: 2027-01-01}}]":                                "rule a: unknown key to in suppress: it takes reason, until, while",
		"rules: [" + a + "matches: {regions: x}, notify: true}]":                                                       "rule a: unknown key matches in rule: it takes name, order, match, suppress, notify, severity, terminal, everything",
		"rules: [" + a + "match: {region: x}, notify: true}]":                                                          "rule a: unknown key region in match: it takes controls, severities, accounts, regions, resources, tags, statuses",
		"rules: [" + a + "match: [x], notify: true}]":                                                                  "rule a: match must be a mapping of keys to values",
		"rules: [" + a + "match: {controls: S3.*}, notify: true}]":                                                     `rule a: no control matches "S3.*"`,
		"rules: [" + a + "match: {severities: bad}, notify: true}]":                                                    "rule a: unknown severity",
		"rules: [" + a + "match: {regions: x}, severity: bad}]":                                                        "rule a: unknown severity",
		"rules: [" + a + "match: {statuses: WARNING}, notify: true}]":                                                  "rule a: unknown status WARNING: PASSED, FAILED, UNKNOWN or NOT_APPLICABLE",
		"rules: [" + a + "match: {accounts: -11122223333}, notify: true}]":                                             "rule a: accounts must be a text or a list of texts: put numbers into quotes",
		"rules: [" + a + "match: {accounts: 12}, notify: true}]":                                                       "rule a: accounts must be a text or a list of texts: put numbers into quotes",
		"rules: [" + a + "match: {regions: []}, notify: true}]":                                                        "rule a: regions is empty: leave it out, or say what it must be",
		"rules: [" + a + "match: {regions: ['']}, notify: true}]":                                                      "rule a: regions is empty: leave it out, or say what it must be",
		"rules: [" + a + "match: {regions: {x: y}}, notify: true}]":                                                    "rule a: regions must be a text or a list of texts: put numbers into quotes",
		"rules: [" + a + "match: {tags: env}, notify: true}]":                                                          "rule a: env is no tag: want key = pattern, each key once",
		"rules: [" + a + "match: {tags: [env = a, env = b]}, notify: true}]":                                           "rule a: env = b is no tag: want key = pattern, each key once",
		"rules: [" + a + "match: {tags: {env: 1}}, notify: true}]":                                                     "rule a: env must be a text",
		"rules: [" + a + "match: {tags: {}}, notify: true}]":                                                           "rule a: tags is empty: leave it out, or say what it must be",
		"rules: [" + a + "notify: true}]":                                                                              "rule a: it matches everything: narrow match, or say everything: true",
		"rules: [" + a + "match: {}, notify: true}]":                                                                   "rule a: it matches everything: narrow match, or say everything: true",
		"rules: [" + a + "match: {controls: '*', regions: [x, '**'], accounts: '?*'}, notify: true}]":                  "rule a: it matches everything: narrow match, or say everything: true",
		"rules: [" + a + "match: {severities: [low, medium, high, critical]}, notify: true}]":                          "rule a: it matches everything: narrow match, or say everything: true",
		"rules: [" + a + "match: {statuses: [FAILED, UNKNOWN]}, notify: true}]":                                        "rule a: it matches everything: narrow match, or say everything: true",
		"rules: [" + a + "match: {regions: x}, notify: true, everything: true}]":                                       "rule a: it says everything: true, but match is narrower: take one of them out",
		"rules: [" + a + "match: {regions: x}, notify: true}, {name: a, order: 2, match: {regions: x}, notify: true}]": "two rules are named a: name each otherwise",
		"rules: [" + a + "match: {regions: x}, notify: true}, {name: b, order: 1, match: {regions: x}, notify: true}]": "the rules a and b both have order 1: say which comes first",
	} {
		_, err := Parse(decode(t, text), ids())
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.120s\ngot  %v\nwant %s", text, err, want)
		}
	}
}

// TestNarrow is what a rule may match without saying that it means everything.
func TestNarrow(t *testing.T) {
	for _, match := range []string{"controls: APIGateway.1", "severities: low", "accounts: '1*'", "regions: ap-northeast-1", "resources: 'a*'", "tags: env = *", "statuses: FAILED"} {
		if _, err := Parse(decode(t, "rules: [{name: a, order: 1, match: {"+match+"}, notify: true}]"), ids()); err != nil {
			t.Errorf("%s: %v", match, err)
		}
	}
}

func TestPast(t *testing.T) {
	for until, end := range map[string]time.Time{
		"2027-03-31":                  time.Date(2027, 3, 31, 23, 59, 59, 999999000, time.UTC),
		"'2027-03-31'":                time.Date(2027, 3, 31, 23, 59, 59, 999999000, time.UTC),
		"9999-12-31":                  time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC),
		"2027-03-31T12:00:00Z":        time.Date(2027, 3, 31, 12, 0, 0, 0, time.UTC),
		"'2027-03-31T00:00:00Z'":      time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC),
		"'2027-03-31T09:00:00+09:00'": time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC),
	} {
		rules, err := Parse(decode(t, "rules: [{name: a, order: 1, match: {regions: x}, suppress: {reason: r, until: "+until+"}}]"), ids())
		if err != nil {
			t.Fatal(err)
		}
		if err := Past(rules, end.Add(-time.Microsecond)); err != nil {
			t.Error(until, err)
		}
		if err := Past(rules, end); err == nil || err.Error() != "rule a: "+end.Add(-1).Format(time.DateOnly)+" is past, so it suppresses nothing any more" {
			t.Error(until, err)
		}
	}
}

func TestParseExceptions(t *testing.T) {
	for _, c := range []struct {
		raw  any
		want bool
		err  string
	}{
		{nil, false, ""},
		{map[string]any{}, false, ""},
		{map[string]any{"fourEyes": true}, true, ""},
		{map[string]any{"four-eyes": true}, false, "unknown key four-eyes in exceptions: it takes fourEyes"},
		{map[string]any{"fourEyes": "yes"}, false, "fourEyes must be true or false"},
		{true, false, "exceptions must be a mapping of keys to values"},
	} {
		e, err := ParseExceptions(c.raw)
		if got := text(err); got != c.err || (e.FourEyes != nil && *e.FourEyes) != c.want {
			t.Errorf("%v: %+v, %q", c.raw, e, got)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestJapanese shows a mistake within a rule in Japanese throughout.
func TestJapanese(t *testing.T) {
	_, err := Parse(decode(t, "rules: [{name: a, order: 1, notify: true}]"), ids())
	ja, failed := locale.New(locale.Japanese)
	if failed != nil {
		t.Fatal(failed)
	}
	if got := ja.Text("cli.cannotRead", locale.A("file", "x"), locale.A("error", err)); !strings.Contains(got, "すべてに一致します") {
		t.Error(got)
	}
}
