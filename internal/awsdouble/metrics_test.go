package awsdouble_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// query calls CloudWatch by hand: the table has no operation that writes figures.
func query(t *testing.T, c aws.Config, operation string, form url.Values) error {
	t.Helper()
	form = maps.Clone(form)
	form["Action"], form["Version"] = []string{operation}, []string{"2010-08-01"}
	at := "https://monitoring." + c.Region + ".amazonaws.com/"
	if c.BaseEndpoint != nil {
		at = *c.BaseEndpoint
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	credentials, err := c.Credentials.Retrieve(t.Context())
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(form.Encode()))
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, hex.EncodeToString(sum[:]), "monitoring", c.Region, time.Now()); err != nil {
		return err
	}
	response, err := c.HTTPClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it is read
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode == http.StatusOK {
		return err
	}
	var refusal struct {
		Error struct{ Code, Message string }
	}
	if err := xml.Unmarshal(body, &refusal); err != nil {
		return err
	}
	return &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: response}, Err: &smithy.GenericAPIError{Code: refusal.Error.Code, Message: refusal.Error.Message},
	}
}

// walkMetrics puts figures into CloudWatch and asks for them, as the query
// protocol does.
func walkMetrics(t *testing.T, c aws.Config, r *recorder) {
	t.Helper()
	day := time.Now().UTC().Truncate(24 * time.Hour)
	call := func(step, operation string, form url.Values) {
		t.Helper()
		r.step(t, step, query(t, c, operation, form))
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
