package planning

import (
	"cmp"
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Group are the findings of one account and Region, for which there is one plan.
type Group struct {
	Account, Region string
	Findings        []string // ids
}

// Places sorts findings, as people call them, by account and Region.
func Places(ctx context.Context, d *desk.Desk, names []string) (groups []Group, err error) {
	err = d.View(ctx, access.FixesPlan, func(_ *keep.Keeper, r store.Reader) error {
		ids, err := keep.Find(ctx, r, names)
		if err != nil {
			return err
		}
		records, err := r.Records(ctx, ids)
		slices.SortFunc(records, func(a, b lifecycle.Record) int { return cmp.Compare(a.ID, b.ID) })
		for i := range records {
			at := &records[i].Resource.Scope
			if records[i].Source != lifecycle.SourceLive {
				return locale.Errorf("cli.fix.inSource", locale.A("id", records[i].ID), locale.A("source", records[i].Source))
			}
			n := slices.IndexFunc(groups, func(g Group) bool { return g.Account == at.Account && g.Region == at.Region })
			if n < 0 {
				n = len(groups)
				groups = append(groups, Group{Account: at.Account, Region: at.Region})
			}
			groups[n].Findings = append(groups[n].Findings, records[i].ID)
		}
		return err
	})
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region))
	})
	return groups, err
}
