package auditing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/auditing"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/control"
)

// TestAsOf: what was decided and taken back is in force between the two.
func TestAsOf(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	ids := h.Scan(d, control.Failed, control.Failed)
	day := func(n int) { h.Time = time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC) }
	do := func(done *findings.Decided, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err, done)
		}
	}
	day(2)
	do(findings.Suppress(t.Context(), d, ids[:1], findings.Exemption{Reason: "x", Until: "2026-12-31"}))
	do(findings.SetSeverity(t.Context(), d, ids[1:], "critical", "x"))
	day(4)
	do(findings.Unsuppress(t.Context(), d, ids[:1], "y"))
	for on, want := range map[string]string{"2026-11-01": "", "2026-11-02": "excepted decided SUPPRESSED CRITICAL", "2026-11-03": "excepted decided SUPPRESSED CRITICAL", "2026-11-04": "decided CRITICAL"} {
		then, err := auditing.AsOf(t.Context(), d, on, auditing.Place{Controls: []string{"S3.*"}}, "", 10)
		if err != nil {
			t.Fatal(on, err)
		}
		var got []string
		for range then.Exceptions {
			got = append(got, "excepted")
		}
		if len(then.Decisions) > 0 {
			got = append(got, "decided")
		}
		for _, e := range then.Decisions {
			got = append(got, e.To)
		}
		if strings.Join(got, " ") != want || then.Total != len(then.Exceptions) {
			t.Errorf("%s: %v, want %s\n%+v", on, got, want, then)
		}
	}
	if _, err := auditing.AsOf(t.Context(), d, "", auditing.Place{}, "", 10); err == nil {
		t.Error("no day")
	}
	if other, err := auditing.AsOf(t.Context(), d, "2026-11-03", auditing.Place{Accounts: []string{"444455556666"}}, "", 10); err != nil || len(other.Exceptions)+len(other.Decisions) > 0 {
		t.Errorf("of another account: %+v, %v", other, err)
	}
}

// TestSample: the seed makes a sample again, and another makes another.
func TestSample(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	ids := h.Scan(d, make([]control.Status, 20)...)
	for _, id := range ids {
		if _, err := findings.Note(t.Context(), d, []string{id}, "looked"); err != nil {
			t.Fatal(err)
		}
	}
	findingsOf := func(seed string) (list []string) {
		s, err := auditing.SampleFindings(t.Context(), d, seed, 5, auditing.Place{})
		if err != nil || s.Of != 20 || len(s.Records) != 5 {
			t.Fatalf("%+v, %v", s, err)
		}
		for i := range s.Records {
			list = append(list, s.Records[i].ID)
		}
		return list
	}
	decisionsOf := func(seed string) (list []int64) {
		s, err := auditing.SampleDecisions(t.Context(), d, seed, 5, "1d")
		if err != nil || s.Of != 20 || len(s.Entries) != 5 || s.Entries[0].Action != "note" {
			t.Fatalf("%+v, %v", s, err)
		}
		for i := range s.Entries {
			list = append(list, s.Entries[i].Seq)
		}
		return list
	}
	if !cmp.Equal(findingsOf("a"), findingsOf("a")) || cmp.Equal(findingsOf("a"), findingsOf("b")) || !cmp.Equal(decisionsOf("a"), decisionsOf("a")) || cmp.Equal(decisionsOf("a"), decisionsOf("b")) {
		t.Error("a seed does not decide what is drawn")
	}
	for _, bad := range []struct {
		seed string
		n    int
	}{{"", 5}, {"a", 0}, {"a", 1000}} {
		if _, err := auditing.SampleFindings(t.Context(), d, bad.seed, bad.n, auditing.Place{}); err == nil {
			t.Errorf("%+v", bad)
		}
	}
}
