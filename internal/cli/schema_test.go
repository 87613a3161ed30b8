package cli

import (
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v4"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
)

const schemaFile = "../../docs/schemas/kumoban.schema.json"

func newProgram(t *testing.T, lang locale.Lang) *program {
	t.Helper()
	catalog, err := locale.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	return &program{stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }, catalog: catalog, controls: controls.All}
}

// TestSchemaIsTheFlags holds the published schema of kumoban.yaml to the flags
// of kumoban scan and to the keys that are no flags.
func TestSchemaIsTheFlags(t *testing.T) {
	scan, _, err := newProgram(t, locale.English).root().Find([]string{"scan"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"lang": true}
	for _, key := range nestedKeys() {
		want[key] = true
	}
	scan.Flags().VisitAll(func(f *pflag.Flag) {
		if isSetting(f.Name) {
			want[f.Name] = true
		}
	})
	var schema struct {
		Properties map[string]any
		Defs       struct{ Format struct{ Enum []string } } `json:"$defs" yaml:"$defs"`
	}
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(schema.Properties))); diff != "" {
		t.Errorf("settings (-flags +schema):\n%s", diff)
	}
	if diff := cmp.Diff(report.Formats(), schema.Defs.Format.Enum); diff != "" {
		t.Errorf("formats (-code +schema):\n%s", diff)
	}
}

// TestSchemaAcceptsAndRefuses compiles the schema and tries it.
func TestSchemaAcceptsAndRefuses(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	for text, ok := range map[string]bool{
		"region: [ap-northeast-1, us-east-1]\nfail-on: high\nrate: 4\n":                                           true,
		"format: csv\noutput: f.csv\ncsv-bom: true\nlang: ja\n":                                                   true,
		"rate: max\ntimeout: 10m\n":                                                                               true,
		"inputs: {roleName: logs, rolePath: /team/, permissionsBoundary: 'arn:aws:iam::111122223333:policy/b'}\n": true,
		"inputs: {accountRole: replace}\n":                                                                        false,
		"inputs: {rolePath: team}\n":                                                                              false,
		"prices: {currency: JPY, date: '2026-11-01', prices: [{service: awswaf, usage: Request, region: '*', unit: 1M requests, price: 93}]}\n": true,
		"prices: {currency: JPY, date: '2026-11-01', prices: [{service: awswaf, usage: Request, region: '*', unit: 1M requests}]}\n":            false,
		"messages: {sec: {kind: slack, url-env: SLACK_URL, lang: ja}, siem: {kind: webhook, url-file: u, secret-env: S}}\n":                     true,
		"messages: {post: {kind: mail, server: a.example, from: k@a.example, to: s@a.example, owners: true, user: k, password-file: p}}\n":      true,
		"messages: {sec: {kind: slack, url: 'https://hooks.slack.com/x'}}\n":                                                                    false,
		"messages: {siem: {kind: webhook, url-env: U}}\n":                                                                                       false,
		"messages: {post: {kind: mail, server: a.example, from: k@a.example, to: s@a.example, user: k}}\n":                                      false,
		"messages: {post: {kind: mail, server: a.example, from: k@a.example}}\n":                                                                false,
		"prices: prices.yaml\n": false,
		"colour: blue\n":        false,
		"fail-on: dreadful\n":   false,
		"format: [xml]\n":       false,
		"rate: 0\n":             false,
		"owner-tags: [Owner, team]\nexceptions: {fourEyes: true}\n": true,
		"exceptions: {four-eyes: true}\n":                           false,
		"rules: [{name: a, order: 1, match: {controls: APIGateway.*, tags: env = dev, accounts: 111122223333}, suppress: {reason: r, until: '2027-03-31'}}]\n":   true,
		"rules: [{name: a, order: 1, match: {severities: [low, HIGH], statuses: FAILED, tags: {env: dev}}, notify: true, severity: critical, terminal: true}]\n": true,
		"rules: [{name: a, order: 1, everything: true, notify: true}]\n":                                                                                         true,
		"rules: [{name: a, order: 1, match: {regions: x}}]\n":                                                                                                    false,
		"rules: [{name: a, order: 1, notify: true, suppress: {reason: r}, match: {regions: x}}]\n":                                                               false,
		"rules: [{name: a, match: {regions: x}, notify: true}]\n":                                                                                                false,
		"rules: [{name: a, order: 1, match: {region: x}, notify: true}]\n":                                                                                       false,
		"rules: [{name: a, order: 1, match: {regions: []}, notify: true}]\n":                                                                                     false,
		"rules: [{name: a, order: 1, match: {regions: x}, suppress: {until: '2027-03-31'}}]\n":                                                                   false,
		"rules: [{name: a, order: 1, match: {regions: x}, suppress: {reason: r, until: 'soon'}}]\n":                                                              false,
		"rules: {name: a}\n": false,
	} {
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); ok != (err == nil) {
			t.Errorf("%q: %v", strings.TrimSpace(text), err)
		}
	}
}
