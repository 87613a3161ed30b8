package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/standing"
)

func (p *program) score() *cobra.Command {
	f, q := &storeFlags{}, &filterFlags{}
	c := &cobra.Command{Use: "score", Short: p.text("score.short"), Long: p.text("score.long"), Example: p.text("score.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		place, err := q.place(ctx, d)
		if err != nil {
			return err
		}
		list, err := standing.Scores(ctx, d, place)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			return v.ScoresJSON(p.stdout, list)
		}
		return v.Scores(p.stdout, list)
	})
	flags := c.Flags()
	listVar(flags, &q.Accounts, "account", p.text("flag.filter.account"))
	listVar(flags, &q.Regions, "region", p.text("flag.filter.region"))
	f.reads(p, flags)
	return c
}

// place is what the flags narrow to, accounts by the names that scans know, too.
func (f *filterFlags) place(ctx context.Context, d *desk.Desk) (in standing.Place, err error) {
	if f.Accounts, err = findings.AccountIDs(ctx, d, f.Accounts); err == nil {
		err = f.Check()
	}
	return standing.Place{Accounts: f.Accounts, Regions: f.Regions, Controls: f.Controls}, err
}

func (p *program) history() *cobra.Command {
	f := &storeFlags{}
	var limit int
	var all bool
	c := &cobra.Command{Use: "history", Short: p.text("history.short"), Long: p.text("history.long"), Example: p.text("history.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		past, err := standing.History(ctx, d, limit, all)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			return v.HistoryJSON(p.stdout, past.Scans, past.Scores)
		}
		return v.History(p.stdout, past.Scans, past.Scores)
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
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		place, err := q.place(ctx, d)
		if err != nil {
			return err
		}
		diff, err := standing.Diff(ctx, d, args, place)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			return v.DiffJSON(p.stdout, diff, still)
		}
		return v.Diff(p.stdout, diff, still)
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
