package jobs

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/store"
)

// The causes for which the context of a handler ends.
var (
	// ErrStopped says that somebody stopped the job.
	ErrStopped = errors.New("the job was stopped")
	// ErrClosing says that the process ends: what can go on later is not finished now.
	ErrClosing = errors.New("the process ends")
	// errLost says that another runner took the job over.
	errLost = errors.New("another process works on the job")
)

// Task is a job in the hands of its handler. It is for one goroutine at a time, but
// for Progress.
type Task struct {
	// Desk is that of whoever started the job.
	Desk   *desk.Desk
	runner *Runner
	job    Job // as it was taken, with the cursor that was kept last
}

// Job is the job as it was when this attempt began.
func (t *Task) Job() Job { return t.job }

// Request reads what was asked for.
func (t *Task) Request(into any) error { return json.Unmarshal(t.job.Request, into) }

// Cursor reads where the work goes on; false says that it begins.
func (t *Task) Cursor(into any) (bool, error) {
	if t.job.Cursor == nil {
		return false, nil
	}
	return true, json.Unmarshal(t.job.Cursor, into)
}

// Progress says how far the work is. It is shown at once and kept now and then. It may
// be called from several goroutines.
func (t *Task) Progress(p Progress) { t.runner.progress(t.job.ID, p) }

// Tell keeps what is to be told beside the result, some of it where there is much.
// Like Progress, it may be called from several goroutines.
func (t *Task) Tell(said ...desk.Notice) { t.runner.told(t.job.ID, said) }

// Step is the desk for one piece of the work: the first change that is written at it
// is kept together with the cursor after it, or neither is. Kept tells whether it was;
// where it was not, and the piece changed nothing, [Task.Keep] keeps the cursor alone.
type Step struct {
	Desk *desk.Desk
	kept bool
}

// Kept tells whether the piece and its cursor are kept.
func (s *Step) Kept() bool { return s.kept }

// Step begins a piece of work.
func (t *Task) Step(cursor any, p Progress) *Step {
	return t.StepTo(func(context.Context, store.Reader) (any, error) { return cursor, nil }, p)
}

// StepTo is Step where the cursor follows from what the piece has written.
func (t *Task) StepTo(cursor func(context.Context, store.Reader) (any, error), p Progress) *Step {
	s := &Step{}
	var text []byte
	s.Desk = t.Desk.Along(
		func(ctx context.Context, w store.Writer) error {
			if s.kept {
				return nil
			}
			at, err := cursor(ctx, w)
			if err == nil {
				text, err = json.Marshal(at)
			}
			if err != nil {
				return err
			}
			return t.keep(ctx, w, text, p)
		},
		func() {
			s.kept, t.job.Cursor = true, text
			t.runner.progress(t.job.ID, p)
		})
	return s
}

// Keep keeps a cursor, and what also writes, in one change.
func (t *Task) Keep(ctx context.Context, cursor any, p Progress, also func(context.Context, store.Writer) error) error {
	text, err := json.Marshal(cursor)
	if err != nil {
		return err
	}
	err = t.runner.update(ctx, func(w store.Writer) error {
		if also != nil {
			if err := also(ctx, w); err != nil {
				return err
			}
		}
		return t.keep(ctx, w, text, p)
	})
	if err == nil {
		t.job.Cursor = text
		t.runner.progress(t.job.ID, p)
	}
	return err
}

// keep writes the cursor, unless another runner has the job: then nothing of the
// change it belongs to is kept.
func (t *Task) keep(ctx context.Context, w store.Writer, cursor []byte, p Progress) error {
	j, err := t.runner.held(ctx, w, t.job.ID)
	if err != nil {
		return err
	}
	now := t.runner.now()
	j.Cursor, j.Progress, j.Updated, j.Tries, j.Notices = cursor, p, now, 0, t.runner.known(&j).Notices
	j.Until = now.Add(lease)
	return write(ctx, w, &j)
}
