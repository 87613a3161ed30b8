package cli

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

const keptSchema = "../../docs/schemas/kept.schema.json"

// kept is a store that was filled as a user fills one, and the environment for
// commands on it.
type kept struct {
	environ []string
	double  *awsdouble.Double
}

func keptDemo(t *testing.T) *kept {
	t.Helper()
	t.Chdir(t.TempDir())
	double := awsdouble.New(awsdouble.Options{})
	if err := double.Demo(); err != nil {
		t.Fatal(err)
	}
	url, stop, err := double.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stop() })
	account, region := awsdouble.DemoAccount()
	if err := double.Load(account, region, []byte(`{"securityHub": {}}`)); err != nil {
		t.Fatal(err)
	}
	key, secret := double.CredentialsFor(account)
	k := &kept{double: double, environ: []string{
		"TERM=dumb", "USER=hana", "KUMOBAN_STORE=store.db", "KUMOBAN_STATE_DIR=" + filepath.Join(t.TempDir(), "state"),
		"AWS_ENDPOINT_URL=" + url, "AWS_ACCESS_KEY_ID=" + key, "AWS_SECRET_ACCESS_KEY=" + secret, "AWS_REGION=" + region, "AWS_EC2_METADATA_DISABLED=true",
	}}
	for _, kv := range k.environ { // the SDK reads the process's own
		name, value, _ := strings.Cut(kv, "=")
		t.Setenv(name, value)
	}
	return k
}

// scan saves the first scan, and lets exceptions last for longer than tests do.
func (k *kept) scan(t *testing.T, args ...string) {
	t.Helper()
	k.must(t, append([]string{"scan"}, args...)...)
	k.must(t, "settings", "set", "longest-exception", "36500d")
}

// run returns what a command says on stdout, on stderr, and its exit code.
func (k *kept) run(args ...string) (stdout, stderr string, code int) {
	var out, err bytes.Buffer
	code = Run(context.Background(), args, strings.NewReader(""), &out, &err, k.environ)
	return out.String(), err.String(), code
}

func (k *kept) must(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, code := k.run(args...)
	if code != exitDone {
		t.Fatalf("%q: exit code %d\n%s", args, code, stderr)
	}
	return stdout
}

const keptRules = `
disabled-controls: [APIGateway.10]
rules:
  - {name: dev, order: 1, match: {tags: {env: dev}, severities: low}, suppress: {reason: test data, until: 2099-03-31}}
  - {name: partners, order: 2, match: {resources: '*/partners.*'}, severity: high}
`

// strictKept compiles one of the outputs of the schema, with every property that
// it does not name forbidden: what is written shall also be described.
func strictKept(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(keptSchema)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	closed(doc)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("kept.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("kept.json#/$defs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// closed forbids further properties wherever some are named.
func closed(node any) {
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			closed(n)
		}
	case map[string]any:
		for _, n := range node {
			closed(n)
		}
		if _, ok := node["properties"].(map[string]any); ok && node["required"] != nil {
			node["additionalProperties"] = false
		}
	}
}

