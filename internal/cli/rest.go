package cli

import (
	"context"
	"time"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/view"
)

// What follows goes with the use cases that still stand here.

// waiting is how many findings do not pass.
func waiting(records []lifecycle.Record) (n int) {
	for i := range records {
		if s := records[i].Status; s == control.Failed || s == control.Unknown {
			n++
		}
	}
	return n
}

// whole makes whole ids of what was typed.
func whole(ctx context.Context, k *keep.Keeper, names []string) (ids []string, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		ids, err = keep.Find(ctx, r, names)
		return err
	})
	return ids, err
}

// excepted tells a view when the exceptions that findings name end, and of which
// scans could not look at a condition.
func excepted(ctx context.Context, r store.Reader, v *view.View, records []lifecycle.Record) error {
	var ids []string
	for i := range records {
		if records[i].Exception != "" {
			ids = append(ids, records[i].Exception)
		}
	}
	list, err := r.Exceptions(ctx, ids)
	v.Know(list)
	return err
}

// tellProposals says how many of the findings that were decided about wait for an
// approver, and how somebody approves.
func (p *program) tellProposals(ctx context.Context, k *keep.Keeper, records []lifecycle.Record) error {
	said, err := desk.Proposed(ctx, k, records)
	p.notices(said)
	return err
}

func (p *program) throughDay(d *desk.Desk, flag, text string) (time.Time, error) {
	return d.Through(flag, text)
}
