package execute

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
)

// runName is what NewJournal names runs: the time, the beginning of the plan's
// digest, and a number where that was taken. Nothing else is looked for among
// the runs, so that no name leads out of their folder.
var runName = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}-([0-9a-f]{8})(-[1-9][0-9]{0,8})?$`)

// partLimit is how many bytes of a plan or journal are read.
const partLimit = 64 << 20

// IsRunName tells whether a run can have that name.
func IsRunName(name string) bool { return runName.MatchString(name) }

// folder is a run's own: it has a run's name, and is a folder, not a way to one.
func folder(dir, run string) (string, error) {
	if !IsRunName(run) {
		return "", noRun(dir, run)
	}
	at := filepath.Join(dir, run)
	info, err := os.Lstat(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", noRun(dir, run)
	case err != nil:
		return "", cannotRead(at, err)
	case !info.IsDir():
		return "", locale.Errorf("run.noFolder", locale.A("path", at))
	}
	// The lock is opened for writing: not through a link to elsewhere.
	if info, err := os.Lstat(filepath.Join(at, lockFile)); err == nil && !info.Mode().IsRegular() {
		return "", locale.Errorf("run.noFile", locale.A("path", filepath.Join(at, lockFile)))
	}
	return at, nil
}

func noRun(dir, run string) error {
	return locale.Errorf("run.noRun", locale.A("run", locale.Clean(run)), locale.A("dir", dir))
}

// readPart reads a file of a run's folder, and nothing that only leads to one.
func readPart(at, name string) ([]byte, error) {
	path := filepath.Join(at, name)
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err != nil:
		return nil, cannotRead(path, err)
	case !info.Mode().IsRegular() || info.Size() > partLimit:
		return nil, locale.Errorf("run.noFile", locale.A("path", path))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, cannotRead(path, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(file, partLimit+1))
	switch {
	case err != nil:
		return nil, cannotRead(path, err)
	case len(data) > partLimit:
		return nil, locale.Errorf("run.noFile", locale.A("path", path))
	}
	return data, nil
}

func cannotRead(path string, err error) error {
	return locale.Errorf("cli.cannotRead", locale.A("file", path), locale.A("error", locale.Cause(err)))
}

// approved holds the plan to the digest that the run was begun with, and to its
// name. A journal of an older kumoban has the name alone.
func (j *Journal) approved() error {
	begun := runName.FindStringSubmatch(j.Run)[1]
	if j.Approved() {
		begun = j.entries[0].Digest
	}
	if len(begun) > len(j.Plan.Digest) || j.Plan.Digest[:len(begun)] != begun || j.Approved() && begun != j.Plan.Digest {
		return OtherPlan(j.Run)
	}
	return nil
}

// OtherPlan says that a run's plan is not the one that was approved.
func OtherPlan(run string) error { return locale.Errorf("run.otherDigest", locale.A("run", run)) }

// Approved tells whether the journal says which plan was approved: one that an
// older kumoban began does not.
func (j *Journal) Approved() bool {
	return len(j.entries) > 0 && j.entries[0].Event == Approved && j.entries[0].Step == ""
}

// Resumable says why a run may not go on, where it may not: it was undone, or
// nobody knows which plan was approved.
func (j *Journal) Resumable() error {
	switch {
	case j.Undoing() && !j.Decided():
		return locale.Errorf("run.undoingRun", locale.A("run", j.Run))
	case j.Undoing():
		return locale.Errorf("run.undoneRun", locale.A("run", j.Run))
	case !j.Approved() && j.Begun()+j.Unbegun() > 0:
		return locale.Errorf("run.noDigest", locale.A("run", j.Run))
	}
	return nil
}

// Undoing tells whether an undo of the run was ever begun.
func (j *Journal) Undoing() bool {
	return slices.ContainsFunc(j.entries, func(e Entry) bool { return e.Event == Undoing || e.Event == Undone || e.Event == Kept })
}

// Restored tells whether an undo has decided about all that the run began, so
// that another has nothing to do.
func (j *Journal) Restored() bool { return j.decided(j.settled) }

// Decided is Restored, but for things that were kept for a reason which may have
// passed: another undo tries those again.
func (j *Journal) Decided() bool {
	return j.decided(func(s *plan.Step) bool { e := j.Last(s.ID).Event; return e == Undone || e == Kept })
}

func (j *Journal) decided(step func(*plan.Step) bool) bool {
	if !j.Undoing() {
		return false
	}
	for i := range j.Plan.Steps {
		if s := &j.Plan.Steps[i]; j.touched(s.ID) && !step(s) {
			return false
		}
	}
	return true
}

// settled tells whether an earlier undo has decided about a step for good. What
// it kept because it was in use or held data may be free now.
func (j *Journal) settled(step *plan.Step) bool {
	switch last := j.Last(step.ID); last.Event {
	case Undone:
		return true
	case Kept:
		return step.Shared || !step.Make || last.Why == drive.KeptKey
	}
	return false
}

// Begun counts the steps that were begun and are not done: those may be ended
// whenever the run goes on.
func (j *Journal) Begun() int {
	return j.count(func(s *plan.Step, last Event) bool { return j.touched(s.ID) && last != Done })
}

// Unbegun counts the steps of which nothing was done yet.
func (j *Journal) Unbegun() int {
	return j.count(func(s *plan.Step, last Event) bool { return !j.touched(s.ID) && last != Done && last != Already })
}

func (j *Journal) count(is func(*plan.Step, Event) bool) int {
	n := 0
	for i := range j.Plan.Steps {
		if s := &j.Plan.Steps[i]; is(s, j.Last(s.ID).Event) {
			n++
		}
	}
	return n
}

// BeginUndo notes that nothing more is to be applied, once.
func (j *Journal) BeginUndo(now time.Time) error {
	if j.Undoing() {
		return nil
	}
	return j.add(Entry{At: now.UTC(), Event: Undoing})
}
