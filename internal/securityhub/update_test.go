package securityhub_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf16"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/securityhub"
)

func stored(n int) (list []object) {
	for i := range n {
		list = append(list, theirs(fmt.Sprintf("s%03d", i), "APIGateway.3", "FAILED", nil))
	}
	return list
}

// TestSetWorkflow updates 101 findings in two calls; UpdatedAt stays.
func TestSetWorkflow(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{"findings": stored(101)})
	h := hubOf(t, d)
	before, _ := pull(t, h, securityhub.Filter{})
	var ids []securityhub.Identifier
	for _, f := range before {
		ids = append(ids, securityhub.IdentifierOf(f))
	}
	ids = append(ids, ids[7], securityhub.Identifier{ID: "gone", ProductArn: product})
	long := strings.Repeat("長い理由😀", 200)
	got, err := h.SetWorkflow(t.Context(), ids, securityhub.Workflow{Status: lifecycle.Suppressed, Note: long, By: "aiko"})
	if err != nil || len(got.Done) != 101 || len(got.Failed) != 1 || got.Failed[0].Code != "FindingNotFound" || got.Failed[0].Finding.ID != "gone" {
		t.Fatalf("%d done, %+v, %v", len(got.Done), got.Failed, err)
	}
	if n, _ := calls(d, "BatchUpdateFindings"); n != 2 {
		t.Errorf("%d calls", n)
	}
	after, _ := pull(t, h, securityhub.Filter{})
	for i, f := range after {
		if n := len(utf16.Encode([]rune(f.Note.Text))); f.Workflow != "SUPPRESSED" || !f.UpdatedAt.Equal(before[i].UpdatedAt) || n > 512 || n < 511 || f.Note.By != "aiko" {
			t.Fatalf("%+v %+v", f, f.Note)
		}
	}
}

// TestSetWorkflowPartly retries conflicts and names what stays undone.
func TestSetWorkflowPartly(t *testing.T) {
	d := double(t, awsdouble.Options{}, object{"findings": stored(10)})
	h := hubOf(t, d)
	var ids []securityhub.Identifier
	held, _ := pull(t, h, securityhub.Filter{})
	for _, f := range held {
		ids = append(ids, securityhub.IdentifierOf(f))
	}
	w := securityhub.Workflow{Status: lifecycle.Notified}
	one := d.Fault(awsdouble.Fault{Operation: "BatchUpdateFindings", Kind: awsdouble.Partial, Times: 1})
	if got, err := h.SetWorkflow(t.Context(), ids, w); err != nil || len(got.Done) != 10 || len(got.Failed) != 0 || one.Count() != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	all := d.Fault(awsdouble.Fault{Operation: "BatchUpdateFindings", Kind: awsdouble.Partial})
	if got, err := h.SetWorkflow(t.Context(), ids, w); err != nil || len(got.Done) != 9 || len(got.Failed) != 1 || got.Failed[0].Code != "ConcurrentUpdateError" {
		t.Errorf("%+v, %v", got, err)
	}
	all.Remove()
	d.Fault(awsdouble.Fault{Operation: "BatchUpdateFindings", Kind: awsdouble.Deny})
	if got, err := h.SetWorkflow(t.Context(), ids, w); awsclient.AsFault(err).Class != awsclient.Refused || len(got.Done) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	off := hubOf(t, awsdouble.New(awsdouble.Options{}))
	var not *securityhub.NotEnabled
	if _, err := off.SetWorkflow(t.Context(), ids, w); !errors.As(err, &not) {
		t.Error(err)
	}
}

// TestDecided finds out when a status was chosen, and by whom; what Security Hub
// does itself is no decision.
func TestDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := double(t, awsdouble.Options{}, object{"findings": stored(2)})
		h, kept, w := hubOf(t, d), shelf{}, imports(t)
		held, _ := pull(t, h, securityhub.Filter{})
		if got, err := h.Decided(t.Context(), held[0]); err != nil || got != nil {
			t.Errorf("nobody decided: %+v, %v", got, err)
		}
		ids := []securityhub.Identifier{securityhub.IdentifierOf(held[0])}
		set := func(s lifecycle.Workflow, note string) time.Time {
			time.Sleep(time.Hour)
			if _, err := h.SetWorkflow(t.Context(), ids, securityhub.Workflow{Status: s, Note: note, By: "aiko"}); err != nil {
				t.Fatal(err)
			}
			return time.Now()
		}
		set(lifecycle.Notified, "asked")
		at := set(lifecycle.Suppressed, "known\nand accepted")
		for range 120 { // more than a page of history
			set(lifecycle.Suppressed, "")
		}
		at = at.Add(120 * time.Hour)
		held, _ = pull(t, h, securityhub.Filter{})
		got, err := h.Decided(t.Context(), held[0])
		if err != nil || got == nil || got.Status != lifecycle.Suppressed || got.At.Sub(at).Abs() > time.Minute || !strings.Contains(got.By, "user/kumoban") || got.Note != "" {
			t.Fatalf("%+v, %v, want %s", got, err, at)
		}
		set(lifecycle.Resolved, "done")
		held, _ = pull(t, h, securityhub.Filter{})
		if got, err = h.Decided(t.Context(), held[0]); err != nil || got == nil || got.By != "aiko" || got.Note != "done" {
			t.Errorf("%+v, %v", got, err)
		}

		// Security Hub itself takes RESOLVED back when a finding fails again.
		r := many(1)[0]
		r.Status, r.Workflow = control.Passed, lifecycle.Resolved
		for range 2 {
			if _, err := h.Push(t.Context(), w, each(r), kept.last, kept.keep); err != nil {
				t.Fatal(err)
			}
			r.Status, r.Changed = control.Failed, r.Changed.Add(time.Hour)
		}
		own, _ := pull(t, h, securityhub.Filter{Own: true})
		back := own[len(own)-1]
		if !back.Ours || back.Workflow != "NEW" || back.Status != "FAILED" {
			t.Fatalf("%+v", back)
		}
		if got, err := h.Decided(t.Context(), back); err != nil || got != nil {
			t.Errorf("that is nobody's decision: %+v, %v", got, err)
		}
	})
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"長いですね", 4, "長いで…"}, {"a😀😀", 5, "a😀😀"}, {"a😀😀b", 5, "a😀…"}, {"😀😀", 2, "…"}} {
		if got := securityhub.Cut(c.in, c.n); got != c.want {
			t.Errorf("%q to %d: %q", c.in, c.n, got)
		}
	}
}
