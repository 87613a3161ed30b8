package traffic_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/traffic"
)

const account, region = "111122223333", "ap-northeast-1"

type object = map[string]any

func count(double *awsdouble.Double, ctx context.Context, t *testing.T, stages ...traffic.Subject) []cost.Requests {
	t.Helper()
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	id, secret := double.CredentialsFor(account)
	return traffic.Requests(ctx, traffic.Place{
		Config: awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(id, secret, ""), &http.Client{Transport: double.Transport()}),
		Lane:   awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(account, region),
	}, stages, time.Now())
}

func load(t *testing.T, double *awsdouble.Double, metrics ...object) {
	t.Helper()
	data, err := json.Marshal(object{"metrics": metrics})
	if err != nil {
		t.Fatal(err)
	}
	if err := double.Load(account, region, data); err != nil {
		t.Fatal(err)
	}
}

func metric(name, dimension, api string, perDay float64) object {
	return object{"namespace": "AWS/ApiGateway", "metricName": name, "dimensions": object{dimension: api, "Stage": "prod"}, "perDay": perDay}
}

func stage(api, name, protocol string) traffic.Subject {
	s := traffic.Subject{Namespace: "AWS/ApiGateway", Says: "cost.requests"}
	dimension := "ApiId"
	switch protocol {
	case "REST":
		dimension, s.Metrics = "ApiName", []traffic.Metric{{Name: "Count", Stat: "SampleCount"}}
	case "WEBSOCKET":
		s.Metrics = []traffic.Metric{{Name: "ConnectCount", Stat: "Sum"}, {Name: "MessageCount", Stat: "Sum"}}
	default:
		s.Metrics = []traffic.Metric{{Name: "Count", Stat: "Sum"}}
	}
	s.Dimensions = [][2]string{{dimension, api}, {"Stage", name}}
	return s
}

// TestRequests counts each kind of API by its own metrics and dimensions.
func TestRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{})
		load(t, double, metric("Count", "ApiName", "orders", 1000), metric("Count", "ApiId", "h1", 10),
			metric("ConnectCount", "ApiId", "w1", 1), metric("MessageCount", "ApiId", "w1", 20),
			metric("Count", "ApiId", "a1", 7)) // a REST API's id is none of its dimensions
		got := count(double, t.Context(), t,
			stage("orders", "prod", "REST"), stage("h1", "prod", "HTTP"),
			stage("w1", "prod", "WEBSOCKET"), stage("orders", "dev", "REST"))
		for i, want := range []float64{30_000, 300, 630} {
			if !got[i].Known || got[i].N != want {
				t.Errorf("%d: %+v, want %v", i, got[i], want)
			}
		}
		if got[3].Known || got[3].Says.Key != "cost.requests.none" {
			t.Errorf("a stage that nobody calls: %+v", got[3])
		}
		if n := len(double.Calls()); n != 1 {
			t.Errorf("%d calls for four stages", n)
		}
	})
}

// TestPagesAndBatches reads more figures than a page, and than a call, holds.
func TestPagesAndBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		double := awsdouble.New(awsdouble.Options{})
		var metrics []object
		var stages []traffic.Subject
		for i := range 620 {
			api := fmt.Sprintf("h%d", i)
			metrics = append(metrics, metric("Count", "ApiId", api, float64(i+1)))
			stages = append(stages, stage(api, "prod", "HTTP"))
		}
		load(t, double, metrics...)
		for i, got := range count(double, t.Context(), t, stages...) {
			if !got.Known || got.N != float64(30*(i+1)) {
				t.Fatalf("%d: %+v", i, got)
			}
		}
		if n := len(double.Calls()); n != 5+2 {
			t.Errorf("%d calls", n)
		}
	})
}

// TestWhyNot says why requests are not known; none of it is an error.
func TestWhyNot(t *testing.T) {
	for name, c := range map[string]struct {
		fault awsdouble.Fault
		key   string
		slow  bool
	}{
		"refused": {awsdouble.Fault{Operation: "GetMetricData", Kind: awsdouble.Deny}, "cost.requests.refused", false},
		"fails":   {awsdouble.Fault{Operation: "GetMetricData", Kind: awsdouble.ServerError}, "cost.requests.failed", false},
		"is slow": {awsdouble.Fault{Operation: "GetMetricData", Kind: awsdouble.Delay(20 * time.Second)}, "cost.requests.late", true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := awsdouble.New(awsdouble.Options{})
				load(t, double, metric("Count", "ApiName", "orders", 1000))
				double.Fault(c.fault)
				ctx := t.Context()
				if c.slow {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, 15*time.Second)
					defer cancel()
				}
				got := count(double, ctx, t, stage("orders", "prod", "REST"))
				if got[0].Known || got[0].Says.Key != c.key {
					t.Errorf("%+v, want %s", got[0], c.key)
				}
			})
		})
	}
}
