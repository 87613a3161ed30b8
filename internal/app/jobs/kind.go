package jobs

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/locale"
)

// Kind is what jobs of a kind are: see the package for how one is made.
type Kind struct {
	Name  string              // as in "scan"
	Takes []access.Permission // asked for when a job is started, and again when it runs
	// Lane is what a job works on: of two jobs in one lane the second waits. A lane has
	// those below it, as "aws" has "aws/111122223333".
	Lane func(request json.RawMessage) (string, error)
	// Do does the work, and returns the job's result, which is kept as JSON.
	Do func(ctx context.Context, t *Task) (result any, err error)
	// Attention is nil where a job whose process died, or was stopped, goes on by
	// itself. Else a person has to: it says how.
	Attention func(*Job) locale.Message
}

// InLane is the lane of all jobs of a kind.
func InLane(lane string) func(json.RawMessage) (string, error) {
	return func(json.RawMessage) (string, error) { return lane, nil }
}

// The lanes: what jobs work on. [LaneAWS] and an account's number is that account's.
const (
	LaneAWS      = "aws"      // all accounts
	LaneFindings = "findings" // decisions about what is kept
	LaneExport   = "export"   // looks, and writes files
)

// meet tells whether two lanes are one, or one is within the other.
func meet(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

// NeedsPerson is the error of a handler that cannot go on without one.
type NeedsPerson struct{ locale.Message }

// Error returns the English sentence.
func (e *NeedsPerson) Error() string { return (&locale.Error{Message: e.Message}).Error() }
