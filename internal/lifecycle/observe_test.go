package lifecycle

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

const stageType resource.Type = "AWS::ApiGateway::Stage"

var tokyo = resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}

// hour is a time some hours after the first look.
func hour(n int) time.Time {
	return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
}

// seen is what scan n, at hour n, says of one stage.
func seen(n int, s control.Status) *Observation {
	return &Observation{
		Finding: finding.Finding{
			Control: "APIGateway.1", Severity: control.Medium, Status: s,
			Resource: resource.Ref{Scope: tokyo, Type: stageType, ARN: "arn:aws:apigateway:ap-northeast-1::/restapis/a/stages/prod", Name: "orders/prod"},
			Message:  locale.M("x." + s.String()),
		},
		Source: SourceLive, At: hour(n), Scan: int64(n),
	}
}

// put is a record in a chosen state, judged last at hour 1.
func put(status control.Status, workflow Workflow, state State) *Record {
	r, _, _ := Observe(nil, seen(1, status))
	r.Workflow, r.State = workflow, state
	return &r
}

// words shows what a test compares.
func words(r *Record) string { return fmt.Sprint(r.Status, " ", r.State, " ", r.Workflow) }

func told(events []Event) string {
	var out []string
	for _, e := range events {
		out = append(out, fmt.Sprintf("%s:%s>%s", e.Kind, e.From, e.To))
	}
	return strings.Join(out, " ")
}

// TestBegin is the first state of a finding: new failed NEW, new passed RESOLVED.
func TestBegin(t *testing.T) {
	for status, want := range map[control.Status]string{
		control.Failed:        "FAILED ACTIVE NEW",
		control.Passed:        "PASSED ACTIVE RESOLVED",
		control.Unknown:       "UNKNOWN ACTIVE NEW",
		control.NotApplicable: "NOT_APPLICABLE ARCHIVED NEW",
	} {
		r, events, change := Observe(nil, seen(1, status))
		if got := words(&r); got != want || change != Inserted || len(events) != 0 {
			t.Errorf("%s, %v, %v; want %s", got, change, events, want)
		}
		if r.First != status || r.FirstScan != 1 || r.LastScan != 1 || r.FirstSeen != hour(1) || r.LastSeen != hour(1) || r.Changed != hour(1) || r.Updated != hour(1) {
			t.Errorf("%+v", r)
		}
	}
}

