package fixes

import (
	"errors"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/execute/drive"
)

// Acted tells whether a step has changed something, or may have.
func Acted(s app.StepResult) bool { return s.Event == execute.Done || s.Event == execute.Began }

// Final tells whether a run that stopped for this reason would stop there again, so
// that a new plan is needed.
func Final(err error) bool { return execute.Final(err) }

// Left tells whether an undo left a thing for this reason, and did the rest.
func Left(err error) bool { return execute.Left(err) }

// Refused tells whether AWS refused a change.
func Refused(err error) bool {
	var refusal *drive.Refusal
	return errors.As(err, &refusal)
}
