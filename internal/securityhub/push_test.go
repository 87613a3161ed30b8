package securityhub_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/securityhub"
)

// TestPushThousand pushes 1,000 findings under AWS's quotas, and reads them back.
func TestPushThousand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := double(t, awsdouble.Options{Quotas: true}, object{})
		h, kept, w := hubOf(t, d), shelf{}, imports(t)
		all := many(1000)
		start := time.Now()
		got, err := h.Push(t.Context(), w, each(all...), kept.last, kept.keep)
		if err != nil || got.Sent != 1000 || len(got.Failed) != 0 || len(kept) != 1000 {
			t.Fatalf("%+v, %v, kept %d", got, err, len(kept))
		}
		if n, throttled := calls(d, "BatchImportFindings"); n != 10 || throttled != 0 {
			t.Errorf("%d calls, %d throttled", n, throttled)
		}
		held, p := pull(t, h, securityhub.Filter{Own: true})
		if len(held) != 1000 || p.Findings != 1000 || !held[0].Ours || held[0].ID != all[0].ID {
			t.Errorf("%d came back: %+v", len(held), p)
		}
		if n, throttled := calls(d, "GetFindings"); n != 10 || throttled != 0 {
			t.Errorf("%d pages, %d throttled", n, throttled)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("it took %s by the virtual clock", took)
		}
		if again, err := h.Push(t.Context(), w, each(all...), kept.last, kept.keep); err != nil || again.Sent != 0 || again.Unchanged != 1000 {
			t.Errorf("pushed again: %+v, %v", again, err)
		}
		if n, _ := calls(d, "BatchImportFindings"); n != 10 {
			t.Errorf("%d calls for nothing", n-10)
		}
	})
}

// TestPushBatches holds batches to 100 findings.
func TestPushBatches(t *testing.T) {
	for n, want := range map[int]int{1: 1, 100: 1, 101: 2, 200: 2, 201: 3} {
		d := double(t, awsdouble.Options{}, object{})
		kept := shelf{}
		if got, err := hubOf(t, d).Push(t.Context(), imports(t), each(many(n)...), kept.last, kept.keep); err != nil || got.Sent != n {
			t.Errorf("%d: %+v, %v", n, got, err)
		}
		if made, _ := calls(d, "BatchImportFindings"); made != want {
			t.Errorf("%d findings in %d calls, want %d", n, made, want)
		}
	}
}

// TestPushChanges follows one record: what changed arrives, later than before.
func TestPushChanges(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{})
	h, kept, w := hubOf(t, d), shelf{}, imports(t)
	r := many(1)[0]
	var before time.Time
	push := func(name string, sent int) *report.Held {
		t.Helper()
		got, err := h.Push(t.Context(), w, each(r), kept.last, kept.keep)
		if err != nil || got.Sent != sent {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		held, _ := pull(t, h, securityhub.Filter{Own: true})
		if len(held) != 1 {
			t.Fatalf("%s: %d findings", name, len(held))
		}
		if sent > 0 && !held[0].UpdatedAt.After(before) {
			t.Errorf("%s: UpdatedAt %s does not grow from %s", name, held[0].UpdatedAt, before)
		}
		before = held[0].UpdatedAt
		return held[0]
	}
	first := push("new", 1)
	if first.Status != "FAILED" || first.Severity != "LOW" || !first.FirstObservedAt.Equal(r.Changed) || !first.LastObservedAt.Equal(r.LastSeen) || !first.CreatedAt.Equal(r.FirstSeen) {
		t.Errorf("%+v", first)
	}
	r.LastSeen = r.LastSeen.Add(time.Hour)
	push("looked at again", 0)
	r.Override = control.Critical // at the same time as before
	if got := push("severity", 1); got.Severity != "CRITICAL" {
		t.Errorf("severity %s", got.Severity)
	}
	r.Status, r.Previous, r.Message, r.Changed = control.Passed, control.Failed, locale.M("on"), r.LastSeen
	if got := push("passed", 1); got.Status != "PASSED" || got.Severity != "INFORMATIONAL" || !got.FirstObservedAt.Equal(r.Changed) {
		t.Errorf("%+v", got)
	}
	r.Workflow = lifecycle.Suppressed // an import cannot change that
	push("workflow", 0)
	r.Status, r.State, r.Reason = control.NotApplicable, lifecycle.Archived, lifecycle.ReasonGone
	if got := push("gone", 1); got.RecordState != "ARCHIVED" || got.Status != "NOT_AVAILABLE" || !slices.Equal(got.Reasons, []string{lifecycle.ReasonGone}) {
		t.Errorf("%+v", got)
	}
	r.LastSeen = r.LastSeen.Add(90 * 24 * time.Hour)
	push("archived for long", 0)
	r.State, r.Status = lifecycle.Active, control.Failed
	push("back", 1)
	r.LastSeen = r.LastSeen.Add(29 * 24 * time.Hour)
	push("not for a month", 0)
	r.LastSeen = r.LastSeen.Add(24 * time.Hour)
	push("kept alive", 1)
}

