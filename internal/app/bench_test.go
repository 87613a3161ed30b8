package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/evaluate"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/source"
	"github.com/kumoban/kumoban/types/apigateway"
	"github.com/kumoban/kumoban/types/apigatewayv2"
)

// stagesPerRun is how many stages each benchmark judges at a time: the figures
// are per stage, over a million of them.
const stagesPerRun = 1_000_000

// distinct units are made once and judged again and again.
const distinct = 4096

var benchScope = resource.Scope{Partition: "aws", Account: account, Region: region}

// wireStage is a stage as GetStages sends it, for the decoding to compare with.
type wireStage struct {
	StageName           string `json:"stageName"`
	CacheClusterEnabled bool   `json:"cacheClusterEnabled"`
	TracingEnabled      bool   `json:"tracingEnabled"`
	ClientCertificateID string `json:"clientCertificateId,omitempty"`
	WebACLArn           string `json:"webAclArn,omitempty"`
	MethodSettings      map[string]struct {
		LoggingLevel       string `json:"loggingLevel,omitempty"`
		CachingEnabled     bool   `json:"cachingEnabled"`
		CacheDataEncrypted bool   `json:"cacheDataEncrypted"`
		CacheTTLInSeconds  int    `json:"cacheTtlInSeconds"`
	} `json:"methodSettings"`
}

// benchUnits makes APIs of one stage each, two REST for one HTTP, and the JSON
// of the REST stages.
func benchUnits(b *testing.B) (units []resource.Unit, wire [][]byte) {
	b.Helper()
	o := &fact.Origin{Call: "apigateway:GetStages"}
	for i := range distinct {
		if i%3 == 2 {
			units = append(units, v2Unit(i, o))
			continue
		}
		u, data := restUnit(b, i, o)
		units, wire = append(units, u), append(wire, data)
	}
	return units, wire
}

func benchMeta(t resource.Type, path string, o *fact.Origin) resource.Meta {
	return resource.Meta{Ref: resource.Ref{Scope: benchScope, Type: t, ARN: "arn:aws:apigateway:" + region + "::" + path, Name: path}, Origin: o}
}

func restUnit(b *testing.B, i int, o *fact.Origin) (resource.Unit, []byte) {
	b.Helper()
	id := fmt.Sprintf("/restapis/a%07d", i)
	api := &apigateway.RestApi{Meta: benchMeta(apigateway.RestApiType, id, o)}
	stage := &apigateway.Stage{Meta: benchMeta(apigateway.StageType, id+"/stages/prod", o), RestApi: api}
	data := fmt.Sprintf(`{"stageName":"prod","cacheClusterEnabled":true,"tracingEnabled":%t,"clientCertificateId":"c0ffee","webAclArn":"arn:aws:wafv2:x","methodSettings":{
		"*/*":{"loggingLevel":"INFO","cachingEnabled":true,"cacheDataEncrypted":true,"cacheTtlInSeconds":300},
		"~1orders/GET":{"loggingLevel":"ERROR","cachingEnabled":true,"cacheDataEncrypted":%t,"cacheTtlInSeconds":300},
		"~1orders~1{id}/GET":{"loggingLevel":"INFO","cachingEnabled":false,"cacheDataEncrypted":false,"cacheTtlInSeconds":300}}}`, i%2 == 0, i%10 != 0)
	var w wireStage
	if err := json.Unmarshal([]byte(data), &w); err != nil {
		b.Fatal(err)
	}
	stage.CacheClusterEnabled, stage.TracingEnabled = fact.Set(w.CacheClusterEnabled, o), fact.Set(w.TracingEnabled, o)
	stage.ClientCertificateId, stage.WebAclArn = fact.Set(w.ClientCertificateID, o), fact.Set(w.WebACLArn, o)
	var settings []apigateway.MethodSetting
	for _, key := range []string{"*/*", "~1orders/GET", "~1orders~1{id}/GET"} {
		m := w.MethodSettings[key]
		settings = append(settings, apigateway.MethodSetting{
			Key: fact.Set(key, o), LoggingLevel: fact.Set(m.LoggingLevel, o), CachingEnabled: fact.Set(m.CachingEnabled, o),
			CacheDataEncrypted: fact.Set(m.CacheDataEncrypted, o),
		})
	}
	stage.MethodSettings = fact.Set(settings, o)
	return resource.Unit{Resources: []resource.Resource{api, stage}}, []byte(data)
}

