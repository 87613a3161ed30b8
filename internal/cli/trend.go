package cli

import (
	"context"

	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

// trend gives reports the scores of the past from the store, and what is left out
// of them.
func (p *program) trend(ctx context.Context, k *keep.Keeper) func(*report.Scan, []*resource.Gap) report.Past {
	return func(s *report.Scan, gaps []*resource.Gap) report.Past {
		ctx := context.WithoutCancel(ctx)
		scan := store.Scan{Source: s.Source}
		scan.Accounts = append(scan.Accounts, s.Accounts...)
		for _, c := range s.Controls {
			scan.Controls = append(scan.Controls, c.ID)
		}
		for _, g := range gaps {
			scan.Gaps = append(scan.Gaps, *g)
		}
		var past *keep.Past
		var err error
		if s.Exported { // what flags chose is no scan
			past, err = k.TrendOf(ctx, s.Source, scan.Accounts)
		} else {
			past, err = k.Trend(ctx, &scan)
		}
		if err != nil {
			p.tell("keep.noTrend")
			return report.Past{}
		}
		out := report.Past{Failed: past.Failed}
		for _, one := range past.Points {
			out.Points = append(out.Points, report.Point{At: one.At.In(p.zone), Passed: one.Passed, Of: score.Of(one)})
		}
		for _, l := range past.Left {
			out.Left = append(out.Left, report.LeftOut{Why: string(l.Why), Scans: l.Scans})
		}
		return out
	}
}
