// Package scanjob scans live accounts as jobs.
package scanjob

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/app/rulings"
	"github.com/kumoban/kumoban/internal/app/scanning"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/source/awslive"
	"github.com/kumoban/kumoban/internal/store"
)

// Name is that of the kind.
const Name = "scan"

// ScanRequest says what to scan of what the server is set up for.
type ScanRequest struct {
	Accounts []string `json:"accounts,omitempty"` // none: all
}

// Result is what a scan changed in the store.
type Result struct {
	Scan       int64  `json:"scan"`
	New        int    `json:"new"`
	Changed    int    `json:"changed"`
	Same       int    `json:"same"`
	Archived   int    `json:"archived"`
	Reopened   int    `json:"reopened"`
	Gaps       int    `json:"gaps"`                 // what could not be read
	Incomplete string `json:"incomplete,omitempty"` // why it did not look at everything
}

// Setup is how scans are made.
type Setup struct {
	Env *app.Env
	// Options are those of a scan that begins now.
	Options func(context.Context) (app.ScanOptions, error)
}

// Start starts a scan.
func Start(ctx context.Context, d *desk.Desk, r *jobs.Runner, q ScanRequest) (jobs.Job, error) {
	if err := d.Subject.May(access.ScansRun); err != nil {
		return jobs.Job{}, err
	}
	for _, id := range q.Accounts {
		if !desk.Account(id) {
			return jobs.Job{}, locale.Errorf("hub.badAccount", locale.A("id", locale.Clean(id)))
		}
	}
	return r.Start(ctx, d.Subject, Name, q)
}

// Kind is what such jobs are. One that was cut off begins anew, unless its scan is
// saved: that is known by its cursor.
func (s *Setup) Kind() jobs.Kind {
	return jobs.Kind{Name: Name, Takes: []access.Permission{access.ScansRun, access.ScansSave}, Lane: lane, Do: s.do}
}

// lane lets scans of several accounts run side by side, and none of what another
// looks at.
func lane(request json.RawMessage) (string, error) {
	var q ScanRequest
	if err := json.Unmarshal(request, &q); err != nil || len(q.Accounts) != 1 {
		return jobs.LaneAWS, err
	}
	return jobs.LaneAWS + "/" + q.Accounts[0], nil
}

func (s *Setup) do(ctx context.Context, t *jobs.Task) (any, error) {
	var q ScanRequest
	var done Result
	if err := t.Request(&q); err != nil {
		return nil, err
	}
	if saved, err := t.Cursor(&done); saved || err != nil {
		return done, err
	}
	scan, err := s.Options(ctx)
	if err == nil {
		scan.Targets, err = chosen(scan.Targets, q.Accounts)
	}
	if err != nil {
		return nil, err
	}
	if err := rulings.Lame(ctx, t.Desk); err != nil {
		t.Tell(desk.Tell("keep.pastRule", desk.Why(err)))
	}
	scan.Outputs = app.Outputs{Formats: []string{"jsonl"}} // for nobody: it waits for nothing and tells gaps beside
	env := *s.Env
	env.Stdout, env.Progress = io.Discard, progress{t}
	env.Tell = func(key string, args ...locale.Arg) { t.Tell(desk.Tell(key, args...)) }
	step := t.StepTo(latest, jobs.Progress{Done: 1, Total: 1})
	result, saved, err := scanning.Run(ctx, step.Desk, &env, scan, scanning.Options{
		Tell: func(said []desk.Notice) { t.Tell(said...) },
		Wanted: func() error { // what was found before somebody stopped it is worth keeping
			if errors.Is(context.Cause(ctx), jobs.ErrClosing) {
				return jobs.ErrClosing
			}
			return nil
		},
	})
	if saved == nil {
		return nil, err
	}
	done = Result{saved.Scan, saved.New, saved.Changed, saved.Same, saved.Archived, saved.Reopened, result.Gaps, result.Incomplete}
	if result.Incomplete != "" {
		err = errors.Join(err, context.Cause(ctx))
	}
	return done, err
}

// latest is the cursor of a scan that has just been saved.
func latest(ctx context.Context, in store.Reader) (any, error) {
	scans, err := in.Scans(ctx, 1)
	if err != nil || len(scans) == 0 {
		return nil, errors.Join(err, errors.New("there is no scan"))
	}
	return Result{Scan: scans[0].ID, Gaps: len(scans[0].Gaps), Incomplete: scans[0].Incomplete}, nil
}

// chosen are the ways to accounts; those that the server has no way to are refused.
func chosen(all []awslive.Target, accounts []string) ([]awslive.Target, error) {
	if len(accounts) == 0 {
		return all, nil
	}
	var list []awslive.Target
	for _, id := range accounts {
		at := slices.IndexFunc(all, func(t awslive.Target) bool { return t.Account == id })
		if at < 0 {
			return nil, locale.Errorf("jobs.noAccount", locale.A("id", id))
		}
		list = append(list, all[at])
	}
	return list, nil
}

// progress tells how far a scan is.
type progress struct{ task *jobs.Task }

// Step implements [app.Progress].
func (p progress) Step(units, failed int) {
	p.task.Progress(jobs.Progress{Done: units, Said: jobs.Say(locale.M("jobs.scanning", locale.A("units", units), locale.A("failed", failed)))})
}

// Done implements [app.Progress].
func (progress) Done() {}
