package keep

import (
	"context"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// NewQuestionID is the id of the next question: q1, q2, … It is asked for
// before the text is written, which names it.
func (k *Keeper) NewQuestionID(ctx context.Context) (id string, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		id, err = nextQuestion(ctx, r)
		return err
	})
	return id, err
}

func nextQuestion(ctx context.Context, r store.Reader) (string, error) {
	all, err := r.Questions(ctx, store.QuestionFilter{})
	return "q" + strconv.Itoa(len(all)+1), err
}

// Ask stores questions as they are about to be sent, and tells the history of
// every finding that they are about. A question whose id was taken meanwhile is
// refused: its text names the wrong one.
func (k *Keeper) Ask(ctx context.Context, questions []ask.Question) (audit.Entry, error) {
	var head audit.Entry
	err := k.Store.Update(ctx, func(w store.Writer) error {
		for i := range questions {
			var err error
			if head, err = k.askOne(ctx, w, &questions[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return head, err
}

func (k *Keeper) askOne(ctx context.Context, w store.Writer, q *ask.Question) (audit.Entry, error) {
	next, err := nextQuestion(ctx, w)
	if err != nil {
		return audit.Entry{}, err
	}
	if q.ID != next {
		return audit.Entry{}, &store.Problem{Kind: store.Busy}
	}
	if _, err := k.records(ctx, w, q.Findings); err != nil {
		return audit.Entry{}, err
	}
	q.AskedBy, q.AskedAt = k.Actor, k.now()
	if err := q.Check(q.AskedAt); err != nil {
		return audit.Entry{}, err
	}
	if err := w.PutQuestion(ctx, *q); err != nil {
		return audit.Entry{}, err
	}
	var events []lifecycle.Event
	for _, id := range q.Findings {
		events = append(events, lifecycle.Event{Finding: id, At: q.AskedAt, Kind: lifecycle.EventAsked, To: q.ID, By: k.Actor, Reason: q.Owner})
	}
	if err := w.AddEvents(ctx, events); err != nil {
		return audit.Entry{}, err
	}
	return k.note(ctx, w, "ask", q.ID, "", map[string]any{"findings": q.Findings, "owner": q.Owner, "ownerFrom": q.OwnerFrom, "due": q.Due, "channel": q.Channel})
}

// Answer records what an owner said. What is accepted is suppressed until the
// date, in the owner's words and with the owner as the one who approved.
func (k *Keeper) Answer(ctx context.Context, id string, a ask.Answer) (ask.Question, audit.Entry, error) {
	var q ask.Question
	var head audit.Entry
	a.RecordedBy = k.Actor
	if k.FourEyes && a.Choice == ask.Accept && a.By == k.Actor {
		return q, head, locale.Errorf("keep.fourEyes", locale.A("by", locale.Clean(k.Actor)))
	}
	err := k.Store.Update(ctx, func(w store.Writer) error {
		if _, err := k.expire(ctx, w); err != nil {
			return err
		}
		var err error
		if q, err = w.Question(ctx, strings.ToLower(id)); err != nil {
			return err
		}
		said, err := q.Reply(a, k.now())
		if err != nil {
			return err
		}
		if err := w.PutQuestion(ctx, q); err != nil {
			return err
		}
		if err := k.answered(ctx, w, &q, said); err != nil {
			return err
		}
		head, err = k.note(ctx, w, "answer", q.ID, a.Words, map[string]any{"by": a.By, "choice": a.Choice, "until": a.Until, "findings": q.Findings})
		return err
	})
	return q, head, err
}

// answered tells the findings of a question what was said of them.
func (k *Keeper) answered(ctx context.Context, w store.Writer, q *ask.Question, said []lifecycle.Event) error {
	records, err := k.records(ctx, w, q.Findings)
	if err != nil {
		return err
	}
	c := change{events: said}
	for i := range records {
		r := &records[i]
		if q.Answer.Choice != ask.Accept || r.State == lifecycle.Archived {
			continue // there is nothing left to let be
		}
		next, events, err := k.except(ctx, w, r, Exemption{Reason: q.Answer.Words, Until: q.Answer.Until, ApprovedBy: q.Answer.By, Question: q.ID})
		if err != nil {
			return about(err, r.ID)
		}
		c.replace, c.events = append(c.replace, next), append(c.events, events...)
	}
	return c.write(ctx, w, k.now(), 0)
}
