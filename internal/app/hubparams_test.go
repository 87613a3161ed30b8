package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// hubbed is an account whose Security Hub in two Regions has APIGateway.1 judge by
// different levels; both have a stage that logs ERROR.
func hubbed(t *testing.T, fault *awsdouble.Fault) *awsdouble.Double {
	t.Helper()
	double := awsdouble.New(awsdouble.Options{})
	for at, hub := range map[string]string{
		region:      `{"parameters": {"APIGateway.1": {"loggingLevel": {"Enum": "INFO"}}}}`,
		"us-east-1": `{"parameters": {"APIGateway.1": {"loggingLevel": {"Enum": "ERROR"}, "later": {"Integer": 7}}}}`,
		"eu-west-1": `{"parameters": {"APIGateway.1": {"loggingLevel": {"Enum": "TRACE"}}}}`,
		"eu-west-2": `{}`,
	} {
		load(t, double, account, at, json.RawMessage(fmt.Sprintf(`{"securityHub": %s, "restApis": [{"name": "a", "stages": [{"stageName": "prod", "methodSettings": {"*/*": {"loggingLevel": "ERROR"}}}]}]}`, hub)))
	}
	load(t, double, account, "eu-west-3", json.RawMessage(`{"restApis": [{"name": "a", "stages": [{"stageName": "prod", "methodSettings": {"*/*": {"loggingLevel": "ERROR"}}}]}]}`))
	if fault != nil {
		double.Fault(*fault)
	}
	return double
}

// TestHubParameters judges each Region with the parameters of its own Security Hub.
func TestHubParameters(t *testing.T) {
	regions := []string{region, "us-east-1", "eu-west-1", "eu-west-2", "eu-west-3"}
	defaults := "ap-northeast-1 PASSED, eu-west-1 PASSED, eu-west-2 PASSED, eu-west-3 PASSED, us-east-1 PASSED"
	for name, c := range map[string]struct {
		o     app.ScanOptions
		fault *awsdouble.Fault
		want  string // verdicts
		calls int
		told  string // keys, where anybody is told
	}{
		"each Region its own": {want: strings.Replace(defaults, "ap-northeast-1 PASSED", "ap-northeast-1 FAILED", 1), calls: 5, told: "hub.oddParameter"},
		"the user comes first": {
			o: app.ScanOptions{Selection: control.Selection{Params: []string{"APIGateway.1.loggingLevel=ERROR"}}}, want: defaults,
		},
		"nobody asks":         {o: app.ScanOptions{NoHub: true}, want: defaults},
		"refused":             {fault: &awsdouble.Fault{Operation: "BatchGetSecurityControls", Kind: awsdouble.Deny}, want: defaults, calls: 5, told: "hub.parametersRefused"},
		"one control refused": {fault: &awsdouble.Fault{Operation: "BatchGetSecurityControls", Kind: awsdouble.Partial}, want: defaults, calls: 5, told: "hub.parametersRefused"},
		"no control has any":  {o: app.ScanOptions{Selection: control.Selection{Patterns: []string{"APIGateway.3"}}}, want: "ap-northeast-1 FAILED, eu-west-1 FAILED, eu-west-2 FAILED, eu-west-3 FAILED, us-east-1 FAILED"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := hubbed(t, c.fault)
				o := c.o
				o.Regions, o.Rate = regions, rate(t, "max")
				if o.Selection.Patterns == nil {
					o.Selection.Patterns = []string{"APIGateway.1"}
				}
				var told []string
				o.Outputs.Formats = []string{"jsonl"}
				text, result, err := scanText(t, double, o, func(key string, _ ...locale.Arg) { told = append(told, key) })
				s := seen{statuses: map[string]string{}, result: result, err: err}
				for line := range strings.Lines(text) {
					s.add(t, line)
				}
				if got := verdicts(s); got != c.want {
					t.Errorf("%s, want %s", got, c.want)
				}
				if got := operations(double, account)["securityhub BatchGetSecurityControls"]; got != c.calls {
					t.Errorf("%d calls, want %d", got, c.calls)
				}
				if got := strings.Join(told, " "); got != c.told || s.result.Gaps != 0 || s.err != nil {
					t.Errorf("told %q, want %q; %d gaps, %v", got, c.told, s.result.Gaps, s.err)
				}
			})
		})
	}
}

// TestHubReport says in the report which parameters were used, and where.
func TestHubReport(t *testing.T) {
	for format, want := range map[string][]string{
		"text": {"Parameters: AWS's defaults, for Security Hub is not enabled in eu-west-3", "judged with loggingLevel=INFO (Security Hub: ap-northeast-1), loggingLevel=ERROR (Security Hub: us-east-1)"},
		"html": {"loggingLevel=INFO (Security Hub: ap-northeast-1), loggingLevel=ERROR (Security Hub: us-east-1)"},
		"json": {
			`"hubParameters":[{"account":"` + account + `","region":"ap-northeast-1","control":"APIGateway.1","parameters":[{"name":"loggingLevel","value":"INFO","custom":true,"securityHub":true}]}`,
			`"hubUnread":[{"account":"` + account + `","region":"eu-west-3","code":"InvalidAccessException"}]`,
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := app.ScanOptions{Regions: []string{region, "us-east-1", "eu-west-3"}, Rate: rate(t, "max"), Selection: control.Selection{Patterns: []string{"APIGateway.1"}}}
			o.Outputs.Formats = []string{format}
			text, _, err := scanText(t, hubbed(t, nil), o, func(string, ...locale.Arg) {})
			if err != nil {
				t.Fatal(err)
			}
			plain := strings.NewReplacer("\n", "", "  ", "", `": `, `":`).Replace(text)
			if format != "json" {
				plain = text
			}
			for _, w := range want {
				if !strings.Contains(plain, w) {
					t.Errorf("%s lacks %s:\n%s", format, w, text)
				}
			}
		})
	}
}

func scanText(t *testing.T, double *awsdouble.Double, o app.ScanOptions, tell func(string, ...locale.Arg)) (string, app.Result, error) {
	t.Helper()
	key, secret := double.CredentialsFor(account)
	provider := credentials.NewStaticCredentialsProvider(key, secret, "")
	var out bytes.Buffer
	env := environment(t, &out)
	env.Tell = tell
	env.Load = func(context.Context, string) (aws.Config, error) {
		return awsclient.Static(region, "", provider, &http.Client{Transport: double.Transport()}), nil
	}
	o.Targets = []awslive.Target{{}}
	result, err := app.Scan(t.Context(), env, o)
	return out.String(), result, err
}

func verdicts(s seen) string {
	var list []string
	for key, status := range s.statuses {
		for _, at := range []string{region, "us-east-1", "eu-west-1", "eu-west-2", "eu-west-3"} {
			if strings.Contains(key, at) {
				list = append(list, at+" "+status)
			}
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}
