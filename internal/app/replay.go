package app

import (
	"io"
	"os"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/report"
)

// Report writes a saved scan in other formats or another language. The path
// "-" is stdin.
func Report(env *Env, stdin io.Reader, path string, o Outputs) error {
	in := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return cannotRead(path, err)
		}
		defer func() { _ = file.Close() }() // it was only read
		in = file
	}
	saved, err := report.ReadJSON(in, env.Controls)
	if err != nil {
		return cannotRead(path, err)
	}
	saved.Scan.Started, saved.Scan.Ended = saved.Scan.Started.Local(), saved.Scan.Ended.Local()
	handler, err := o.open(env)
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
