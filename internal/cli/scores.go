package cli

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/view"
)

func (p *program) score() *cobra.Command {
	f, q := &storeFlags{}, &filterFlags{}
	c := &cobra.Command{Use: "score", Short: p.text("score.short"), Long: p.text("score.long"), Example: p.text("score.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, _ []string) error {
		if err := q.check(); err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			list, err := p.scoresNow(ctx, k, r, store.Filter{Accounts: q.accounts, Regions: q.regions})
			if err != nil {
				return err
			}
			if f.format == "json" {
				return v.ScoresJSON(p.stdout, list)
			}
			return v.Scores(p.stdout, list)
		})
	})
	flags := c.Flags()
	flags.StringArrayVar(&q.accounts, "account", nil, p.text("flag.filter.account"))
	flags.StringArrayVar(&q.regions, "region", nil, p.text("flag.filter.region"))
	f.reads(p, flags)
	return c
}

// scoresNow are the scores of what is kept; none where no scan was saved.
func (p *program) scoresNow(ctx context.Context, k *keep.Keeper, r store.Reader, f store.Filter) ([]store.Score, error) {
	scans, err := r.Scans(ctx, 1)
	if err != nil || len(scans) == 0 {
		return nil, err
	}
	groups, err := tally(ctx, r, f)
	if err != nil {
		return nil, err
	}
	if len(groups) == 0 {
		return nil, locale.Errorf("keep.noScoreThere")
	}
	gaps, err := lastGaps(ctx, r)
	if err != nil {
		return nil, err
	}
	list := score.Compute(groups, k.Basis(gaps))
	now := p.now().UTC().Truncate(time.Microsecond)
	for i := range list {
		list[i].At = now
	}
	return list, nil
}

// tally counts what was seen in live accounts, as a scan's score does; in a store
// of something else, all.
func tally(ctx context.Context, r store.Reader, f store.Filter) ([]store.Group, error) {
	live := f
	live.Sources = []string{lifecycle.SourceLive}
	groups, err := r.Tally(ctx, live)
	if err == nil && len(groups) == 0 {
		return r.Tally(ctx, f)
	}
	return groups, err
}

// lastGaps are those of the last scan that looked around.
func lastGaps(ctx context.Context, r store.Reader) ([]resource.Gap, error) {
	scans, err := r.Scans(ctx, 0)
	for i := range scans {
		if len(scans[i].Accounts) > 0 || len(scans[i].Gaps) > 0 {
			return scans[i].Gaps, err
		}
	}
	return nil, err
}

func (p *program) history() *cobra.Command {
	f := &storeFlags{}
	var limit int
	var all bool
	c := &cobra.Command{Use: "history", Short: p.text("history.short"), Long: p.text("history.long"), Example: p.text("history.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, _ []string) error {
		v, err := p.view()
		if err != nil {
			return err
		}
		if limit < 1 {
			return locale.Errorf("keep.badLimit", locale.A("limit", limit))
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			scans, err := r.Scans(ctx, 0)
			if err != nil {
				return err
			}
			if !all {
				scans = slices.DeleteFunc(scans, func(s store.Scan) bool { return !around(&s) })
			}
			scans = scans[:min(limit, len(scans))]
			points, err := r.Scores(ctx, time.Time{})
			if err != nil {
				return err
			}
			of := map[int64]store.Score{}
			for _, s := range points {
				if s.Account == "" && s.Region == "" {
					of[s.Scan] = s
				}
			}
			if f.format == "json" {
				return v.HistoryJSON(p.stdout, scans, of)
			}
			return v.History(p.stdout, scans, of)
		})
	})
	c.Flags().IntVar(&limit, "limit", 30, p.text("flag.limit"))
	c.Flags().BoolVar(&all, "all", false, p.text("flag.allScans"))
	f.reads(p, c.Flags())
	return c
}

