package keep

import (
	"context"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// Told is a question that went out to its owner.
type Told struct {
	Question ask.Question
	Before   bool // that was noted before: nothing changed
	Notified int  // findings that are NOTIFIED now and were not before
}

// Sent notes that questions went out: their findings that are NEW become
// NOTIFIED, as AWS means it. What is suppressed or resolved stays so. A question
// of which that was noted before is left as it is.
func (k *Keeper) Sent(ctx context.Context, ids []string) ([]Told, audit.Entry, error) {
	var told []Told
	var head audit.Entry
	err := k.Store.Update(ctx, func(w store.Writer) error {
		if _, err := k.expire(ctx, w); err != nil {
			return err
		}
		for _, id := range ids {
			q, err := w.Question(ctx, strings.ToLower(id))
			if err != nil {
				return err
			}
			if slices.ContainsFunc(told, func(t Told) bool { return t.Question.ID == q.ID }) {
				continue
			}
			one := Told{Before: !q.MarkSent(k.Actor, k.now())}
			if one.Question = q; !one.Before {
				if one.Notified, head, err = k.sent(ctx, w, &q); err != nil {
					return err
				}
			}
			told = append(told, one)
		}
		return nil
	})
	return told, head, err
}

// sent tells the findings of a question that their owner knows of them.
func (k *Keeper) sent(ctx context.Context, w store.Writer, q *ask.Question) (int, audit.Entry, error) {
	records, err := k.records(ctx, w, q.Findings)
	if err != nil {
		return 0, audit.Entry{}, err
	}
	records = slices.DeleteFunc(records, func(r lifecycle.Record) bool {
		return r.State != lifecycle.Active || r.Workflow != lifecycle.New
	})
	d := deed{"notify", q.ID, map[string]any{"question": q.ID}}
	_, err = k.decideIn(ctx, w, records, d, func(_ context.Context, _ store.Writer, r *lifecycle.Record) (lifecycle.Record, []lifecycle.Event, error) {
		return lifecycle.Notify(r, lifecycle.By{Who: k.Actor, At: k.now(), Why: q.ID})
	})
	if err != nil {
		return 0, audit.Entry{}, err
	}
	if err := w.PutQuestion(ctx, *q); err != nil {
		return 0, audit.Entry{}, err
	}
	head, err := k.note(ctx, w, "ask.sent", q.ID, "", map[string]any{"channel": q.Channel, "owner": q.Owner, "notified": len(records)})
	return len(records), head, err
}