// TestPushRefuses counts what is not to be pushed, in one sentence for each.
func TestPushRefuses(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{})
	kept, list := shelf{}, many(6)
	list[0].Source, list[0].Resource.ARN, list[0].Resource.Address = "./infra", "", "aws_api_gateway_stage.this"
	list[1].Source = "./infra"
	list[2].Resource.Account = member
	list[3].Resource.Account = member
	list[4].Resource.Region = "us-east-1"
	got, err := hubOf(t, d).Push(t.Context(), imports(t), each(list...), kept.last, kept.keep)
	if err != nil || got.Sent != 1 || len(got.Refused) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	contains(t, got.Refused[0], "hub.refused.source", "2", "./infra", "live")
	contains(t, got.Refused[1], "hub.refused.account", "2", member, account)
	contains(t, got.Refused[2], "hub.refused.region", "us-east-1", region)
	var ours *locale.Error
	if !errors.As(got.Refused[1], &ours) || ours.Key != "hub.refused.account" {
		t.Errorf("%v", ours)
	}
}

// TestPushPartialFailures retries what may pass and names the rest.
func TestPushPartialFailures(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{})
	h, kept, list := hubOf(t, d), shelf{}, many(10)
	once := d.Fault(awsdouble.Fault{Operation: "BatchImportFindings", Kind: awsdouble.Partial, Times: 1})
	if got, err := h.Push(t.Context(), imports(t), each(list...), kept.last, kept.keep); err != nil || got.Sent != 10 || len(got.Failed) != 0 || len(kept) != 10 || once.Count() != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, r := range list {
		r.Override = control.High
	}
	d.Fault(awsdouble.Fault{Operation: "BatchImportFindings", Kind: awsdouble.Partial})
	before := kept[list[0].ID]
	got, err := h.Push(t.Context(), imports(t), each(list...), kept.last, kept.keep)
	if err != nil || got.Sent+len(got.Failed) != 10 || len(got.Failed) != 1 || got.Failed[0].Code != "InternalFailure" || got.Failed[0].Message == "" {
		t.Fatalf("%+v, %v", got, err)
	}
	// 10 items lose 4, those 4 lose 2, and those 2 lose 1.
	if got.Failed[0].Finding != list[0].ID || kept[list[0].ID] != before {
		t.Errorf("what failed counts as pushed: %+v", got.Failed)
	}
}

// TestPushRefusedByFormat names the finding that does not fit AWS's format, and
// sends the others.
func TestPushRefusedByFormat(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{})
	kept, list := shelf{}, many(3)
	list[1].Resource.ARN += strings.Repeat("x", 300_000)
	list[1].ID = securityhub.AsFinding(list[1]).ID()
	got, err := hubOf(t, d).Push(t.Context(), imports(t), each(list...), kept.last, kept.keep)
	if err != nil || got.Sent != 2 || len(got.Failed) != 1 || got.Failed[0].Code != securityhub.CodeTooLarge || got.Failed[0].Finding != list[1].ID {
		t.Fatalf("%+v, %v", got, err)
	}
	list[1].Resource.ARN, list[1].Control = list[0].Resource.ARN, strings.Repeat("x", 600) // and so is GeneratorId
	list[1].ID = securityhub.AsFinding(list[1]).ID()
	got, err = hubOf(t, d).Push(t.Context(), imports(t), each(list[1]), kept.last, kept.keep)
	if err != nil || len(got.Failed) != 1 || got.Failed[0].Code != "InvalidInput" || kept[list[1].ID].Digest != "" {
		t.Fatalf("%+v, %v", got, err)
	}
}

