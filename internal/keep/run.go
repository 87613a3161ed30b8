package keep

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// SaveRun stores what became of a run of a fix: its plan and journal, what the
// findings are now, and that it was done. What names the deed: "fix.apply",
// "fix.resume", "fix.undo" or "fix.verify". Findings that the store does not
// know yet are stored as they are now.
func (k *Keeper) SaveRun(ctx context.Context, run store.Run, what string, version string, now []finding.Finding) (audit.Entry, error) {
	var head audit.Entry
	err := k.Store.Update(ctx, func(w store.Writer) error {
		run.Updated = k.now()
		run.Started, run.By = run.Updated, k.Actor
		var missing *store.NotFound
		before, err := w.Run(ctx, run.ID)
		switch {
		case err == nil:
			run.Started, run.By = before.Started, before.By
			if what == "fix.verify" {
				run.State = before.State // a look changes nothing
			}
		case !errors.As(err, &missing):
			return err
		}
		if err := w.PutRun(ctx, run); err != nil {
			return err
		}
		told, err := k.tellRun(ctx, w, &run, what, nil) // the cause before its effects
		if err != nil {
			return err
		}
		if err := k.runOutcome(ctx, w, what, version, now); err != nil {
			return err
		}
		if _, err := k.tellRun(ctx, w, &run, what, told); err != nil {
			return err
		}
		head, err = k.note(ctx, w, what, run.ID, "", map[string]any{"digest": run.Digest, "state": run.State, "findings": run.Findings})
		return err
	})
	return head, err
}

// runOutcome stores a look at few resources: nothing that it did not see is gone.
func (k *Keeper) runOutcome(ctx context.Context, w store.Writer, what, version string, now []finding.Finding) error {
	var seen []lifecycle.Observation
	for i := range now {
		if !k.disabled(now[i].Control) {
			seen = append(seen, lifecycle.Observation{Finding: now[i]})
		}
	}
	if len(seen) == 0 {
		return nil
	}
	scan := store.Scan{Started: k.now(), Ended: k.now(), Source: lifecycle.SourceLive, Version: version, Findings: len(seen), Kind: store.ScanKind(strings.ReplaceAll(what, ".", " "))}
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
	if err := s.observe(ctx, lifecycle.Merge(seen)); err != nil {
		return err
	}
	_, _, err = k.tellRules(ctx, w, s.did, scan.ID)
	return err
}

// tellRun puts a run that changed something into the history of those of its
// findings that are stored and were not told yet, and returns all that know.
func (k *Keeper) tellRun(ctx context.Context, w store.Writer, run *store.Run, what string, told []string) ([]string, error) {
	e := lifecycle.Event{At: k.now(), By: k.Actor, Scan: 0}
	switch {
	case what == "fix.undo":
		e.Kind, e.From = lifecycle.EventUndone, run.ID
	case what == "fix.apply", what == "fix.resume":
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
