package fixproof

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// stages is how many random stages of REST APIs an account has, and as many of
// WebSocket APIs.
const stages = 10

// TestEntriesAreWhole fixes random stages of which much else is set. A stack
// update gives AWS's defaults to what an entry of a template leaves out, so
// every entry and every block of settings that CloudFormation output prints says
// all that the live stage has after the fix.
func TestEntriesAreWhole(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"encrypt":      {"--control", "APIGateway.5"},
		"stop caching": {"--control", "APIGateway.5", "--remedy", "stop-caching"},
		"all of them":  {"--control", "APIGateway.1", "--control", "APIGateway.5", "--input", "level=INFO"},
		"access log":   {"--control", "APIGateway.9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := doubleWith(t, randomStages(rand.New(rand.NewPCG(uint64(len(name)), 9))))
			plan := a.plan(t, args...)
			file := filepath.Join(a.dir, "0.yaml")
			printed := a.kumoban(t, "fix", "show", plan, "--as", "cloudformation")
			a.write(t, "0.yaml", printed)
			a.apply(t, plan)
			if n := a.compare(t, printed); n < stages/2 {
				t.Errorf("only %d entries were printed", n)
			}
			lint(t, filepath.Dir(file))
		})
	}
}

// randomStages is an account of the double with stages of which every value is
// drawn.
func randomStages(r *rand.Rand) []byte {
	var rest, apis []object
	keys := []string{"*/*", "~1orders~1{id}/GET", "~1/GET", "me/PUT", "~1a~1{proxy+}/DELETE"}
	limit := func() int { return r.IntN(5) - 1 }
	for i := range stages {
		settings := object{}
		for _, key := range keys[:r.IntN(len(keys)+1)] {
			m := object{
				"cachingEnabled": r.IntN(3) > 0, "cacheDataEncrypted": r.IntN(3) == 0, "cacheTtlInSeconds": r.IntN(3601), "metricsEnabled": r.IntN(2) == 0,
				"dataTraceEnabled": r.IntN(2) == 0, "throttlingBurstLimit": limit(), "throttlingRateLimit": float64(limit()) / 2,
			}
			if level := r.IntN(3); level > 0 {
				m["loggingLevel"] = []string{"ERROR", "INFO"}[level-1]
			}
			settings[key] = m
		}
		rest = append(rest, object{"id": fmt.Sprintf("rest%06d", i), "name": "orders", "deployments": []object{{"id": "d1"}}, "stages": []object{{
			"stageName": "prod", "deploymentId": "d1", "cacheClusterEnabled": true, "cacheClusterStatus": "AVAILABLE", "methodSettings": settings,
		}}})
		defaults := object{"dataTraceEnabled": r.IntN(2) == 0, "detailedMetricsEnabled": r.IntN(2) == 0}
		if r.IntN(2) == 0 {
			defaults["throttlingBurstLimit"], defaults["throttlingRateLimit"] = r.IntN(100), float64(r.IntN(100))/2
		}
		apis = append(apis, object{"apiId": fmt.Sprintf("chat%06d", i), "name": "chat", "protocolType": "WEBSOCKET", "stages": []object{{
			"stageName": "prod", "defaultRouteSettings": defaults,
		}}})
	}
	data, err := json.Marshal(object{
		"restApis": rest, "apis": apis, "roles": []object{{"RoleName": "logs"}},
		"account": object{"cloudwatchRoleArn": "arn:aws:iam::111122223333:role/logs"}, // one that is made now is waited for
	})
	if err != nil {
		panic(err) // a map of plain values
	}
	return data
}

