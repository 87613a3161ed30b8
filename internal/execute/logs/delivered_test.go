package logs

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/execute/drive"
)

const (
	logAccount = "111122223333"
	logRegion  = "ap-northeast-1"
	logGroupAt = "arn:aws:logs:ap-northeast-1:111122223333:log-group:/aws/vendedlogs/kumoban/h1/prod"
)

func logLane(t *testing.T) *awsclient.Lane {
	t.Helper()
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	return awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(logAccount, logRegion)
}

func logConfig(double *awsdouble.Double) aws.Config {
	key, secret := double.CredentialsFor(logAccount)
	return awsclient.Static("us-east-1", "", credentials.NewStaticCredentialsProvider(key, secret, ""), &http.Client{Transport: double.Transport()})
}

// write makes the log group, and a stream with events at these times.
func write(t *testing.T, cfg aws.Config, stream string, message string, times ...time.Time) {
	t.Helper()
	cfg.Region = logRegion
	client := wire.New(cfg)
	group := map[string]any{"logGroupName": strings.TrimPrefix(logGroupAt, "arn:aws:logs:ap-northeast-1:111122223333:log-group:")}
	_, _ = client.Call(t.Context(), "logs", "CreateLogGroup", group) // it may be there
	if stream == "" {
		return
	}
	group["logStreamName"] = stream
	if _, err := client.Call(t.Context(), "logs", "CreateLogStream", group); err != nil {
		t.Fatal(err)
	}
	var events []any
	for _, at := range times {
		events = append(events, map[string]any{"timestamp": at.UnixMilli(), "message": message})
	}
	group["logEvents"] = events
	if _, err := client.Call(t.Context(), "logs", "PutLogEvents", group); err != nil {
		t.Fatal(err)
	}
}

// TestDelivered counts events of the stage after the change, and nothing else.
func TestDelivered(t *testing.T) {
	since := time.Date(2026, 11, 21, 12, 0, 0, 500_000, time.UTC) // half a millisecond past
	ms := func(n int) time.Time {
		return since.Truncate(time.Millisecond).Add(time.Duration(n) * time.Millisecond)
	}
	const line = `{"requestId":"x","apiId":"h1","stage":"prod"}`
	for name, c := range map[string]struct {
		stream  string
		message string
		times   []time.Time
		phrases []string
		want    bool
	}{
		"nothing":                      {},
		"before":                       {"s", line, []time.Time{ms(-1000), ms(-1)}, nil, false},
		"in the millisecond of since":  {"s", line, []time.Time{ms(0)}, nil, false},
		"after":                        {"s", line, []time.Time{ms(1)}, nil, true},
		"before and after":             {"s", line, []time.Time{ms(-1), ms(90_000)}, nil, true},
		"of this API":                  {"s", line, []time.Time{ms(1)}, []string{"h1"}, true},
		"of another API":               {"s", line, []time.Time{ms(1)}, []string{"h2"}, false},
		"AWS's own validation":         {validation, "Permissions are set correctly", []time.Time{ms(1)}, nil, false},
		"validation many times over":   {validation, "Permissions are set correctly", slices.Repeat([]time.Time{ms(1)}, 25), nil, false},
		"an event beside a validation": {"s", line, []time.Time{ms(40)}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := awsdouble.New(awsdouble.Options{})
				cfg := logConfig(double)
				write(t, cfg, c.stream, c.message, c.times...)
				if name == "an event beside a validation" {
					write(t, cfg, validation, "Permissions are set correctly", slices.Repeat([]time.Time{ms(1)}, 25)...)
				}
				for _, arn := range []string{logGroupAt, logGroupAt + ":*"} {
					got, err := Delivered(t.Context(), logLane(t), cfg, arn, since, c.phrases...)
					if err != nil || got != c.want {
						t.Errorf("%s: %t, %v; want %t", arn, got, err, c.want)
					}
				}
			})
		})
	}
}

// TestDeliveredCall holds the declared call to the one that is made.
func TestDeliveredCall(t *testing.T) {
	double := awsdouble.New(awsdouble.Options{})
	cfg := logConfig(double)
	write(t, cfg, "", "")
	double.ClearCalls()
	if _, err := Delivered(t.Context(), logLane(t), cfg, logGroupAt, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/aws/vendedlogs/kumoban/h1/prod", "*"} {
		declared := DeliveredCall(name)
		for _, c := range double.Calls() {
			flat := func(s string) string { return strings.ReplaceAll(s, "/", ".") } // IAM's * crosses slashes
			ok, err := path.Match(flat("arn:aws:logs:"+logRegion+declared.Resource), flat(c.Resource))
			if c.Action != "logs:"+declared.Action || !ok || err != nil || c.Region != logRegion {
				t.Errorf("%s on %s in %s is not %s on %s", c.Action, c.Resource, c.Region, declared.Action, declared.Resource)
			}
		}
	}
}