func v2Unit(i int, o *fact.Origin) resource.Unit {
	id := fmt.Sprintf("/apis/h%07d", i)
	api := &apigatewayv2.Api{Meta: benchMeta(apigatewayv2.ApiType, id, o), ProtocolType: fact.Set("HTTP", o)}
	stage := &apigatewayv2.Stage{Meta: benchMeta(apigatewayv2.StageType, id+"/stages/$default", o), Api: api}
	stage.AccessLogSettings = fact.Absent[apigatewayv2.AccessLogSettings](o)
	if i%10 != 0 {
		stage.AccessLogSettings = fact.Set(apigatewayv2.AccessLogSettings{DestinationArn: fact.Set("arn:aws:logs:x", o)}, o)
	}
	route := &apigatewayv2.Route{Meta: benchMeta(apigatewayv2.RouteType, id+"/routes/r1", o), Api: api,
		RouteKey: fact.Set("GET /", o), AuthorizationType: fact.Set("JWT", o)}
	integration := &apigatewayv2.Integration{Meta: benchMeta(apigatewayv2.IntegrationType, id+"/integrations/i1", o), Api: api,
		ConnectionType: fact.Set("INTERNET", o)}
	return resource.Unit{Resources: []resource.Resource{api, stage, route, integration}}
}

func allControls(b *testing.B) control.Set {
	b.Helper()
	set, err := control.Select(controls.All(), control.Selection{})
	if err != nil {
		b.Fatal(err)
	}
	return set
}

// judge judges so many stages and returns how many findings that made.
func judge(b *testing.B, set control.Set, units []resource.Unit, stages int, emit evaluate.Emit) int {
	b.Helper()
	run, findings := evaluate.New(benchScope, source.Regional, set), 0
	counted := func(f *finding.Finding) error {
		findings++
		return emit(f)
	}
	for i := range stages {
		if err := run.Unit(units[i%len(units)], counted); err != nil {
			b.Fatal(err)
		}
	}
	return findings
}

// decode decodes the JSON of so many stages.
func decode(b *testing.B, wire [][]byte, stages int) {
	b.Helper()
	for i := range stages {
		var w wireStage
		if err := json.Unmarshal(wire[i%len(wire)], &w); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMillionStages judges a million stages by all nine controls, decodes
// as many from JSON with encoding/json, and writes the findings as csv and
// jsonl, all in one run and on one core; it reports the time of each and how
// the judging compares with the decoding.
func BenchmarkMillionStages(b *testing.B) {
	units, wire := benchUnits(b)
	set := allControls(b)
	texts := benchTexts(b)
	for b.Loop() {
		start := time.Now()
		findings := judge(b, set, units, stagesPerRun, func(*finding.Finding) error { return nil })
		judging := time.Since(start)

		start = time.Now()
		decode(b, wire, stagesPerRun)
		decoding := time.Since(start)

		b.ReportMetric(float64(judging.Nanoseconds())/stagesPerRun, "ns-judging/stage")
		b.ReportMetric(float64(decoding.Nanoseconds())/stagesPerRun, "ns-decoding/stage")
		b.ReportMetric(float64(decoding)/float64(judging), "decoding/judging")
		b.ReportMetric(float64(findings)/stagesPerRun, "findings/stage")
		for _, format := range []string{"csv", "jsonl"} {
			handler, err := report.New(format, io.Discard, texts, report.Options{})
			if err != nil {
				b.Fatal(err)
			}
			start = time.Now()
			n := judge(b, set, units, stagesPerRun, handler.Finding)
			b.ReportMetric(float64(time.Since(start).Nanoseconds())/float64(n), "ns-"+format+"/finding")
		}
	}
}

func benchTexts(b *testing.B) *report.Texts {
	b.Helper()
	catalog, err := locale.New(locale.English)
	if err != nil {
		b.Fatal(err)
	}
	texts, err := report.NewTexts(catalog, controls.All())
	if err != nil {
		b.Fatal(err)
	}
	return texts
}
