package wire

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/kumoban/kumoban/internal/outside"
)

// asked runs a Python script, hands it in, and reads the JSON that it writes.
func asked(t *testing.T, script string, in, out any) {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	question, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), outside.Python(t), "-c", string(text))
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(question)), os.Stderr
	answer, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(answer, out); err != nil {
		t.Fatal(err)
	}
}

// wanted is a configuration that asks for variants.
type wanted struct{ fips, dual bool }

func (w wanted) GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error) {
	return map[bool]aws.FIPSEndpointState{true: aws.FIPSEndpointStateEnabled}[w.fips], w.fips, nil
}

func (w wanted) GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error) {
	return map[bool]aws.DualStackEndpointState{true: aws.DualStackEndpointStateEnabled}[w.dual], w.dual, nil
}

func in(region string, fips, dual bool) *Client {
	return New(aws.Config{Region: region, ConfigSources: []any{wanted{fips, dual}}})
}

// otherwise is why kumoban signs for another Region than botocore; "" where it
// does not.
func otherwise(id, partition string, dual bool) string {
	if dual && (partition == "aws-iso" || partition == "aws-iso-b") && (id == "WAF" || id == "Organizations") {
		return "botocore's older list has no dual stack there, and it takes us-east-1 from the partition aws, where no caller of these has credentials"
	}
	return ""
}

// TestEndpointsAreBotocores compares hosts, signing names and signing Regions of
// every service of the table in every Region, and in one of every partition that
// nobody has, with those of botocore, which follows AWS's own rules.
func TestEndpointsAreBotocores(t *testing.T) {
	var want struct {
		Partitions []struct{ Name, Nowhere string }
		Services   map[string]struct{ ID string }
		Answers    map[string]map[string]map[string][]string
	}
	asked(t, "../../tool/endpointsgen/ask.py", nil, &want)
	for _, p := range want.Partitions {
		if got := Partition(p.Nowhere); got != p.Name {
			t.Errorf("%s lies in %s, want %s", p.Nowhere, got, p.Name)
		}
	}
	rows, refused := 0, 0
	known := map[string]bool{}
	for name, variants := range want.Answers {
		s := Service{ID: want.Services[name].ID}
		for variant, regions := range variants {
			fips, dual := strings.Contains(variant, "fips"), strings.Contains(variant, "dual")
			for region, w := range regions {
				rows++
				got, err := in(region, fips, dual).endpoint(t.Context(), s)
				if len(w) == 1 {
					refused++
					var sentence *EndpointError
					if !errors.As(err, &sentence) {
						t.Errorf("%s in %s (%s) is called at %s, botocore says %s", s.ID, region, variant, got.url, w[0])
					}
					continue
				}
				if reason := otherwise(s.ID, Partition(region), dual); reason != "" && got.region != w[2] {
					known[s.ID+Partition(region)] = true
					if Partition(got.region) != Partition(region) {
						t.Errorf("%s in %s is signed for %s, though %s", s.ID, region, got.region, reason)
					}
					w[2] = got.region
				}
				if want := (place{"https://" + w[0] + "/", w[2], w[1]}); err != nil || got != want {
					t.Errorf("%s in %s (%s): %v, %v, want %v", s.ID, region, variant, got, err, want)
				}
			}
		}
	}
	if len(known) != 4 {
		t.Errorf("differences that are no more: known are %v", known)
	}
	if len(want.Answers) != len(endpoints().services) || rows < 15000 {
		t.Errorf("%d services of %d compared in %d rows", len(want.Answers), len(endpoints().services), rows)
	}
	t.Logf("%d rows, %d of them refused", rows, refused)
}

// TestServicesHaveEndpoints needs no botocore.
func TestServicesHaveEndpoints(t *testing.T) {
	for _, s := range []Service{
		{"logs", "CloudWatch Logs"}, {"kms", "KMS"}, {"wafv2", "WAFV2"}, {"iam", "IAM"}, SecurityHub(), {"cloudtrail", "CloudTrail"}, {"monitoring", "CloudWatch"},
	} {
		if got, err := in("eu-west-1", false, false).endpoint(t.Context(), s); err != nil || got.name != s.Name {
			t.Errorf("%s is signed as %s, want %s (%v)", s.ID, got.name, s.Name, err)
		}
	}
	ids := slices.Collect(maps.Keys(endpoints().services))
	if len(ids) < 75 || len(endpoints().partitions) < 8 {
		t.Errorf("%d services, %d partitions", len(ids), len(endpoints().partitions))
	}
}

// TestNoEndpoint says why in one sentence.
func TestNoEndpoint(t *testing.T) {
	for _, c := range []struct {
		id, region string
		fips, dual bool
		want       string
	}{
		{"KMS", "eu-isoe-west-1", false, true, "the partition aws-iso-e has no dual-stack endpoint of KMS"},
		{"KMS", "us-isof-east-1", true, true, "the partition aws-iso-f has no FIPS dual-stack endpoint of KMS"},
		{"S3", "cn-north-1", true, false, "the partition aws-cn has no FIPS endpoint of S3"},
		{"S3", "cn-north-1", true, true, "the partition aws-cn has no FIPS dual-stack endpoint of S3"},
		{"KMS", "", false, false, "no Region is set for calls to KMS"},
		{"KMS", "x.example/", false, false, "the Region x.example/ cannot be part of a host's name"},
		{"Nothing", "us-east-1", false, false, "there is no endpoint of Nothing in kumoban's table"},
	} {
		got, err := in(c.region, c.fips, c.dual).endpoint(t.Context(), Service{ID: c.id})
		if err == nil || err.Error() != c.want {
			t.Errorf("%v, %v, want %s", got, err, c.want)
		}
	}
}

