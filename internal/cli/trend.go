package cli

import (
	"context"

	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

// trend gives reports the scores of the past from the store.
func (p *program) trend(ctx context.Context, k *keep.Keeper) func(*report.Scan) []report.Point {
	return func(s *report.Scan) []report.Point {
		var accounts []store.Account
		for _, a := range s.Accounts {
			accounts = append(accounts, store.Account(a))
		}
		past, err := k.Trend(context.WithoutCancel(ctx), accounts)
		if err != nil {
			p.tell("keep.noTrend")
			return nil
		}
		var points []report.Point
		for _, one := range past {
			points = append(points, report.Point{At: one.At, Passed: one.Passed, Of: score.Of(one)})
		}
		return points
	}
}
