package keep

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
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

// nextQuestion finds the first number that is free, without reading all that are
// taken: questions stay, so that those before it are there.
func nextQuestion(ctx context.Context, r store.Reader) (string, error) {
	var failed error
	free := func(n int) bool {
		_, err := r.Question(ctx, questionID(n))
		var missing *store.NotFound
		if err != nil && !errors.As(err, &missing) {
			failed = err
		}
		return err != nil
	}
	least, most := 0, 1 // least is taken, most will be free
	for !free(most) {
		least, most = most, 2*most
	}
	n := least + 1 + sort.Search(most-least-1, func(i int) bool { return free(least + 1 + i) })
	return questionID(n), failed
}

func questionID(n int) string { return "q" + strconv.Itoa(n) }

// Taken is the error about a question whose id another took meanwhile: whoever
// asks writes it anew under the next.
type Taken struct{ ID string }

// Error returns the English sentence.
func (e *Taken) Error() string { return e.Unwrap().Error() }

// Unwrap returns the sentence as a [locale.Error].
func (e *Taken) Unwrap() error {
	return locale.Errorf("keep.taken", locale.A("id", locale.Clean(e.ID)))
}

// Askable refuses findings that nobody is to be asked about: those that ask
// nothing of anybody, and, but for again, those that wait for an answer already.
func (k *Keeper) Askable(ctx context.Context, ids []string, again bool) error {
	return k.Store.View(ctx, func(r store.Reader) error {
		records, err := k.records(ctx, r, ids)
		if err != nil {
			return err
		}
		for i := range records {
			if err := k.askable(ctx, r, &records[i], again); err != nil {
				return about(err, records[i].ID)
			}
		}
		return nil
	})
}

func (k *Keeper) askable(ctx context.Context, r store.Reader, record *lifecycle.Record, again bool) error {
	switch {
	case record.State == lifecycle.Archived:
		return locale.Errorf("keep.askArchived")
	case record.Status != control.Failed && record.Status != control.Unknown:
		return locale.Errorf("keep.askNothing", locale.A("status", record.Status.String()))
	case again:
		return nil
	case record.Workflow == lifecycle.Suppressed:
		return k.suppressed(ctx, r, record)
	}
	open, err := r.Questions(ctx, store.QuestionFilter{Finding: record.ID, Open: true})
	if err != nil || len(open) == 0 {
		return err
	}
	q := &open[len(open)-1]
	if since, err := reasonEnded(ctx, r, record.ID); err != nil || since.After(q.AskedAt) {
		return err // it was asked before what had been agreed on ended
	}
	return locale.Errorf("keep.askedAlready", locale.A("id", q.ID), locale.A("owner", locale.Clean(q.Owner)))
}

// suppressed says of a finding by whom and until when it is.
func (k *Keeper) suppressed(ctx context.Context, r store.Reader, record *lifecycle.Record) error {
	e, err := r.Exception(ctx, record.Exception)
	var none *store.NotFound
	if err != nil && !errors.As(err, &none) {
		return err
	}
	p, err := Policy(ctx, r)
	if err != nil {
		return err
	}
	if e.Until.IsZero() {
		return locale.Errorf("keep.askSuppressed")
	}
	return locale.Errorf("keep.askSuppressedUntil", locale.A("until", e.Until.Add(-1).In(p.Zone).Format(time.DateOnly)), locale.A("by", locale.Clean(cmp.Or(e.ApprovedBy, e.By))))
}

// reasonEnded is when an exception of a finding last ended because its reason
// did; zero: never.
func reasonEnded(ctx context.Context, r store.Reader, finding string) (at time.Time, err error) {
	had, err := r.ExceptionsOf(ctx, finding)
	for i := range had {
		if e := &had[i]; e.EndedBy == lifecycle.ByCondition && e.EndedAt.After(at) {
			at = e.EndedAt
		}
	}
	return at, err
}

// Ask stores questions as they are about to be sent, and tells the history of
// every finding that they are about. One whose id was taken meanwhile is refused
// with a [*Taken]: its text names the wrong one.
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
		return audit.Entry{}, &Taken{q.ID}
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
	head, err := k.note(ctx, w, "ask", q.ID, "", map[string]any{"findings": q.Findings, "owner": q.Owner, "ownerFrom": q.OwnerFrom, "due": q.Due, "channel": q.Channel})
	if err != nil || q.Link == nil {
		return head, err
	}
	return k.makeLink(ctx, w, q.Link)
}

// stands tells whether a finding is there and does not pass.
func stands(r *lifecycle.Record) bool {
	return r.State == lifecycle.Active && (r.Status == control.Failed || r.Status == control.Unknown)
}

// Withdraw takes questions back that nobody has answered.
func (k *Keeper) Withdraw(ctx context.Context, ids []string, why string) (list []ask.Question, head audit.Entry, err error) {
	err = k.Store.Update(ctx, func(w store.Writer) error {
		list = nil
		for _, id := range ids {
			q, err := w.Question(ctx, strings.ToLower(id))
			if err != nil {
				return err
			}
			p, err := Policy(ctx, w)
			if err != nil {
				return err
			}
			inZone(&q, p.Zone)
			if err := q.Withdraw(k.Actor, why, k.now()); err != nil {
				return err
			}
			if err := w.PutQuestion(ctx, q); err != nil {
				return err
			}
			var events []lifecycle.Event
			for _, finding := range q.Findings {
				events = append(events, lifecycle.Event{Finding: finding, At: q.Withdrawn.At, Kind: lifecycle.EventWithdrawn, From: q.ID, By: k.Actor, Reason: q.Withdrawn.Why})
			}
			if err := w.AddEvents(ctx, events); err != nil {
				return err
			}
			if head, err = k.note(ctx, w, "ask.withdraw", q.ID, why, map[string]any{"findings": q.Findings, "owner": q.Owner}); err != nil {
				return err
			}
			list = append(list, q)
		}
		return nil
	})
	return list, head, err
}

// AskedNoMore says why nobody has to answer a question any more, though nobody has: what
// became of its findings. "" where some finding still waits.
func AskedNoMore(q *ask.Question, records []lifecycle.Record) string {
	if q.Closed() || slices.ContainsFunc(records, func(r lifecycle.Record) bool { return Waits(&r) }) {
		return ""
	}
	became := map[string]bool{}
	for i := range records {
		switch r := &records[i]; {
		case r.State == lifecycle.Archived:
			became["archived"] = true
		case r.Workflow == lifecycle.Suppressed:
			became["suppressed"] = true
		case r.Status == control.Passed:
			became["passed"] = true
		default:
			became["resolved"] = true
		}
	}
	if len(became) == 1 {
		for one := range became {
			return one
		}
	}
	return "ended"
}

// ControlsOf are the controls of findings, each once, in the order of the list
// of controls; one that this kumoban does not have is left out.
func (k *Keeper) ControlsOf(records []lifecycle.Record) (list []*control.Control) {
	of := map[string]bool{}
	for i := range records {
		of[records[i].Control] = true
	}
	for _, c := range k.Controls {
		if of[c.ID] {
			list = append(list, c.Control)
		}
	}
	return list
}
