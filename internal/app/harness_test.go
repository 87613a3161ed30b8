package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

const (
	account = "111122223333"
	region  = "ap-northeast-1"
)

// seen is what a scan reported.
type seen struct {
	statuses map[string]string // control, account, Region and resource → status
	gaps     []gap
	result   app.Result
	err      error
	took     time.Duration
}

type gap struct{ Account, Region, Call, Code string }

type noProgress struct{}

func (noProgress) Step(int, int) {}
func (noProgress) Done()         {}

// scan runs app.Scan against the double in process, so that it can be called
// inside synctest, and reads its jsonl report.
func scan(t *testing.T, ctx context.Context, double *awsdouble.Double, o app.ScanOptions) seen {
	t.Helper()
	return scanThrough(t, ctx, double, double.Transport(), o)
}

// scanThrough is scan with a transport that may alter what the double says.
func scanThrough(t *testing.T, ctx context.Context, double *awsdouble.Double, transport http.RoundTripper, o app.ScanOptions) seen {
	t.Helper()
	return scanFor(t, ctx, controltest.Of("APIGateway"), double, transport, o)
}

// scanFor is scanThrough with other controls.
func scanFor(t *testing.T, ctx context.Context, all []*control.Control, double *awsdouble.Double, transport http.RoundTripper, o app.ScanOptions) seen {
	t.Helper()
	key, secret := double.CredentialsFor(account)
	provider := credentials.NewStaticCredentialsProvider(key, secret, "")
	var out bytes.Buffer
	env := environment(t, &out)
	env.Controls = all
	env.Load = func(context.Context, string) (aws.Config, error) {
		return awsclient.Static(region, "", provider, &http.Client{Transport: transport}), nil
	}
	if o.Targets == nil {
		o.Targets = []awslive.Target{{}}
	}
	o.Outputs.Formats = []string{"jsonl"}
	start := time.Now()
	result, err := app.Scan(ctx, env, o)
	s := seen{statuses: map[string]string{}, result: result, err: err, took: time.Since(start)}
	for line := range strings.Lines(out.String()) {
		s.add(t, line)
	}
	return s
}

func environment(t *testing.T, out *bytes.Buffer) *app.Env {
	t.Helper()
	catalog, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	return &app.Env{
		Version: "test", Controls: controltest.Of("APIGateway"), Catalog: catalog, Stdout: out, Log: slog.New(slog.DiscardHandler),
		Now: time.Now, Progress: noProgress{}, Tell: func(string, ...locale.Arg) {},
	}
}

func (s *seen) add(t *testing.T, line string) {
	t.Helper()
	var f struct {
		Type, Control, Status, Account, Region, Call, Code string
		Resource                                           struct{ Account, Region, ARN string }
	}
	// The last line's "account" members differ in kind; only its type matters here.
	var head struct{ Type string }
	if err := json.Unmarshal([]byte(line), &head); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	if head.Type == "scan" {
		return
	}
	if err := json.Unmarshal([]byte(line), &f); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	if f.Type == "gap" {
		s.gaps = append(s.gaps, gap{f.Account, f.Region, f.Call, f.Code})
		return
	}
	key := strings.Join([]string{f.Control, f.Resource.Account, f.Resource.Region, f.Resource.ARN}, " ")
	if old, twice := s.statuses[key]; twice {
		t.Errorf("two findings for %s: %s and %s", key, old, f.Status)
	}
	s.statuses[key] = f.Status
}

func rate(t *testing.T, s string) awsclient.Rate {
	t.Helper()
	r, err := awsclient.ParseRate(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func load(t *testing.T, d *awsdouble.Double, account, region string, fixture any) {
	t.Helper()
	data, err := json.Marshal(fixture)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Load(account, region, data); err != nil {
		t.Fatal(err)
	}
}

type object = map[string]any

// fleet makes REST APIs with two stages each, of which the first bare ones
// (or, with a negative number, the last) have no client certificate, V2 APIs with one stage, a route and a private
// integration, a VPC link, and domain names.
func fleet(rest, bare, v2, domains int) object {
	f := object{
		"vpcLinks":           []object{{"vpcLinkId": "vl0001", "name": "link"}},
		"clientCertificates": []object{{"clientCertificateId": "c0ffee"}},
	}
	var restAPIs, apis, names []object
	for i := range rest {
		certificate := object{"clientCertificateId": "c0ffee"}
		if i < bare || bare < 0 && i >= rest+bare {
			certificate = object{}
		}
		var stages []object
		for j, name := range []string{"prod", "dev"} {
			stage := object{
				"stageName": name, "cacheClusterEnabled": true, "tracingEnabled": (i+j)%2 == 0,
				"methodSettings": object{
					"*/*":          object{"loggingLevel": "INFO", "cachingEnabled": true, "cacheDataEncrypted": true},
					"~1orders/GET": object{"loggingLevel": "ERROR", "cachingEnabled": true, "cacheDataEncrypted": i%3 != 0},
				},
			}
			for k, v := range certificate {
				stage[k] = v
			}
			stages = append(stages, stage)
		}
		restAPIs = append(restAPIs, object{
			"id": fmt.Sprintf("rest%06d", i), "name": fmt.Sprintf("orders-%d", i), "stages": stages,
			"resources": []object{{"id": "root00", "path": "/", "resourceMethods": object{"GET": object{
				"httpMethod": "GET", "methodIntegration": object{"type": []string{"HTTP_PROXY", "AWS_PROXY"}[i%2], "uri": "https://example.com"},
			}}}},
		})
	}
	for i := range v2 {
		id := fmt.Sprintf("http%06d", i)
		stage := object{"stageName": "$default"}
		if i%2 == 0 {
			stage["accessLogSettings"] = object{"destinationArn": "arn:aws:logs:ap-northeast-1:111122223333:log-group:x", "format": "$context.requestId"}
		}
		integration := object{"integrationId": "int0001", "integrationType": "HTTP_PROXY", "connectionType": "VPC_LINK", "connectionId": "vl0001"}
		if i%3 == 0 {
			integration["tlsConfig"] = object{"serverNameToVerify": "internal.example.com"}
		}
		apis = append(apis, object{
			"apiId": id, "name": fmt.Sprintf("web-%d", i), "protocolType": "HTTP", "stages": []object{stage},
			"routes":       []object{{"routeId": "rt00001", "routeKey": "GET /", "authorizationType": []string{"NONE", "AWS_IAM"}[i%2], "target": "integrations/int0001"}},
			"integrations": []object{integration},
		})
	}
	for i := range domains {
		names = append(names, object{"domainName": fmt.Sprintf("api%d.example.com", i),
			"securityPolicy": []string{"TLS_1_2", "SecurityPolicy_TLS13_1_3_2025_09"}[i%2]})
	}
	f["restApis"], f["apis"], f["domainNames"] = restAPIs, apis, names
	return f
}

// operations counts the calls of one account by service and operation.
func operations(d *awsdouble.Double, account string) map[string]int {
	n := map[string]int{}
	for _, c := range d.Calls() {
		if c.Account == account {
			n[c.Service+" "+c.Operation]++
		}
	}
	return n
}
