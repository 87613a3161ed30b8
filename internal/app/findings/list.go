package findings

import (
	"context"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Order is what a list is sorted by.
type Order = store.Order

// The orders.
const (
	BySeverity = store.BySeverity
	ByChanged  = store.ByChanged
	ByResource = store.ByResource
)

// Query asks for one page.
type Query struct {
	Choice
	Order Order
	After string // what the page before said of the next; "": by Number
	Limit int
	// Number is that of the page, from 1.
	Number int
}

// Page is one page of findings.
type Page struct {
	Records    []lifecycle.Record
	Total      int    // findings of all pages
	Next       string // where the next page begins; "" at the end
	Exceptions []lifecycle.Exception
	Owners     map[string]string // of findings, by their ids, as far as something tells
	Empty      bool              // nothing was ever stored
}

// most is how many findings a page may have.
const most = 10000

// List returns one page.
func List(ctx context.Context, d *desk.Desk, q Query) (*Page, error) {
	var page *Page
	err := d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		query := store.Query{Order: q.Order, After: q.After, Limit: q.Limit}
		var err error
		if query.Filter, err = q.filter(d, k.Controls.Controls()); err != nil {
			return err
		}
		switch {
		case q.Number < 1:
			return locale.Errorf("keep.badPage", locale.A("page", q.Number))
		case q.Limit < 1 || q.Limit > most:
			return locale.Errorf("keep.badLimit", locale.A("limit", q.Limit))
		case !slices.Contains([]Order{BySeverity, ByChanged, ByResource}, q.Order):
			return locale.Errorf("keep.badOrder", locale.A("order", locale.Clean(string(q.Order))))
		}
		if err := turn(ctx, r, &query, q.Number); err != nil {
			return err
		}
		page, err = read(ctx, k, r, query)
		return err
	})
	return page, err
}

// read reads a page and what people want to know beside it.
func read(ctx context.Context, k *keep.Keeper, r store.Reader, q store.Query) (*Page, error) {
	page := &Page{Owners: map[string]string{}}
	var err error
	if page.Records, page.Next, err = r.Page(ctx, q); err != nil {
		return nil, err
	}
	if page.Total, err = r.Count(ctx, q.Filter); err != nil {
		return nil, err
	}
	if page.Exceptions, err = desk.Exceptions(ctx, r, page.Records); err != nil {
		return nil, err
	}
	owner, err := k.OwnerOf(ctx, r)
	if err != nil {
		return nil, err
	}
	for i := range page.Records {
		page.Owners[page.Records[i].ID] = owner(&page.Records[i]).Owner
	}
	scans, err := r.Scans(ctx, 1)
	page.Empty = len(scans) == 0 && page.Total == 0
	return page, err
}

// turn goes to a page by its number.
func turn(ctx context.Context, r store.Reader, q *store.Query, number int) error {
	const most = 1000 // findings at once
	for skip := (number - 1) * q.Limit; skip > 0; {
		step := *q
		step.Limit = min(skip, most)
		page, next, err := r.Page(ctx, step)
		if err != nil {
			return err
		}
		if next == "" {
			total, err := r.Count(ctx, q.Filter)
			if err != nil {
				return err
			}
			return locale.Errorf("keep.noPage", locale.A("page", number), locale.A("total", total), locale.A("pages", max(1, (total+q.Limit-1)/q.Limit)))
		}
		skip -= len(page)
		q.After = next
	}
	return nil
}

// Candidates are findings that somebody who typed so much may mean: those that wait,
// or are suppressed, and all whose id begins with what was typed.
func Candidates(ctx context.Context, d *desk.Desk, typed string, suppressed bool) (list []lifecycle.Record, err error) {
	const most = 50
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		if typed == "" {
			filter, err := (&Choice{Suppressed: suppressed}).filter(d, k.Controls.Controls())
			if err != nil {
				return err
			}
			list, _, err = r.Page(ctx, store.Query{Filter: filter, Order: BySeverity, Limit: most})
			return err
		}
		ids, err := r.IDs(ctx, strings.ToLower(typed), most)
		if err == nil {
			list, err = r.Records(ctx, ids)
		}
		return err
	})
	return list, err
}

// IDs are those of all findings that a choice lets through, most severe first.
func IDs(ctx context.Context, d *desk.Desk, c Choice) (ids []string, err error) {
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		ids = nil
		filter, err := c.filter(d, k.Controls.Controls())
		if err != nil {
			return err
		}
		return r.Each(ctx, filter, func(record *lifecycle.Record) error {
			ids = append(ids, record.ID)
			return nil
		})
	})
	return ids, err
}

// Count is how many findings a choice lets through.
func Count(ctx context.Context, d *desk.Desk, c Choice) (n int, err error) {
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		filter, err := c.filter(d, k.Controls.Controls())
		if err == nil {
			n, err = r.Count(ctx, filter)
		}
		return err
	})
	return n, err
}
