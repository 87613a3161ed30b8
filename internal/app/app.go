// Package app wires the floors below into what a user asks for. It decides
// nothing about resources and writes nothing that it was not handed.
package app

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
)

// Env is what the program is handed from outside.
type Env struct {
	Version  string
	Controls []*control.Control
	Catalog  *locale.Catalog
	Stdout   io.Writer
	Log      *slog.Logger
	Now      func() time.Time
	Progress Progress
	// Tell shows a message of the catalogue on stderr.
	Tell func(key string, args ...locale.Arg)
	// Load returns the AWS configuration of a profile, "" being the default chain.
	Load func(ctx context.Context, profile string) (aws.Config, error)
}

// Progress is told how far a scan has come; its methods may be called from
// several goroutines.
type Progress interface {
	// Step says how many units were read so far, and how many findings failed.
	Step(units, failed int)
	// Done takes the progress away from the terminal.
	Done()
}

// Result is what an exit code is decided by.
type Result struct {
	Worst      control.Severity // of the FAILED findings that count in the score; 0: none
	Apart      finding.Apart    // the FAILED ones that do not
	Gaps       int
	Incomplete string // "", "interrupted" or "timeout"
}
