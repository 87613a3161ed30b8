package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

const hubSchema = "../../docs/schemas/securityhub.schema.json"

// hubFindings are Security Hub's own about the demo: one that somebody
// suppressed, one of a resource that nobody scanned, and one that makes no sense.
const hubFindings = `{"securityHub": {"findings": [
 {"Id": "arn:aws:securityhub:ap-northeast-1:111122223333:security-control/APIGateway.5/finding/1", "ProductArn": "arn:aws:securityhub:ap-northeast-1::product/aws/securityhub",
  "ProductName": "Security Hub", "GeneratorId": "security-control/APIGateway.5", "AwsAccountId": "ACCOUNT", "Region": "REGION", "CreatedAt": "2026-01-01T00:00:00Z", "UpdatedAt": "2026-01-01T00:00:00Z",
  "LastObservedAt": "2026-01-01T00:00:00Z", "Resources": [{"Type": "AwsApiGatewayStage", "Id": "STAGE", "Partition": "aws", "Region": "REGION"}], "Note": {"Text": "known", "UpdatedBy": "ben", "UpdatedAt": "2026-01-01T00:00:00Z"},
  "Compliance": {"Status": "FAILED", "SecurityControlId": "APIGateway.5"}, "Workflow": {"Status": "SUPPRESSED"}, "RecordState": "ACTIVE"},
 {"Id": "arn:aws:securityhub:ap-northeast-1:111122223333:security-control/APIGateway.5/finding/2", "ProductArn": "arn:aws:securityhub:ap-northeast-1::product/aws/securityhub",
  "ProductName": "Security Hub", "GeneratorId": "security-control/APIGateway.5", "AwsAccountId": "ACCOUNT", "Region": "REGION", "CreatedAt": "2026-01-01T00:00:00Z", "UpdatedAt": "2026-01-01T00:00:00Z",
  "Resources": [{"Type": "AwsApiGatewayStage", "Id": "STAGEx", "Partition": "aws", "Region": "REGION"}],
  "Compliance": {"Status": "WARNING", "SecurityControlId": "APIGateway.5", "StatusReasons": [{"ReasonCode": "X"}]}, "Workflow": {"Status": "NEW"}, "RecordState": "ACTIVE"},
 {"Id": "arn:aws:securityhub:ap-northeast-1:111122223333:subscription/nist-800-53/v/5.0.0/APIGateway.5/finding/4", "ProductArn": "arn:aws:securityhub:ap-northeast-1::product/aws/securityhub",
  "ProductName": "Security Hub", "GeneratorId": "nist-800-53/v/5.0.0/APIGateway.5", "AwsAccountId": "ACCOUNT", "Region": "REGION", "CreatedAt": "2026-01-01T00:00:00Z", "UpdatedAt": "2026-01-01T00:00:00Z",
  "Resources": [{"Type": "AwsApiGatewayStage", "Id": "OTHER", "Partition": "aws", "Region": "REGION"}],
  "Compliance": {"Status": "PASSED", "SecurityControlId": "APIGateway.5"}, "Workflow": {"Status": "NOTIFIED"}, "RecordState": "ACTIVE"},
 {"Id": "arn:aws:securityhub:ap-northeast-1:111122223333:security-control/APIGateway.5/finding/3", "ProductArn": "arn:aws:securityhub:ap-northeast-1::product/aws/securityhub",
  "ProductName": "Security Hub", "GeneratorId": "security-control/APIGateway.5", "AwsAccountId": "ACCOUNT", "Region": "REGION", "CreatedAt": "yesterday", "UpdatedAt": "2026-01-01T00:00:00Z",
  "Resources": [{"Type": "AwsApiGatewayStage", "Id": "STAGE", "Partition": "aws", "Region": "REGION"}],
  "Compliance": {"Status": "FAILED", "SecurityControlId": "APIGateway.5"}, "Workflow": {"Status": "NEW"}, "RecordState": "ACTIVE"}]}}`

