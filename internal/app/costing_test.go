package app_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

func builtIn(t *testing.T) *cost.Table {
	t.Helper()
	table, err := cost.BuiltIn(catalog.Usages())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// twoAPIs are a REST and an HTTP API whose stages fail; other is the name of a
// second REST API.
func twoAPIs(t *testing.T, other string) string {
	t.Helper()
	count := func(dimension, api string, perDay float64) object {
		return object{"namespace": "AWS/ApiGateway", "metricName": "Count", "dimensions": object{dimension: api, "Stage": "prod"}, "perDay": perDay}
	}
	data, err := json.Marshal(object{
		"restApis": []object{
			{"id": "rest000001", "name": "orders", "stages": []object{{"stageName": "prod"}}},
			{"id": "rest000002", "name": other, "stages": []object{{"stageName": "dev"}}},
		},
		"apis":    []object{{"apiId": "http000001", "name": "web", "protocolType": "HTTP", "stages": []object{{"stageName": "prod"}}}},
		"metrics": []object{count("ApiName", "orders", 100_000), count("ApiId", "http000001", 1000)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func stageRef(path string, t resource.Type) resource.Ref {
	return resource.Ref{
		Scope: resource.Scope{Partition: "aws", Account: account, Region: region}, Type: t, ARN: "arn:aws:apigateway:" + region + "::" + path, Name: path,
	}
}

func planned(t *testing.T, env *app.Env) *plan.Plan {
	t.Helper()
	made, err := app.MakePlan(t.Context(), env, app.PlanOptions{
		FixOptions: app.FixOptions{Region: region, Rate: rate(t, "max")}, Prices: builtIn(t),
		Wishes: []app.Wish{
			{Control: "APIGateway.3", Ref: stageRef("/restapis/rest000001/stages/prod", "AWS::ApiGateway::Stage")},
			{Control: "APIGateway.9", Ref: stageRef("/apis/http000001/stages/prod", "AWS::ApiGatewayV2::Stage")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestPlanCosts estimates each fix by the requests of its own stage, with one
// call for all of them.
func TestPlanCosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double, env := fixing(t, twoAPIs(t, "invoices"))
		made := planned(t, env)
		tracing, logging := made.Fixes[0].Cost, made.Fixes[1].Cost
		// 3,000,000 requests are at most 2,592,000 + 0.05 × 408,000 = 2,612,400
		// traces, × 5 USD a million.
		if tracing.Requests == nil || *tracing.Requests != 3_000_000 || !tracing.Whole || *tracing.Month < 13.061 || *tracing.Month > 13.063 {
			t.Errorf("%+v", tracing)
		}
		if logging.Requests == nil || *logging.Requests != 30_000 || !logging.Whole || len(logging.Lines) != 3 {
			t.Errorf("%+v", logging)
		}
		if n := operations(double, account)["cloudwatch GetMetricData"]; n != 1 {
			t.Errorf("%d calls", n)
		}
		if sum, err := made.Sum(); err != nil || sum != made.Digest {
			t.Errorf("the digest is not of the costs: %s, %v", sum, err)
		}
	})
}

// TestNamesakes does not take the requests of two APIs for those of one.
func TestNamesakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, env := fixing(t, twoAPIs(t, "orders"))
		made := planned(t, env)
		if c := made.Fixes[0].Cost; c.Requests != nil || c.Whole || c.Lines[0].Key != "cost.requests.sameName" {
			t.Errorf("%+v", c)
		}
		if made.Fixes[1].Cost.Requests == nil {
			t.Error("ids are never the same")
		}
	})
}

// TestCostsNeverStopAPlan plans where CloudWatch refuses, fails or is silent, and
// where the names of the APIs may not be listed.
func TestCostsNeverStopAPlan(t *testing.T) {
	for name, c := range map[string]struct {
		fault awsdouble.Fault
		key   string // "": late or failed, as chance has it
	}{
		"refused":       {awsdouble.Fault{Operation: "GetMetricData", Kind: awsdouble.Deny}, "cost.requests.refused"},
		"throttled":     {awsdouble.Fault{Operation: "GetMetricData", Kind: awsdouble.Throttle}, ""},
		"slow":          {awsdouble.Fault{Operation: "GetMetricData", Kind: awsdouble.Delay(time.Minute)}, "cost.requests.late"},
		"garbled":       {awsdouble.Fault{Operation: "GetMetricData", Kind: awsdouble.Garble}, ""},
		"names refused": {awsdouble.Fault{Operation: "GetRestApis", Kind: awsdouble.Deny}, "cost.requests.names"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double, env := fixing(t, twoAPIs(t, "invoices"))
				double.Fault(c.fault)
				start := time.Now()
				made := planned(t, env)
				if took := time.Since(start); took > 20*time.Second {
					t.Errorf("the plan took %s", took)
				}
				if got := made.Fixes[0].Cost; got.Requests != nil || got.Whole || !strings.HasPrefix(got.Lines[0].Key, "cost.requests.") || c.key != "" && got.Lines[0].Key != c.key || len(made.Steps) == 0 {
					t.Errorf("%+v, want %s", got, c.key)
				}
			})
		})
	}
}

// TestQuestionCosts estimates every way to fix a finding, and says why not where
// it cannot.
func TestQuestionCosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, env := fixing(t, twoAPIs(t, "invoices"))
		record := func(id, control string, ref resource.Ref) *lifecycle.Record {
			return &lifecycle.Record{ID: id, Control: control, Resource: ref, Source: lifecycle.SourceLive}
		}
		elsewhere := stageRef("/apis/http000001/stages/prod", "AWS::ApiGatewayV2::Stage")
		elsewhere.Account = "444455556666"
		template := record("template", "APIGateway.9", resource.Ref{})
		template.Source = "terraform"
		costs := app.Costs(t.Context(), env, app.FixOptions{Rate: rate(t, "max")}, builtIn(t), []*lifecycle.Record{
			record("acl", "APIGateway.4", stageRef("/restapis/rest000001/stages/prod", "AWS::ApiGateway::Stage")),
			record("log", "APIGateway.9", stageRef("/apis/http000001/stages/prod", "AWS::ApiGatewayV2::Stage")),
			record("cache", "APIGateway.5", stageRef("/restapis/rest000001/stages/prod", "AWS::ApiGateway::Stage")),
			record("gone", "APIGateway.9", stageRef("/apis/http000001/stages/gone", "AWS::ApiGatewayV2::Stage")),
			record("elsewhere", "APIGateway.9", elsewhere), template,
		})
		// 3,000,000 requests × 0.60 USD a million; a new web ACL is told besides.
		if c := costs["acl"]; len(c) != 1 || c[0].Cost == nil || *c[0].Cost.Month != 1.8 || !c[0].Cost.Whole || !c[0].Cost.Lines[2].Aside {
			t.Errorf("%+v", c)
		}
		if c := costs["log"]; len(c) != 1 || c[0].Cost == nil || *c[0].Cost.Requests != 30_000 {
			t.Errorf("%+v", c)
		}
		if c := costs["cache"]; len(c) != 2 || c[0].Remedy != "encrypt" || c[1].Remedy != "stop-caching" {
			t.Errorf("%+v", c)
		}
		for id, key := range map[string]string{"gone": "cost.notRead", "elsewhere": "cost.otherAccount", "template": "cost.source"} {
			if c := costs[id]; len(c) != 1 || c[0].Cost != nil || c[0].Why.Key != key {
				t.Errorf("%s: %+v, want %s", id, c, key)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		stopped := app.Costs(ctx, env, app.FixOptions{Rate: rate(t, "max")}, builtIn(t), []*lifecycle.Record{template})
		if stopped["template"][0].Why.Key != "cost.source" {
			t.Errorf("%+v", stopped)
		}
	})
}