// around tells whether a scan looked around, rather than at what a fix changed.
func around(s *store.Scan) bool { return len(s.Accounts) > 0 || len(s.Gaps) > 0 }

func (p *program) diff() *cobra.Command {
	f, q := &storeFlags{}, &filterFlags{}
	var still bool
	c := &cobra.Command{Use: "diff [SCAN [SCAN]]", Short: p.text("diff.short"), Long: p.text("diff.long"), Example: p.text("diff.example"), Args: cobra.MaximumNArgs(2)}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		if err := q.check(); err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			from, to, err := between(ctx, r, args)
			if err != nil {
				return err
			}
			list, err := deltas(ctx, r, from, to, store.Filter{Accounts: q.accounts, Regions: q.regions, Controls: q.controls})
			if err != nil {
				return err
			}
			if f.format == "json" {
				return v.DiffJSON(p.stdout, from, to, list, still)
			}
			return v.Diff(p.stdout, from, to, list, still)
		})
	})
	flags := c.Flags()
	flags.StringArrayVar(&q.controls, "control", nil, p.text("flag.control"))
	flags.StringArrayVar(&q.accounts, "account", nil, p.text("flag.filter.account"))
	flags.StringArrayVar(&q.regions, "region", nil, p.text("flag.filter.region"))
	flags.BoolVar(&still, "still", false, p.text("flag.still"))
	f.reads(p, flags)
	p.completeControls(c)
	return c
}

// between says which scans to compare: those named, else the latest with the
// one before.
func between(ctx context.Context, r store.Reader, args []string) (from, to int64, err error) {
	var ids []int64
	for _, a := range args {
		id, err := strconv.ParseInt(strings.TrimPrefix(a, "#"), 10, 64)
		if err != nil || id < 1 {
			return 0, 0, locale.Errorf("keep.badScan", locale.A("scan", locale.Clean(a)))
		}
		if _, err := r.Scan(ctx, id); err != nil {
			return 0, 0, err
		}
		ids = append(ids, id)
	}
	if len(ids) == 2 {
		return ids[0], ids[1], nil
	}
	scans, err := r.Scans(ctx, 0)
	if err != nil {
		return 0, 0, err
	}
	for i := range scans {
		if len(scans[i].Accounts) == 0 || len(ids) == 1 && scans[i].ID <= ids[0] {
			continue // a look after a fix, or before the one that was named
		}
		if len(ids) == 1 {
			return ids[0], scans[i].ID, nil
		}
		if to == 0 {
			to = scans[i].ID
			continue
		}
		return scans[i].ID, to, nil
	}
	return 0, 0, locale.Errorf("keep.noTwoScans")
}

// deltas compares two scans finding by finding.
func deltas(ctx context.Context, r store.Reader, from, to int64, f store.Filter) ([]view.Delta, error) {
	scan, err := r.Scan(ctx, to)
	if err != nil {
		return nil, err
	}
	looked := keep.Coverage(&scan).Looked
	was := map[string]store.StateAt{}
	for s, err := range r.StatesAt(ctx, from, f) {
		if err != nil {
			return nil, err
		}
		was[s.Finding] = s
	}
	var list []view.Delta
	add := func(before, after *store.StateAt) {
		change := view.Compare(before, after)
		if change == view.Still && len(scan.Accounts) > 0 && !looked(&lifecycle.Record{Control: after.Control, Resource: after.Resource}) {
			change = view.Unclear
		}
		if change != "" {
			list = append(list, view.Delta{Change: change, Was: before, Is: after})
		}
	}
	for s, err := range r.StatesAt(ctx, to, f) {
		if err != nil {
			return nil, err
		}
		var before *store.StateAt
		if b, ok := was[s.Finding]; ok {
			before = &b
			delete(was, s.Finding)
		}
		add(before, &s)
	}
	for _, id := range slices.Sorted(maps.Keys(was)) { // the second scan is the earlier one
		before := was[id]
		add(&before, nil)
	}
	return list, nil
}