// TestTransitions holds every row of Security Hub's tables, and what they say
// nothing about.
func TestTransitions(t *testing.T) {
	const (
		pass, fail, doubt, none = control.Passed, control.Failed, control.Unknown, control.NotApplicable
	)
	for _, c := range []struct {
		row      string
		from     control.Status
		state    State
		workflow Workflow
		sees     control.Status
		want     string
		events   string
	}{
		{"NOTIFIED, ARCHIVED to ACTIVE", none, Archived, Notified, fail, "FAILED ACTIVE NEW", "state:ARCHIVED>ACTIVE compliance:NOT_APPLICABLE>FAILED workflow:NOTIFIED>NEW"},
		{"RESOLVED, ARCHIVED to ACTIVE", none, Archived, Resolved, fail, "FAILED ACTIVE NEW", "state:ARCHIVED>ACTIVE compliance:NOT_APPLICABLE>FAILED workflow:RESOLVED>NEW"},
		{"RESOLVED, ARCHIVED to ACTIVE, verdict as before", fail, Archived, Resolved, fail, "FAILED ACTIVE NEW", "state:ARCHIVED>ACTIVE workflow:RESOLVED>NEW"},
		{"NOTIFIED, ARCHIVED to ACTIVE, nobody could look", none, Archived, Notified, doubt, "UNKNOWN ACTIVE NEW", "state:ARCHIVED>ACTIVE compliance:NOT_APPLICABLE>UNKNOWN workflow:NOTIFIED>NEW"},
		{"SUPPRESSED, ARCHIVED to ACTIVE", none, Archived, Suppressed, fail, "FAILED ACTIVE SUPPRESSED", "state:ARCHIVED>ACTIVE compliance:NOT_APPLICABLE>FAILED"},
		{"NEW, ARCHIVED to ACTIVE", none, Archived, New, fail, "FAILED ACTIVE NEW", "state:ARCHIVED>ACTIVE compliance:NOT_APPLICABLE>FAILED"},
		{"ARCHIVED to ACTIVE and passing", none, Archived, Notified, pass, "PASSED ACTIVE RESOLVED", "state:ARCHIVED>ACTIVE compliance:NOT_APPLICABLE>PASSED workflow:NOTIFIED>RESOLVED"},
		{"ARCHIVED to ACTIVE and passing as before", pass, Archived, Notified, pass, "PASSED ACTIVE RESOLVED", "state:ARCHIVED>ACTIVE workflow:NOTIFIED>RESOLVED"},

		{"NOTIFIED, PASSED to FAILED", pass, Active, Notified, fail, "FAILED ACTIVE NEW", "compliance:PASSED>FAILED workflow:NOTIFIED>NEW"},
		{"NOTIFIED, PASSED to NOT_AVAILABLE", pass, Active, Notified, doubt, "UNKNOWN ACTIVE NEW", "compliance:PASSED>UNKNOWN workflow:NOTIFIED>NEW"},
		{"NOTIFIED, PASSED to NOT_AVAILABLE and archived", pass, Active, Notified, none, "NOT_APPLICABLE ARCHIVED NEW", "state:ACTIVE>ARCHIVED compliance:PASSED>NOT_APPLICABLE workflow:NOTIFIED>NEW"},
		{"RESOLVED, PASSED to FAILED", pass, Active, Resolved, fail, "FAILED ACTIVE NEW", "compliance:PASSED>FAILED workflow:RESOLVED>NEW"},
		{"RESOLVED, PASSED to NOT_AVAILABLE", pass, Active, Resolved, doubt, "UNKNOWN ACTIVE NEW", "compliance:PASSED>UNKNOWN workflow:RESOLVED>NEW"},
		{"RESOLVED, PASSED to NOT_AVAILABLE and archived", pass, Active, Resolved, none, "NOT_APPLICABLE ARCHIVED NEW", "state:ACTIVE>ARCHIVED compliance:PASSED>NOT_APPLICABLE workflow:RESOLVED>NEW"},
		{"SUPPRESSED, PASSED to FAILED", pass, Active, Suppressed, fail, "FAILED ACTIVE SUPPRESSED", "compliance:PASSED>FAILED"},

		{"NEW becomes PASSED", fail, Active, New, pass, "PASSED ACTIVE RESOLVED", "compliance:FAILED>PASSED workflow:NEW>RESOLVED"},
		{"NOTIFIED becomes PASSED", fail, Active, Notified, pass, "PASSED ACTIVE RESOLVED", "compliance:FAILED>PASSED workflow:NOTIFIED>RESOLVED"},
		{"RESOLVED becomes PASSED", fail, Active, Resolved, pass, "PASSED ACTIVE RESOLVED", "compliance:FAILED>PASSED"},
		{"SUPPRESSED becomes PASSED (a decision of ours)", fail, Active, Suppressed, pass, "PASSED ACTIVE SUPPRESSED", "compliance:FAILED>PASSED"},
		{"NOT_AVAILABLE becomes PASSED", doubt, Active, New, pass, "PASSED ACTIVE RESOLVED", "compliance:UNKNOWN>PASSED workflow:NEW>RESOLVED"},

		{"FAILED to NOT_AVAILABLE leaves the workflow", fail, Active, Resolved, doubt, "UNKNOWN ACTIVE RESOLVED", "compliance:FAILED>UNKNOWN"},
		{"FAILED to NOT_AVAILABLE and archived leaves the workflow", fail, Active, Notified, none, "NOT_APPLICABLE ARCHIVED NOTIFIED", "state:ACTIVE>ARCHIVED compliance:FAILED>NOT_APPLICABLE"},
		{"NOT_AVAILABLE to FAILED leaves the workflow", doubt, Active, Notified, fail, "FAILED ACTIVE NOTIFIED", "compliance:UNKNOWN>FAILED"},

		{"RESOLVED by hand, still FAILED (AWS's KMS.4)", fail, Active, Resolved, fail, "FAILED ACTIVE RESOLVED", ""},
		{"NOTIFIED by hand, still FAILED", fail, Active, Notified, fail, "FAILED ACTIVE NOTIFIED", ""},
		{"NEW by hand, still PASSED", pass, Active, New, pass, "PASSED ACTIVE NEW", ""},
		{"RESOLVED by hand, still NOT_AVAILABLE", doubt, Active, Resolved, doubt, "UNKNOWN ACTIVE RESOLVED", ""},
		{"still archived", none, Archived, Notified, none, "NOT_APPLICABLE ARCHIVED NOTIFIED", ""},
	} {
		t.Run(c.row, func(t *testing.T) {
			old := put(c.from, c.workflow, c.state)
			r, events, change := Observe(old, seen(2, c.sees))
			if got := words(&r); got != c.want || told(events) != c.events {
				t.Errorf("%s, %s\nwant %s, %s", got, told(events), c.want, c.events)
			}
			if want := c.events != ""; want != (change == Replaced) {
				t.Errorf("change %v", change)
			}
			for _, e := range events {
				if e.Finding != r.ID || e.At != hour(2) || e.By != ByScan || e.Scan != 2 {
					t.Errorf("%+v", e)
				}
			}
		})
	}
}

