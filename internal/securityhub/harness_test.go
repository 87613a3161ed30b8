package securityhub_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/controltest"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/securityhub"
	"github.com/kumoban/kumoban/types/apigateway"
)

const (
	account = "111122223333"
	member  = "444455556666"
	region  = "ap-northeast-1"
	product = "arn:aws:securityhub:ap-northeast-1::product/aws/securityhub"
)

func home() resource.Scope { return resource.Scope{Partition: "aws", Account: account, Region: region} }

func day(n int) time.Time { return time.Date(2026, 11, n, 3, 0, 0, 0, time.UTC) }

type object = map[string]any

// theirs is a finding as Security Hub holds it.
func theirs(id, controlID, status string, change func(object)) object {
	f := object{
		"SchemaVersion": "2018-10-08", "Id": "arn:aws:securityhub:" + region + ":" + account + ":security-control/" + controlID + "/finding/" + id,
		"ProductArn": product, "ProductName": "Security Hub", "CompanyName": "AWS", "Region": region, "GeneratorId": "security-control/" + controlID,
		"AwsAccountId": account, "Types": []string{"Software and Configuration Checks/Industry and Regulatory Standards"},
		"FirstObservedAt": "2026-11-01T00:00:00.000Z", "LastObservedAt": "2026-11-20T00:00:00.000Z", "CreatedAt": "2026-11-01T00:00:00.000Z",
		"UpdatedAt": "2026-11-20T00:00:00.123Z", "ProcessedAt": "2026-11-20T00:00:05.000Z", "Severity": object{"Label": "LOW"}, "Title": "T", "Description": "D",
		"Resources":  []object{{"Type": "AwsApiGatewayStage", "Id": stageARN(id), "Partition": "aws", "Region": region}},
		"Compliance": object{"Status": status, "SecurityControlId": controlID}, "Workflow": object{"Status": "NEW"}, "RecordState": "ACTIVE",
	}
	if change != nil {
		change(f)
	}
	return f
}

func stageARN(id string) string {
	return "arn:aws:apigateway:" + region + "::/restapis/" + id + "/stages/prod"
}

// record is a finding of ours on the stage of the same id.
func record(id, controlID string, status control.Status, change func(*lifecycle.Record)) *lifecycle.Record {
	r := &lifecycle.Record{
		Control: controlID, Severity: control.Low, Source: lifecycle.SourceLive, Status: status, Message: locale.M("off"), Workflow: lifecycle.New, State: lifecycle.Active,
		Resource:  resource.Ref{Scope: home(), Type: apigateway.StageType, ARN: stageARN(id), Name: id + "/prod"},
		FirstSeen: day(1), Changed: day(2), LastSeen: day(20), Updated: day(20), First: status,
	}
	if status == control.Passed {
		r.Workflow = lifecycle.Resolved
	}
	if change != nil {
		change(r)
	}
	r.ID = id
	return r
}

// double holds findings in the account's Security Hub.
func double(t *testing.T, o awsdouble.Options, hub object) *awsdouble.Double {
	t.Helper()
	d := awsdouble.New(o)
	if err := d.Load(account, region, encode(t, object{"securityHub": hub})); err != nil {
		t.Fatal(err)
	}
	return d
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func hubOf(t *testing.T, d *awsdouble.Double) *securityhub.Hub {
	t.Helper()
	id, secret := d.CredentialsFor(account)
	return hub(t, "", id, secret, &http.Client{Transport: d.Transport()})
}

func hub(t *testing.T, endpoint, id, secret string, client *http.Client) *securityhub.Hub {
	t.Helper()
	rate, err := awsclient.ParseRate("")
	if err != nil {
		t.Fatal(err)
	}
	return &securityhub.Hub{
		Config: awsclient.Static(region, endpoint, credentials.NewStaticCredentialsProvider(id, secret, ""), client),
		Lane:   awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(account, region), At: home(),
	}
}

// pull collects what comes.
func pull(t *testing.T, h *securityhub.Hub, f securityhub.Filter) ([]*report.Held, securityhub.Pulled) {
	t.Helper()
	var got []*report.Held
	p, err := h.Pull(t.Context(), controltest.Of("APIGateway"), f, func(x *report.Held) error { got = append(got, x); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return got, p
}

func imports(t *testing.T) *report.Imports {
	t.Helper()
	cat, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := report.NewTexts(cat, controls.All())
	if err != nil {
		t.Fatal(err)
	}
	return report.NewImports(texts, controls.All(), "0.9.0")
}

// shelf keeps what pushes left, as a store would.
type shelf map[string]securityhub.Pushed

func (s shelf) last(id string) (securityhub.Pushed, bool) { p, ok := s[id]; return p, ok }

func (s shelf) keep(list []securityhub.Pushed) error {
	for _, p := range list {
		s[p.Finding] = p
	}
	return nil
}

func each(records ...*lifecycle.Record) iter.Seq2[*lifecycle.Record, error] {
	return func(yield func(*lifecycle.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// many are records of n stages, with the ids that findings of them have.
func many(n int) []*lifecycle.Record {
	var out []*lifecycle.Record
	for i := range n {
		r := record(fmt.Sprintf("api%04d", i), "APIGateway.3", control.Failed, nil)
		f := securityhub.AsFinding(r)
		r.ID = f.ID()
		out = append(out, r)
	}
	return out
}

// calls counts those of an operation.
func calls(d *awsdouble.Double, operation string) (n, throttled int) {
	for _, c := range d.Calls() {
		if c.Operation == operation {
			n++
			if c.Throttled {
				throttled++
			}
		}
	}
	return n, throttled
}

func contains(t *testing.T, err error, key string, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", key)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q says nothing of %q", err, w)
		}
	}
}
