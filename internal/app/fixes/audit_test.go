package fixes_test

import (
	"testing"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/store"
)

// auditOf are the entries about a run: who did what, and why.
func auditOf(t *testing.T, d *desk.Desk, run string) (list []string, err error) {
	t.Helper()
	err = d.View(t.Context(), access.AuditRead, func(_ *keep.Keeper, r store.Reader) error {
		entries, err := r.AuditOf(t.Context(), run)
		for i := range entries {
			list = append(list, entries[i].Actor+" "+entries[i].Action+" "+entries[i].Reason)
		}
		return err
	})
	return list, err
}
