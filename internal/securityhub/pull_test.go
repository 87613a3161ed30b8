package securityhub_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/securityhub"
)

// TestPullThousand reads 1,000 findings of two accounts with one credential,
// page by page and inside AWS's quota.
func TestPullThousand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var own, others []object
		for i := range 500 {
			own = append(own, theirs(fmt.Sprintf("a%03d", i), "APIGateway.3", "FAILED", nil))
			others = append(others, theirs(fmt.Sprintf("b%03d", i), "APIGateway.3", "PASSED", func(f object) { f["AwsAccountId"] = member }))
		}
		own = append(own, theirs("s3", "S3.8", "FAILED", nil), theirs("guard", "APIGateway.3", "FAILED", func(f object) { f["ProductName"] = "GuardDuty" }))
		d := double(t, awsdouble.Options{Quotas: true}, object{"findings": own, "members": []string{member}})
		if err := d.Load(member, region, encode(t, object{"securityHub": object{"findings": others}})); err != nil {
			t.Fatal(err)
		}
		got, p := pull(t, hubOf(t, d), securityhub.Filter{})
		if len(got) != 1000 || p.Findings != 1000 || p.Others != 0 || len(p.Unreadable) != 0 {
			t.Fatalf("%d findings, %+v", len(got), p)
		}
		if n := slices.IndexFunc(got, func(f *report.Held) bool { return f.Ref.Account == member }); n < 0 {
			t.Error("the member's findings are missing")
		}
		if n, throttled := calls(d, "GetFindings"); n != 10 || throttled != 0 {
			t.Errorf("%d calls, %d throttled", n, throttled)
		}
	})
}

// TestPullReads keeps what a comparison needs, in every form that AWS writes.
func TestPullReads(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{"findings": []object{
		theirs("a", "apigateway.3", "FAILED", func(f object) {
			f["Workflow"] = object{"Status": "SUPPRESSED"}
			f["Note"] = object{"Text": "known", "UpdatedBy": "aiko", "UpdatedAt": "2026-11-19T12:00:00+09:00"}
			f["Compliance"] = object{"Status": "FAILED", "SecurityControlId": "apigateway.3", "StatusReasons": []object{{"ReasonCode": "X"}},
				"SecurityControlParameters": []object{{"Name": "p", "Value": []string{"1", "2"}}}}
		}),
		theirs("b", "APIGateway.3", "PASSED", func(f object) { // not consolidated
			f["GeneratorId"], f["ProductName"], f["RecordState"] = "aws-foundational-security-best-practices/v/1.0.0/APIGateway.3", "Security Hub CSPM", "ARCHIVED"
			f["UpdatedAt"] = "2026-11-20T09:00:00.123456789+0900"
			delete(f, "LastObservedAt")
		}),
		theirs("c", "APIGateway.1", "PASSED", func(f object) {
			f["Resources"] = []object{{"Type": "AwsAccount", "Id": "AWS::::Account:" + account, "Region": region}}
		}),
		theirs("d", "APIGateway.4", "FAILED", func(f object) { delete(f, "UpdatedAt") }),
		theirs("e", "APIGateway.4", "MAYBE", nil),
	}})
	got, p := pull(t, hubOf(t, d), securityhub.Filter{})
	if len(got) != 3 || len(p.Unreadable) != 2 {
		t.Fatalf("%d, %+v", len(got), p)
	}
	contains(t, p.Unreadable[0], "hub.unreadable", "UpdatedAt", "finding/d")
	contains(t, p.Unreadable[1], "hub.unreadable", "Compliance.Status")
	a, b, c := got[0], got[1], got[2]
	if a.Control != "APIGateway.3" || a.Workflow != "SUPPRESSED" || a.Note.Text != "known" || a.Note.By != "aiko" || !a.Note.At.Equal(time.Date(2026, 11, 19, 3, 0, 0, 0, time.UTC)) ||
		!slices.Equal(a.Params["p"], []string{"1", "2"}) || !slices.Equal(a.Reasons, []string{"X"}) || a.Ref.Scope != home() || a.Ref.Type != "AWS::ApiGateway::Stage" {
		t.Errorf("%+v %+v", a, a.Note)
	}
	if b.Standard == "" || b.RecordState != "ARCHIVED" || !b.LastObservedAt.IsZero() || !b.UpdatedAt.Equal(time.Date(2026, 11, 20, 0, 0, 0, 123456789, time.UTC)) {
		t.Errorf("%+v", b)
	}
	if c.Ref.Type != "AWS::::Account" || c.Ref.ARN != "AWS::::Account:"+account {
		t.Errorf("%+v", c.Ref)
	}
}

