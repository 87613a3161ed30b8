package findings

import (
	"context"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// Exceptions are some, in the order in which they are shown, with the findings that
// they let be, by their ids.
type Exceptions struct {
	List []lifecycle.Exception
	Of   map[string]lifecycle.Record
}

// Expiring are the exceptions in force that end by themselves within a span, the
// first to end first.
func Expiring(ctx context.Context, d *desk.Desk, within string) (out *Exceptions, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		span, err := desk.Span(within)
		if err != nil {
			return err
		}
		list, err := r.ExceptionsUntil(ctx, d.Now().Add(span))
		if err == nil {
			out, err = withFindings(ctx, r, list)
		}
		return err
	})
	return out, err
}

// Proposed are the exceptions that wait for an approver, oldest first.
func Proposed(ctx context.Context, d *desk.Desk) (out *Exceptions, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		list, err := r.Proposals(ctx)
		if err == nil {
			out, err = withFindings(ctx, r, list)
		}
		return err
	})
	return out, err
}

func withFindings(ctx context.Context, r store.Reader, list []lifecycle.Exception) (*Exceptions, error) {
	out := &Exceptions{List: list, Of: map[string]lifecycle.Record{}}
	var ids []string
	for i := range list {
		ids = append(ids, list[i].Finding)
	}
	records, err := r.Records(ctx, ids)
	for i := range records {
		out.Of[records[i].ID] = records[i]
	}
	return out, err
}
