package auditing

import (
	"context"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Query chooses entries of the audit log.
type Query struct {
	Actors, Actions []string // one of them; none: all
	Subject         string   // "": all
	Since           string   // a date, or a span back from now
	Before          int64    // older than the entry of this number; 0: from the latest on
	Limit           int
}

// Entries are a page of the audit log, the latest first.
type Entries struct {
	List   []audit.Entry
	Before int64 // what asks for the next page; 0 at the end
}

// mostRead is how many entries one page reads: where few are wanted of a long log, a
// page may have less than it was asked for, and says where the next begins.
const mostRead = 20000

// List returns a page of the audit log.
func List(ctx context.Context, d *desk.Desk, q Query) (page *Entries, err error) {
	err = d.View(ctx, access.AuditRead, func(_ *keep.Keeper, r store.Reader) error {
		if q.Limit < 1 {
			return locale.Errorf("keep.badLimit", locale.A("limit", q.Limit))
		}
		since, err := d.Since("since", q.Since)
		if err != nil {
			return err
		}
		page, err = q.read(ctx, r, since)
		return err
	})
	return page, err
}

func (q *Query) read(ctx context.Context, r store.Reader, since time.Time) (*Entries, error) {
	head, err := r.Head(ctx)
	if err != nil {
		return nil, err
	}
	end := head.Seq + 1 // those before it are left
	if q.Before > 0 {
		end = min(end, q.Before)
	}
	page := &Entries{List: []audit.Entry{}}
	for read := 0; end > 1 && read < mostRead; {
		begin := max(1, end-int64(max(q.Limit, 500)))
		var part []audit.Entry
		for e, err := range r.Audit(ctx, begin) {
			if err != nil {
				return nil, err
			}
			if e.Seq >= end {
				break
			}
			part = append(part, e)
		}
		for _, e := range slices.Backward(part) {
			if read++; e.At.Before(since) {
				return page, nil // entries are in the order of time
			}
			if !q.wants(&e) {
				continue
			}
			if page.List = append(page.List, e); len(page.List) == q.Limit {
				if e.Seq > 1 {
					page.Before = e.Seq
				}
				return page, nil
			}
		}
		end = begin
	}
	if end > 1 {
		page.Before = end
	}
	return page, nil
}

func (q *Query) wants(e *audit.Entry) bool {
	return (len(q.Actors) == 0 || slices.Contains(q.Actors, e.Actor)) && (len(q.Actions) == 0 || slices.Contains(q.Actions, e.Action)) &&
		(q.Subject == "" || q.Subject == e.Subject)
}
