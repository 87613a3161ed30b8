package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
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
			if s.Changer, err = p.changer(ctx, d, f, known); err != nil {
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
func (p *program) changer(ctx context.Context, d *desk.Desk, f *askFlags, s *findings.Story) (string, error) {
	reach, err := f.options(p)
	if err != nil {
		return "", err
	}
	m, err := findings.Changer(ctx, d, p.env(p.logger(f.storeFlags.quiet, false, f.storeFlags.debug), silent{}), reach, s)
	return p.catalog.Text(m.Key, m.Args...), err
}