// TestHubFollowsSchema holds what the commands on Security Hub write to the
// published schema, strictly.
func TestHubFollowsSchema(t *testing.T) {
	path, err := filepath.Abs(hubSchema) // the demo leaves this folder
	if err != nil {
		t.Fatal(err)
	}
	strict := strictHub(t, path)
	k := keptDemo(t)
	account, region := awsdouble.DemoAccount()
	k.must(t, "scan", "--service", "APIGateway", "-q", "--format", "csv", "--output", "one.csv", "--region", region, "--region", "us-east-1")
	var list struct {
		Findings []struct {
			ID       string
			Resource struct{ ARN string }
		}
	}
	if err := json.Unmarshal([]byte(k.must(t, "findings", "list", "--control", "APIGateway.5", "--region", region, "--format", "json")), &list); err != nil || len(list.Findings) == 0 {
		t.Fatal(err, list)
	}
	fixture := strings.NewReplacer("ACCOUNT", account, "REGION", region, "STAGE", list.Findings[0].Resource.ARN, "OTHER", list.Findings[1].Resource.ARN).Replace(hubFindings)
	if err := k.double.Load(account, region, []byte(fixture)); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	wanted := func(name string, code int, args ...string) {
		t.Helper()
		out, errs, got := k.run(append(args, "--format", "json")...)
		if got != code {
			t.Fatalf("%q: exit code %d, want %d\n%s", args, got, code, errs)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		if err == nil {
			err = strict[name].Validate(doc)
		}
		if err != nil {
			t.Errorf("%q: %v\n%.2000s", args, err, out)
		}
		count(doc, seen)
	}
	wanted("synced", 3, "securityhub", "sync", "--dry-run", "--region", region, "--region", "us-east-1")
	wanted("synced", 3, "securityhub", "pull")
	wanted("compared", 3, "securityhub", "compare")
	wanted("pushed", 0, "securityhub", "push", "--dry-run")
	k.double.Fault(awsdouble.Fault{Operation: "BatchImportFindings", Kind: awsdouble.Partial, Times: 3})
	wanted("pushed", 1, "securityhub", "push")
	k.must(t, "findings", "resolve", list.Findings[0].ID, "--reason", "done")
	k.double.Fault(awsdouble.Fault{Operation: "BatchUpdateFindings", Kind: awsdouble.Partial})
	wanted("synced", 1, "securityhub", "sync")

	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, property := range described(t, data) {
		if seen[property] == 0 && !slices.Contains([]string{"address", "cases", "proposed"}, property) {
			t.Errorf("no output has %q", property)
		}
	}
}

// strictHub compiles the outputs of the schema with every property that it does
// not name forbidden.
func strictHub(t *testing.T, path string) map[string]*jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(path)
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
	if err := c.AddResource("hub.json", doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]*jsonschema.Schema{}
	for _, name := range []string{"synced", "pushed", "compared"} {
		if out[name], err = c.Compile("hub.json#/$defs/" + name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestReadmeHubRuns runs what the README shows of Security Hub, in both languages.
func TestReadmeHubRuns(t *testing.T) {
	const shown = "arn:aws:securityhub:…"
	for file, heading := range map[string]string{"README.md": "## Together with Security Hub", "README.ja.md": "## Security Hub と合わせて使う"} {
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("../..", file))
			if err != nil {
				t.Fatal(err)
			}
			_, rest, _ := strings.Cut(string(text), heading)
			section, _, _ := strings.Cut(rest, "\n## ")
			k := keptDemo(t)
			arn := hubOfDemo(t, k)
			ran := 0
			for _, block := range fence.FindAllStringSubmatch(section, -1) {
				for _, line := range strings.Split(strings.TrimSpace(block[2]), "\n") {
					command, _, _ := strings.Cut(line, "  #")
					k.must(t, strings.Fields(strings.ReplaceAll(command, shown, arn))[1:]...)
					ran++
				}
			}
			if ran != 8 {
				t.Errorf("%d commands were found", ran)
			}
		})
	}
}

// hubOfDemo scans the demo and puts one finding about it into Security Hub,
// whose ARN it returns.
func hubOfDemo(t *testing.T, k *kept) string {
	t.Helper()
	account, region := awsdouble.DemoAccount()
	k.must(t, "scan", "--service", "APIGateway", "-q", "--format", "csv", "--output", "one.csv")
	var list struct {
		Findings []struct{ Resource struct{ ARN string } }
	}
	if err := json.Unmarshal([]byte(k.must(t, "findings", "list", "--control", "APIGateway.5", "--format", "json")), &list); err != nil || len(list.Findings) == 0 {
		t.Fatal(err, list)
	}
	whole := strings.NewReplacer("ACCOUNT", account, "REGION", region, "STAGE", list.Findings[0].Resource.ARN).Replace(hubFindings)
	var hub struct {
		SecurityHub struct{ Findings []map[string]any } `json:"securityHub"`
	}
	if err := json.Unmarshal([]byte(whole), &hub); err != nil {
		t.Fatal(err)
	}
	first := hub.SecurityHub.Findings[0]
	one, err := json.Marshal(map[string]any{"securityHub": map[string]any{"findings": []any{first}}})
	if err == nil {
		err = k.double.Load(account, region, one)
	}
	if err != nil {
		t.Fatal(err)
	}
	return first["Id"].(string)
}
