package finding

import (
	"time"

	"github.com/kumoban/kumoban/internal/control"
)

// Kept is what a store knows of a finding and a single scan does not.
type Kept struct {
	Workflow  string           // NEW, NOTIFIED, SUPPRESSED or RESOLVED
	Archived  bool             // Security Hub's RecordState
	Own       control.Severity // the control's; the finding has the one that counts
	FirstSeen time.Time
	LastSeen  time.Time
	Changed   time.Time // of the compliance status
	Updated   time.Time // of anything
	Reopened  int
	Exception *Exception // in force; nil: none
	Note      *Note      // the latest; nil: none
}

// Exception lets a finding be.
type Exception struct {
	ID         string
	Reason     string
	Until      time.Time // exclusive; zero: without end
	By         string
	ApprovedBy string
	While      []string // conditions that must hold
	// A condition that scans could not look at, since when and why; none: zero.
	UnreadSince time.Time
	Unread      string
	UnreadWhy   string
}

// Note is what a person wrote on a finding.
type Note struct {
	Text string
	By   string
	At   time.Time
}
