package standing

import (
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

// Trend gives reports the scores of the past, and what is left out of them. Where
// they cannot be read, a report goes without, and that is told.
func Trend(ctx context.Context, d *desk.Desk, tell func(desk.Notice)) (func(*report.Scan, []*resource.Gap) report.Past, error) {
	k, err := d.Keeper(access.FindingsRead)
	if err != nil {
		return nil, err
	}
	return func(s *report.Scan, gaps []*resource.Gap) report.Past {
		past, err := trend(context.WithoutCancel(ctx), k, s, gaps)
		if err != nil {
			tell(desk.Tell("keep.noTrend"))
			return report.Past{}
		}
		out := report.Past{Failed: past.Failed}
		for _, one := range past.Points {
			out.Points = append(out.Points, report.Point{At: one.At.In(d.Zone()), Passed: one.Passed, Of: score.Of(one)})
		}
		for _, l := range past.Left {
			out.Left = append(out.Left, report.LeftOut{Why: string(l.Why), Scans: l.Scans})
		}
		return out
	}, nil
}

func trend(ctx context.Context, k *keep.Keeper, s *report.Scan, gaps []*resource.Gap) (*keep.Past, error) {
	if s.Exported { // what a choice let through is no scan
		return k.TrendOf(ctx, s.Source, slices.Clone(s.Accounts))
	}
	scan := store.Scan{Source: s.Source, Accounts: slices.Clone(s.Accounts)}
	for _, c := range s.Controls {
		scan.Controls = append(scan.Controls, c.ID)
	}
	for _, g := range gaps {
		scan.Gaps = append(scan.Gaps, *g)
	}
	return k.Trend(ctx, &scan)
}

// Points are the scores after each scan since a time, a date or a span back, the oldest
// first: of one account, one Region, one in the other, or of all together.
func Points(ctx context.Context, d *desk.Desk, in Place, since string) (list []Score, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		from, err := d.Since("since", since)
		if err != nil {
			return err
		}
		account, region := "", ""
		if len(in.Accounts) > 0 {
			account = in.Accounts[0]
		}
		if len(in.Regions) > 0 {
			region = in.Regions[0]
		}
		list, err = r.Scores(ctx, from)
		list = slices.DeleteFunc(list, func(s Score) bool { return s.Account != account || s.Region != region })
		return err
	})
	return list, err
}