// TestKeptFollowsSchema holds what the commands write to the published schema,
// strictly, in a store where all that can be there is there.
func TestKeptFollowsSchema(t *testing.T) {
	path, err := filepath.Abs(keptSchema) // the demo leaves this folder
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, name := range []string{"findings", "story", "exceptions", "questions", "scores", "history", "diff", "rules", "ruled", "settings", "audit", "owners", "imported", "missing", "owned"} {
		schemas[name] = strictKept(t, name)
	}
	published, err := jsonschema.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	k := keptDemo(t)
	k.scan(t, "-q", "--format", "csv", "--output", "one.csv")
	denied := k.double.Fault(awsdouble.Fault{Operation: "GetStages", Kind: awsdouble.Deny, Times: 1})
	if _, errs, code := k.run("scan", "--service", "APIGateway", "-q", "--format", "csv", "--output", "gap.csv"); code != exitGaps || denied.Count() != 1 {
		t.Fatalf("exit code %d\n%s", code, errs)
	}
	if err := os.WriteFile("kumoban.yaml", []byte(keptRules), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"untagged.yaml": "owner-tags: [nobody-has-it]\n",
		"owners.csv":    "account,stack,tag,resource,team,address,channel,language,deputy\n111122223333,s,a=b,x,t,t@example.com,mail,ja,kei\n,,,*,all,all@example.com,slack,en,hana\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]int{}
	for _, c := range []struct{ schema, args string }{
		{"findings", "findings list --limit 3"}, {"findings", "findings list --all"}, {"findings", "findings list --region us-east-1"},
		{"findings", "findings note 88662ebe6f56 --text seen"}, {"findings", "findings notify 88662ebe6f56"},
		{"findings", "findings suppress 88662ebe6f56 --reason r --until 2099-03-31 --approved-by kei"}, {"findings", "findings severity 8f208caafe3d --to high"},
		{"findings", "findings assign 8f208caafe3d --to hana"}, {"findings", "findings ticket 8f208caafe3d --to OPS-1"},
		{"settings", "settings"}, {"settings", "settings set four-eyes on"}, {"findings", "findings suppress fac63721f205 --reason r --until 30d"}, {"exceptions", "findings proposed"}, {"findings", "findings approve fac63721f205 --by mina"}, {"story", "findings show fac63721f205"},
		{"settings", "settings set four-eyes off"}, {"findings", "findings unsuppress fac63721f205"}, {"rules", "rules test"}, {"ruled", "rules apply"}, {"rules", "rules test"},
		{"exceptions", "findings expiring --within 36500d"}, {"exceptions", "findings expiring"},
		{"missing", "owners list --missing --config untagged.yaml"}, {"imported", "owners import owners.csv --dry-run"}, {"imported", "owners import owners.csv"},
		{"owners", "owners list"}, {"owned", "owners show 8f208caafe3d"},
		{"questions", "ask list"}, {"", "ask 8f208caafe3d fac63721f205 --owner kei --due 2099-01-15"}, {"", "ask b567351d8d18 1ebb92f4d5b9 --due 2099-01-15 --via print"}, {"questions", "ask sent q2"},
		{"questions", "ask list"}, {"questions", "ask show q2"}, {"", "ask link q2 --public-url https://ask.example.com"}, {"questions", "answer q2 not-mine --owner team-web --reason r"}, {"questions", "answer q2 accept --until 2099-03-31 --reason r --apart b567351d8d18=fix-by@2099-03-31"}, {"questions", "answer q1 accept --until 2099-03-31 --reason r --by kei --while StageName=prod"},
		{"questions", "answer q2 fix --reply APIGateway.1.retention=90,production=yes"}, {"questions", "answer q2 fix-by --until 2099-03-31"}, {"", "ask 42a2c678d031 --owner kei --due 30d"}, {"questions", "ask withdraw q3 --reason r"}, {"", "ask 42a2c678d031 --owner kei --due 30d"}, {"", "findings suppress 42a2c678d031 --reason r --until 30d"}, {"questions", "ask list --all"},
		{"findings", "findings unsuppress 88662ebe6f56"}, {"findings", "findings resolve 88662ebe6f56"},
		{"", "fix plan --control APIGateway.5 --resource shipping/prod --out plan.json"}, {"", "fix apply plan.json --yes"},
		{"", "scan -q --format csv --output two.csv"},
		{"", "securityhub push"}, {"", "securityhub pull"},
		{"unread", ""}, {"findings", "findings list --suppressed"}, {"exceptions", "findings expiring"},
		{"story", "findings show 88662ebe6f56"}, {"story", "findings show 8f208caafe3d --lang ja"}, {"story", "findings show b567351d8d18"}, {"story", "findings show b0b740897718"},
		{"findings", "findings list --archived"}, {"scores", "score"}, {"history", "history"}, {"diff", "diff"}, {"audit", "audit verify"},
	} {
		args := strings.Fields(c.args)
		if c.schema == "unread" { // nobody can look at what exceptions rest on
			k.double.Fault(awsdouble.Fault{Operation: "GetStages", Kind: awsdouble.Deny})
			if _, errs, code := k.run("scan", "--service", "APIGateway", "-q", "--format", "csv", "--output", "unread.csv"); code != exitGaps {
				t.Fatalf("exit code %d\n%s", code, errs)
			}
			continue
		}
		if c.schema == "" {
			k.must(t, args...)
			continue
		}
		out := k.must(t, append(args, "--format", "json")...)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		if err != nil {
			t.Fatalf("%s: %v", c.args, err)
		}
		for _, s := range []*jsonschema.Schema{schemas[c.schema], published} {
			if err := s.Validate(doc); err != nil {
				t.Errorf("%s: %v\n%.2000s", c.args, err, out)
			}
		}
		count(doc, seen)
	}
	forgeKept(t, "store.db")
	out, _, code := k.run("audit", "verify", "--format", "json")
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	if err == nil {
		err = schemas["audit"].Validate(doc)
	}
	if err != nil || code != exitFailed {
		t.Errorf("forged: exit code %d, %v\n%s", code, err, out)
	}
	count(doc, seen)
	// What no output held was not put to the test.
	for _, property := range described(t, data) {
		if seen[property] == 0 && !slices.Contains([]string{"address", "byLink", "lastChange", "looked", "notVouched", "wide"}, property) {
			t.Errorf("no output has %q", property)
		}
	}
}

// forgeKept changes an exception behind kumoban's back.
func forgeKept(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE exceptions SET approver = 'mallory'"); err != nil {
		t.Fatal(err)
	}
}

// count counts the names of properties.
func count(node any, seen map[string]int) {
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			count(n, seen)
		}
	case map[string]any:
		for name, n := range node {
			seen[name]++
			count(n, seen)
		}
	}
}

// described lists the properties that the schema names.
func described(t *testing.T, data []byte) []string {
	t.Helper()
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, n := range node {
				walk(n)
			}
		case map[string]any:
			properties, _ := node["properties"].(map[string]any)
			for name := range properties {
				names[name] = true
			}
			for _, n := range node {
				walk(n)
			}
		}
	}
	walk(doc)
	return slices.Sorted(maps.Keys(names))
}

// TestKeptSchemaRefuses sees that the schema notices what is wrong.
func TestKeptSchemaRefuses(t *testing.T) {
	for name, bad := range map[string]string{
		"findings": `{"schemaVersion": 1, "total": 1, "findings": [{"id": "x"}]}`, "story": `{"schemaVersion": 1}`, "exceptions": `{"schemaVersion": 1, "exceptions": [{}]}`,
		"questions": `{"schemaVersion": 1, "questions": {}}`, "scores": `{"schemaVersion": 1, "scores": [], "more": 1}`, "history": `{"schemaVersion": 2, "scans": []}`,
		"diff": `{"schemaVersion": 1, "from": 0, "to": 1, "changes": []}`, "rules": `{"schemaVersion": 1}`, "ruled": `{"schemaVersion": 1, "changed": -1}`,
		"audit": `{"schemaVersion": 1, "whole": true, "headGiven": false, "entries": 1, "entriesSinceHead": 0, "head": "1:abc", "says": ""}`,
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if strictKept(t, name).Validate(doc) == nil {
			t.Errorf("%s: %s passes", name, bad)
		}
	}
}
