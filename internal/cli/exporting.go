package cli

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/scanning"
	"github.com/kumoban/kumoban/internal/app/standing"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
)

func (p *program) findingsExport() *cobra.Command {
	f, q, o := &storeFlags{}, &filterFlags{}, &outputFlags{}
	var verbose bool
	c := &cobra.Command{
		Use: "export", Short: p.text("findings.export.short"), Long: p.text("findings.export.long"), Example: p.text("findings.export.example"), Args: cobra.NoArgs,
	}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) (err error) {
		if q.Accounts, err = findings.AccountIDs(ctx, d, q.Accounts); err != nil {
			return err
		}
		outputs, err := o.app(p, verbose)
		if err != nil {
			return err
		}
		if err := p.dated(ctx, d, &outputs); err != nil {
			return err
		}
		return findings.Export(ctx, d, p.env(p.logger(f.quiet, false, f.debug), silent{}), outputs, q.Choice)
	})
	flags := c.Flags()
	flags.SortFlags = false
	q.register(p, flags)
	o.register(p, flags)
	flags.BoolVarP(&verbose, "verbose", "v", false, p.text("flag.namesAll"))
	f.base(p, flags)
	f.format = "text" // --format is the report's
	p.completeControls(c)
	p.completeFrom(c, "format", report.Formats()...)
	q.complete(p, c)
	return c
}

// dated has reports tell of the past, and of the store that knows it.
func (p *program) dated(ctx context.Context, d *desk.Desk, o *app.Outputs) (err error) {
	o.Report.Store, o.Report.Zone = p.sameStore, p.zone
	o.Report.Trend, err = standing.Trend(ctx, d, func(n desk.Notice) { p.notices([]desk.Notice{n}) })
	return err
}

func (p *program) findingsImport() *cobra.Command {
	f := &storeFlags{makes: true}
	c := &cobra.Command{
		Use: "import FILE", Short: p.text("findings.import.short"), Long: p.text("findings.import.long"), Example: p.text("findings.import.example"), Args: cobra.ExactArgs(1),
	}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		said, err := scanning.Import(ctx, d, p.env(p.logger(f.quiet, false, f.debug), silent{}), p.stdin, args[0], p.named(c))
		if err == nil {
			p.notices(said)
		}
		return err
	})
	f.decides(p, c.Flags())
	return c
}

func (p *program) findingsEvidence() *cobra.Command {
	f := &storeFlags{}
	var as, output string
	c := &cobra.Command{
		Use: "evidence ID", Short: p.text("findings.evidence.short"), Long: p.text("findings.evidence.long"), Example: p.text("findings.evidence.example"),
	}
	p.takesFindings(c, f, 1)
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		if as == "" {
			as = "json"
			if strings.HasSuffix(strings.ToLower(output), ".html") {
				as = "html"
			}
		}
		if !slices.Contains([]string{"json", "html"}, as) {
			return locale.Errorf("keep.badEvidence", locale.A("as", locale.Clean(as)))
		}
		pack, said, err := findings.Evidence(ctx, d, args[0], version())
		if err != nil {
			return err
		}
		p.notices(said)
		return p.into(output, func(w io.Writer) error {
			if as == "html" {
				return pack.HTML(w, p.catalog)
			}
			data, err := pack.JSON(p.catalog)
			if err == nil {
				_, err = w.Write(data)
			}
			return err
		})
	})
	flags := c.Flags()
	flags.StringVar(&as, "as", "", p.text("flag.evidenceAs"))
	p.completeFrom(c, "as", "json", "html")
	flags.StringVar(&output, "output", "", p.text("flag.auditOutput"))
	f.base(p, flags)
	f.format = "text"
	return c
}
