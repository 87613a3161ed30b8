package bulk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/store"
)

// batch is how many findings are decided about in one change: others wait no longer
// than for that.
const batch = 200

// cursor is where a job goes on: at a finding of a part of those that it is about.
type cursor struct {
	Total  int `json:"total"`
	Part   int `json:"part"`
	Within int `json:"within"`
	Result
}

// behind is the cursor behind n findings.
func (c cursor) behind(n, size int) cursor {
	c.First = slices.Clone(c.First)
	if c.Within += n; c.Within >= size {
		c.Part, c.Within = c.Part+1, 0
	}
	return c
}

// begin takes the findings that the job is about, as they are now, and keeps them:
// what the job does to them does not change which they are.
func begin(ctx context.Context, t *jobs.Task, q *Task) (c cursor, err error) {
	if begun, err := t.Cursor(&c); begun || err != nil {
		return c, err
	}
	ids := q.IDs
	if q.Choice != nil {
		if ids, err = findings.IDs(ctx, t.Desk, *q.Choice); err != nil {
			return c, err
		}
	}
	ids = unique(ids)
	c.Total = len(ids)
	return c, t.Keep(ctx, c, doneOf(&c.Result, c.Total), func(ctx context.Context, w store.Writer) error {
		n := 0
		for part := range slices.Chunk(ids, batch) {
			text, err := json.Marshal(part)
			if err != nil {
				return err
			}
			if err := w.PutItem(ctx, store.Item{Kind: store.ItemPart, ID: partID(t, n), About: t.Job().ID, Due: t.Job().Created, Doc: text}); err != nil {
				return err
			}
			n++
		}
		return nil
	})
}

func unique(ids []string) (list []string) {
	seen := make(map[string]bool, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			list = append(list, id)
		}
	}
	return list
}

func partID(t *jobs.Task, n int) string { return fmt.Sprintf("%s/%06d", t.Job().ID, n) }

// part is the n-th part of the findings.
func part(ctx context.Context, t *jobs.Task, n int) (ids []string, err error) {
	err = t.Desk.View(ctx, access.FindingsRead, func(_ *keeper, r store.Reader) error {
		i, err := r.Item(ctx, store.ItemPart, partID(t, n))
		if err != nil {
			return err
		}
		return json.Unmarshal(i.Doc, &ids)
	})
	return ids, err
}

// run decides about all findings, some at a time.
func (o deed) run(ctx context.Context, t *jobs.Task) (any, error) {
	q, err := requested(t)
	if err != nil {
		return nil, err
	}
	c, err := begin(ctx, t, &q)
	for err == nil && c.Part*batch+c.Within < c.Total {
		if err = ctx.Err(); err == nil {
			c, err = o.some(ctx, t, &q, c)
		}
	}
	return c.Result, err
}

// some decides about what is left of a part: all of it in one change, or, where that
// cannot be, one after another.
func (o deed) some(ctx context.Context, t *jobs.Task, q *Task, c cursor) (cursor, error) {
	ids, err := part(ctx, t, c.Part)
	if err != nil {
		return c, err
	}
	left := ids[c.Within:]
	next := c.behind(len(left), len(ids))
	next.Done += len(left)
	err = o.step(ctx, t, q, left, next)
	if err == nil || !refusal(err) {
		return kept(t, c), err
	}
	for _, id := range left {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		next := c.behind(1, len(ids))
		next.Done++
		err := o.step(ctx, t, q, []string{id}, next)
		if err != nil && refusal(err) {
			next = c.behind(1, len(ids))
			why, _ := jobs.Sentence(err)
			next.refuse(id, why)
			err = t.Keep(ctx, next, doneOf(&next.Result, c.Total), nil)
		}
		if c = kept(t, c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// kept is the cursor that was kept last.
func kept(t *jobs.Task, c cursor) cursor {
	var is cursor
	if ok, err := t.Cursor(&is); ok && err == nil {
		return is
	}
	return c
}

// step decides about findings, and keeps the cursor behind them with that.
func (o deed) step(ctx context.Context, t *jobs.Task, q *Task, ids []string, next cursor) error {
	p := doneOf(&next.Result, next.Total)
	step := t.Step(next, p)
	_, err := o.do(ctx, step.Desk, ids, q)
	if err == nil && !step.Kept() { // there was nothing to write
		err = t.Keep(ctx, next, p, nil)
	}
	return err
}

// refusal tells of an error whether it is about the findings, not about the work.
func refusal(err error) bool {
	switch desk.FaultOf(err) {
	case desk.Wrong, desk.Unknown, desk.Changed:
		return true
	}
	return false
}
