package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
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
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		data, err := app.ReadInput(ctx, p.stdin, args[0], directoryLimit)
		if err != nil {
			return err
		}
		lines, err := ownerLines(args[0], data)
		if err != nil {
			return err
		}
		imported, head, err := k.ImportOwners(ctx, lines, dry)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			err = v.ImportedJSON(p.stdout, imported.Added, imported.Changed, imported.Removed, imported.Same, dry)
		} else {
			err = v.Imported(p.stdout, imported.Added, imported.Changed, imported.Removed, imported.Same, dry)
		}
		if head.Seq > 0 {
			p.head(head)
		}
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
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, _ []string) error {
		v, err := p.view()
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			if missing {
				unowned := v.NewUnowned()
				if err := k.EachUnowned(ctx, r, func(r *lifecycle.Record) error { unowned.Add(r); return nil }); err != nil {
					return err
				}
				return unowned.Write(p.stdout, f.format == "json")
			}
			list, err := r.Owners(ctx)
			if err != nil {
				return err
			}
			if f.format == "json" {
				return v.OwnersJSON(p.stdout, list)
			}
			return v.Owners(p.stdout, list)
		})
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
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		v, err := p.view()
		if err != nil {
			return err
		}
		ids, err := whole(ctx, k, args)
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			owner, err := k.OwnerOf(ctx, r)
			if err != nil {
				return err
			}
			records, err := r.Records(ctx, ids)
			if err != nil {
				return err
			}
			slices.SortFunc(records, func(a, b lifecycle.Record) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
			if f.format == "json" {
				return v.OwnedJSON(p.stdout, records, owner)
			}
			return v.Owned(p.stdout, records, owner)
		})
	})
	f.reads(p, c.Flags())
	return c
}
