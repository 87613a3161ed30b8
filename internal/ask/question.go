// Package ask is the question to the owner of a resource: may it be changed,
// by when, or shall the finding be accepted. It is pure.
package ask

import (
	"time"

	"github.com/kumoban/kumoban/internal/locale"
)

// Choice is what an owner can answer.
type Choice string

// The choices.
const (
	Fix    Choice = "fix"    // now
	FixBy  Choice = "fix-by" // by a date
	Accept Choice = "accept" // leave it, until a date
)

// Question asks one owner about findings.
type Question struct {
	ID        string
	Findings  []string // records' ids
	Owner     string
	OwnerFrom string // how the owner was found: "named", "tag:KEY", "stack", "cloudtrail"
	Due       time.Time
	Lang      locale.Lang
	AskedBy   string
	AskedAt   time.Time
	Channel   string // "print", "webhook", "slack", "mail"
	Text      string // as it was sent
	Answer    *Answer
}

// Answer is what the owner said.
type Answer struct {
	By         string
	At         time.Time
	Choice     Choice
	Until      time.Time // of FixBy and Accept
	Words      string
	RecordedBy string
}

// Overdue tells whether nobody answered in time.
func (q *Question) Overdue(now time.Time) bool { return q.Answer == nil && now.After(q.Due) }
