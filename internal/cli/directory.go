package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/owners"
	"github.com/kumoban/kumoban/internal/lifecycle"
)

// directoryLimit is how big a file of owners may be.
const directoryLimit = 10 << 20

// directory is the command kumoban owners.
func (p *program) directory() *cobra.Command {
	c := &cobra.Command{Use: "owners", Short: p.text("owners.short"), Long: p.text("owners.long"), Example: p.text("owners.example"), Args: cobra.NoArgs}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(p.ownersImport(), p.ownersList(), p.ownersShow())
	return c
}

func (p *program) ownersImport() *cobra.Command {
	f := &storeFlags{makes: true}
	var dry bool
	c := &cobra.Command{
		Use: "import FILE", Short: p.text("owners.import.short"), Long: p.text("owners.import.long"), Example: p.text("owners.import.example"), Args: cobra.ExactArgs(1),
	}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		data, err := app.ReadInput(ctx, p.stdin, args[0], directoryLimit)
		if err != nil {
			return err
		}
		lines, err := owners.Parse(args[0], data)
		if err != nil {
			return err
		}
		imported, head, err := owners.Import(ctx, d, lines, dry)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			err = v.ImportedJSON(p.stdout, imported, dry)
		} else {
			err = v.Imported(p.stdout, imported, dry)
		}
		p.headIf(head)
		return err
	})
	c.Flags().BoolVar(&dry, "dry-run", false, p.text("flag.ownersDryRun"))
	f.decides(p, c.Flags())
	return c
}

func (p *program) ownersList() *cobra.Command {
	f := &storeFlags{}
	var missing bool
	c := &cobra.Command{Use: "list", Short: p.text("owners.list.short"), Long: p.text("owners.list.long"), Example: p.text("owners.list.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		v, err := p.view()
		if err != nil {
			return err
		}
		if missing {
			unowned := v.NewUnowned()
			err := owners.Missing(ctx, d, func(r *lifecycle.Record) error { unowned.Add(r); return nil })
			if err != nil {
				return err
			}
			return unowned.Write(p.stdout, f.format == "json")
		}
		list, err := owners.List(ctx, d)
		if err != nil {
			return err
		}
		if f.format == "json" {
			return v.OwnersJSON(p.stdout, list)
		}
		return v.Owners(p.stdout, list)
	})
	c.Flags().BoolVar(&missing, "missing", false, p.text("flag.missing"))
	f.reads(p, c.Flags())
	return c
}

func (p *program) ownersShow() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{
		Use: "show ID…", Short: p.text("owners.show.short"), Long: p.text("owners.show.long"), Example: p.text("owners.show.example"),
	}
	p.takesFindings(c, f, manyFindings)
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		list, err := owners.Show(ctx, d, args)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			return v.OwnedJSON(p.stdout, list)
		}
		return v.Owned(p.stdout, list)
	})
	f.reads(p, c.Flags())
	return c
}
