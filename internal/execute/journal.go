package execute

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
)

// Event is what a journal says of a step.
type Event string

// The events. A step that has begun and is not done may or may not have acted:
// whoever goes on looks at the thing itself.
const (
	Began   Event = "began"   // about to change the thing
	Done    Event = "done"    // changed, and read back
	Already Event = "already" // as it shall be, by somebody else's hand
	Refused Event = "refused" // AWS would not change it: nothing of the step was done
	Undone  Event = "undone"  // as it was
	Kept    Event = "kept"    // undo left it, Why says why
)

// Entry is one line of a journal.
type Entry struct {
	At      time.Time      `json:"at"`
	Step    string         `json:"step"`
	Event   Event          `json:"event"`
	Outputs map[string]any `json:"outputs,omitempty"`
	Why     string         `json:"why,omitempty"`    // a message key
	Made    map[string]any `json:"made,omitempty"`   // objects that were not there before, as AWS made them
	Window  *Window        `json:"window,omitempty"` // of the call that was made last
}

// Journal is the record of one run: a folder with the plan and an append-only
// file of entries, each on the disk before the next thing is done.
type Journal struct {
	Run     string
	Plan    *plan.Plan
	entries []Entry
	whole   int64 // bytes of whole lines when it was read
	broken  error // why nothing more can be added
	file    *os.File
	lock    *os.File
}

const (
	planFile    = "plan.json"
	journalFile = "journal.jsonl"
	lockFile    = "lock"
)

// NewJournal starts a run under dir, named by the time and the plan's digest.
func NewJournal(dir string, p *plan.Plan, now time.Time) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, cannotKeep(dir, err)
	}
	base := now.UTC().Format("20060102-150405") + "-" + p.Digest[:8]
	run := base
	for n := 2; ; n++ {
		err := os.Mkdir(filepath.Join(dir, run), 0o700)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, cannotKeep(dir, err)
		}
		run = fmt.Sprintf("%s-%d", base, n)
	}
	j := &Journal{Run: run, Plan: p}
	at := filepath.Join(dir, run)
	data, err := json.MarshalIndent(p, "", "  ")
	if err == nil {
		err = writeSynced(filepath.Join(at, planFile), append(data, '\n'))
	}
	var lock *os.File
	if err == nil {
		lock, err = lockPath(filepath.Join(at, lockFile))
	}
	if err == nil {
		err = j.open(at, lock)
	}
	if err != nil {
		_ = os.RemoveAll(at) // nothing was done: there is nothing to remember
		return nil, cannotKeep(at, err)
	}
	return j, nil
}

// OpenJournal opens a run again, to go on or to undo. Only one process may.
func OpenJournal(dir, run string) (*Journal, error) {
	at := filepath.Join(dir, run)
	if _, err := load(dir, run); err != nil { // before a lock file is made in a folder that is no run
		return nil, err
	}
	lock, err := lockPath(filepath.Join(at, lockFile))
	if err != nil {
		return nil, cannotKeep(at, err)
	}
	j, err := load(dir, run) // what another process may have added until it gave the lock up
	if err == nil {
		err = j.open(at, lock)
	}
	if err != nil {
		_ = lock.Close() // the error that counts is err
		return nil, cannotKeep(at, err)
	}
	return j, nil
}

// load reads a run's plan and entries.
func load(dir, run string) (*Journal, error) {
	at := filepath.Join(dir, run)
	data, err := os.ReadFile(filepath.Join(at, planFile))
	if errors.Is(err, fs.ErrNotExist) || filepath.Base(run) != run {
		return nil, locale.Errorf("run.noRun", locale.A("run", run), locale.A("dir", dir))
	}
	if err != nil {
		return nil, cannotKeep(at, err)
	}
	p, err := plan.Parse(data)
	if err != nil {
		return nil, err
	}
	j := &Journal{Run: run, Plan: p}
	return j, j.read(filepath.Join(at, journalFile))
}

