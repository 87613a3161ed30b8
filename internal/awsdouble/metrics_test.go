package awsdouble_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/awsclient/wire"
)

// walkMetrics puts figures into CloudWatch and asks for them, as the query
// protocol does.
func walkMetrics(t *testing.T, c aws.Config, r *recorder) {
	t.Helper()
	client := wire.New(c)
	day := time.Now().UTC().Truncate(24 * time.Hour)
	call := func(step, operation string, form url.Values) {
		t.Helper()
		r.step(t, step, client.Query(t.Context(), wire.CloudWatch(), operation, form, nil))
	}
	point := url.Values{
		"Namespace": {"AWS/ApiGateway"}, "MetricData.member.1.MetricName": {"Count"}, "MetricData.member.1.Value": {"5"},
		"MetricData.member.1.Timestamp":                 {day.Add(-time.Hour).Format(time.RFC3339)},
		"MetricData.member.1.Dimensions.member.1.Name":  {"ApiId"},
		"MetricData.member.1.Dimensions.member.1.Value": {"h1"},
		"MetricData.member.1.Dimensions.member.2.Name":  {"Stage"},
		"MetricData.member.1.Dimensions.member.2.Value": {"prod"},
	}
	call("PutMetricData", "PutMetricData", point)
	call("PutMetricData:again", "PutMetricData", point)
	ask := func(api, stat string) url.Values {
		const at = "MetricDataQueries.member.1."
		return url.Values{
			"StartTime": {day.AddDate(0, 0, -30).Format(time.RFC3339)}, "EndTime": {day.Format(time.RFC3339)},
			at + "Id": {"m0"}, at + "MetricStat.Metric.Namespace": {"AWS/ApiGateway"}, at + "MetricStat.Metric.MetricName": {"Count"},
			at + "MetricStat.Metric.Dimensions.member.1.Name": {"ApiId"}, at + "MetricStat.Metric.Dimensions.member.1.Value": {api},
			at + "MetricStat.Metric.Dimensions.member.2.Name": {"Stage"}, at + "MetricStat.Metric.Dimensions.member.2.Value": {"prod"},
			at + "MetricStat.Period": {"86400"}, at + "MetricStat.Stat": {stat},
		}
	}
	call("GetMetricData:sum", "GetMetricData", ask("h1", "Sum"))
	call("GetMetricData:samples", "GetMetricData", ask("h1", "SampleCount"))
	call("GetMetricData:none", "GetMetricData", ask("h2", "Sum"))
	back := ask("h1", "Sum")
	back["StartTime"], back["EndTime"] = back["EndTime"], back["StartTime"]
	call("GetMetricData:backwards", "GetMetricData", back)
}
