// Package lifecycle is what becomes of a finding over months: its compliance,
// workflow and record states and every way from one to another, as Security
// Hub has them. It is pure; whoever calls it hands in the time and stores what
// comes back.
package lifecycle

import (
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Workflow is how far people have come with a finding, in Security Hub's words.
type Workflow string

// The workflow statuses.
const (
	New        Workflow = "NEW"
	Notified   Workflow = "NOTIFIED"
	Suppressed Workflow = "SUPPRESSED"
	Resolved   Workflow = "RESOLVED"
)

// State is Security Hub's RecordState.
type State string

// The record states.
const (
	Active   State = "ACTIVE"
	Archived State = "ARCHIVED"
)

// Reason codes of an archived record, beside those of package finding.
const (
	ReasonGone     = "KUMOBAN_RESOURCE_GONE"    // the resource was listed before and is not any more
	ReasonDisabled = "KUMOBAN_CONTROL_DISABLED" // the control was switched off
	ReasonReplaced = "KUMOBAN_FINDING_REPLACED" // it stood for resources that nobody saw; what was seen since stands for itself
)

// SourceLive is the source of records that were seen in a live account.
const SourceLive = "live"

// Record is one control's finding on one resource, kept and updated over time.
type Record struct {
	ID       string // finding.Finding.ID
	Control  string
	Severity control.Severity // the control's own
	Override control.Severity // what a rule or a person put in its place; 0: nothing
	Resource resource.Ref
	Tags     map[string]string // of the resource, or of its API; nil: never read
	Source   string            // SourceLive, or the root of a source

	Status     control.Status // compliance
	Previous   control.Status // before the last change; meaningful once Changed is after FirstSeen
	Reason     string         // a reason code, or ""
	Message    locale.Message
	Notes      []locale.Message
	NotOffered bool
	Params     control.Params
	Origin     *fact.Origin

	Workflow   Workflow
	State      State
	Reopened   int       // how often it failed again after it had failed and was closed
	ArchivedAt time.Time // zero while it is ACTIVE
	Closed     time.Time // when what had failed was closed: it passed or was archived; zero: it never failed, or is open

	FirstSeen time.Time // of the resource, by this control
	LastSeen  time.Time // the last look that had an answer, UNKNOWN too
	Changed   time.Time // of the compliance status
	Updated   time.Time // of anything in the record

	First     control.Status // compliance at FirstSeen
	FirstScan int64
	LastScan  int64  // the last scan that saw it
	Exception string // the id of the exception in force, or ""

	Assignee string // who works on it; "" nobody
	Ticket   string // where that is followed: an address, or a number; "" nowhere
}

// Effective is the severity that counts: the override, where there is one.
func (r *Record) Effective() control.Severity {
	if r.Override != 0 {
		return r.Override
	}
	return r.Severity
}

// Observation is what one scan says of one finding.
type Observation struct {
	finding.Finding // nil Tags: not read, so that what is known stays
	Source          string
	Since           time.Time // when the scan began; zero: not known
	At              time.Time // when the scan ended
	Scan            int64
}

// EventKind says what happened to a record.
type EventKind string

// The kinds of events. From and To hold words of the kind's own: statuses,
// workflow statuses, record states, severities; an id where a thing is named.
const (
	EventCompliance EventKind = "compliance"
	EventWorkflow   EventKind = "workflow"
	EventState      EventKind = "state"
	EventReopened   EventKind = "reopened"
	EventSeverity   EventKind = "severity"
	EventNote       EventKind = "note"      // Reason: the text
	EventOverruled  EventKind = "overruled" // From: a workflow status of Security Hub's, To: the later one that stays
	EventAsked      EventKind = "asked"     // To: the question's id
	EventAnswered   EventKind = "answered"  // To: the choice
	EventWithdrawn  EventKind = "withdrawn" // From: the question's id
	EventRemarked   EventKind = "remarked"  // From: the question's id, To: what its owner said without answering it
	EventExcepted   EventKind = "excepted"  // From: the exception that ends, To: the one that begins; "" none
	EventExpired    EventKind = "expired"   // From: the exception's id
	EventProposed   EventKind = "proposed"  // To: the exception that waits for an approver
	EventRejected   EventKind = "rejected"  // From: the exception that nobody approved
	EventFact       EventKind = "fact"      // From: a condition, To: the fact that it is no longer so for; "": nobody could read it, for the Reason
	EventLapsed     EventKind = "lapsed"    // From: the exception's id, which the fact before ended
	EventUnread     EventKind = "unread"    // From: a condition that a scan could not look at, Reason: why
	EventReread     EventKind = "reread"    // From: a condition that could not be read, and holds
	EventFixed      EventKind = "fixed"     // To: the run's id
	EventUndone     EventKind = "undone"    // From: the run's id
	EventAssigned   EventKind = "assigned"  // From and To: who works on it; "" nobody
	EventTicket     EventKind = "ticket"    // From and To: where that is followed; "" nowhere
)

// Who did it, where it was no person.
const (
	ByScan = "scan"
	ByRule = "rule:"       // followed by the rule's name
	ByHub  = "securityhub" // or this, a colon and whoever Security Hub names
	ByTime = "expiry"
	// ByCondition ends an exception whose reason ended. It is a decision, as a
	// date's is: what Security Hub has from before does not undo it.
	ByCondition = "condition"
	// ByLink is followed by whom a link was sent to. Whoever has the link may have
	// said it, and it is read as it stands: it names no person.
	ByLink = "holder of the link sent to "
)

// Event is one entry of a record's history.
type Event struct {
	Finding string // the record's id
	At      time.Time
	Kind    EventKind
	From    string
	To      string
	By      string // a person, or one of the words above
	Reason  string // in the words of who did it
	Scan    int64  // where a scan saw it; else 0
}

// Exception lets a finding be, for a reason and until a time.
type Exception struct {
	ID         string
	Finding    string // the record's id
	Reason     string
	Until      time.Time // exclusive; zero: without end, which only rules may give
	While      []string  // conditions, all of which must hold; see package condition
	By         string
	ApprovedBy string
	Question   string // the id of the question whose answer it came from, or ""
	CreatedAt  time.Time
	EndedAt    time.Time // zero while it is in force
	EndedBy    string    // a person, ByTime, ByCondition, ByRule…

	UnreadSince time.Time // the first scan that could not look at a condition; zero: all were read
	Unread      string    // that condition
	UnreadWhy   string    // the call and AWS's code

	Proposal   bool      // it began as a proposal: nothing is let be before somebody approves it
	ApprovedAt time.Time // when a proposal was approved; zero: it was not
}

// Waits tells whether an exception is a proposal that nobody has answered.
func (e *Exception) Waits() bool {
	return e.Proposal && e.ApprovedAt.IsZero() && e.EndedAt.IsZero()
}
