package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/trail"
	"github.com/kumoban/kumoban/internal/view"
)

func (p *program) findingsShow() *cobra.Command {
	f := &askFlags{}
	c := &cobra.Command{
		Use: "show ID", Short: p.text("findings.show.short"), Long: p.text("findings.show.long"), Example: p.text("findings.show.example"),
	}
	p.takesFindings(c, &f.storeFlags, 1)
	c.RunE = p.onStore(&f.storeFlags, func(ctx context.Context, d *desk.Desk, args []string) error {
		v, err := p.view()
		if err != nil {
			return err
		}
		known, err := findings.Show(ctx, d, args[0])
		if err != nil {
			return err
		}
		s := &view.Story{Story: *known}
		if f.cloudTrail {
			if s.Changer, err = p.changer(ctx, f, &s.Record); err != nil {
				return err
			}
		}
		if f.format == "json" {
			return v.ShowJSON(p.stdout, s)
		}
		return v.Show(p.stdout, s)
	})
	flags := c.Flags()
	flags.BoolVar(&f.cloudTrail, "cloudtrail", false, p.text("flag.cloudtrail"))
	flags.StringVar(&f.profile, "profile", "", p.text("flag.fix.profile"))
	flags.StringVar(&f.roleARN, "role-arn", "", p.text("flag.roleARN"))
	f.reads(p, flags)
	return p.callsAWS(c, always("ask"))
}

// changer says who changed a finding's resource last, or why that is not known.
func (p *program) changer(ctx context.Context, f *askFlags, r *lifecycle.Record) (string, error) {
	results, err := p.lastChanged(ctx, f, []resource.Ref{r.Resource})
	if err != nil {
		return "", err
	}
	m := results[0].Message()
	return p.catalog.Text(m.Key, m.Args...), nil
}

// lastChanged asks CloudTrail about resources.
func (p *program) lastChanged(ctx context.Context, f *askFlags, refs []resource.Ref) ([]trail.Result, error) {
	o, err := f.options(p)
	if err != nil {
		return nil, err
	}
	return app.LastChanged(ctx, p.env(p.logger(f.storeFlags.quiet, false, f.storeFlags.debug), silent{}), o, refs)
}
