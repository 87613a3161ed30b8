package lifecycle

import (
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
)

// JSON is the one shape of a record: its finding, and what became of it. All times
// are UTC.
type JSON struct {
	finding.JSON
	Original  control.Severity `json:"originalSeverity"` // the control's own
	Previous  control.Status   `json:"previousStatus"`
	Workflow  Workflow         `json:"workflow"`
	State     State            `json:"recordState"`
	Source    string           `json:"source"`
	Exception string           `json:"exception,omitempty"` // the id of the one in force
	Assignee  string           `json:"assignee,omitempty"`
	Ticket    string           `json:"ticket,omitempty"` // an address, or a number
	Reopened  int              `json:"reopened"`
	FirstSeen time.Time        `json:"firstSeen"`
	LastSeen  time.Time        `json:"lastSeen"`
	Changed   time.Time        `json:"changed"`
	Updated   time.Time        `json:"updated"`
	LastScan  int64            `json:"lastScan"`
}

// NewJSON gives a record its shape; text puts a message into the language of whoever
// asked.
func NewJSON(r *Record, text func(locale.Message) string) JSON {
	j := JSON{
		JSON: finding.NewJSON(&finding.Finding{
			Control: r.Control, Severity: r.Effective(), Status: r.Status, Resource: r.Resource,
			Message: r.Message, Notes: r.Notes, Reason: r.Reason, NotOffered: r.NotOffered, Tags: r.Tags,
		}, text),
		Original: r.Severity, Previous: r.Previous, Workflow: r.Workflow, State: r.State, Source: r.Source, Exception: r.Exception, Assignee: r.Assignee, Ticket: r.Ticket, Reopened: r.Reopened,
		FirstSeen: r.FirstSeen.UTC(), LastSeen: r.LastSeen.UTC(), Changed: r.Changed.UTC(), Updated: r.Updated.UTC(), LastScan: r.LastScan,
	}
	j.ID = r.ID
	return j
}
