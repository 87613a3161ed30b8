package lifecycle

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// Change is what an observation made of a record.
type Change uint8

// The changes.
const (
	Inserted Change = iota // there was no record
	Replaced               // something other than LastSeen and LastScan differs
	Touched                // LastSeen and LastScan alone
	Stale                  // older than what is known, or not certainly newer, or the same scan again: ignored
)

// Observe makes of a record, nil where there is none, what a scan saw. The
// first state of a record is no event. It changes nothing that old points to.
func Observe(old *Record, o *Observation) (Record, []Event, Change) {
	if old == nil {
		return begin(o), nil, Inserted
	}
	again := o.Scan != 0 && o.Scan == old.LastScan
	if again && o.Status.Gravity() <= old.Status.Gravity() || !again && (!old.before(o.At, o.Scan) || old.contested(o)) {
		return *old, nil, Stale
	}
	r := *old
	r.LastSeen, r.LastScan = o.At, o.Scan
	if !describe(&r, o) && old.State == stateOf(o.Status) && old.Status == o.Status {
		return r, nil, Touched
	}
	t := turn{r: &r, at: o.At, by: ByScan, scan: o.Scan}
	if r.Severity != o.Severity {
		t.event(EventSeverity, r.Severity.String(), o.Severity.String())
		r.Severity = o.Severity
	}
	t.judge(o.Status, stateOf(o.Status))
	r.Updated = o.At
	return r, t.events, Replaced
}

// Merge puts together what one scan says of one record twice, as it does where
// two calls about one resource failed: the gravest status stands. The order is
// that of the first mentions. What is handed in is used up.
func Merge(observations []Observation) []Observation {
	at := make(map[string]int, len(observations))
	kept := observations[:0]
	for i := range observations {
		id := observations[i].ID()
		first, twice := at[id]
		switch {
		case !twice:
			at[id] = len(kept)
			kept = append(kept, observations[i])
		case observations[i].Status.Gravity() > kept[first].Status.Gravity():
			kept[first] = observations[i]
		}
	}
	return kept
}

// stateOf is the record state that Security Hub gives a status: what does not
// apply is archived at once.
func stateOf(s control.Status) State {
	if s == control.NotApplicable {
		return Archived
	}
	return Active
}

// before tells whether a look is newer than the last that judged the record.
// Decisions of people are no looks: a scan that ended before one and is saved
// after it still counts.
func (r *Record) before(at time.Time, scan int64) bool {
	last := r.judged()
	return at.After(last) || at.Equal(last) && scan > r.LastScan
}

// judged is when the last look that judged the record ended.
func (r *Record) judged() time.Time {
	last := r.LastSeen
	if r.Changed.After(last) {
		last = r.Changed
	}
	if r.State == Archived && r.Reason == ReasonDisabled && r.ArchivedAt.After(last) {
		last = r.ArchivedAt
	}
	return last
}

// during tells whether the record was judged by another after a look had begun.
func (r *Record) during(since time.Time) bool { return !since.IsZero() && r.judged().After(since) }

// contested tells whether an observation says something else than another look
// of the same time: nobody knows which of both read the resource later. One that
// could not tell gives way; else what is known stays until the next scan.
func (r *Record) contested(o *Observation) bool {
	return r.during(o.Since) && r.Status != control.Unknown && (r.Status != o.Status || r.State != stateOf(o.Status))
}

func begin(o *Observation) Record {
	r := Record{
		ID: o.ID(), Control: o.Control, Severity: o.Severity,
		Status: o.Status, Previous: o.Status, Workflow: New, State: stateOf(o.Status),
		FirstSeen: o.At, LastSeen: o.At, Changed: o.At, Updated: o.At,
		First: o.Status, FirstScan: o.Scan, LastScan: o.Scan,
	}
	if o.Status == control.Passed {
		r.Workflow = Resolved
	}
	if r.State == Archived {
		r.ArchivedAt = o.At
	}
	describe(&r, o)
	return r
}