// TestArchive is RecordState's table: what archives a finding, and what that
// does to the rest of it.
func TestArchive(t *testing.T) {
	for _, c := range []struct {
		row      string
		from     control.Status
		workflow Workflow
		reason   string
		want     string
		events   string
	}{
		{"resource deleted, FAILED", control.Failed, Notified, ReasonGone, "NOT_APPLICABLE ARCHIVED NOTIFIED", "state:ACTIVE>ARCHIVED compliance:FAILED>NOT_APPLICABLE"},
		{"resource deleted, PASSED", control.Passed, Resolved, ReasonGone, "NOT_APPLICABLE ARCHIVED NEW", "state:ACTIVE>ARCHIVED compliance:PASSED>NOT_APPLICABLE workflow:RESOLVED>NEW"},
		{"resource deleted, SUPPRESSED", control.Passed, Suppressed, ReasonGone, "NOT_APPLICABLE ARCHIVED SUPPRESSED", "state:ACTIVE>ARCHIVED compliance:PASSED>NOT_APPLICABLE"},
		{"control disabled, FAILED", control.Failed, New, ReasonDisabled, "FAILED ARCHIVED NEW", "state:ACTIVE>ARCHIVED"},
		{"control disabled, PASSED", control.Passed, Resolved, ReasonDisabled, "PASSED ARCHIVED RESOLVED", "state:ACTIVE>ARCHIVED"},
		{"stand-in replaced", control.Unknown, New, ReasonReplaced, "NOT_APPLICABLE ARCHIVED NEW", "state:ACTIVE>ARCHIVED compliance:UNKNOWN>NOT_APPLICABLE"},
	} {
		t.Run(c.row, func(t *testing.T) {
			old := put(c.from, c.workflow, Active)
			old.Exception = "e"
			r, events := Archive(old, c.reason, hour(2), 2)
			if words(&r) != c.want || told(events) != c.events || r.Reason != c.reason || r.Exception != "e" {
				t.Errorf("%s, %s, %s", words(&r), told(events), r.Reason)
			}
			if r.LastSeen != hour(1) || r.LastScan != 1 || r.Updated != hour(2) {
				t.Errorf("seen %v by %d, updated %v", r.LastSeen, r.LastScan, r.Updated)
			}
			if again, events := Archive(&r, ReasonGone, hour(3), 3); len(events) != 0 || !cmp.Equal(again, r) {
				t.Errorf("archived twice: %v", events)
			}
		})
	}
}

