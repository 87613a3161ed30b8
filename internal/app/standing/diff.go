package standing

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Difference is what changed between two scans.
type Difference = keep.Difference

// Diff compares two scans, by their numbers; one that is named with the latest, and
// without any the latest with the one before.
func Diff(ctx context.Context, d *desk.Desk, scans []string, in Place) (diff *Difference, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		ids, err := numbers(ctx, r, scans)
		if err != nil {
			return err
		}
		from, to, err := keep.Between(ctx, r, ids)
		if err != nil {
			return err
		}
		diff, err = between(ctx, d, r, from, to, in)
		return err
	})
	return diff, err
}

// DiffSince compares the latest scan with the last one that had ended so long before
// now, a date or a span back; where none had, with the first there is.
func DiffSince(ctx context.Context, d *desk.Desk, since string, in Place) (diff *Difference, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		at, err := d.Since("since", since)
		if err != nil {
			return err
		}
		from, to, err := keep.Since(ctx, r, at)
		if err != nil {
			return err
		}
		diff, err = between(ctx, d, r, from, to, in)
		return err
	})
	return diff, err
}

// between compares two scans, once until something changes.
func between(ctx context.Context, d *desk.Desk, r store.Reader, from, to int64, in Place) (*Difference, error) {
	return desk.Once(ctx, d, r, fmt.Sprintf("diff %d %d %q", from, to, in), func() (*Difference, error) {
		return keep.Diff(ctx, r, from, to, store.Filter{Accounts: in.Accounts, Regions: in.Regions, Controls: in.Controls})
	})
}

// numbers reads the numbers of scans that are stored.
func numbers(ctx context.Context, r store.Reader, texts []string) (ids []int64, err error) {
	for _, text := range texts {
		id, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64)
		if err != nil || id < 1 {
			return nil, locale.Errorf("keep.badScan", locale.A("scan", locale.Clean(text)))
		}
		if _, err := r.Scan(ctx, id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}
