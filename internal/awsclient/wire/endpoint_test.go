package wire

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/outside"
)

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
		t.Setenv(name, env[name])
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

const ask = `
import json, sys, botocore.session
from botocore.config import Config
session, out = botocore.session.Session(), {}
for region, fips, dual in json.load(sys.stdin):
    for service in ("logs", "kms", "wafv2", "iam", "securityhub", "cloudtrail", "cloudwatch"):
        c = session.create_client(service, region_name=region, aws_access_key_id="a", aws_secret_access_key="b",
            config=Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual))
        sent = []
        c.meta.events.register("before-send", lambda request, **kw: sent.append(request) or botocore.awsrequest.AWSResponse(request.url, 400, {}, None))
        try:
            {"logs": lambda: c.describe_log_groups(), "kms": lambda: c.list_keys(), "wafv2": lambda: c.list_web_acls(Scope="REGIONAL"), "iam": lambda: c.get_user(), "securityhub": lambda: c.describe_hub(), "cloudtrail": lambda: c.lookup_events(), "cloudwatch": lambda: c.list_metrics()}[service]()
        except Exception as e:
            pass
        scope = sent[0].headers["Authorization"].decode().split("Credential=")[1].split(",")[0].split("/") if sent else ["", "", "?"]
        out["%s %s %s %s" % (service, region, fips, dual)] = [sent[0].url if sent else "?", scope[2]]
json.dump(out, sys.stdout)
`

// TestEndpointsAreAWSs compares endpoints and signing Regions, in every
// partition, with those of botocore, which follows AWS's own rules.
func TestEndpointsAreAWSs(t *testing.T) {
	type variant struct {
		region     string
		fips, dual bool
	}
	var variants []variant
	var questions [][]any
	for _, region := range []string{
		"ap-northeast-1", "us-east-1", "eu-central-2", "cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1",
		"us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1",
	} {
		v := []variant{{region, false, false}, {region, true, false}, {region, false, true}}
		if strings.Contains(region, "iso") {
			v = v[:2] // no dual stack there
		}
		for _, x := range v {
			variants = append(variants, x)
			questions = append(questions, []any{x.region, x.fips, x.dual})
		}
	}
	in, err := json.Marshal(questions)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), outside.Python(t), "-c", ask)
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][2]string
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) != 7*len(variants) {
		t.Fatalf("botocore answered %d questions of %d", len(want), 6*len(variants))
	}
	for _, v := range variants {
		env := map[string]string{}
		if v.fips {
			env["AWS_USE_FIPS_ENDPOINT"] = "true"
		}
		if v.dual {
			env["AWS_USE_DUALSTACK_ENDPOINT"] = "true"
		}
		client := loaded(t, v.region, "", env)
		for _, s := range []Service{Logs(), KMS(), WAFv2(), IAM(), SecurityHub(), CloudTrail(), CloudWatch()} {
			switch made := s.Name == "iam" && v.fips; {
			case s.Name == "iam" && v.dual:
				continue // left out on purpose
			case made && !strings.HasPrefix(v.region, "us-") && awsclient.Partition(v.region) != "aws", made && v.region == "us-isof-south-1":
				continue // there is no such endpoint: the rules make a name up
			}
			got, err := client.endpoint(t.Context(), s)
			name := s.Name
			if name == "monitoring" {
				name = "cloudwatch" // as botocore names it
			}
			key := name + " " + v.region + " " + title(v.fips) + " " + title(v.dual)
			path := ""
			if s.Name == "securityhub" {
				path = "accounts" // of DescribeHub; most others have none
			}
			if s.Name == "monitoring" {
				w := want[key]
				want[key] = [2]string{strings.TrimSuffix(w[0], "service/GraniteServiceVersion20100801/operation/ListMetrics"), w[1]} // the newer protocol's
			}
			if w := want[key]; err != nil || got.at(path) != w[0] || got.region != w[1] {
				t.Errorf("%s: %s signed for %s (%v), want %s signed for %s", key, got.at(path), got.region, err, w[0], w[1])
			}
		}
	}
}

// title writes a bool as Python does.
func title(b bool) string {
	if b {
		return "True"
	}
	return "False"
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
			if got := at(t, client, Logs()); got != c.logs {
				t.Errorf("logs at %s, want %s", got, c.logs)
			}
			if got := at(t, client, KMS()); got != c.kms {
				t.Errorf("KMS at %s, want %s", got, c.kms)
			}
		})
	}
	// A configuration that was made by hand, as for the demo.
	client := New(aws.Config{Region: "us-east-1", BaseEndpoint: aws.String("http://127.0.0.1:1")})
	if got, err := client.endpoint(t.Context(), IAM()); err != nil || got != (place{"http://127.0.0.1:1", "us-east-1"}) {
		t.Errorf("%v, %v", got, err)
	}
}
