package bulk

import (
	"context"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

type keeper = keep.Keeper

// ask puts one question to each owner. What was asked before the job was cut off is
// not asked again: its findings wait for an answer, and are known by that.
func (s *Setup) ask(ctx context.Context, t *jobs.Task) (any, error) {
	q, err := requested(t)
	if err != nil {
		return nil, err
	}
	c, err := begin(ctx, t, &q)
	if err != nil {
		return nil, err
	}
	ids, err := askable(ctx, t, &c)
	if err != nil || len(ids) == 0 {
		return c.Result, err
	}
	env := *s.Env
	env.Tell = func(key string, args ...locale.Arg) { t.Tell(desk.Tell(key, args...)) }
	asked, err := asking.Ask(ctx, t.Desk, &env, asking.Request{
		Findings: ids, Owner: q.To, Due: q.Due, Via: q.Via, Webhook: s.Webhook, Lang: q.Lang,
	})
	for i := range asked {
		c.Done += len(asked[i].Question.Findings)
		t.Progress(doneOf(&c.Result, c.Total))
	}
	return c.Result, err
}

// askable are the findings that are still to be asked about; those that nobody is to
// be asked about are refused, and those that this job has asked about are done.
func askable(ctx context.Context, t *jobs.Task, c *cursor) (ids []string, err error) {
	k, err := t.Desk.Keeper(access.QuestionsAsk)
	if err != nil {
		return nil, err
	}
	for n := 0; n*batch < c.Total; n++ {
		some, err := part(ctx, t, n)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			done, err := asked(ctx, t, id)
			if err != nil {
				return nil, err
			}
			if done {
				c.Done++
				continue
			}
			if err := k.Askable(ctx, []string{id}, false); err == nil {
				ids = append(ids, id)
			} else if refusal(err) {
				why, _ := jobs.Sentence(err)
				c.refuse(id, why)
			} else {
				return nil, err
			}
		}
	}
	return ids, nil
}

// asked tells whether this job has put a question about a finding.
func asked(ctx context.Context, t *jobs.Task, id string) (done bool, err error) {
	j := t.Job()
	err = t.Desk.View(ctx, access.FindingsRead, func(_ *keeper, r store.Reader) error {
		open, err := r.Questions(ctx, store.QuestionFilter{Finding: id, Open: true})
		for i := range open {
			done = done || open[i].AskedBy == j.By && !open[i].AskedAt.Before(j.Started)
		}
		return err
	})
	return done, err
}
