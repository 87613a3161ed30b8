// Package access says who works, and what they may do. Every use case names the
// permission that it takes before it does anything; the list of them is held by a
// test at the root.
package access

import (
	"slices"

	"github.com/kumoban/kumoban/internal/locale"
)

// Permission is what an operation takes.
type Permission string

// The permissions. What they allow stands in the catalogue, under access.to.
const (
	FindingsRead      Permission = "findings:read" // and all that is kept beside them, but for the audit log
	FindingsDecide    Permission = "findings:decide"
	ExceptionsRequest Permission = "exceptions:request"
	ExceptionsApprove Permission = "exceptions:approve"
	QuestionsAsk      Permission = "questions:ask"
	QuestionsAnswer   Permission = "questions:answer"
	LinksUse          Permission = "links:use" // to answer one question, by the link that is its secret
	OwnersWrite       Permission = "owners:write"
	RulesApply        Permission = "rules:apply"
	SettingsWrite     Permission = "settings:write"
	FixesRead         Permission = "fixes:read"
	FixesPlan         Permission = "fixes:plan"
	FixesApply        Permission = "fixes:apply"
	FixesApprove      Permission = "fixes:approve"
	AuditRead         Permission = "audit:read" // with the evidence of a finding, which quotes it
	ScansRun          Permission = "scans:run"  // with the credentials of whoever started kumoban
	ScansSave         Permission = "scans:save"
	HubRead           Permission = "hub:read"
	HubSync           Permission = "hub:sync"
	MessagesRead      Permission = "messages:read"
	MessagesSend      Permission = "messages:send" // and say to which channels
)

// Permissions lists them all.
func Permissions() []Permission {
	return []Permission{
		FindingsRead, FindingsDecide, ExceptionsRequest, ExceptionsApprove, QuestionsAsk, QuestionsAnswer, LinksUse, OwnersWrite, RulesApply, SettingsWrite,
		FixesRead, FixesPlan, FixesApply, FixesApprove, AuditRead, ScansRun, ScansSave, HubRead, HubSync,
		MessagesRead, MessagesSend,
	}
}

// Subject is somebody who works. The zero Subject may do nothing.
type Subject struct {
	// ID is what histories and the audit log have of them, and what an approver is
	// compared with: no two people share one. "" is nobody in particular, who
	// cannot decide anything.
	ID   string
	Name string // for people to read
	may  []Permission
}

// Admin is a subject that may do everything, as whoever is alone on a machine.
func Admin(name string) Subject { return Granted(name, name, Permissions()...) }

// Granted is a subject that may do what is named, and nothing else.
func Granted(id, name string, may ...Permission) Subject {
	return Subject{ID: id, Name: name, may: slices.Clone(may)}
}

// Refused is the error about an operation that a subject may not do.
type Refused struct {
	Who  string
	What Permission
}

// Error returns the English sentence.
func (e *Refused) Error() string { return e.Unwrap().Error() }

// Unwrap returns the sentence as a [locale.Error].
func (e *Refused) Unwrap() error {
	return locale.Errorf("access.refused", locale.A("who", locale.Clean(e.Who)), locale.A("to", locale.Errorf("access.to."+string(e.What))), locale.A("permission", string(e.What)))
}

// May is nil where the subject has a permission; else it is a [*Refused].
func (s Subject) May(p Permission) error {
	if slices.Contains(s.may, p) {
		return nil
	}
	who := s.Name
	if who == "" {
		who = s.ID
	}
	return &Refused{who, p}
}