// describe takes over what tells of the finding without judging it, and says
// whether any of it is new.
func describe(r *Record, o *Observation) bool {
	was := *r
	r.Resource, r.Source, r.NotOffered = o.Resource, o.Source, o.NotOffered
	r.Reason, r.Message, r.Notes, r.Params, r.Origin = o.Reason, o.Message, o.Notes, o.Params, o.Origin
	if o.Tags != nil {
		r.Tags = o.Tags
	}
	return was.Severity != o.Severity || was.Resource != r.Resource || was.Source != r.Source || was.NotOffered != r.NotOffered ||
		was.Reason != r.Reason || !sameMessage(was.Message, r.Message) || !slices.EqualFunc(was.Notes, r.Notes, sameMessage) ||
		!slices.Equal(was.Params, r.Params) || (was.Origin == nil) != (r.Origin == nil) || was.Origin != nil && *was.Origin != *r.Origin ||
		(was.Tags == nil) != (r.Tags == nil) || !maps.Equal(was.Tags, r.Tags)
}

func sameMessage(a, b locale.Message) bool {
	return a.Key == b.Key && slices.EqualFunc(a.Args, b.Args, func(a, b locale.Arg) bool {
		return a.Name == b.Name && sameValue(a.Value, b.Value)
	})
}

// sameValue compares as shown what is no text, number or list: it comes back
// from the store as the text that it is shown as.
func sameValue(a, b any) bool {
	switch a := a.(type) {
	case []string:
		b, ok := b.([]string)
		return ok && slices.Equal(a, b)
	case *locale.Error:
		b, ok := b.(*locale.Error)
		return ok && sameMessage(a.Message, b.Message)
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}

// Archive closes the record of what a scan found to be gone, replaced or
// switched off; the reason is one of this package's. LastSeen and LastScan
// stay, for nobody saw it. An archived record stays as it is, without events.
func Archive(r *Record, reason string, at time.Time, scan int64) (Record, []Event) {
	next := *r
	if r.State == Archived {
		return next, nil
	}
	t := turn{r: &next, at: at, by: ByScan, scan: scan}
	status := control.NotApplicable
	switch reason {
	case ReasonDisabled:
		status = r.Status // Security Hub leaves the last verdict of a control that is switched off
	case ReasonReplaced:
		next.Message, next.Notes = locale.M("lifecycle.replaced"), nil
	default:
		next.Message, next.Notes = locale.M("lifecycle.gone"), nil
	}
	next.Reason, next.Updated = reason, at
	t.judge(status, Archived)
	return next, t.events
}

// turn is one change of a record as it is made, with the events that tell it.
type turn struct {
	r      *Record
	at     time.Time
	by     string
	why    string
	scan   int64
	events []Event
}

func (t *turn) event(kind EventKind, from, to string) {
	t.events = append(t.events, Event{Finding: t.r.ID, At: t.at, Kind: kind, From: from, To: to, By: t.by, Reason: t.why, Scan: t.scan})
}

// judge moves a record to a compliance status and record state, and its
// workflow with it as Security Hub does.
func (t *turn) judge(status control.Status, state State) {
	r := t.r
	was := *r
	if state != was.State {
		r.State, r.ArchivedAt = state, time.Time{}
		if state == Archived {
			r.ArchivedAt = t.at
		}
		t.event(EventState, string(was.State), string(state))
	}
	if status != was.Status {
		r.Previous, r.Status, r.Changed = was.Status, status, t.at
		t.event(EventCompliance, was.Status.String(), status.String())
	}
	t.reopen(&was)
	switch {
	case was.Workflow == Suppressed:
		// A decision outlives the verdicts, also the good ones.
	case status == control.Passed && state == Active && (was.Status != control.Passed || was.State == Archived):
		t.move(Resolved)
	case was.Workflow == New:
	case was.State == Archived && state == Active, was.Status == control.Passed && status != control.Passed:
		t.move(New)
	}
}

// reopen keeps account of what failed, was closed and failed again. A doubt
// between neither closes nor opens anything.
func (t *turn) reopen(was *Record) {
	r := t.r
	failing := was.Status == control.Failed || was.Status == control.Unknown && was.Previous == control.Failed
	switch {
	case r.Status == control.Failed && r.State == Active:
		if r.Closed.IsZero() {
			return
		}
		r.Closed = time.Time{}
		r.Reopened++
		from := was.Status.String()
		if was.State == Archived {
			from = string(Archived)
		}
		t.event(EventReopened, from, control.Failed.String())
	case r.Closed.IsZero() && failing && (r.Status == control.Passed || r.State == Archived):
		r.Closed = t.at
	}
}

// move sets the workflow status.
func (t *turn) move(to Workflow) {
	if t.r.Workflow == to {
		return
	}
	t.event(EventWorkflow, string(t.r.Workflow), string(to))
	t.r.Workflow = to
}
