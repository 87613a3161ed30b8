package lifecycle

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

func by(n int) By { return By{"aya", hour(n), "because"} }

func exception(n, until int) Exception {
	return Exception{ID: "e2", Reason: "because", By: "aya", CreatedAt: hour(n), Until: hour(until)}
}

// TestDecisions is what people, rules and Security Hub may choose.
func TestDecisions(t *testing.T) {
	type do = func(r *Record) (Record, []Event, error)
	suppress := func(r *Record) (Record, []Event, error) { return Suppress(r, exception(2, 9)) }
	unsuppress := func(r *Record) (Record, []Event, error) { return Unsuppress(r, by(2)) }
	resolve := func(r *Record) (Record, []Event, error) { return Resolve(r, by(2)) }
	notify := func(r *Record) (Record, []Event, error) { return Notify(r, by(2)) }
	hub := func(to Workflow, last int) do {
		return func(r *Record) (Record, []Event, error) { return FromHub(r, to, hour(last), By{"", hour(2), ""}, "") }
	}
	for _, c := range []struct {
		name      string
		from      control.Status
		workflow  Workflow
		exception string
		do        do
		want      string
		after     string // the exception
		events    string
	}{
		{"suppress NEW", control.Failed, New, "", suppress, "FAILED ACTIVE SUPPRESSED", "e2", "excepted:>e2 workflow:NEW>SUPPRESSED"},
		{"suppress anew", control.Failed, Suppressed, "e1", suppress, "FAILED ACTIVE SUPPRESSED", "e2", "excepted:e1>e2"},
		{"suppress what Security Hub suppressed", control.Failed, Suppressed, "", suppress, "FAILED ACTIVE SUPPRESSED", "e2", "excepted:>e2"},
		{"unsuppress FAILED", control.Failed, Suppressed, "e1", unsuppress, "FAILED ACTIVE NEW", "", "excepted:e1> workflow:SUPPRESSED>NEW"},
		{"unsuppress UNKNOWN", control.Unknown, Suppressed, "e1", unsuppress, "UNKNOWN ACTIVE NEW", "", "excepted:e1> workflow:SUPPRESSED>NEW"},
		{"unsuppress PASSED", control.Passed, Suppressed, "e1", unsuppress, "PASSED ACTIVE RESOLVED", "", "excepted:e1> workflow:SUPPRESSED>RESOLVED"},
		{"resolve NEW", control.Failed, New, "", resolve, "FAILED ACTIVE RESOLVED", "", "workflow:NEW>RESOLVED"},
		{"resolve SUPPRESSED", control.Failed, Suppressed, "e1", resolve, "FAILED ACTIVE RESOLVED", "", "excepted:e1> workflow:SUPPRESSED>RESOLVED"},
		{"notify NEW", control.Failed, New, "", notify, "FAILED ACTIVE NOTIFIED", "", "workflow:NEW>NOTIFIED"},
		{"notify RESOLVED", control.Failed, Resolved, "", notify, "FAILED ACTIVE NOTIFIED", "", "workflow:RESOLVED>NOTIFIED"},
		{"Security Hub later", control.Failed, New, "", hub(Notified, 1), "FAILED ACTIVE NOTIFIED", "", "workflow:NEW>NOTIFIED"},
		{"Security Hub later, ends an exception", control.Failed, Suppressed, "e1", hub(New, 1), "FAILED ACTIVE NEW", "", "excepted:e1> workflow:SUPPRESSED>NEW"},
		{"Security Hub earlier", control.Failed, Suppressed, "e1", hub(New, 3), "FAILED ACTIVE SUPPRESSED", "e1", "overruled:NEW>SUPPRESSED"},
		{"Security Hub at the same moment", control.Failed, New, "", hub(Resolved, 2), "FAILED ACTIVE NEW", "", "overruled:RESOLVED>NEW"},
		{"Security Hub agrees", control.Failed, Notified, "", hub(Notified, 1), "FAILED ACTIVE NOTIFIED", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			old := put(c.from, c.workflow, Active)
			old.Exception = c.exception
			before := *old
			r, events, err := c.do(old)
			if err != nil || words(&r) != c.want || r.Exception != c.after || told(events) != c.events {
				t.Errorf("%s, %q, %s, %v", words(&r), r.Exception, told(events), err)
			}
			if !cmp.Equal(*old, before) {
				t.Error("the record handed in was changed")
			}
			for _, e := range events {
				if e.At != hour(2) || e.By == "" || e.Scan != 0 {
					t.Errorf("%+v", e)
				}
			}
		})
	}
}

