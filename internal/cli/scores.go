package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/score"
	"github.com/kumoban/kumoban/internal/store"
)

func (p *program) score() *cobra.Command {
	f, q := &storeFlags{}, &filterFlags{}
	c := &cobra.Command{Use: "score", Short: p.text("score.short"), Long: p.text("score.long"), Example: p.text("score.example"), Args: cobra.NoArgs}
	c.RunE = p.onDesk(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		if err := q.Check(); err != nil {
			return err
		}
		k, err := d.Keeper(access.FindingsRead)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if q.Accounts, err = findings.AccountIDs(ctx, d, q.Accounts); err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			list, err := p.scoresNow(ctx, k, r, store.Filter{Accounts: q.Accounts, Regions: q.Regions})
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
	listVar(flags, &q.Accounts, "account", p.text("flag.filter.account"))
	listVar(flags, &q.Regions, "region", p.text("flag.filter.region"))
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
		if scans[i].Around() {
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
				scans = slices.DeleteFunc(scans, func(s store.Scan) bool { return !s.Around() })
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

func (p *program) diff() *cobra.Command {
	f, q := &storeFlags{}, &filterFlags{}
	var still bool
	c := &cobra.Command{Use: "diff [SCAN [SCAN]]", Short: p.text("diff.short"), Long: p.text("diff.long"), Example: p.text("diff.example"), Args: cobra.MaximumNArgs(2)}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		if err := q.Check(); err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			ids, err := scanNumbers(ctx, r, args)
			if err != nil {
				return err
			}
			from, to, err := keep.Between(ctx, r, ids)
			if err != nil {
				return err
			}
			d, err := keep.Diff(ctx, r, from, to, store.Filter{Accounts: q.Accounts, Regions: q.Regions, Controls: q.Controls})
			if err != nil {
				return err
			}
			if f.format == "json" {
				return v.DiffJSON(p.stdout, d, still)
			}
			return v.Diff(p.stdout, d, still)
		})
	})
	flags := c.Flags()
	listVar(flags, &q.Controls, "control", p.text("flag.control"))
	listVar(flags, &q.Accounts, "account", p.text("flag.filter.account"))
	listVar(flags, &q.Regions, "region", p.text("flag.filter.region"))
	flags.BoolVar(&still, "still", false, p.text("flag.still"))
	f.reads(p, flags)
	p.completeControls(c)
	return c
}

// scanNumbers reads the numbers of scans that are stored.
func scanNumbers(ctx context.Context, r store.Reader, args []string) (ids []int64, err error) {
	for _, a := range args {
		id, err := strconv.ParseInt(strings.TrimPrefix(a, "#"), 10, 64)
		if err != nil || id < 1 {
			return nil, locale.Errorf("keep.badScan", locale.A("scan", locale.Clean(a)))
		}
		if _, err := r.Scan(ctx, id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}
