// Package traffic counts the requests of API Gateway's stages, by what the
// service sends to CloudWatch.
package traffic

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/locale"
)

// GetMetricData is the one call that this package makes.
func GetMetricData() *awsclient.Call {
	return &awsclient.Call{Service: "cloudwatch", Operation: "GetMetricData", Action: "GetMetricData", Resource: "*"}
}

// Stage names a stage as CloudWatch does. Name is its own.
type Stage struct {
	API      string // the ApiName of a REST API (see [NameOf]); the id of another
	Name     string
	Protocol string // "REST", "HTTP" or "WEBSOCKET"
}

// NameOf is the ApiName under which a REST API's figures stand: without what is
// not ASCII, and the id where nothing is left (developer guide, "Amazon API
// Gateway dimensions and metrics").
func NameOf(id, name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r > 0x7f {
			return -1
		}
		return r
	}, name)
	if ascii == "" {
		return id
	}
	return ascii
}

// Place is the account and Region to look in.
type Place struct {
	Config aws.Config
	Lane   *awsclient.Lane
}

// most is how many figures one call may ask for.
const most = 500

// metric is one figure of a stage.
type metric struct {
	stage      int
	name, stat string
}

// metricsOf lists what sums up to a stage's requests. Of a REST API's Count AWS
// names SampleCount as its statistic. WebSocket APIs have no Count: what they log
// and bill are connections and messages.
func metricsOf(i int, protocol string) []metric {
	switch protocol {
	case "REST":
		return []metric{{i, "Count", "SampleCount"}}
	case "WEBSOCKET":
		return []metric{{i, "ConnectCount", "Sum"}, {i, "MessageCount", "Sum"}}
	}
	return []metric{{i, "Count", "Sum"}}
}

// Requests counts the requests of each stage in the month before today, in UTC;
// the results stand in the same order. A failure is a result, too.
func Requests(ctx context.Context, p Place, stages []Stage, now time.Time) []cost.Requests {
	c := &counter{client: wire.New(p.Config), lane: p.Lane, stages: stages, end: now.UTC().Truncate(24 * time.Hour)}
	c.out = make([]cost.Requests, len(stages))
	c.sums, c.seen = make([]float64, len(stages)), make([]bool, len(stages))
	var all []metric
	for i, s := range stages {
		all = append(all, metricsOf(i, s.Protocol)...)
	}
	for len(all) > 0 {
		n := min(most, len(all))
		c.count(ctx, all[:n])
		all = all[n:]
	}
	day := locale.A("day", c.end.Format(time.DateOnly))
	for i := range stages {
		switch {
		case c.out[i].Says.Key != "":
		case !c.seen[i]:
			c.out[i].Says = locale.M("cost.requests.none", day)
		default:
			key := "cost.requests"
			if stages[i].Protocol == "WEBSOCKET" {
				key = "cost.messages"
			}
			c.out[i] = cost.Requests{N: c.sums[i], Known: true, Says: locale.M(key, day, locale.A("requests", cost.Figure(c.sums[i])))}
		}
	}
	return c.out
}

type counter struct {
	client *wire.Client
	lane   *awsclient.Lane
	stages []Stage
	end    time.Time
	out    []cost.Requests
	sums   []float64
	seen   []bool
}

// result is the figures of one metric, a value a day.
type result struct {
	ID     string    `xml:"Id"`
	Status string    `xml:"StatusCode"`
	Values []float64 `xml:"Values>member"`
}

type answer struct {
	Result *struct {
		Results []result `xml:"MetricDataResults>member"`
		Next    string   `xml:"NextToken"`
	} `xml:"GetMetricDataResult"`
}

// count asks for figures and adds them up.
func (c *counter) count(ctx context.Context, metrics []metric) {
	form := c.form(metrics)
	call := GetMetricData()
	results, err := awsclient.All(awsclient.Pages(ctx, c.lane, call, func(ctx context.Context, token *string) (p awsclient.Page[result], err error) {
		if token != nil {
			form.Set("NextToken", *token)
		}
		var out answer
		if err := c.client.Query(ctx, wire.CloudWatch(), call.Operation, form, &out); err != nil {
			return p, err
		}
		if out.Result == nil {
			return p, awsclient.NewGarbled(call, "the answer has no result")
		}
		return awsclient.Page[result]{Items: out.Result.Results, Next: &out.Result.Next}, nil
	}))
	if err != nil {
		for _, m := range metrics {
			c.out[m.stage].Says = Failed(ctx, err)
		}
		return
	}
	// Pages tell of a metric again; the last word on it counts.
	last := map[int]string{}
	for _, r := range results {
		n, err := strconv.Atoi(strings.TrimPrefix(r.ID, "m"))
		if err != nil || n < 0 || n >= len(metrics) {
			continue
		}
		i := metrics[n].stage
		last[n] = r.Status
		for _, v := range r.Values {
			c.sums[i], c.seen[i] = c.sums[i]+v, true
		}
	}
	for n, m := range metrics {
		if status := last[n]; status != "Complete" {
			c.out[m.stage].Says = locale.M("cost.requests.partial", locale.A("code", status))
		}
	}
}

// Failed says why requests are not known after a call that failed.
func Failed(ctx context.Context, err error) locale.Message {
	fault := awsclient.AsFault(err)
	call, code := locale.A("call", fault.Call), locale.A("code", locale.Clean(fault.Code))
	switch {
	case ctx.Err() != nil:
		return locale.M("cost.requests.late")
	case fault.Class == awsclient.Refused:
		return locale.M("cost.requests.refused", call, code)
	}
	return locale.M("cost.requests.failed", call, code)
}

// form writes metrics as the query protocol does; days begin at midnight, as
// CloudWatch's do.
func (c *counter) form(metrics []metric) url.Values {
	form := url.Values{
		"StartTime": {c.end.AddDate(0, 0, -cost.Month).Format(time.RFC3339)}, "EndTime": {c.end.Format(time.RFC3339)},
	}
	for n, m := range metrics {
		s := &c.stages[m.stage]
		at := "MetricDataQueries.member." + strconv.Itoa(n+1) + "."
		set := func(name, value string) { form.Set(at+name, value) }
		set("Id", "m"+strconv.Itoa(n))
		set("MetricStat.Metric.Namespace", "AWS/ApiGateway")
		set("MetricStat.Metric.MetricName", m.name)
		dimension := "ApiId"
		if s.Protocol == "REST" {
			dimension = "ApiName"
		}
		set("MetricStat.Metric.Dimensions.member.1.Name", dimension)
		set("MetricStat.Metric.Dimensions.member.1.Value", s.API)
		set("MetricStat.Metric.Dimensions.member.2.Name", "Stage")
		set("MetricStat.Metric.Dimensions.member.2.Value", s.Name)
		set("MetricStat.Period", "86400")
		set("MetricStat.Stat", m.stat)
	}
	return form
}
