package auditing

import (
	"context"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Place narrows what is told to accounts, by their ids, and controls; empty lists let
// all through.
type Place struct{ Accounts, Controls []string }

func (p *Place) filter() store.Filter {
	return store.Filter{Accounts: p.Accounts, Controls: p.Controls}
}

// Then is what was in force at the end of a day.
type Then struct {
	At         time.Time
	Exceptions []lifecycle.Exception
	Total      int // exceptions of all pages
	Next       string
	// Decisions are the changes by which findings stood as they did: NOTIFIED,
	// SUPPRESSED or RESOLVED by decision, or of another severity than their controls'.
	Decisions []lifecycle.Event           // the latest of them, as many as a page has
	Decided   int                         // how many decisions there are
	Of        map[string]lifecycle.Record // the findings, by their ids, as they are now
}

// AsOf tells what was in force at the end of a day: a page of the exceptions, with the
// first the latest decisions.
func AsOf(ctx context.Context, d *desk.Desk, day string, in Place, after string, limit int) (out *Then, err error) {
	err = d.View(ctx, access.AuditRead, func(_ *keep.Keeper, r store.Reader) error {
		at, err := d.Through("day", day)
		if err != nil {
			return err
		}
		if at.IsZero() {
			return locale.Errorf("audit.needsDay")
		}
		if limit < 1 {
			return locale.Errorf("keep.badLimit", locale.A("limit", limit))
		}
		page, err := r.ExceptionsPage(ctx, store.ExceptionQuery{At: at, Filter: in.filter(), After: after, Limit: limit})
		if err != nil {
			return err
		}
		out = &Then{At: at, Exceptions: page.List, Total: page.Total, Next: page.Next, Decisions: []lifecycle.Event{}}
		if after == "" {
			if out.Decisions, err = decisions(ctx, r, at, in.filter()); err != nil {
				return err
			}
			out.Decided = len(out.Decisions)
			out.Decisions = out.Decisions[max(0, out.Decided-limit):]
		}
		return out.read(ctx, r)
	})
	return out, err
}

// decisions are the last ones by a time that were still so.
func decisions(ctx context.Context, r store.Reader, at time.Time, f store.Filter) ([]lifecycle.Event, error) {
	list := []lifecycle.Event{}
	events, err := r.DecidedAt(ctx, at, f)
	for i := range events {
		if e := &events[i]; decided(e) {
			list = append(list, *e)
		}
	}
	return list, err
}

// decided tells whether an event is somebody's decision, or a rule's, that stands: what
// a scan closed or opened is none.
func decided(e *lifecycle.Event) bool {
	if e.Kind == lifecycle.EventSeverity {
		return e.By != lifecycle.ByScan
	}
	return e.To != string(lifecycle.New) && e.By != lifecycle.ByScan
}

func (t *Then) read(ctx context.Context, r store.Reader) error {
	seen := map[string]bool{}
	var ids []string
	add := func(id string) {
		if !seen[id] {
			ids, seen[id] = append(ids, id), true
		}
	}
	for i := range t.Exceptions {
		add(t.Exceptions[i].Finding)
	}
	for i := range t.Decisions {
		add(t.Decisions[i].Finding)
	}
	records, err := r.Records(ctx, ids)
	t.Of = map[string]lifecycle.Record{}
	for i := range records {
		t.Of[records[i].ID] = records[i]
	}
	return err
}
