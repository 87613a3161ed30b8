package accesslogging

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/controls/apigateway/internal/ensure/ensuretest"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// TestVariables: what a protocol has passes and what it has not is named, before
// a log group is made; and the double, which has a list of its own, agrees.
func TestVariables(t *testing.T) {
	double := awsdouble.New(awsdouble.Options{})
	fixture := `{"account": {"cloudwatchRoleArn": "arn:aws:iam::111122223333:role/x"}, "logGroups": [{"logGroupName": "/aws/vendedlogs/x"}], "apis": [
		{"apiId": "h1", "name": "web", "protocolType": "HTTP", "stages": [{"stageName": "prod"}]}, {"apiId": "w1", "name": "chat", "protocolType": "WEBSOCKET", "stages": [{"stageName": "prod"}]}]}`
	at := ensuretest.Scope()
	if err := double.Load(at.Account, at.Region, []byte(fixture)); err != nil {
		t.Fatal(err)
	}
	names := slices.Concat(variables("HTTP"), variables("WEBSOCKET"), []string{
		"authorizer.claims.sub", "authorizer.principalId", "authorizer.x-y_z", "request.header.mcp-method", "resourcePath", "resourceId", "wafResponseCode",
		"xrayTraceId", "webaclArn", "identity.apiKeyid", "RequestId", "identity", "authorizer", "identity.vpceId", "deploymentId", "status.x",
	})
	slices.Sort(names)
	refused := map[string]int{}
	for api, protocol := range map[string]string{"h1": "HTTP", "w1": "WEBSOCKET"} {
		for _, name := range slices.Compact(names) {
			for _, variable := range []string{"$context." + name, "${context." + name + "}"} {
				format := "$context.requestId " + variable
				err := checkVariables(protocol, format)
				var ours *locale.Error
				if err != nil && (!errors.As(err, &ours) || !strings.Contains(err.Error(), variable)) {
					t.Errorf("%s %s: %v", protocol, variable, err)
				}
				answer := update(t, double, api, format)
				if bad := strings.Contains(answer, "not supported: ["+variable+"]"); bad != (err != nil) || !bad && !strings.Contains(answer, `"stageName"`) {
					t.Errorf("%s %s: %v, and the double says %s", protocol, variable, err, answer)
				}
				if err != nil {
					refused[protocol]++
				}
			}
		}
	}
	if refused["HTTP"] < 40 || refused["WEBSOCKET"] < 40 {
		t.Errorf("refused %v: each protocol lacks what the other has", refused)
	}
}

func update(t *testing.T, double *awsdouble.Double, api, format string) string {
	t.Helper()
	at := ensuretest.Scope()
	id, _ := double.CredentialsFor(at.Account)
	body := fmt.Sprintf(`{"accessLogSettings": {"destinationArn": "arn:aws:logs:%s:%s:log-group:/aws/vendedlogs/x", "format": %q}}`, at.Region, at.Account, format)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, "https://apigateway.example.com/v2/apis/"+api+"/stages/prod", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+id+"/20250101/"+at.Region+"/apigateway/aws4_request, SignedHeaders=host, Signature=0")
	resp, err := double.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestFormatIsForeseen refuses a format, given or already there, before anything
// is ensured.
func TestFormatIsForeseen(t *testing.T) {
	const bad = `$context.requestId $context.resourcePath ${context.xrayTraceId} $context.resourcePath`
	logs := fact.Set(apigatewayv2.AccessLogSettings{DestinationArn: ensuretest.Absent[string](), Format: ensuretest.Set(bad)}, nil)
	none := ensuretest.Absent[apigatewayv2.AccessLogSettings]()
	for name, c := range map[string]struct {
		stage  *apigatewayv2.Stage
		inputs map[string]string
		bad    bool
	}{
		"given":              {stage("/apis/a1/stages/prod", "HTTP", none), given(t, "format", bad), true},
		"given, WebSocket":   {stage("/apis/a1/stages/prod", "WEBSOCKET", none), given(t, "format", bad), true},
		"there":              {stage("/apis/a1/stages/prod", "HTTP", logs), given(t), true},
		"there, and another": {stage("/apis/a1/stages/prod", "HTTP", logs), given(t, "format", own), false},
	} {
		ensures, err := remedies()[0].Ensure(remedy.Case{Resource: c.stage, Inputs: c.inputs})
		if key := ensuretest.ErrorKey(t, err); c.bad != (key == "fix.badVariables") || c.bad != (ensures == nil) {
			t.Errorf("%s: %v, %v", name, ensures, err)
		}
		if c.bad && strings.Count(err.Error(), "resourcePath") != 1 {
			t.Errorf("%s: %v names a variable twice", name, err)
		}
	}
}

// TestExamplesHaveKnownVariables: what the guides print is accepted.
func TestExamplesHaveKnownVariables(t *testing.T) {
	found := 0
	for protocol, pattern := range map[string]string{"HTTP": "http", "WEBSOCKET": "websocket"} {
		files, err := filepath.Glob("snippets/*" + pattern + "*")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found += len(regexp.MustCompile(`\$context`).FindAll(data, -1))
			if err := checkVariables(protocol, string(data)); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
	if found < 100 {
		t.Errorf("%d variables in the examples", found)
	}
}

// TestVariablesHaveSamples lets an estimate know how long each is.
func TestVariablesHaveSamples(t *testing.T) {
	for _, protocol := range []string{"HTTP", "WEBSOCKET"} {
		for _, name := range variables(protocol) {
			if !cost.Sampled(name) {
				t.Errorf("%s: %s has no sample", protocol, name)
			}
		}
	}
}