// TestPartition goes by names and patterns, and takes aws for the rest.
func TestPartition(t *testing.T) {
	for region, want := range map[string]string{
		"ap-northeast-1": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn", "eusc-de-east-1": "aws-eusc", "us-isob-east-1": "aws-iso-b",
		"us-east-9": "aws", "cn-south-1": "aws-cn", "us-gov-north-1": "aws-us-gov", "eu-isoe-east-7": "aws-iso-e", "xx-new-1": "aws", "cn-": "aws", "": "aws",
	} {
		if got := Partition(region); got != want {
			t.Errorf("%q lies in %s, want %s", region, got, want)
		}
	}
}

// loaded is the SDK's own configuration from an environment and a file.
func loaded(t *testing.T, region, file string, env map[string]string) *Client {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", path)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", path)
	for _, name := range []string{
		"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
		"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_PROFILE",
	} {
		t.Setenv(name, "")
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context(), config.WithRegion(region))
	if err != nil {
		t.Fatal(err)
	}
	return New(cfg)
}

func at(t *testing.T, c *Client, s Service) string {
	t.Helper()
	p, err := c.endpoint(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return p.url
}

// TestVariantsAreAsked reads them as the SDK does, the environment first.
func TestVariantsAreAsked(t *testing.T) {
	const file = "[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\n"
	for name, c := range map[string]struct {
		file string
		env  map[string]string
		want string
	}{
		"nothing":         {"", nil, "https://kms.us-east-1.amazonaws.com/"},
		"the file":        {file, nil, "https://kms-fips.us-east-1.api.aws/"},
		"the environment": {"", map[string]string{"AWS_USE_FIPS_ENDPOINT": "true"}, "https://kms-fips.us-east-1.amazonaws.com/"},
		"both":            {file, map[string]string{"AWS_USE_FIPS_ENDPOINT": "false"}, "https://kms.us-east-1.api.aws/"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := at(t, loaded(t, "us-east-1", c.file, c.env), Service{ID: "KMS"}); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestConfiguredEndpoints follows the SDK's precedence.
func TestConfiguredEndpoints(t *testing.T) {
	const file = `[default]
region = us-east-1
endpoint_url = http://file
services = mine
[services mine]
cloudwatch_logs =
  endpoint_url = http://file-logs
`
	aws1, aws2 := "https://logs.us-east-1.amazonaws.com/", "https://kms.us-east-1.amazonaws.com/"
	for name, c := range map[string]struct {
		file      string
		env       map[string]string
		logs, kms string
	}{
		"nothing":                    {"", nil, aws1, aws2},
		"the file":                   {file, nil, "http://file-logs", "http://file"},
		"the environment, for all":   {file, map[string]string{"AWS_ENDPOINT_URL": "http://env"}, "http://env", "http://env"},
		"the environment, for one":   {file, map[string]string{"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": "http://env-logs"}, "http://env-logs", "http://file"},
		"the environment, both":      {"", map[string]string{"AWS_ENDPOINT_URL": "http://env", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": "http://env-logs"}, "http://env-logs", "http://env"},
		"configured, and not wanted": {file, map[string]string{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, aws1, aws2},
	} {
		t.Run(name, func(t *testing.T) {
			client := loaded(t, "us-east-1", c.file, c.env)
			if got := at(t, client, Service{ID: "CloudWatch Logs"}); got != c.logs {
				t.Errorf("logs at %s, want %s", got, c.logs)
			}
			if got := at(t, client, Service{ID: "KMS"}); got != c.kms {
				t.Errorf("KMS at %s, want %s", got, c.kms)
			}
		})
	}
	// A configuration that was made by hand, as for the demo.
	client := New(aws.Config{Region: "us-east-1", BaseEndpoint: aws.String("http://127.0.0.1:1")})
	if got, err := client.endpoint(t.Context(), Service{ID: "IAM"}); err != nil || got != (place{"http://127.0.0.1:1", "us-east-1", "iam"}) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestEveryServiceCanBeConfigured sets the variable and the section that the
// SDKs' documentation gives each service: its id in capitals, or in small
// letters, with underlines for spaces.
func TestEveryServiceCanBeConfigured(t *testing.T) {
	var file strings.Builder
	file.WriteString("[default]\nservices = mine\n[services mine]\n")
	env := map[string]string{}
	ids := slices.Sorted(maps.Keys(endpoints().services))
	for i, id := range ids {
		key := strings.ReplaceAll(id, " ", "_")
		if i%2 == 0 {
			env["AWS_ENDPOINT_URL_"+strings.ToUpper(key)] = "http://" + strings.ToLower(key) + ".test"
		} else {
			file.WriteString(strings.ToLower(key) + " =\n  endpoint_url = http://" + strings.ToLower(key) + ".test\n")
		}
	}
	client := loaded(t, "us-east-1", file.String(), env)
	for _, id := range ids {
		if got, want := at(t, client, Service{ID: id}), "http://"+strings.ToLower(strings.ReplaceAll(id, " ", "_"))+".test"; got != want {
			t.Errorf("%s at %s, want %s", id, got, want)
		}
	}
}
