// Package standing says how accounts stand: the score, what scans found, and what
// changed between them.
package standing

import (
	"context"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

// Score is one point of the trend.
type Score = store.Score

// Scan is one saved look.
type Scan = store.Scan

// Place narrows what is told to accounts, by their ids, Regions and controls; empty
// lists let all through.
type Place struct{ Accounts, Regions, Controls []string }

// Scores are those of what is kept: all together, then by account and Region; none
// where no scan was saved.
func Scores(ctx context.Context, d *desk.Desk, in Place) (list []Score, err error) {
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		scans, err := r.Scans(ctx, 1)
		if err != nil || len(scans) == 0 {
			return err
		}
		groups, err := tally(ctx, d, r, Place{Accounts: in.Accounts, Regions: in.Regions})
		if err != nil {
			return err
		}
		if len(groups) == 0 {
			return locale.Errorf("keep.noScoreThere")
		}
		gaps, err := lastGaps(ctx, d, r)
		if err != nil {
			return err
		}
		list = score.Compute(groups, k.Basis(gaps))
		now := d.Now().UTC().Truncate(time.Microsecond)
		for i := range list {
			list[i].At = now
		}
		return nil
	})
	return list, err
}

// tally counts what was seen in live accounts, as a scan's score does; in a store
// of something else, all.
func tally(ctx context.Context, d *desk.Desk, r store.Reader, in Place) ([]store.Group, error) {
	live, err := desk.Once(ctx, d, r, "live", func() ([]store.Group, error) {
		return r.Tally(ctx, store.Filter{Sources: []string{lifecycle.SourceLive}})
	})
	if err != nil {
		return nil, err
	}
	var groups []store.Group
	for i := range live {
		if in.has(&live[i]) {
			groups = append(groups, live[i])
		}
	}
	if len(groups) == 0 {
		return r.Tally(ctx, store.Filter{Accounts: in.Accounts, Regions: in.Regions, Controls: in.Controls})
	}
	return groups, nil
}

func (p *Place) has(g *store.Group) bool {
	return (len(p.Accounts) == 0 || slices.Contains(p.Accounts, g.Account)) && (len(p.Regions) == 0 || slices.Contains(p.Regions, g.Region)) &&
		(len(p.Controls) == 0 || slices.ContainsFunc(p.Controls, func(glob string) bool { return control.Match(glob, g.Control) }))
}

// lastGaps are those of the last scan that looked around.
func lastGaps(ctx context.Context, d *desk.Desk, r store.Reader) ([]resource.Gap, error) {
	scans, err := desk.Scans(ctx, d, r)
	for i := range scans {
		if scans[i].Around() {
			return scans[i].Gaps, err
		}
	}
	return nil, err
}

// Past are scans, the latest first, with the score after each that has one.
type Past struct {
	Scans  []Scan
	Scores map[int64]Score // of all accounts together, by the scan's number
}

// History returns so many scans; all says that it tells those that looked at what a
// fix changed, too.
func History(ctx context.Context, d *desk.Desk, limit int, all bool) (*Past, error) {
	past := &Past{Scores: map[int64]Score{}}
	err := d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		if limit < 1 {
			return locale.Errorf("keep.badLimit", locale.A("limit", limit))
		}
		scans, err := desk.Scans(ctx, d, r)
		if err != nil {
			return err
		}
		if !all {
			scans = slices.DeleteFunc(scans, func(s Scan) bool { return !s.Around() })
		}
		past.Scans = scans[:min(limit, len(scans))]
		points, err := r.Scores(ctx, time.Time{})
		for _, s := range points {
			if s.Account == "" && s.Region == "" {
				past.Scores[s.Scan] = s
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return past, nil
}
