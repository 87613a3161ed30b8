package keep

import (
	"context"
	"strings"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/store"
)

// Remark puts down what an owner said without answering. What was said just so before
// changes nothing; then there is no entry.
func (k *Keeper) Remark(ctx context.Context, id string, r ask.Remark) (q ask.Question, said ask.Remark, head audit.Entry, err error) {
	r.RecordedBy = k.Actor
	err = k.Store.Update(ctx, func(w store.Writer) error {
		found, err := w.Question(ctx, strings.ToLower(id))
		if err == nil {
			q, said, head, err = k.remarkIn(ctx, w, &found, r)
		}
		return err
	})
	return q, said, head, err
}

func (k *Keeper) remarkIn(ctx context.Context, w store.Writer, q *ask.Question, r ask.Remark) (ask.Question, ask.Remark, audit.Entry, error) {
	p, err := Policy(ctx, w)
	if err != nil {
		return *q, r, audit.Entry{}, err
	}
	inZone(q, p.Zone)
	said, events, err := q.Remark(r, k.now())
	if err != nil || events == nil {
		if said == nil {
			said = &r
		}
		return *q, *said, audit.Entry{}, err
	}
	if err := w.PutQuestion(ctx, *q); err != nil {
		return *q, *said, audit.Entry{}, err
	}
	if err := w.AddEvents(ctx, events); err != nil {
		return *q, *said, audit.Entry{}, err
	}
	detail := map[string]any{"by": said.By, "choice": said.Choice, "findings": q.Findings}
	if said.Owner != "" {
		detail["owner"] = said.Owner
	}
	head, err := k.note(ctx, w, "ask.remark", q.ID, said.Words, detail)
	return *q, *said, head, err
}

// SaveLook stores what a look at the findings of a question saw, because somebody said
// that they are fixed, and notes it with that remark, the question's last. What could
// not be looked at stays as it is.
func (k *Keeper) SaveLook(ctx context.Context, question string, saw []ask.Saw, now []finding.Finding, version string) (q ask.Question, head audit.Entry, err error) {
	err = k.Store.Update(ctx, func(w store.Writer) error {
		if q, err = w.Question(ctx, question); err != nil {
			return err
		}
		if err := k.runOutcome(ctx, w, &Deed{What: "fix.verify", Version: version, Now: now}); err != nil {
			return err
		}
		q.Looked(saw)
		if err := w.PutQuestion(ctx, q); err != nil {
			return err
		}
		seen := map[string]string{}
		for _, s := range saw {
			seen[s.Finding] = s.Status
		}
		head, err = k.note(ctx, w, "ask.look", q.ID, "", map[string]any{"saw": seen})
		return err
	})
	return q, head, err
}