// TestPushLargeBatches splits what would be larger than 6 MB.
func TestPushLargeBatches(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{})
	kept, list := shelf{}, many(60)
	for _, r := range list {
		r.Resource.ARN += strings.Repeat("x", 200_000)
		r.ID = securityhub.AsFinding(r).ID()
	}
	got, err := hubOf(t, d).Push(t.Context(), imports(t), each(list...), kept.last, kept.keep)
	if err != nil || got.Sent != 60 {
		t.Fatalf("%+v, %v", got.Failed, err)
	}
	if n, _ := calls(d, "BatchImportFindings"); n != 3 {
		t.Errorf("12 MB in %d calls", n)
	}
}

// TestPushThrottled goes on when AWS throttles, fails or breaks off.
func TestPushThrottled(t *testing.T) {
	for _, kind := range []awsdouble.Kind{awsdouble.Throttle, awsdouble.ServerError, awsdouble.Reset, awsdouble.ResetAfter, awsdouble.Truncate, awsdouble.Empty, awsdouble.Garble} {
		synctest.Test(t, func(t *testing.T) {
			d := double(t, awsdouble.Options{Quotas: true}, object{})
			d.Fault(awsdouble.Fault{Operation: "BatchImportFindings", Kind: kind, Times: 2})
			kept := shelf{}
			got, err := hubOf(t, d).Push(t.Context(), imports(t), each(many(250)...), kept.last, kept.keep)
			if err != nil || got.Sent != 250 || len(kept) != 250 {
				t.Errorf("%s: %+v, %v", kind, got, err)
			}
		})
	}
}

// TestPushNotEnabled says what to enable, in one sentence.
func TestPushNotEnabled(t *testing.T) {
	d := awsdouble.New(awsdouble.Options{})
	kept := shelf{}
	h := hubOf(t, d)
	got, err := h.Push(t.Context(), imports(t), each(many(150)...), kept.last, kept.keep)
	var off *securityhub.NotEnabled
	if !errors.As(err, &off) || got.Sent != 0 || len(got.Failed) != 100 || len(kept) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	contains(t, err, "hub.notEnabled", account, region, "enable-security-hub")
	if n, _ := calls(d, "BatchImportFindings"); n != 1 {
		t.Errorf("%d calls, want it to stop at the first", n)
	}
	_, err = h.Pull(t.Context(), nil, securityhub.Filter{}, nil)
	if err != nil {
		t.Fatal(err) // no controls, no calls
	}
}

// TestPushDenied hands on the refusal as a fault of its class.
func TestPushDenied(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{})
	d.Fault(awsdouble.Fault{Operation: "BatchImportFindings", Kind: awsdouble.Deny, Skip: 1})
	kept := shelf{}
	got, err := hubOf(t, d).Push(t.Context(), imports(t), each(many(150)...), kept.last, kept.keep)
	if f := awsclient.AsFault(err); f.Class != awsclient.Refused || got.Sent != 100 || len(kept) != 100 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestPushStops ends at the first error of the records or of the keeper.
func TestPushStops(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{})
	broken := errors.New("disk full")
	kept := shelf{}
	got, err := hubOf(t, d).Push(t.Context(), imports(t), each(many(250)...), kept.last, func(p []securityhub.Pushed) error { return broken })
	if !errors.Is(err, broken) || got.Sent != 100 {
		t.Errorf("%+v, %v", got, err)
	}
	records := func(yield func(*lifecycle.Record, error) bool) { yield(nil, broken) }
	if _, err := hubOf(t, d).Push(t.Context(), imports(t), records, kept.last, kept.keep); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// TestWould tells what a push would do, and does nothing.
func TestWould(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{})
	h, kept, w := hubOf(t, d), shelf{}, imports(t)
	all := many(5)
	if _, err := h.Push(t.Context(), w, each(all[:2]...), kept.last, kept.keep); err != nil {
		t.Fatal(err)
	}
	before, _ := calls(d, "BatchImportFindings")
	all[1].Status = control.Passed
	all[3].Resource.Account = member
	all[4].Resource.ARN += strings.Repeat("x", 300_000)
	var ids []string
	got, err := h.Would(w, each(all...), kept.last, func(r *lifecycle.Record) { ids = append(ids, r.ID) })
	if err != nil || got.Sent != 2 || got.Unchanged != 1 || len(got.Failed) != 1 || len(got.Refused) != 1 || !slices.Equal(ids, []string{all[1].ID, all[2].ID}) {
		t.Errorf("%+v, %v, %v", got, ids, err)
	}
	if n, _ := calls(d, "BatchImportFindings"); n != before || len(kept) != 2 {
		t.Errorf("%d calls, kept %d", n-before, len(kept))
	}
}