// open takes the file for appending, and cuts off a last line that a crash left
// unfinished: it was never acknowledged.
func (j *Journal) open(at string, lock *os.File) error {
	file, err := os.OpenFile(filepath.Join(at, journalFile), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := file.Truncate(j.whole); err != nil {
		_ = file.Close() // the error that counts is err
		return err
	}
	j.lock, j.file = lock, file
	return nil
}

// read takes what is there up to the last whole line.
func (j *Journal) read(path string) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return cannotKeep(path, err)
	}
	for line := range bytes.Lines(data) {
		if line[len(line)-1] != '\n' {
			break
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return locale.Errorf("run.badJournal", locale.A("file", path))
		}
		j.whole += int64(len(line))
		j.entries = append(j.entries, e)
	}
	return nil
}

// add writes an entry and waits until it is on the disk. Once it cannot, it does
// not try again: what is not remembered is not to be done, and the next line would
// follow half a one. Whoever opens the journal next cuts that off.
func (j *Journal) add(e Entry) error {
	if j.broken != nil {
		return j.broken
	}
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err = j.file.Write(append(data, '\n')); err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.broken = cannotKeep(j.file.Name(), err)
		return j.broken
	}
	j.entries = append(j.entries, e)
	return nil
}

// Last returns the newest entry of a step, or the zero Entry.
func (j *Journal) Last(step string) Entry {
	for i := len(j.entries) - 1; i >= 0; i-- {
		if j.entries[i].Step == step {
			return j.entries[i]
		}
	}
	return Entry{}
}

// ReadJournal returns a run's journal as it is now, to look at: it takes no entry.
func ReadJournal(dir, run string) (*Journal, error) {
	j, err := load(dir, run)
	if err != nil {
		return nil, err
	}
	return j, nil
}

// ReadRun returns the plan of a run and the newest entry of each step, without
// taking the run for itself.
func ReadRun(dir, run string) (*plan.Plan, map[string]Entry, error) {
	j, err := load(dir, run)
	if err != nil {
		return nil, nil, err
	}
	newest := map[string]Entry{}
	for _, e := range j.entries {
		newest[e.Step] = e
	}
	return j.Plan, newest, nil
}

// Files returns a run's plan and journal as they are on the disk.
func Files(dir, run string) (plan, journal []byte, err error) {
	at := filepath.Join(dir, run)
	if plan, err = os.ReadFile(filepath.Join(at, planFile)); err != nil {
		return nil, nil, cannotKeep(at, err)
	}
	if journal, err = os.ReadFile(filepath.Join(at, journalFile)); err != nil {
		return nil, nil, cannotKeep(at, err)
	}
	return plan, journal, nil
}

// had tells whether a step ever had an event.
func (j *Journal) had(step string, e Event) bool {
	for _, x := range j.entries {
		if x.Step == step && x.Event == e {
			return true
		}
	}
	return false
}

// touched tells whether a step may have changed anything.
func (j *Journal) touched(step string) bool {
	touched := false
	for _, x := range j.entries {
		if x.Step == step {
			touched = x.Event == Began || touched && x.Event != Refused
		}
	}
	return touched
}

// made returns the objects that AWS made for a step, by name.
func (j *Journal) made(step string) map[string]any {
	made := map[string]any{}
	for _, x := range j.entries {
		if x.Step == step {
			maps.Copy(made, x.Made)
		}
	}
	return made
}

// outputs returns what a step's thing gave when it was done.
func (j *Journal) outputs(step string) map[string]any {
	for i := len(j.entries) - 1; i >= 0; i-- {
		if e := j.entries[i]; e.Step == step && e.Outputs != nil {
			return e.Outputs
		}
	}
	return nil
}

// Close gives the run up for others.
func (j *Journal) Close() error { return errors.Join(j.file.Close(), j.lock.Close()) }

func cannotKeep(path string, err error) error {
	var ours *locale.Error
	if errors.As(err, &ours) {
		return ours
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return locale.Errorf("run.cannotKeep", locale.A("path", path), locale.A("error", err.Error()))
}

func writeSynced(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}