// TestExpire reopens what was suppressed, and says so.
func TestExpire(t *testing.T) {
	e := exception(2, 9)
	for status, want := range map[control.Status]string{control.Failed: "NEW", control.Unknown: "NEW", control.Passed: "RESOLVED"} {
		old, _, err := Suppress(put(status, New, Active), e)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Expire(&old, &e, hour(8)); key(err) != "lifecycle.notOver" {
			t.Errorf("before its time: %v", err)
		}
		r, events, err := Expire(&old, &e, hour(9))
		if err != nil || string(r.Workflow) != want || r.Exception != "" || r.Updated != hour(9) {
			t.Errorf("%v: %+v, %v", status, r, err)
		}
		if want := "expired:e2> workflow:SUPPRESSED>" + want; told(events) != want || events[0].By != ByTime || events[0].Reason != "because" {
			t.Errorf("%s, want %s", told(events), want)
		}
		if _, _, err := Expire(&r, &e, hour(10)); key(err) != "lifecycle.notOver" {
			t.Errorf("twice: %v", err)
		}
	}
	old, _, _ := Suppress(put(control.Failed, New, Active), e)
	gone, _ := Archive(&old, ReasonGone, hour(3), 3)
	if r, _, err := Expire(&gone, &e, hour(9)); err != nil || r.Workflow != New || r.Exception != "" {
		t.Errorf("archived: %v %v", r.Workflow, err)
	}
}

