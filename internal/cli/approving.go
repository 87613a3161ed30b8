package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// findingsProposed lists the exceptions that wait for an approver.
func (p *program) findingsProposed() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{Use: "proposed", Short: p.text("findings.proposed.short"), Long: p.text("findings.proposed.long"), Example: p.text("findings.proposed.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, _ []string) error {
		v, err := p.view()
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			list, err := r.Proposals(ctx)
			if err != nil {
				return err
			}
			if f.format == "json" {
				return v.ExpiringJSON(p.stdout, list)
			}
			of, err := recordsOf(ctx, r, list)
			if err != nil {
				return err
			}
			return v.Proposed(p.stdout, list, of)
		})
	})
	f.reads(p, c.Flags())
	return c
}

// recordsOf are the records of exceptions, by their ids.
func recordsOf(ctx context.Context, r store.Reader, list []lifecycle.Exception) (map[string]lifecycle.Record, error) {
	var ids []string
	for i := range list {
		ids = append(ids, list[i].Finding)
	}
	records, err := r.Records(ctx, ids)
	of := map[string]lifecycle.Record{}
	for i := range records {
		of[records[i].ID] = records[i]
	}
	return of, err
}

// tellProposals says how many of the findings that were decided about wait for an
// approver, and how somebody approves.
func (p *program) tellProposals(ctx context.Context, k *keep.Keeper, records []lifecycle.Record) error {
	return k.Store.View(ctx, func(r store.Reader) error {
		list, err := r.Proposals(ctx)
		if err != nil {
			return err
		}
		waits := map[string]bool{}
		for i := range list {
			waits[list[i].Finding] = true
		}
		n, first := 0, ""
		for i := range records {
			if id := records[i].ID; waits[id] {
				if n++; n == 1 {
					first = id
				}
			}
		}
		if n > 0 {
			p.tell("keep.proposed", locale.A("n", n), locale.A("id", keep.Short(first)), locale.A("store", p.sameStore))
		}
		return nil
	})
}
