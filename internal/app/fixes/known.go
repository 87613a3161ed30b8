package fixes

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/store"
)

// Kept is a run as the store keeps it: what was done on other machines, too.
type Kept = store.Run

// KeptList returns the runs that the store knows, the latest first: of one finding, or
// "" for all, so many of them; 0: all. They come without plans and journals, with the
// findings that the store has of them, by their ids.
func KeptList(ctx context.Context, d *desk.Desk, finding string, limit int) (list []Kept, of map[string]lifecycle.Record, err error) {
	err = d.View(ctx, access.FixesRead, func(_ *keep.Keeper, r store.Reader) error {
		if finding != "" {
			ids, err := keep.Find(ctx, r, []string{finding})
			if err != nil {
				return err
			}
			finding = ids[0]
		}
		if list, err = r.Runs(ctx, finding); err != nil {
			return err
		}
		if limit > 0 {
			list = list[:min(limit, len(list))]
		}
		of, err = findingsOf(ctx, r, list)
		return err
	})
	return list, of, err
}

func findingsOf(ctx context.Context, r store.Reader, list []Kept) (map[string]lifecycle.Record, error) {
	seen := map[string]bool{}
	var ids []string
	for i := range list {
		for _, id := range list[i].Findings {
			if !seen[id] {
				ids, seen[id] = append(ids, id), true
			}
		}
	}
	records, err := r.Records(ctx, ids)
	of := map[string]lifecycle.Record{}
	for i := range records {
		of[records[i].ID] = records[i]
	}
	return of, err
}

// KeptRun is a run of the store with what its plan and journal say.
type KeptRun struct {
	Kept
	Plan    *plan.Plan       // nil where it cannot be read: Unread says why
	Steps   []app.StepResult // of the plan, with what became of each
	Journal []execute.Entry  // as far as it can be read
	Of      map[string]lifecycle.Record
	Unread  error
}

// KeptShow returns one run of the store.
func KeptShow(ctx context.Context, d *desk.Desk, id string) (run *KeptRun, err error) {
	err = d.View(ctx, access.FixesRead, func(_ *keep.Keeper, r store.Reader) error {
		kept, err := r.Run(ctx, id)
		if err != nil {
			return err
		}
		run = readKept(kept)
		run.Of, err = findingsOf(ctx, r, []Kept{kept})
		return err
	})
	return run, err
}

// readKept reads what a store keeps of a run. What cannot be read is said, not left
// out.
func readKept(kept store.Run) *KeptRun {
	out := &KeptRun{Kept: kept}
	last := map[string]execute.Entry{}
	lines := bufio.NewScanner(bytes.NewReader(kept.Journal))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e execute.Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			out.Unread = locale.Errorf("run.badJournal", locale.A("file", kept.ID))
			break
		}
		out.Journal = append(out.Journal, e)
		last[e.Step] = e
	}
	made, err := plan.Parse(kept.Plan)
	if err != nil {
		out.Unread = err
		return out
	}
	out.Plan = made
	for i := range made.Steps {
		e := last[made.Steps[i].ID]
		out.Steps = append(out.Steps, app.StepResult{Step: &made.Steps[i], Event: e.Event, Why: e.Why})
	}
	return out
}
