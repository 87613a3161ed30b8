// Package auditing verifies the audit log and hands it out.
package auditing

import (
	"context"
	"io"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/store"
)

// Verified is what verifying the audit log, and the store against it, came to.
type Verified = keep.Verified

// Verify reads the whole audit log, holds it to a head that somebody kept, where
// there is one, and holds the store to it.
func Verify(ctx context.Context, d *desk.Desk, head string) (v Verified, err error) {
	err = d.View(ctx, access.AuditRead, func(_ *keep.Keeper, r store.Reader) error {
		v, err = keep.Verify(ctx, r, head, nil)
		return err
	})
	return v, err
}

// Export writes the whole audit log, an entry a line.
func Export(ctx context.Context, d *desk.Desk, w io.Writer) error {
	return d.View(ctx, access.AuditRead, func(_ *keep.Keeper, r store.Reader) error { return audit.Export(w, r.Audit(ctx, 1)) })
}
