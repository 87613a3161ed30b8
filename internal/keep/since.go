package keep

import (
	"context"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Since are the latest scan and the last one of those that had ended by a time to
// compare it with: one that looked at something of the same. Where none had ended, it
// is the first one there is.
func Since(ctx context.Context, r store.Reader, at time.Time) (from, to int64, err error) {
	all, err := r.Scans(ctx, 0)
	if err != nil {
		return 0, 0, err
	}
	all = slices.DeleteFunc(all, func(s store.Scan) bool { return len(s.Accounts) == 0 })
	if len(all) < 2 {
		return 0, 0, locale.Errorf("keep.noTwoScans")
	}
	before := slices.DeleteFunc(slices.Clone(all[1:]), func(s store.Scan) bool { return s.Ended.After(at) })
	if len(before) == 0 {
		before = slices.Clone(all[1:])
		slices.Reverse(before)
	}
	from, _ = fellow(&all[0], before)
	return from, all[0].ID, nil
}