// TestPullFilters asks Security Hub for what is wanted, and looks again at what
// it has no room for.
func TestPullFilters(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{"aggregates": true, "findings": []object{
		theirs("a", "APIGateway.3", "FAILED", nil), theirs("b", "APIGateway.4", "FAILED", nil),
		theirs("c", "APIGateway.3", "FAILED", func(f object) { f["RecordState"] = "ARCHIVED" }),
	}})
	if err := d.Load(account, "us-east-1", encode(t, object{"securityHub": object{"findings": []object{theirs("u", "APIGateway.3", "FAILED", func(f object) {
		f["Region"] = "us-east-1"
		f["Resources"] = []object{{"Type": "AwsApiGatewayStage", "Id": strings.Replace(stageARN("u"), region, "us-east-1", 1), "Region": "us-east-1"}}
	})}}})); err != nil {
		t.Fatal(err)
	}
	many := make([]string, 30)
	for i := range many {
		many[i] = fmt.Sprintf("%012d", i)
	}
	for name, c := range map[string]struct {
		f    securityhub.Filter
		want int
	}{
		"all":            {securityhub.Filter{}, 4},
		"one control":    {securityhub.Filter{Controls: []string{"apigateway.3"}}, 3},
		"none":           {securityhub.Filter{Controls: []string{"S3.1"}}, 0},
		"the account":    {securityhub.Filter{Accounts: []string{account}}, 4},
		"30 others":      {securityhub.Filter{Accounts: many}, 0},
		"31 accounts":    {securityhub.Filter{Accounts: slices.Concat(many, []string{account})}, 4},
		"another Region": {securityhub.Filter{Regions: []string{"us-east-1"}}, 1},
	} {
		if got, _ := pull(t, hubOf(t, d), c.f); len(got) != c.want {
			t.Errorf("%s: %d findings, want %d", name, len(got), c.want)
		}
	}
}

// TestPullFaults absorbs what passes, and says what does not.
func TestPullFaults(t *testing.T) {
	for kind, class := range map[awsdouble.Kind]awsclient.Class{
		awsdouble.Throttle: awsclient.Throttled, awsdouble.ServerError: awsclient.Server, awsdouble.Garble: awsclient.Garbled, awsdouble.Empty: awsclient.Garbled,
		awsdouble.Cut: awsclient.Garbled, awsdouble.Deny: awsclient.Refused,
	} {
		synctest.Test(t, func(t *testing.T) {
			d := double(t, awsdouble.Options{}, object{"findings": []object{theirs("a", "APIGateway.3", "FAILED", nil)}})
			if kind != awsdouble.Deny {
				d.Fault(awsdouble.Fault{Kind: kind, Times: 3})
				if got, _ := pull(t, hubOf(t, d), securityhub.Filter{}); len(got) != 1 {
					t.Errorf("%s: %d findings", kind, len(got))
				}
			}
			d.Fault(awsdouble.Fault{Kind: kind})
			_, err := hubOf(t, d).Pull(t.Context(), controls.All(), securityhub.Filter{}, func(*report.Held) error { return nil })
			if f := awsclient.AsFault(err); err == nil || f.Class != class {
				t.Errorf("%s: %v", kind, err)
			}
		})
	}
}

// TestPullNotEnabled says what to enable.
func TestPullNotEnabled(t *testing.T) {
	_, err := hubOf(t, awsdouble.New(awsdouble.Options{})).Pull(t.Context(), controls.All(), securityhub.Filter{}, nil)
	var off *securityhub.NotEnabled
	if !errors.As(err, &off) {
		t.Fatal(err)
	}
	contains(t, err, "hub.notEnabled", account, region)
	if f := awsclient.AsFault(err); f.Code != "InvalidAccessException" {
		t.Errorf("the fault is lost: %v", f)
	}
}

// TestPullStops ends where the caller does.
func TestPullStops(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{"findings": []object{theirs("a", "APIGateway.3", "FAILED", nil), theirs("b", "APIGateway.3", "FAILED", nil)}})
	broken, n := errors.New("disk full"), 0
	p, err := hubOf(t, d).Pull(t.Context(), controls.All(), securityhub.Filter{}, func(*report.Held) error { n++; return broken })
	if !errors.Is(err, broken) || n != 1 || p.Findings != 1 {
		t.Errorf("%d %+v %v", n, p, err)
	}
}