// TestIdentity is the table of fields that an update may change.
func TestIdentity(t *testing.T) {
	old := put(control.Failed, Notified, Active)
	old.Tags, old.Override, old.Exception = map[string]string{"env": "dev"}, control.Low, ""
	same, _, change := Observe(old, seen(2, control.Failed))
	if change != Touched || same.LastSeen != hour(2) || same.LastScan != 2 || same.Updated != hour(1) || same.Changed != hour(1) || same.FirstSeen != hour(1) {
		t.Errorf("%v: %+v", change, same)
	}
	for name, edit := range map[string]func(*Observation){
		"message": func(o *Observation) { o.Message = locale.M("x.FAILED", locale.A("n", 2)) },
		"list":    func(o *Observation) { o.Message = locale.M("x.FAILED", locale.A("list", []string{"a b"})) },
		"error": func(o *Observation) {
			o.Message = locale.M("x.FAILED", locale.A("error", locale.Errorf("cli.noRegion", locale.A("n", 1))))
		},
		"notes":       func(o *Observation) { o.Notes = []locale.Message{locale.M("x.note")} },
		"tags":        func(o *Observation) { o.Tags = map[string]string{"env": "prod"} },
		"tags gone":   func(o *Observation) { o.Tags = map[string]string{} },
		"origin":      func(o *Observation) { o.Origin = &fact.Origin{Call: "apigateway:GetStages"} },
		"params":      func(o *Observation) { o.Params = control.Params{{Name: "loggingLevel", Value: "ERROR"}} },
		"name":        func(o *Observation) { o.Resource.Name = "renamed" },
		"not offered": func(o *Observation) { o.NotOffered = true },
		"reason":      func(o *Observation) { o.Reason = "X" },
		"severity":    func(o *Observation) { o.Severity = control.High },
	} {
		o := seen(2, control.Failed)
		edit(o)
		r, events, change := Observe(old, o)
		if change != Replaced || r.Updated != hour(2) || r.Changed != hour(1) || r.Workflow != Notified || r.Override != control.Low {
			t.Errorf("%s: %v %+v", name, change, r)
		}
		if want := name == "severity"; want != (told(events) == "severity:MEDIUM>HIGH") || !want && len(events) > 0 {
			t.Errorf("%s: %s", name, told(events))
		}
		o.At, o.Scan = hour(3), 3
		if _, _, change := Observe(&r, o); change != Touched {
			t.Errorf("%s: the same again is %v", name, change)
		}
	}
	if r, _, _ := Observe(old, seen(2, control.Passed)); r.Changed != hour(2) || r.Previous != control.Failed || r.Tags["env"] != "dev" {
		t.Errorf("%+v", r)
	}
}

// TestSameMessage: what comes back from the store is what went in, and a list is
// not the text that it looks like.
func TestSameMessage(t *testing.T) {
	for _, c := range []struct {
		a, b any
		same bool
	}{
		{control.High, "HIGH", true},
		{stageType, string(stageType), true},
		{[]string{"a", "b"}, []string{"a", "b"}, true},
		{[]string{"a", "b"}, []string{"a b"}, false},
		{[]string{"a"}, "[a]", false},
		{locale.Errorf("x", locale.A("n", 1)), locale.Errorf("x", locale.A("n", 1)), true},
		{locale.Errorf("x", locale.A("n", 1)), locale.Errorf("x", locale.A("n", 2)), false},
		{1, 2, false},
	} {
		if got := sameMessage(locale.M("x", locale.A("v", c.a)), locale.M("x", locale.A("v", c.b))); got != c.same {
			t.Errorf("%v and %v: %t", c.a, c.b, got)
		}
	}
}

