package app

import (
	"context"
	"errors"
	"slices"

	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// known is what a store knows of a record beside what its last scan said.
func known(ctx context.Context, from store.Reader, r *lifecycle.Record) (*finding.Kept, error) {
	k := &finding.Kept{
		Workflow: string(r.Workflow), Archived: r.State == lifecycle.Archived, Own: r.Severity, FirstSeen: r.FirstSeen, LastSeen: r.LastSeen,
		Changed: r.Changed, Updated: r.Updated, Reopened: r.Reopened,
	}
	if r.Exception != "" {
		x, err := from.Exception(ctx, r.Exception)
		if missing := (*store.NotFound)(nil); err != nil && !errors.As(err, &missing) {
			return nil, err
		}
		k.Exception = &finding.Exception{ID: r.Exception, Reason: x.Reason, Until: x.Until, By: x.By, ApprovedBy: x.ApprovedBy}
	}
	if !r.Updated.After(r.FirstSeen) {
		return k, nil // nobody can have written a note
	}
	events, err := from.History(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(events) {
		if e.Kind == lifecycle.EventNote {
			k.Note = &finding.Note{Text: e.Reason, By: e.By, At: e.At}
			break
		}
	}
	return k, nil
}
