package saved

import (
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
)

// savedKept is what a store knew when it exported the finding.
type savedKept struct {
	Workflow    string           `json:"workflow"`
	RecordState string           `json:"recordState"`
	Own         control.Severity `json:"ownSeverity"`
	FirstSeen   time.Time        `json:"firstSeen"`
	LastSeen    time.Time        `json:"lastSeen"`
	Changed     time.Time        `json:"changed"`
	Updated     time.Time        `json:"updated"`
	Reopened    int              `json:"reopened"`
	Exception   *savedException  `json:"exception,omitempty"`
	Note        *savedNote       `json:"note,omitempty"`
}

type savedException struct {
	ID         string     `json:"id"`
	Reason     string     `json:"reason"`
	Until      *time.Time `json:"until"`
	By         string     `json:"by"`
	ApprovedBy string     `json:"approvedBy,omitempty"`

	While  []string     `json:"while,omitempty"`
	Unread *savedUnread `json:"unread,omitempty"`
}

// savedUnread is a condition that scans could not look at.
type savedUnread struct {
	Condition string    `json:"condition"`
	Since     time.Time `json:"since"`
	Why       string    `json:"why"`
}

type savedNote struct {
	Text string    `json:"text"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

const archived = "ARCHIVED"

func saveKept(k *finding.Kept) *savedKept {
	if k == nil {
		return nil
	}
	s := &savedKept{k.Workflow, "ACTIVE", k.Own, k.FirstSeen, k.LastSeen, k.Changed, k.Updated, k.Reopened, nil, (*savedNote)(k.Note)}
	if k.Archived {
		s.RecordState = archived
	}
	if x := k.Exception; x != nil {
		s.Exception = &savedException{ID: x.ID, Reason: x.Reason, By: x.By, ApprovedBy: x.ApprovedBy, While: x.While}
		if !x.UnreadSince.IsZero() {
			s.Exception.Unread = &savedUnread{x.Unread, x.UnreadSince, x.UnreadWhy}
		}
		if !x.Until.IsZero() {
			s.Exception.Until = &x.Until
		}
	}
	return s
}

func (s *savedKept) restore() *finding.Kept {
	if s == nil {
		return nil
	}
	k := &finding.Kept{
		Workflow: s.Workflow, Archived: s.RecordState == archived, Own: s.Own, FirstSeen: s.FirstSeen, LastSeen: s.LastSeen,
		Changed: s.Changed, Updated: s.Updated, Reopened: s.Reopened, Note: (*finding.Note)(s.Note),
	}
	if x := s.Exception; x != nil {
		k.Exception = &finding.Exception{ID: x.ID, Reason: x.Reason, By: x.By, ApprovedBy: x.ApprovedBy, While: x.While}
		if u := x.Unread; u != nil {
			k.Exception.Unread, k.Exception.UnreadSince, k.Exception.UnreadWhy = u.Condition, u.Since, u.Why
		}
		if x.Until != nil {
			k.Exception.Until = *x.Until
		}
	}
	return k
}
