package fixes

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
)

// Run is one run of the folder of journals.
type Run struct {
	ID       string    `json:"run"`
	Begun    time.Time `json:"begun"`
	State    string    `json:"state"` // "open", "done", "undone", "partly-undone", "nothing-done"
	Account  string    `json:"account"`
	Region   string    `json:"region"`
	Digest   string    `json:"-"`        // of the plan
	Findings []string  `json:"findings"` // control and resource
	// Unrecorded are the stores, by their addresses without passwords, that are
	// still to be told what the run did; "kumoban.db" is the one beside the journals.
	Unrecorded []string `json:"unrecorded,omitempty"`
}

// List reads the runs of a place, latest first. A damaged one is told.
func List(_ context.Context, at *Place) ([]Run, error) {
	if err := at.Subject.May(access.FixesRead); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(at.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, locale.Errorf("cli.cannotRead", locale.A("file", at.Dir), locale.A("error", locale.Cause(err)))
	}
	list := []Run{}
	for _, e := range slices.Backward(entries) {
		if !e.IsDir() && !execute.IsRunName(e.Name()) {
			continue // none of ours
		}
		j, err := execute.ReadJournal(at.Dir, e.Name())
		if err != nil {
			at.Tell(desk.Tell("cli.fix.list.unread", locale.A("run", locale.Clean(e.Name())), desk.Why(err)))
			continue
		}
		list = append(list, listed(j, e))
	}
	return list, nil
}

func listed(j *execute.Journal, e fs.DirEntry) Run {
	run := Run{ID: j.Run, State: state(j), Digest: j.Plan.Digest, Account: j.Plan.Account, Region: j.Plan.Region, Findings: []string{}}
	if info, err := e.Info(); err == nil {
		run.Begun = info.ModTime().UTC()
	}
	if begun, err := time.Parse("20060102-150405", j.Run[:15]); err == nil { // a run is named by its beginning
		run.Begun = begun
	}
	for i := range j.Plan.Fixes {
		run.Findings = append(run.Findings, j.Plan.Fixes[i].Control+" "+j.Plan.Fixes[i].Resource.Name)
	}
	for _, d := range j.Debts() {
		if store := cmp.Or(d.Store, desk.FileName); !slices.Contains(run.Unrecorded, store) {
			run.Unrecorded = append(run.Unrecorded, store)
		}
	}
	return run
}

// state sums up what became of a run's steps.
func state(j *execute.Journal) string {
	n := map[execute.Event]int{}
	for i := range j.Plan.Steps {
		n[j.Last(j.Plan.Steps[i].ID).Event]++
	}
	undone := n[execute.Undone] + n[execute.Kept]
	switch {
	case j.Decided():
		return "undone"
	case undone > 0 && n[execute.Done]+n[execute.Began] > 0:
		return "partly-undone"
	case undone > 0:
		return "undone"
	case n[execute.Began]+n[execute.Refused]+n[""] > 0:
		return "open"
	case n[execute.Done] == 0:
		return "nothing-done"
	}
	return "done"
}

// Shown is one run, with its plan and what became of each step.
type Shown struct {
	Run
	Plan     *plan.Plan
	Steps    []app.StepResult
	Restored bool // an undo of it would find nothing to do
}

// Show reads one run.
func Show(_ context.Context, at *Place, run string) (*Shown, error) {
	if err := at.Subject.May(access.FixesRead); err != nil {
		return nil, err
	}
	j, err := execute.ReadJournal(at.Dir, run)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(filepath.Join(at.Dir, run))
	if err != nil {
		return nil, locale.Errorf("cli.cannotRead", locale.A("file", at.Dir), locale.A("error", locale.Cause(err)))
	}
	return &Shown{Run: listed(j, fs.FileInfoToDirEntry(info)), Plan: j.Plan, Steps: app.Steps(j), Restored: j.Restored()}, nil
}

// Names are the names of what may be runs, for whoever types one.
func Names(_ context.Context, at *Place) (names []string, err error) {
	if err := at.Subject.May(access.FixesRead); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(at.Dir)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}
