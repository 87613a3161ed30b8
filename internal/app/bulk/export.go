package bulk

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
)

// Exported is the result of an export.
type Exported struct {
	File  string `json:"file"` // its name
	Bytes int64  `json:"bytes"`
}

// Export starts an export of the findings that a choice lets through, in a format of
// reports.
func Export(ctx context.Context, d *desk.Desk, r *jobs.Runner, choice findings.Choice, format string, lang locale.Lang) (j jobs.Job, err error) {
	if err := d.Subject.May(access.FindingsRead); err != nil {
		return j, err
	}
	if !slices.Contains(report.Formats(), format) {
		return j, locale.Errorf("cli.unknownFormat", locale.A("format", locale.Clean(format)), locale.A("formats", report.Formats()))
	}
	return Start(ctx, d, r, "export", Task{Choice: &choice, Format: format, Lang: lang})
}

// export writes the file, whole or not at all; one that was cut off begins anew.
func (s *Setup) export(ctx context.Context, t *jobs.Task) (any, error) {
	q, err := requested(t)
	if err != nil {
		return nil, err
	}
	name := t.Job().ID + "." + q.Format
	path := filepath.Join(s.Dir, name)
	env := *s.Env
	if env.Catalog, err = locale.New(q.Lang); err != nil {
		return nil, err
	}
	env.Stdout, env.Tell = io.Discard, func(string, ...locale.Arg) {}
	if err := findings.Export(ctx, t.Desk, &env, app.Outputs{Formats: []string{q.Format}, Files: []string{path}}, *q.Choice); err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return Exported{name, info.Size()}, nil
}

// File opens what an export wrote. It is gone when the server has been started anew.
// The name is for whoever keeps it.
func File(ctx context.Context, d *desk.Desk, r *jobs.Runner, s *Setup, id string) (file *os.File, name string, err error) {
	if err := d.Subject.May(access.FindingsRead); err != nil {
		return nil, "", err
	}
	j, err := jobs.Show(ctx, d, r, id)
	if err != nil {
		return nil, "", err
	}
	var done Exported
	if j.Kind != kind("export") || j.State != jobs.Done || json.Unmarshal(j.Result, &done) != nil {
		return nil, "", locale.Errorf("jobs.noFile", locale.A("id", j.ID))
	}
	file, err = os.Open(filepath.Join(s.Dir, filepath.Base(done.File)))
	if err != nil {
		return nil, "", locale.Errorf("jobs.fileGone", locale.A("id", j.ID))
	}
	return file, "findings-" + filepath.Base(done.File), nil
}
