package findings

import (
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
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

// ExceptionQuery asks for one page of exceptions.
type ExceptionQuery struct {
	State    string // "proposed", "inForce" or "ended"
	Accounts []string
	Controls []string
	After    string // what the page before said; "": the first
	Limit    int
}

// ExceptionPage is one page of exceptions: proposals by when they were made, those in
// force by when they end by themselves, ended ones the latest first.
type ExceptionPage struct {
	Exceptions
	Next  string // where the next page begins; "" at the end
	Total int    // of all pages
}

// ExceptionsBy returns one page of the exceptions in a state.
func ExceptionsBy(ctx context.Context, d *desk.Desk, q ExceptionQuery) (page *ExceptionPage, err error) {
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		states := []store.ExceptionState{store.ExceptionProposed, store.ExceptionInForce, store.ExceptionEnded}
		if !slices.Contains(states, store.ExceptionState(q.State)) {
			return locale.Errorf("keep.badState", locale.A("state", locale.Clean(q.State)))
		}
		if q.Limit < 1 || q.Limit > most {
			return locale.Errorf("keep.badLimit", locale.A("limit", q.Limit))
		}
		f, err := (&Choice{Accounts: q.Accounts, Controls: q.Controls, All: true}).filter(d, k.Controls.Controls())
		if err != nil {
			return err
		}
		found, err := r.ExceptionsPage(ctx, store.ExceptionQuery{State: store.ExceptionState(q.State), Filter: f, After: q.After, Limit: q.Limit})
		if err != nil {
			return err
		}
		with, err := withFindings(ctx, r, found.List)
		page = &ExceptionPage{*with, found.Next, found.Total}
		return err
	})
	return page, err
}
