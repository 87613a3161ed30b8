// Package traffic counts the requests of things, by what their services send to
// CloudWatch.
package traffic

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/room"
)

// GetMetricData is the one call that this package makes.
func GetMetricData() *awsclient.Call {
	return &awsclient.Call{Service: "cloudwatch", Operation: "GetMetricData", Action: "GetMetricData", Resource: "*", Expect: "MetricDataResults", MayLack: true}
}

// Subject is a thing as CloudWatch counts its requests.
type Subject struct {
	Namespace  string
	Dimensions [][2]string // names and values
	Metrics    []Metric    // what adds up to its requests
	Says       string      // the key of the sentence that tells their number: "cost.requests"
}

// Metric is one figure of a thing.
type Metric struct{ Name, Stat string }

// ID tells subjects apart.
func (s *Subject) ID() string { return fmt.Sprintf("%q", *s) }

// Place is the account and Region to look in.
type Place struct {
	Config aws.Config
	Lane   *awsclient.Lane
}

// most is how many figures one call may ask for.
const most = 500

// metric is one figure of a subject.
type metric struct {
	of int
	Metric
}

// Requests counts the requests of each subject in the month before today, in UTC;
// the results stand in the same order. A failure is a result, too.
func Requests(ctx context.Context, p Place, subjects []Subject, now time.Time) []cost.Requests {
	c := &counter{client: wire.New(p.Config), lane: p.Lane, subjects: subjects, end: now.UTC().Truncate(24 * time.Hour)}
	c.out = make([]cost.Requests, len(subjects))
	c.sums, c.seen = make([]float64, len(subjects)), make([]bool, len(subjects))
	var all []metric
	for i := range subjects {
		for _, m := range subjects[i].Metrics {
			all = append(all, metric{i, m})
		}
	}
	for len(all) > 0 {
		n := min(most, len(all))
		c.count(ctx, all[:n])
		all = all[n:]
	}
	day := locale.A("day", c.end.Format(time.DateOnly))
	for i := range subjects {
		switch {
		case c.out[i].Says.Key != "":
		case !c.seen[i]:
			c.out[i].Says = locale.M("cost.requests.none", day)
		default:
			c.out[i] = cost.Requests{N: c.sums[i], Known: true, Says: locale.M(subjects[i].Says, day, locale.A("requests", cost.Figure(c.sums[i])))}
		}
	}
	return c.out
}

type counter struct {
	client   *wire.Client
	lane     *awsclient.Lane
	subjects []Subject
	end      time.Time
	out      []cost.Requests
	sums     []float64
	seen     []bool
}

// count asks for figures and adds them up.
func (c *counter) count(ctx context.Context, metrics []metric) {
	results, err := awsclient.All(awsclient.List(ctx, c.lane, GetMetricData(), c.client, "cloudwatch", c.input(metrics)))
	if err != nil {
		for _, m := range metrics {
			c.out[m.of].Says = Failed(ctx, err)
		}
		return
	}
	// Pages tell of a metric again; the last word on it counts. What has no id of ours is
	// a message to all.
	last := map[int]string{}
	for _, r := range results {
		n, err := strconv.Atoi(strings.TrimPrefix(room.TextOf(r, "Id"), "m"))
		if err != nil || n < 0 || n >= len(metrics) {
			continue
		}
		i := metrics[n].of
		last[n] = room.TextOf(r, "StatusCode")
		for _, v := range room.Items(r, "Values") {
			figure, _ := v.(float64)
			c.sums[i], c.seen[i] = c.sums[i]+figure, true
		}
	}
	for n, m := range metrics {
		if status := last[n]; status != "Complete" {
			c.out[m.of].Says = locale.M("cost.requests.partial", locale.A("code", status))
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

// input asks for metrics by the day; days begin at midnight, as CloudWatch's do.
func (c *counter) input(metrics []metric) room.Tree {
	queries := make([]any, len(metrics))
	for n, m := range metrics {
		s := &c.subjects[m.of]
		dimensions := make([]any, len(s.Dimensions))
		for i, d := range s.Dimensions {
			dimensions[i] = room.Tree{"Name": d[0], "Value": d[1]}
		}
		queries[n] = room.Tree{"Id": "m" + strconv.Itoa(n), "MetricStat": room.Tree{
			"Metric": room.Tree{"Namespace": s.Namespace, "MetricName": m.Name, "Dimensions": dimensions}, "Period": int64(86400), "Stat": m.Stat,
		}}
	}
	return room.Tree{"MetricDataQueries": queries, "StartTime": c.end.AddDate(0, 0, -cost.Month), "EndTime": c.end}
}
