package controls_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// defaults are what remedies do where nobody decides: what a reader of a guide
// must find there, too.
type defaults struct {
	retention, role, trust, policy string
	format                         map[string]string // by protocol
}

func remedyDefaults(t *testing.T) defaults {
	t.Helper()
	d := defaults{format: map[string]string{}}
	for _, s := range samples() {
		stage, ok := s.resource.(*apigatewayv2.Stage)
		if s.control != "APIGateway.9" || !ok {
			continue
		}
		r := remedyOf(t, s.control, s.remedy, stage.ResourceType())
		inputs, err := r.Check(nil)
		if err != nil {
			t.Fatal(err)
		}
		d.retention = inputs["retention"]
		ensures, err := r.Ensure(remedy.Case{Resource: stage, Inputs: inputs})
		if err != nil {
			t.Fatal(err)
		}
		d.read(t, ensures, stage.Api.ProtocolType.Or(""))
	}
	return d
}

func (d *defaults) read(t *testing.T, ensures []remedy.Ensure, protocol string) {
	t.Helper()
	for _, e := range ensures {
		if e.Thing.Type == "AWS::IAM::Role" {
			d.role = e.Thing.Name
		}
		for _, p := range e.Set {
			text, _ := p.Value.(string)
			switch p.Name {
			case "AssumeRolePolicyDocument":
				d.trust = text
			case "ManagedPolicyArns":
				list, _ := plan.Normal(p.Value).([]any)
				d.policy, _ = list[0].(string)
			case "AccessLogSettings.Format":
				d.format[protocol] = text
			case "RetentionInDays":
				if !plan.Equal(p.Value, number(t, d.retention)) {
					t.Errorf("the default is %s days, and the log group gets %v", d.retention, p.Value)
				}
			}
		}
	}
}

func remedyOf(t *testing.T, control, name string, on resource.Type) *remedy.Remedy {
	t.Helper()
	for _, c := range controls.All() {
		for i := range c.Remedies {
			if r := &c.Remedies[i]; c.ID == control && r.Name == name && r.On == on {
				return r
			}
		}
	}
	t.Fatalf("%s has no remedy %s", control, name)
	return nil
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	var n float64
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// The forms in which files give a value.
var (
	keeps = regexp.MustCompile(`(?i)(?:retention[_-]?(?:in[_-]?)?days|--retention|retention)["']?(?:\s*[=:]\s*|\s+)(?:\n?\s*Type: Number\s+Default:\s*)?["']?(\d+)`)
	// a sentence about how long events are kept
	keptFor  = regexp.MustCompile(`(?:[Rr]etention|保持期間)[^\n]*?(\d+) ?(?:days|日)`)
	roles    = regexp.MustCompile(`(?m)ROLE_NAME=(\S+)|RoleName: (\S+)|"aws_iam_role" "[^"]+" \{\s+name\s*=\s*"([^"]+)"`)
	policies = regexp.MustCompile(`policy/[\w/-]*CloudWatchLogs\w*`)
	trusts   = regexp.MustCompile(`\{"Version":"2012-10-17","Statement":\[\{[^\n']*sts:AssumeRole[^\n']*?\}\]\}`)
	formats  = regexp.MustCompile(`\{"requestId":"\$context[^\n']*\}`)
	hclLines = regexp.MustCompile(`(?s)format = jsonencode\(\{(.*?)\}\)`)
	hclPair  = regexp.MustCompile(`(\w+)\s*=\s*("[^"]*")`)
)

// TestOneDefault: guides, snippets, generated pages and README give the values
// that the remedies take, and no second one.
func TestOneDefault(t *testing.T) {
	want := remedyDefaults(t)
	if want.retention == "" || want.role == "" || want.trust == "" || want.policy == "" || len(want.format) != 2 {
		t.Fatalf("the remedies' defaults: %+v", want)
	}
	var files []string
	for _, pattern := range []string{"*/*/snippets/*", "*/*/guide.*.md", "../README*.md", "../docs/controls/*/*.md", "../internal/locale/*.txt"} {
		found, err := filepath.Glob(pattern)
		if err != nil || found == nil {
			t.Fatalf("%s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	seen := map[string]int{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		one := func(what, want string, got ...string) {
			for _, v := range got {
				if v == "" {
					continue
				}
				if seen[what]++; v != want {
					t.Errorf("%s: %s is %s there, and %s in the remedy", file, what, v, want)
				}
			}
		}
		for _, m := range append(keeps.FindAllStringSubmatch(text, -1), keptFor.FindAllStringSubmatch(text, -1)...) {
			one("retention", want.retention, m[1])
		}
		for _, m := range roles.FindAllStringSubmatch(text, -1) {
			one("role", want.role, m[1:]...)
		}
		one("policy", want.policy[strings.Index(want.policy, "policy/"):], policies.FindAllString(text, -1)...)
		one("trust", want.trust, trusts.FindAllString(text, -1)...)
		for _, format := range append(formats.FindAllString(text, -1), hclFormats(text)...) {
			if protocol := protocolOf(format); protocol != "REST" {
				one("format "+protocol, want.format[protocol], format)
			}
		}
	}
	for _, what := range []string{"retention", "role", "policy", "trust", "format HTTP", "format WEBSOCKET"} {
		if seen[what] < 3 {
			t.Errorf("%s was found %d times: the test looks past it", what, seen[what])
		}
	}
}

// protocolOf tells formats apart by a variable that only one protocol has.
func protocolOf(format string) string {
	switch {
	case strings.Contains(format, "$context.connectionId"):
		return "WEBSOCKET"
	case strings.Contains(format, "$context.resourcePath"):
		return "REST"
	}
	return "HTTP"
}

// hclFormats writes what jsonencode makes of a format, in the order in which it
// stands there.
func hclFormats(text string) []string {
	var list []string
	for _, m := range hclLines.FindAllStringSubmatch(text, -1) {
		var pairs []string
		for _, p := range hclPair.FindAllStringSubmatch(m[1], -1) {
			pairs = append(pairs, `"`+p[1]+`":`+p[2])
		}
		list = append(list, "{"+strings.Join(pairs, ",")+"}")
	}
	return list
}
