// Package keep is what happens to findings between scans and people: it saves
// scans, takes decisions and asks questions on a store, each as one change
// that is written whole, with its history and its audit entry, or not at all.
package keep

import (
	"context"
	"encoding/json"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

// Keeper works on one store. It is for one goroutine at a time.
type Keeper struct {
	Store     store.Store
	Now       func() time.Time
	Actor     string       // who runs the command, for the audit log
	Rules     []rules.Rule // of kumoban.yaml, in their order
	Controls  control.Set  // all that kumoban has
	Disabled  []string     // ids of controls that are switched off
	OwnerTags []string     // tag keys that name owners; nil: the usual ones
	// Seen says when findings were updated last, as far as whoever decides knows, by
	// their ids. A decision about one that was updated since is refused, with [*Stale].
	Seen map[string]time.Time
}

// Stale is a finding that changed after whoever decides had looked at it, with the
// exception that it names now, as a list of one.
type Stale struct {
	Is         lifecycle.Record
	Exceptions []lifecycle.Exception
}

// Error returns the English sentence.
func (e *Stale) Error() string { return e.Unwrap().Error() }

// Unwrap returns the sentence as a [locale.Error].
func (e *Stale) Unwrap() error {
	return locale.Errorf("keep.stale", locale.A("id", finding.Short(e.Is.ID)), locale.A("at", e.Is.Updated.UTC().Format(time.RFC3339)))
}

// fresh refuses to decide about what changed since it was looked at.
func (k *Keeper) fresh(ctx context.Context, r store.Reader, records []lifecycle.Record) error {
	of := index(records)
	for id, at := range k.Seen {
		switch is := of[id]; {
		case is == nil: // by another name nothing would be compared
			return &store.NotFound{What: "finding", ID: id}
		case !at.Equal(is.Updated):
			exceptions, err := r.Exceptions(ctx, []string{is.Exception})
			if err != nil {
				return err
			}
			return &Stale{*is, exceptions}
		}
	}
	return nil
}

// Basis says which controls a score is about. Gaps are those of the scan after
// which it is reckoned.
func (k *Keeper) Basis(gaps []resource.Gap) score.Basis {
	b := score.Basis{Disabled: k.Disabled, Hidden: score.Hidden(gaps, k.Controls)}
	for _, c := range k.Controls {
		b.Controls = append(b.Controls, c.ID)
	}
	return b
}

// batch is how many records travel together: enough to fill multi-row
// statements, few enough to hold.
const batch = 2000

// note appends to the audit log. What is told in detail becomes JSON.
func (k *Keeper) note(ctx context.Context, w store.Writer, action, subject, reason string, detail any) (audit.Entry, error) {
	text, err := json.Marshal(detail)
	if err != nil {
		return audit.Entry{}, err
	}
	return w.Append(ctx, audit.Entry{At: k.now(), Actor: k.Actor, Action: action, Subject: subject, Reason: reason, Detail: string(text)})
}

// now is in the precision that every store keeps.
func (k *Keeper) now() time.Time { return k.Now().UTC().Truncate(time.Microsecond) }

// change is a set of records on their way into the store.
type change struct {
	insert, replace []lifecycle.Record
	touch           []string
	exceptions      []lifecycle.Exception
	events          []lifecycle.Event
}

func (c *change) write(ctx context.Context, w store.Writer, at time.Time, scan int64) error {
	if len(c.insert) > 0 {
		if err := w.Insert(ctx, c.insert); err != nil {
			return err
		}
	}
	if len(c.replace) > 0 {
		if err := w.Replace(ctx, c.replace); err != nil {
			return err
		}
	}
	if len(c.touch) > 0 {
		if err := w.Touch(ctx, c.touch, at, scan); err != nil {
			return err
		}
	}
	for _, e := range c.exceptions {
		if err := w.PutException(ctx, e); err != nil {
			return err
		}
	}
	if len(c.events) > 0 {
		if err := w.AddEvents(ctx, c.events); err != nil {
			return err
		}
	}
	*c = change{insert: c.insert[:0], replace: c.replace[:0], touch: c.touch[:0], exceptions: c.exceptions[:0], events: c.events[:0]}
	return nil
}
