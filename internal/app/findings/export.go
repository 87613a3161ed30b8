package findings

import (
	"context"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/store"
)

// Export writes chosen findings in the formats of a scan, where the outputs say.
func Export(ctx context.Context, d *desk.Desk, env *app.Env, o app.Outputs, c Choice) error {
	return d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		filter, err := c.filter(d, k.Controls.Controls())
		if err != nil {
			return err
		}
		return app.Export(ctx, env, o, r, filter)
	})
}