// TestStale: a provider's update that is not later than what is stored is
// ignored, and of duplicates within one scan the gravest counts.
func TestStale(t *testing.T) {
	old := put(control.Failed, New, Active)
	old.LastSeen, old.LastScan = hour(5), 5
	for name, c := range map[string]struct {
		at   int
		scan int64
		sees control.Status
		want Change
	}{
		"earlier":                       {4, 6, control.Passed, Stale},
		"same moment, later scan":       {5, 6, control.Passed, Replaced},
		"same moment, earlier scan":     {5, 4, control.Passed, Stale},
		"later, saved earlier":          {6, 4, control.Passed, Replaced},
		"same scan, milder":             {5, 5, control.Passed, Stale},
		"same scan, milder, other time": {6, 5, control.Unknown, Stale},
	} {
		o := seen(c.at, c.sees)
		o.Scan = c.scan
		if r, events, got := Observe(old, o); got != c.want || got == Stale && (!cmp.Equal(r, *old) || len(events) > 0) {
			t.Errorf("%s: %v", name, got)
		}
	}
	passed := put(control.Passed, Resolved, Active)
	if r, _, got := Observe(passed, seen(1, control.Unknown)); got != Replaced || r.Status != control.Unknown {
		t.Errorf("same scan, graver: %v %v", got, r.Status)
	}
	gone, _ := Archive(put(control.Failed, New, Active), ReasonGone, hour(3), 3)
	if _, _, got := Observe(&gone, seen(2, control.Failed)); got != Stale {
		t.Errorf("a scan from before the deletion: %v", got)
	}
	off, _ := Archive(put(control.Failed, New, Active), ReasonDisabled, hour(3), 3)
	if _, _, got := Observe(&off, seen(2, control.Failed)); got != Stale {
		t.Errorf("a scan from before the control was disabled: %v", got)
	}
	noted, _, err := Note(put(control.Failed, New, Active), By{"aya", hour(3), "asked"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, got := Observe(&noted, seen(2, control.Passed)); got != Replaced {
		t.Errorf("a scan that ended before a note: %v", got)
	}
}

func TestMerge(t *testing.T) {
	other := seen(1, control.Failed)
	other.Control = "APIGateway.2"
	got := Merge([]Observation{*seen(1, control.NotApplicable), *other, *seen(1, control.Passed), *seen(1, control.Unknown), *seen(1, control.Passed)})
	if len(got) != 2 || got[0].Status != control.Unknown || got[1].Control != "APIGateway.2" {
		t.Errorf("%v", got)
	}
}

// TestReopened counts what failed, was closed and failed again; letters are
// looks: Failed, Passed, Unknown, Not applicable; Gone and Off archive.
func TestReopened(t *testing.T) {
	for history, want := range map[string]int{
		"F": 0, "FF": 0, "FUF": 0, "FPF": 1, "FPUF": 1, "FUPF": 1, "FNF": 1, "FGF": 1, "FOF": 1, "FOUF": 1, "FUGF": 1, "FUOUF": 1,
		"PF": 0, "UF": 0, "NF": 0, "PUF": 0, "PGF": 0, "POF": 0, "PFPF": 1, "FPFPF": 2, "FPUPUF": 1, "FPGNF": 1,
	} {
		var r *Record
		told := 0
		for i, letter := range history {
			next, events := follow(r, letter, i+1)
			for _, e := range events {
				if e.Kind == EventReopened {
					told++
				}
			}
			r = &next
		}
		if r.Reopened != want || told != want || !r.Closed.IsZero() {
			t.Errorf("%s: reopened %d, told %d, want %d; closed %v", history, r.Reopened, told, want, r.Closed)
		}
	}
}

func follow(r *Record, letter rune, n int) (Record, []Event) {
	switch letter {
	case 'G':
		return Archive(r, ReasonGone, hour(n), int64(n))
	case 'O':
		return Archive(r, ReasonDisabled, hour(n), int64(n))
	}
	status := map[rune]control.Status{'F': control.Failed, 'P': control.Passed, 'U': control.Unknown, 'N': control.NotApplicable}[letter]
	next, events, _ := Observe(r, seen(n, status))
	return next, events
}
