package asking

import (
	"context"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// Whole is a question with its findings as they are now.
type Whole struct {
	Asked
	Records    []lifecycle.Record // in the question's order
	Exceptions []lifecycle.Exception
}

// Read returns one question with its findings.
func Read(ctx context.Context, d *desk.Desk, id string) (q *Whole, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		question, err := r.Question(ctx, strings.ToLower(id))
		if err != nil {
			return err
		}
		q = &Whole{}
		if q.Asked, err = asked(ctx, r, &question, d.Now()); err != nil {
			return err
		}
		if q.Records, err = inOrder(ctx, r, question.Findings); err != nil {
			return err
		}
		q.Exceptions, err = desk.Exceptions(ctx, r, q.Records)
		return err
	})
	return q, err
}

// inOrder are the records of ids, in the order of those.
func inOrder(ctx context.Context, r store.Reader, ids []string) (list []lifecycle.Record, err error) {
	records, err := r.Records(ctx, ids)
	of := map[string]lifecycle.Record{}
	for i := range records {
		of[records[i].ID] = records[i]
	}
	for _, id := range ids {
		if record, ok := of[id]; ok {
			list = append(list, record)
		}
	}
	return list, err
}
