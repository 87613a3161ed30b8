package fixes

import (
	"context"
	"os"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
)

// Settle tells the store what earlier deeds could not tell it of, of all runs. It
// asks once: whoever does something else is not to wait for it.
func Settle(ctx context.Context, at *Place) error {
	if err := at.Subject.May(access.FixesApply); err != nil {
		return err
	}
	at.settle(ctx, "")
	return nil
}

// settle is Settle, of all runs but one.
func (at *Place) settle(ctx context.Context, but string) {
	if at.Off || at.Dir == "" {
		return
	}
	entries, err := os.ReadDir(at.Dir)
	if err != nil {
		return
	}
	w := &witness{at: at, hasty: true}
	var failed error
	for _, e := range entries {
		run := e.Name()
		j, err := execute.ReadJournal(at.Dir, run)
		if err != nil || run == but || len(w.debts(j)) == 0 {
			continue
		}
		if j, err = execute.OpenJournal(at.Dir, run); err != nil {
			continue // another works on it, and will tell
		}
		if failed == nil {
			failed = w.pay(ctx, j, w.debts(j), nil)
		}
		if err := j.Close(); failed == nil && err == nil {
			at.Tell(desk.Tell("keep.runTold", locale.A("run", run)))
		} else if failed != nil {
			at.Tell(desk.Warn("keep.runUnrecorded", locale.A("run", run), desk.Why(failed)))
		}
	}
}
