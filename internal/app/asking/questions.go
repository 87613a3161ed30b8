package asking

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// Asked is a question with what became of its findings.
type Asked struct {
	ask.Question
	Ended  string // why nobody has to answer any more, though nobody has; see [keep.AskedNoMore]
	Broken bool   // its fix was promised by a day that is over
	// Link is where the owner answers without signing in, told once, to whoever asked or
	// made it; "": there is none, or nobody knows it any more.
	Link string
}

// Told is a question that went out to its owner.
type Told = keep.Told

// List returns the questions that wait for an answer, or are overdue, or all; and
// how many wait.
func List(ctx context.Context, d *desk.Desk, overdue, all bool) (list []Asked, waiting int, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		questions, err := r.Questions(ctx, store.QuestionFilter{})
		for i := 0; err == nil && i < len(questions); i++ {
			var q Asked
			if q, err = asked(ctx, r, &questions[i], d.Now()); err != nil {
				return err
			}
			open := !q.Closed() && q.Ended == ""
			if open {
				waiting++
			}
			late := q.Broken || q.Ended == "" && q.Overdue(d.Now())
			if late || !overdue && (all || !q.Closed()) {
				list = append(list, q)
			}
		}
		return err
	})
	return list, waiting, err
}

// asked says of a question whether somebody still waits for an answer, and whether
// a fix was promised by a day that is over while a finding still fails.
func asked(ctx context.Context, r store.Reader, question *ask.Question, now time.Time) (Asked, error) {
	q := Asked{Question: *question}
	promised := func(id string) bool {
		if q.Answer == nil {
			return false
		}
		a := q.Answer.Of(id)
		return a.Choice == ask.FixBy && !a.Until.After(now)
	}
	if q.Closed() && !slices.ContainsFunc(q.Findings, promised) {
		return q, nil
	}
	records, err := r.Records(ctx, q.Findings)
	q.Ended = keep.AskedNoMore(&q.Question, records)
	q.Broken = slices.ContainsFunc(records, func(r lifecycle.Record) bool { return promised(r.ID) && keep.Waits(&r) })
	return q, err
}

// Show returns one question.
func Show(ctx context.Context, d *desk.Desk, id string) (q Asked, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		question, err := r.Question(ctx, strings.ToLower(id))
		if err == nil {
			q, err = asked(ctx, r, &question, d.Now())
		}
		return err
	})
	return q, err
}

// Waiting are the questions that wait for an answer.
func Waiting(ctx context.Context, d *desk.Desk) (list []ask.Question, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		list, err = r.Questions(ctx, store.QuestionFilter{Open: true})
		return err
	})
	return list, err
}

// Sent notes that questions went out by the questioner's own means.
func Sent(ctx context.Context, d *desk.Desk, ids []string) ([]Told, audit.Entry, error) {
	k, err := d.Keeper(access.QuestionsAsk)
	if err != nil {
		return nil, audit.Entry{}, err
	}
	return k.Sent(ctx, ids)
}

// Withdraw takes questions back that nobody has answered.
func Withdraw(ctx context.Context, d *desk.Desk, ids []string, why string) ([]Asked, audit.Entry, error) {
	k, err := d.Keeper(access.QuestionsAsk)
	if err != nil {
		return nil, audit.Entry{}, err
	}
	questions, head, err := k.Withdraw(ctx, ids, why)
	var list []Asked
	for _, q := range questions {
		list = append(list, Asked{Question: q})
	}
	return list, head, err
}

// latest is the last moment at which an exception that is made now may end.
func latest(ctx context.Context, k *keep.Keeper) (at time.Time, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		held, err := keep.Policy(ctx, r)
		at = held.Until(k.Now())
		return err
	})
	return at, err
}
