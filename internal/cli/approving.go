package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
)

// findingsProposed lists the exceptions that wait for an approver.
func (p *program) findingsProposed() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{Use: "proposed", Short: p.text("findings.proposed.short"), Long: p.text("findings.proposed.long"), Example: p.text("findings.proposed.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		list, err := findings.Proposed(ctx, d)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			return v.ExpiringJSON(p.stdout, list.List)
		}
		return v.Proposed(p.stdout, list.List, list.Of)
	})
	f.reads(p, c.Flags())
	return c
}