// TestDeliveredNot is an error wherever nobody could look: never "not seen".
func TestDeliveredNot(t *testing.T) {
	for kind, want := range map[awsdouble.Kind]awsclient.Class{
		awsdouble.Deny: awsclient.Refused, awsdouble.Empty: awsclient.Garbled, awsdouble.Cut: awsclient.Garbled,
		awsdouble.Garble: awsclient.Garbled, awsdouble.Throttle: awsclient.Throttled, awsdouble.Reset: awsclient.Unreachable,
	} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				double := awsdouble.New(awsdouble.Options{})
				cfg := logConfig(double)
				write(t, cfg, "s", "x", time.Now())
				double.Fault(awsdouble.Fault{Operation: "FilterLogEvents", Kind: kind})
				found, err := Delivered(t.Context(), logLane(t), cfg, logGroupAt, time.Now())
				if found || drive.Fault(err).Class != want || err == nil {
					t.Errorf("%t, %v", found, err)
				}
			})
		})
	}
	double := awsdouble.New(awsdouble.Options{})
	if _, err := Delivered(t.Context(), logLane(t), logConfig(double), logGroupAt, time.Now()); !drive.Missing(err) {
		t.Errorf("there is no log group, but the error is %v", err)
	}
	double.ClearCalls()
	for _, arn := range []string{"", "x", "arn:aws:logs:ap-northeast-1:111122223333:log-group:", "arn:aws:logs:ap-northeast-1:111122223333:log-group:a:log-stream:b",
		"arn:aws:firehose:ap-northeast-1:111122223333:deliverystream/amazon-apigateway-x", "arn:aws:logs::111122223333:log-group:a"} {
		if _, err := Delivered(t.Context(), logLane(t), logConfig(double), arn, time.Now()); err == nil {
			t.Errorf("looked into %q", arn)
		}
	}
	if len(double.Calls()) > 0 {
		t.Errorf("asked AWS %d times", len(double.Calls()))
	}
}

// filterInput is what FilterLogEvents is asked with.
type filterInput struct {
	StartTime     int64
	FilterPattern string
	NextToken     *string
}

// pageClient answers FilterLogEvents with prepared pages.
type pageClient struct {
	pages []string
	asked []filterInput
}

func (c *pageClient) Do(r *http.Request) (*http.Response, error) {
	var in filterInput
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	c.asked = append(c.asked, in)
	body := c.pages[min(len(c.asked), len(c.pages))-1]
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewBufferString(body))}, nil
}

// TestDeliveredPages goes on after an empty page, as AWS's reference asks for,
// and not for ever.
func TestDeliveredPages(t *testing.T) {
	for name, c := range map[string]struct {
		pages []string
		found bool
		asked int
		fails bool
	}{
		"at once":             {[]string{`{"events":[{"logStreamName":"s"}],"nextToken":"1"}`}, true, 1, false},
		"after empty pages":   {[]string{`{"events":[],"nextToken":"1"}`, `{"events":[],"nextToken":"2"}`, `{"events":[{"logStreamName":"s"}]}`}, true, 3, false},
		"none after a page":   {[]string{`{"events":[],"nextToken":"1"}`, `{"events":[]}`}, false, 2, false},
		"round in circles":    {[]string{`{"events":[],"nextToken":"1"}`}, false, 2, true},
		"validation, then so": {[]string{`{"events":[{"logStreamName":"` + validation + `"}],"nextToken":"1"}`, `{"events":[{"logStreamName":"s"}]}`}, true, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			client := &pageClient{pages: c.pages}
			cfg := awsclient.Static(logRegion, "https://logs.example.com", credentials.NewStaticCredentialsProvider("a", "b", ""), client)
			found, err := Delivered(t.Context(), logLane(t), cfg, logGroupAt, time.UnixMilli(1000), `he said "x\y"`, "h1")
			if found != c.found || (err != nil) != c.fails || len(client.asked) != c.asked {
				t.Errorf("%t, %v after %d pages", found, err, len(client.asked))
			}
			for i, in := range client.asked {
				if in.StartTime != 1000 || in.FilterPattern != `"he said \"x\\y\"" "h1"` || (i > 0) != (in.NextToken != nil) {
					t.Errorf("asked %+v", in)
				}
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Delivered(ctx, logLane(t), logConfig(awsdouble.New(awsdouble.Options{})), logGroupAt, time.Now()); drive.Fault(err).Class != awsclient.Interrupted {
		t.Error(err)
	}
}
