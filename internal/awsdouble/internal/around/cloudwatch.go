package around

import (
	"net/url"
	"strconv"
	"time"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func cloudwatchOperations() []*service.Operation {
	operation := func(name string, write bool, do func(*service.Request) (any, error)) *service.Operation {
		return &service.Operation{
			Service: "cloudwatch", Signing: "monitoring", Version: "2010-08-01", Name: name, IAM: "cloudwatch:" + name,
			Protocol: service.Query, Write: write, Do: do,
		}
	}
	return []*service.Operation{operation("GetMetricData", false, getMetricData), operation("PutMetricData", true, putMetricData)}
}

// members cuts a form into its list's items: Name.member.1.…, Name.member.2.…
func members(form url.Values, name string) (list []url.Values) {
	for i := 1; ; i++ {
		prefix := name + ".member." + strconv.Itoa(i) + "."
		item := url.Values{}
		for key, v := range form {
			if len(key) > len(prefix) && key[:len(prefix)] == prefix {
				item[key[len(prefix):]] = v
			}
		}
		if len(item) == 0 {
			return list
		}
		list = append(list, item)
	}
}

func dimensions(item url.Values, name string) map[string]string {
	out := map[string]string{}
	for _, d := range members(item, name) {
		out[d.Get("Name")] = d.Get("Value")
	}
	return out
}

func invalid(message string) *service.Error { return service.Refuse("ValidationError", message) }

func putMetricData(r *service.Request) (any, error) {
	if err := r.FormOnly("Namespace", "MetricData"); err != nil {
		return nil, err
	}
	namespace := r.Form.Get("Namespace")
	if namespace == "" {
		return nil, service.Refuse("MissingParameter", "The parameter Namespace is required.")
	}
	for _, item := range members(r.Form, "MetricData") {
		value, err := strconv.ParseFloat(item.Get("Value"), 64)
		if err != nil {
			return nil, service.Refuse("InvalidParameterValue", "The value for parameter MetricData.member.1.Value is not a number.")
		}
		at := r.Now
		if text := item.Get("Timestamp"); text != "" {
			if at, err = time.Parse(time.RFC3339, text); err != nil {
				return nil, service.Refuse("InvalidParameterValue", "timestamp must follow ISO8601")
			}
		}
		given := dimensions(item, "Dimensions")
		m := r.Region.Metric(namespace, item.Get("MetricName"), given)
		if m == nil {
			m = &world.Metric{Namespace: namespace, MetricName: item.Get("MetricName"), Dimensions: given}
			r.Region.Metrics = append(r.Region.Metrics, m)
		}
		m.Points = append(m.Points, world.Point{Time: at, Value: value})
	}
	return nil, nil
}

type metricResult struct {
	Timestamps []string  `xml:"Timestamps>member"`
	Values     []float64 `xml:"Values>member"`
	Label      string
	ID         string `xml:"Id"`
	StatusCode string
}

// getMetricData knows metrics with the statistics Sum and SampleCount, and no
// expressions. Periods without a sample have no value.
func getMetricData(r *service.Request) (any, error) {
	if err := r.FormOnly("MetricDataQueries", "StartTime", "EndTime", "ScanBy", "NextToken", "MaxDatapoints"); err != nil {
		return nil, err
	}
	from, err1 := time.Parse(time.RFC3339, r.Form.Get("StartTime"))
	to, err2 := time.Parse(time.RFC3339, r.Form.Get("EndTime"))
	queries := members(r.Form, "MetricDataQueries")
	switch {
	case err1 != nil || err2 != nil:
		return nil, service.Refuse("InvalidParameterValue", "timestamp must follow ISO8601")
	case !from.Before(to):
		return nil, invalid("The parameter StartTime must be less than the parameter EndTime.")
	case len(queries) == 0:
		return nil, invalid("The parameter MetricDataQueries is required.")
	case len(queries) > 500:
		return nil, invalid("The collection MetricDataQueries must not have a size greater than 500.")
	}
	page, next, ok := service.Page(queries, "metrics"+r.Account.ID+r.Region.Name, r.Form.Get("NextToken"), 100)
	if !ok {
		return nil, service.Refuse("InvalidNextToken", "The next token specified is invalid.")
	}
	out := struct {
		MetricDataResults []metricResult `xml:"MetricDataResults>member"`
		NextToken         string         `xml:",omitempty"`
	}{NextToken: next}
	for _, q := range page {
		one, err := figures(r, q, from, to)
		if err != nil {
			return nil, err
		}
		out.MetricDataResults = append(out.MetricDataResults, one)
	}
	return out, nil
}

func figures(r *service.Request, q url.Values, from, to time.Time) (metricResult, error) {
	const metric = "MetricStat.Metric."
	out := metricResult{ID: q.Get("Id"), Label: q.Get(metric + "MetricName"), StatusCode: "Complete"}
	seconds, err := strconv.Atoi(q.Get("MetricStat.Period"))
	stat := q.Get("MetricStat.Stat")
	switch {
	case err != nil || seconds < 60 || seconds%60 != 0:
		return out, invalid("The value " + q.Get("MetricStat.Period") + " for parameter Period is invalid.")
	case stat != "Sum" && stat != "SampleCount":
		return out, invalid("awsdouble knows Sum and SampleCount, not " + stat)
	}
	m := r.Region.Metric(q.Get(metric+"Namespace"), q.Get(metric+"MetricName"), dimensions(q, metric+"Dimensions"))
	if m == nil {
		return out, nil
	}
	period := time.Duration(seconds) * time.Second
	for at := to.Add(-period); !at.Before(from); at = at.Add(-period) { // the newest first
		sum, samples := m.Sum(at, at.Add(period))
		if samples == 0 {
			continue
		}
		if stat == "SampleCount" {
			sum = samples
		}
		out.Timestamps, out.Values = append(out.Timestamps, at.UTC().Format(time.RFC3339)), append(out.Values, sum)
	}
	return out, nil
}
