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

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
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

// The events of the run as a whole, which name no step.
const (
	Approved Event = "approved" // the first entry: Digest is that of the plan that may be executed
	Undoing  Event = "undoing"  // an undo began: nothing more is applied
	Owed     Event = "owed"     // Deed begins, and the store is to be told what becomes of it
	Ended    Event = "ended"    // what became of the deed of entry Of: State
	Told     Event = "told"     // the store knows all of the deed of entry Of
	Judged   Event = "judged"   // Verdicts are those on what the plan is about, before anything was changed
)

// Entry is one line of a journal.
type Entry struct {
	At      time.Time      `json:"at"`
	Step    string         `json:"step,omitempty"` // "" is the run as a whole
	Event   Event          `json:"event"`
	Outputs map[string]any `json:"outputs,omitempty"`
	Why     string         `json:"why,omitempty"`    // a message key
	Made    map[string]any `json:"made,omitempty"`   // objects that were not there before, as AWS made them
	Window  *Window        `json:"window,omitempty"` // of the call that was made last
	Digest  string         `json:"digest,omitempty"` // of the plan, in full
	Deed    *Deed          `json:"deed,omitempty"`
	Of      int            `json:"of,omitempty"` // the line of a deed, from 1
	State   string         `json:"state,omitempty"`
	// Verdicts are what controls said before the run, by the type and ARN of a thing and the control.
	Verdicts Verdicts `json:"verdicts,omitempty"`
}

// Verdicts are what controls say of things, by [VerdictKey].
type Verdicts map[string]control.Status

// VerdictKey is a control's on a thing.
func VerdictKey(id string, t resource.Type, arn string) string {
	return id + " " + string(t) + " " + arn
}

// Journal is the record of one run: a folder with the plan and an append-only
// file of entries, each on the disk before the next thing is done.
type Journal struct {
	Run     string
	Plan    *plan.Plan
	entries []Entry
	// planText and text are the files as they were read.
	planText, text []byte
	whole          int64 // bytes of whole lines when it was read
	broken         error // why nothing more can be added
	before         func() error
	file           *os.File
	lock           *os.File
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
	if err := j.begin(at, now); err != nil {
		_ = os.RemoveAll(at) // nothing was done: there is nothing to remember
		return nil, cannotKeep(at, err)
	}
	return j, nil
}

// begin writes the digest before the plan: a run that has a plan says which one
// was approved.
func (j *Journal) begin(at string, now time.Time) error {
	lock, err := lockPath(filepath.Join(at, lockFile))
	if err != nil {
		return err
	}
	if err := j.open(at, lock); err != nil {
		return errors.Join(err, lock.Close())
	}
	data, err := json.MarshalIndent(j.Plan, "", "  ")
	if err == nil {
		err = j.add(Entry{At: now.UTC(), Event: Approved, Digest: j.Plan.Digest})
	}
	if err == nil {
		err = writeSynced(filepath.Join(at, planFile), append(data, '\n'))
	}
	if err != nil {
		return errors.Join(err, j.Close())
	}
	return nil
}

// OpenJournal opens a run again, to go on or to undo. Only one process may.
func OpenJournal(dir, run string) (*Journal, error) {
	if _, err := load(dir, run); err != nil { // before a lock file is made in a folder that is no run
		return nil, err
	}
	at := filepath.Join(dir, run)
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

// load reads a run's plan and entries. Every reader of runs comes through here:
// what has not the name or the form of a run, and a plan that is not the one that
// was approved, is refused.
func load(dir, run string) (*Journal, error) {
	at, err := folder(dir, run)
	if err != nil {
		return nil, err
	}
	data, err := readPart(at, planFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noRun(dir, run)
	}
	if err != nil {
		return nil, err
	}
	p, err := plan.Parse(data)
	if err != nil {
		return nil, err
	}
	j := &Journal{Run: run, Plan: p, planText: data}
	if err := j.read(at); err != nil {
		return nil, err
	}
	return j, j.approved()
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
func (j *Journal) read(at string) error {
	data, err := readPart(at, journalFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	j.text = data
	for line := range bytes.Lines(data) {
		if line[len(line)-1] != '\n' {
			break
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return locale.Errorf("run.badJournal", locale.A("file", filepath.Join(at, journalFile)))
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

// once is add, but for what was kept again for the same reason.
func (j *Journal) once(e Entry) error {
	if last := j.Last(e.Step); e.Event == Kept && last.Event == Kept && last.Why == e.Why {
		return nil
	}
	if before := j.before; before != nil {
		j.before = nil
		if err := before(); err != nil {
			return err
		}
	}
	return j.add(e)
}

// Before has something done before the next entry of a step is added; its error
// keeps the entry out.
func (j *Journal) Before(do func() error) { j.before = do }

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
	j, err := load(dir, run)
	if err != nil {
		return nil, nil, err
	}
	return j.planText, j.text, nil
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

// Outputs returns what a step's thing gave when it was done, where another step uses
// it.
func (j *Journal) Outputs(step string) map[string]any {
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
	return locale.Errorf("run.cannotKeep", locale.A("path", path), locale.A("error", locale.Cause(err)))
}

func writeSynced(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// Judge keeps what controls said before anything was changed.
func (j *Journal) Judge(v Verdicts, now time.Time) error {
	return j.add(Entry{At: now.UTC(), Event: Judged, Verdicts: v})
}

// Verdicts are what controls said before anything was changed; ok is false where nobody
// looked in time.
func (j *Journal) Verdicts() (v Verdicts, ok bool) {
	for _, e := range j.entries {
		if e.Event == Judged {
			return e.Verdicts, true
		}
	}
	return nil, false
}
