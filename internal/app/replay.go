package app

import (
	"context"
	"io"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/report"
)

// Report writes a saved scan in other formats or another language. The path
// "-" is stdin.
func Report(ctx context.Context, env *Env, stdin io.Reader, path string, o Outputs) error {
	saved, err := readReport(ctx, env, stdin, path)
	if err != nil {
		return err
	}
	saved.Scan.Started, saved.Scan.Ended = saved.Scan.Started.Local(), saved.Scan.Ended.Local()
	o.Report.Kept = saved.Scan.Exported
	handler, err := o.open(ctx, env, false)
	if err != nil {
		return err
	}
	defer handler.discard()
	if err := saved.Into(handler); err != nil {
		return err
	}
	tally := finding.NewTally(nil)
	for _, f := range saved.Findings {
		tally.Add(f)
	}
	return handler.keep(saved.Scan.Incomplete != "", tally.Total)
}

// readReport reads a saved scan.
func readReport(ctx context.Context, env *Env, stdin io.Reader, path string) (*report.Replay, error) {
	saved, err := opened(ctx, stdin, path, scanLimit, func(in io.Reader) (*report.Replay, error) { return report.ReadJSON(in, env.Controls) })
	if err != nil {
		return nil, cannotRead(path, err)
	}
	return saved, nil
}