// compare holds every entry of a template to what is live, and returns how many
// there are. What CloudFormation cannot say the template has to name.
func (a *account) compare(t *testing.T, printed string) (entries int) {
	t.Helper()
	var template struct {
		Resources map[string]struct {
			Type       string `yaml:"Type"`
			Properties struct {
				RestAPI              string   `yaml:"RestApiId"`
				API                  string   `yaml:"ApiId"`
				StageName            string   `yaml:"StageName"`
				MethodSettings       []object `yaml:"MethodSettings"`
				DefaultRouteSettings object   `yaml:"DefaultRouteSettings"`
				AccessLogSettings    object   `yaml:"AccessLogSettings"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal([]byte(printed), &template); err != nil {
		t.Fatal(err)
	}
	for _, resource := range template.Resources {
		p := resource.Properties
		switch resource.Type {
		case "AWS::ApiGateway::Stage":
			live, _ := a.gateway(t, http.MethodGet, "/restapis/"+p.RestAPI+"/stages/"+p.StageName, nil)["methodSettings"].(object)
			for _, entry := range p.MethodSettings {
				entries++
				sameEntry(t, entry, live, printed)
			}
		case "AWS::ApiGatewayV2::Stage":
			live := a.gateway(t, http.MethodGet, "/v2/apis/"+p.API+"/stages/"+p.StageName, nil)
			for name, block := range map[string]object{"defaultRouteSettings": p.DefaultRouteSettings, "accessLogSettings": p.AccessLogSettings} {
				if block == nil {
					continue
				}
				entries++
				delete(block, "DestinationArn") // refers to a log group of the template
				settings, _ := live[name].(object)
				delete(settings, "destinationArn")
				if diff := cmp.Diff(named(settings), numbers(block)); diff != "" {
					t.Errorf("%s of %s (-live +printed):\n%s", name, p.API, diff)
				}
			}
		}
	}
	return entries
}

func sameEntry(t *testing.T, entry, live object, printed string) {
	t.Helper()
	path, _ := entry["ResourcePath"].(string)
	method, _ := entry["HttpMethod"].(string)
	settings := object{}
	for key, v := range live {
		// API Gateway has two spellings of a path; CloudFormation puts a slash before the first.
		i := strings.LastIndexByte(key, '/')
		if key[i+1:] == method && slashes(key[:i]) == slashes(strings.TrimPrefix(path, "/")) {
			settings, _ = v.(object)
		}
	}
	delete(entry, "ResourcePath")
	delete(entry, "HttpMethod")
	want := named(settings)
	if want["LoggingLevel"] == nil {
		want["LoggingLevel"] = "OFF" // which API Gateway leaves out
	}
	delete(want, "RequireAuthorizationForCacheControl") // which CloudFormation does not have
	delete(want, "UnauthorizedCacheControlHeaderStrategy")
	for _, name := range []string{"ThrottlingBurstLimit", "ThrottlingRateLimit"} {
		if limit, ok := want[name].(float64); ok && limit < 0 {
			delete(want, name)
			if !strings.Contains(printed, name+" = -1") && !strings.Contains(printed, name+", ThrottlingRateLimit = -1") {
				t.Errorf("%s %s has no limit, and the template does not say so", method, path)
			}
		}
	}
	if _, only := entry["LoggingLevel"]; only && len(entry) == 1 { // it is new, and has AWS's defaults
		entry = object{"CachingEnabled": false, "CacheDataEncrypted": false, "CacheTtlInSeconds": 300.0, "LoggingLevel": entry["LoggingLevel"],
			"DataTraceEnabled": false, "MetricsEnabled": false, "ThrottlingBurstLimit": 5000.0, "ThrottlingRateLimit": 10000.0}
	}
	if diff := cmp.Diff(want, numbers(entry)); diff != "" {
		t.Errorf("%s %s (-live +printed):\n%s", method, path, diff)
	}
}

func slashes(path string) string {
	path = strings.ReplaceAll(path, "~1", "/")
	if path == "*" {
		return path
	}
	return "/" + strings.TrimPrefix(path, "/")
}

// named puts CloudFormation's names in the place of the API's.
func named(settings object) object {
	out := object{}
	for name, v := range settings {
		out[strings.ToUpper(name[:1])+name[1:]] = v
	}
	return out
}

// numbers makes floats of integers, as JSON has them.
func numbers(block object) object {
	for name, v := range block {
		if n, ok := v.(int); ok {
			block[name] = float64(n)
		}
	}
	return block
}
