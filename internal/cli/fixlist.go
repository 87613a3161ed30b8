package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/view"
)

func (p *program) fixList() *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use: "list", Short: p.text("fix.list.short"), Long: p.text("fix.list.long"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := p.settle(c); err != nil {
				return err
			}
			dir, err := f.runs(p)
			if err != nil {
				return err
			}
			at := p.place(c, f, app.FixOptions{}, dir)
			defer at.Close()
			if err := fixes.Settle(c.Context(), at); err != nil {
				return err
			}
			list, err := fixes.List(c.Context(), at)
			if err != nil {
				return err
			}
			return p.either(f.format, func(w io.Writer) error { return p.writeRuns(w, dir, list) }, func(w io.Writer) error { return view.RunsJSON(w, list) })
		},
	}
	c.Flags().StringVar(&f.store, "store", "", p.text("flag.store"))
	c.Flags().BoolVar(&f.noStore, "no-store", false, p.text("flag.noStoreRun"))
	c.Flags().String("config", "", p.text("flag.config"))
	c.Flags().StringVar(&f.dir, "state-dir", "", p.text("flag.fix.stateDir"))
	c.Flags().StringVar(&f.format, "format", "text", p.text("flag.listFormat"))
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, p.text("flag.quiet"))
	return c
}

func (p *program) writeRuns(w io.Writer, dir string, list []fixes.Run) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, p.phrase("cli.fix.list.none", locale.A("dir", dir)))
		return err
	}
	for _, run := range list {
		for _, store := range run.Unrecorded {
			p.warn("keep.runOwed", locale.A("run", run.ID), locale.A("where", store))
		}
		_, err := fmt.Fprintln(w, p.phrase("cli.fix.list.run", locale.A("run", run.ID), locale.A("begun", run.Begun.Format(time.RFC3339)),
			locale.A("state", p.text("fix.list.state."+run.State)), locale.A("account", run.Account), locale.A("region", run.Region),
			locale.A("findings", strings.Join(run.Findings, ", "))))
		if err != nil {
			return err
		}
	}
	return nil
}
