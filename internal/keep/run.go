package keep

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Deed is something done to a run.
type Deed struct {
	// What names it: "fix.apply", "fix.resume", "fix.undo" or "fix.verify", with
	// ".begin" before anything is done.
	What string
	// Line is where the run's journal says that the store is to be told of it, from
	// 1: a deed that has one is kept once, however often it is told. 0: it has none.
	Line    int
	At      time.Time // when it was done; zero: now
	Version string    // of kumoban
	Why     string    // why it was done without the owner's word; "": it had it, or needed none
	// Now are the run's findings, judged after it.
	Now []finding.Finding
}

// SaveRun stores what became of a run of a fix: its plan and journal, what the
// findings are now, and that it was done. Findings that the store does not
// know yet are stored as they are now. A run that the store knows with another
// plan is refused.
func (k *Keeper) SaveRun(ctx context.Context, run store.Run, d Deed) (audit.Entry, error) {
	var head audit.Entry
	err := k.Store.Update(ctx, func(w store.Writer) error {
		told, err := alreadyTold(ctx, w, run.ID, &d)
		if err != nil || told != nil {
			if told != nil {
				head = *told
			}
			return err
		}
		if err := k.putRun(ctx, w, &run, &d); err != nil {
			return err
		}
		knew, err := k.tellRun(ctx, w, &run, &d, nil) // the cause before its effects
		if err != nil {
			return err
		}
		if err := k.runOutcome(ctx, w, &d); err != nil {
			return err
		}
		if _, err := k.tellRun(ctx, w, &run, &d, knew); err != nil {
			return err
		}
		detail := map[string]any{"digest": run.Digest, "state": run.State, "findings": run.Findings}
		if d.Line > 0 {
			detail["line"] = d.Line
		}
		if !d.At.IsZero() {
			detail["done"] = d.At.UTC().Truncate(time.Second)
		}
		head, err = k.note(ctx, w, d.What, run.ID, d.Why, detail)
		return err
	})
	return head, err
}

// putRun stores the run itself.
func (k *Keeper) putRun(ctx context.Context, w store.Writer, run *store.Run, d *Deed) error {
	run.Updated = k.now()
	run.Started, run.By = run.Updated, k.Actor
	var missing *store.NotFound
	before, err := w.Run(ctx, run.ID)
	switch {
	case err == nil && before.Digest != run.Digest:
		return locale.Errorf("run.otherDigest", locale.A("run", run.ID))
	case err == nil:
		run.Started, run.By = before.Started, before.By
		if d.What == "fix.verify" {
			run.State = before.State // a look changes nothing
		}
	case !errors.As(err, &missing):
		return err
	}
	return w.PutRun(ctx, *run)
}

// alreadyTold is the entry of the audit log about a deed that the store knows.
func alreadyTold(ctx context.Context, w store.Writer, run string, d *Deed) (*audit.Entry, error) {
	if d.Line == 0 {
		return nil, nil
	}
	entries, err := w.AuditOf(ctx, run)
	if err != nil {
		return nil, err
	}
	for i := range entries {
		var detail struct{ Line int }
		if entries[i].Action == d.What && json.Unmarshal([]byte(entries[i].Detail), &detail) == nil && detail.Line == d.Line {
			return &entries[i], nil
		}
	}
	return nil, nil
}

// runOutcome stores a look at few resources: nothing that it did not see is gone.
func (k *Keeper) runOutcome(ctx context.Context, w store.Writer, d *Deed) error {
	var seen []lifecycle.Observation
	for i := range d.Now {
		if !k.disabled(d.Now[i].Control) {
			seen = append(seen, lifecycle.Observation{Finding: d.Now[i]})
		}
	}
	if len(seen) == 0 {
		return nil
	}
	scan := store.Scan{Started: k.now(), Ended: k.now(), Source: lifecycle.SourceLive, Version: d.Version, Findings: len(seen), Kind: store.ScanKind(strings.ReplaceAll(d.What, ".", " "))}
	for i := range seen {
		scan.Looked = append(scan.Looked, seen[i].ID())
		if !slices.Contains(scan.Controls, seen[i].Control) {
			scan.Controls = append(scan.Controls, seen[i].Control)
		}
	}
	var err error
	if scan.ID, err = w.AddScan(ctx, scan); err != nil {
		return err
	}
	s := saving{Keeper: k, w: w, scan: &scan, saved: &Saved{}, did: rulings{}}
	if s.terms, err = Policy(ctx, w); err != nil {
		return err
	}
	if err := s.observe(ctx, lifecycle.Merge(seen)); err != nil {
		return err
	}
	_, _, err = k.tellRules(ctx, w, s.did, scan.ID)
	return err
}

// tellRun puts a run that changed something into the history of those of its
// findings that are stored and were not told yet, and returns all that know.
func (k *Keeper) tellRun(ctx context.Context, w store.Writer, run *store.Run, d *Deed, told []string) ([]string, error) {
	e := lifecycle.Event{At: k.now(), By: k.Actor, Scan: 0}
	if !d.At.IsZero() {
		e.At = d.At.UTC().Truncate(time.Microsecond)
	}
	switch {
	case d.What == "fix.undo":
		e.Kind, e.From = lifecycle.EventUndone, run.ID
	case d.What == "fix.apply", d.What == "fix.resume":
		e.Kind, e.To, e.Reason = lifecycle.EventFixed, run.ID, run.State
	default: // nothing has happened yet, or nothing was changed
		return nil, nil
	}
	known, err := w.Records(ctx, run.Findings)
	if err != nil {
		return nil, err
	}
	var events []lifecycle.Event
	for i := range known {
		if !slices.Contains(told, known[i].ID) {
			e.Finding, told = known[i].ID, append(told, known[i].ID)
			events = append(events, e)
		}
	}
	return told, w.AddEvents(ctx, events)
}