func key(err error) string {
	var e *locale.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

// TestRefused is nonsense, and what is said about it.
func TestRefused(t *testing.T) {
	long := strings.Repeat("あ", MaxText+1)
	for _, c := range []struct {
		want string
		do   func(r *Record, archived *Record) error
	}{
		{"lifecycle.archived", func(_, a *Record) error { _, _, err := Suppress(a, exception(2, 9)); return err }},
		{"lifecycle.archived", func(_, a *Record) error { _, _, err := Resolve(a, by(2)); return err }},
		{"lifecycle.archived", func(_, a *Record) error { _, _, err := Notify(a, by(2)); return err }},
		{"lifecycle.past", func(r, _ *Record) error { _, _, err := Suppress(r, exception(2, 2)); return err }},
		{"lifecycle.past", func(r, _ *Record) error { _, _, err := Suppress(r, exception(2, 1)); return err }},
		{"lifecycle.noUntil", func(r, _ *Record) error {
			e := exception(2, 9)
			e.Until = time.Time{}
			_, _, err := Suppress(r, e)
			return err
		}},
		{"", func(r, _ *Record) error {
			e := exception(2, 9)
			e.Until, e.By = time.Time{}, ByRule+"demo"
			_, _, err := Suppress(r, e)
			return err
		}},
		{"lifecycle.noID", func(r, _ *Record) error {
			e := exception(2, 9)
			e.ID = ""
			_, _, err := Suppress(r, e)
			return err
		}},
		{"lifecycle.noReason", func(r, _ *Record) error {
			e := exception(2, 9)
			e.Reason = " \n"
			_, _, err := Suppress(r, e)
			return err
		}},
		{"lifecycle.tooLong", func(r, _ *Record) error {
			e := exception(2, 9)
			e.Reason = long
			_, _, err := Suppress(r, e)
			return err
		}},
		{"", func(r, _ *Record) error {
			e := exception(2, 9)
			e.Reason = long[:3*MaxText]
			_, _, err := Suppress(r, e)
			return err
		}},
		{"lifecycle.nobody", func(r, _ *Record) error { _, _, err := Resolve(r, By{" ", hour(2), "x"}); return err }},
		{"lifecycle.notText", func(r, _ *Record) error { _, _, err := Resolve(r, By{"aya", hour(2), "\xff"}); return err }},
		{"lifecycle.notText", func(r, _ *Record) error { _, _, err := Note(r, By{"aya", hour(2), "a\x00b"}); return err }},
		{"lifecycle.notSuppressed", func(r, _ *Record) error { _, _, err := Unsuppress(r, by(2)); return err }},
		{"lifecycle.already", func(r, _ *Record) error {
			n, _, _ := Resolve(r, by(2))
			_, _, err := Resolve(&n, by(3))
			return err
		}},
		{"lifecycle.noNote", func(r, _ *Record) error { _, _, err := Note(r, By{"aya", hour(2), " "}); return err }},
		{"lifecycle.tooLong", func(r, _ *Record) error { _, _, err := Note(r, By{"aya", hour(2), long}); return err }},
		{"lifecycle.noSeverity", func(r, _ *Record) error { _, _, err := SetSeverity(r, control.Critical+1, by(2)); return err }},
		{"lifecycle.sameSeverity", func(r, _ *Record) error { _, _, err := SetSeverity(r, 0, by(2)); return err }},
		{"lifecycle.none.assigned", func(r, _ *Record) error { _, _, err := Assign(r, " ", by(2)); return err }},
		{"lifecycle.none.ticket", func(r, _ *Record) error { _, _, err := Follow(r, "", by(2)); return err }},
		{"lifecycle.longName", func(r, _ *Record) error { _, _, err := Assign(r, long, by(2)); return err }},
		{"lifecycle.notText", func(r, _ *Record) error { _, _, err := Follow(r, "a\nb", by(2)); return err }},
		{"lifecycle.same.assigned", func(r, _ *Record) error {
			n, _, _ := Assign(r, "hana", by(2))
			_, _, err := Assign(&n, " hana ", by(3))
			return err
		}},
		{"lifecycle.noWorkflow", func(r, _ *Record) error { _, _, err := FromHub(r, "DONE", hour(1), by(2), ""); return err }},
	} {
		r, archived := put(control.Failed, New, Active), put(control.NotApplicable, New, Archived)
		if err := c.do(r, archived); key(err) != c.want {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func TestSeverityAndNote(t *testing.T) {
	r, events, err := SetSeverity(put(control.Failed, New, Active), control.Critical, by(2))
	if err != nil || r.Effective() != control.Critical || r.Severity != control.Medium || told(events) != "severity:MEDIUM>CRITICAL" {
		t.Errorf("%v %s %v", r.Effective(), told(events), err)
	}
	r, events, err = SetSeverity(&r, 0, by(3))
	if err != nil || r.Effective() != control.Medium || told(events) != "severity:CRITICAL>MEDIUM" || r.Updated != hour(3) {
		t.Errorf("%v %s %v", r.Effective(), told(events), err)
	}
	n, events, err := Note(&r, by(4))
	if err != nil || told(events) != "note:>" || events[0].Reason != "because" || n.Updated != hour(4) {
		t.Errorf("%+v %v", events, err)
	}
}

// TestAssign: somebody works on a finding, until another does or nobody.
func TestAssign(t *testing.T) {
	r, events, err := Assign(put(control.Failed, New, Active), " hana ", by(2))
	if err != nil || r.Assignee != "hana" || told(events) != "assigned:>hana" || events[0].Reason != "because" {
		t.Errorf("%+v %s %v", r, told(events), err)
	}
	r, events, err = Follow(&r, "https://example.com/OPS-1", by(3))
	if err != nil || r.Ticket != "https://example.com/OPS-1" || r.Assignee != "hana" || told(events) != "ticket:>https://example.com/OPS-1" {
		t.Errorf("%+v %s %v", r, told(events), err)
	}
	if r, events, err = Assign(&r, "", by(4)); err != nil || r.Assignee != "" || told(events) != "assigned:hana>" || r.Updated != hour(4) {
		t.Errorf("%+v %s %v", r, told(events), err)
	}
}

func TestFromHub(t *testing.T) {
	r := put(control.Failed, New, Active)
	_, events, err := FromHub(r, Suppressed, hour(1), By{"ken", hour(2), "a test account"}, "")
	if err != nil || events[0].By != "securityhub:ken" || events[0].Reason != "a test account" {
		t.Errorf("%+v %v", events, err)
	}
	history := []Event{{Kind: EventNote, At: hour(9)}, {Kind: EventWorkflow, At: hour(4)}, {Kind: EventExcepted, At: hour(5)}, {Kind: EventCompliance, At: hour(6)}}
	if got := lastDecision(r, history); got != hour(5) {
		t.Errorf("decided at %v", got)
	}
	if got := lastDecision(r, nil); got != hour(1) {
		t.Errorf("decided at %v", got)
	}
}

// lastDecision is when a record's workflow status came to be, by its history;
// where nothing says so, when it was first seen.
func lastDecision(r *Record, history []Event) time.Time {
	last := r.FirstSeen
	for i := range history {
		if h := &history[i]; (h.Kind == EventWorkflow || h.Kind == EventExcepted) && h.At.After(last) {
			last = h.At
		}
	}
	return last
}

// TestProposals leave the finding as it is until somebody approves them.
func TestProposals(t *testing.T) {
	e := Exception{ID: "x1", Finding: "f", Reason: "dev", Until: hour(9), By: "ken", CreatedAt: hour(1), Proposal: true}
	r, events, err := Propose(put(control.Failed, New, Active), e)
	if err != nil || told(events) != "proposed:>x1" || r.Workflow != New || r.Exception != "" || events[0].By != "ken" {
		t.Fatalf("%+v %s %v", r, told(events), err)
	}
	a, events, err := Approve(&r, e, by(3))
	if err != nil || told(events) != "excepted:>x1 workflow:NEW>SUPPRESSED" || a.Exception != "x1" || events[0].At != hour(3) || events[0].By != "aya" {
		t.Errorf("%s %v", told(events), err)
	}
	n, events, err := Reject(&r, &e, by(4))
	if err != nil || told(events) != "rejected:x1>" || n.Workflow != New {
		t.Errorf("%s %v", told(events), err)
	}
	done := e
	done.ApprovedAt = hour(3)
	for what, err := range map[string]error{
		"approved twice": func() error { _, _, err := Approve(&r, done, by(4)); return err }(),
		"rejected after": func() error { _, _, err := Reject(&r, &done, by(4)); return err }(),
		"too late":       func() error { _, _, err := Approve(&r, e, by(9)); return err }(),
		"archived":       func() error { _, _, err := Approve(put(control.Failed, New, Archived), e, by(3)); return err }(),
	} {
		if err == nil {
			t.Errorf("%s: it was done", what)
		}
	}
}
