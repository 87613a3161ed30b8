// Package owners keeps the owner directory, and says who owns what.
package owners

import (
	"context"
	"slices"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// Imported is what a new directory changes.
type Imported = keep.Imported

// Import makes lines the whole directory; dry says what that would change.
func Import(ctx context.Context, d *desk.Desk, lines []ask.Line, dry bool) (Imported, audit.Entry, error) {
	k, err := d.Keeper(access.OwnersWrite)
	if err != nil {
		return Imported{}, audit.Entry{}, err
	}
	return k.ImportOwners(ctx, lines, dry)
}

// Set puts an entry into the directory, in the place of the one about the same.
func Set(ctx context.Context, d *desk.Desk, l ask.Listing) (Imported, audit.Entry, error) {
	k, err := d.Keeper(access.OwnersWrite)
	if err != nil {
		return Imported{}, audit.Entry{}, err
	}
	return k.SetOwner(ctx, l)
}

// Remove takes the entry out of the directory that is about the same as l.
func Remove(ctx context.Context, d *desk.Desk, l ask.Listing) (Imported, audit.Entry, error) {
	k, err := d.Keeper(access.OwnersWrite)
	if err != nil {
		return Imported{}, audit.Entry{}, err
	}
	return k.RemoveOwner(ctx, l)
}

// List is the directory, by the names of its entries.
func List(ctx context.Context, d *desk.Desk) (list []ask.Listing, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		list, err = r.Owners(ctx)
		return err
	})
	return list, err
}

// Missing hands on the findings that wait and of which nothing tells the owner.
func Missing(ctx context.Context, d *desk.Desk, do func(*lifecycle.Record) error) error {
	return d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		list, err := desk.Once(ctx, d, r, "unowned", func() (list []lifecycle.Record, err error) {
			err = k.EachUnowned(ctx, r, func(record *lifecycle.Record) error {
				list = append(list, *record)
				return nil
			})
			return list, err
		})
		for i := 0; err == nil && i < len(list); i++ {
			err = do(&list[i])
		}
		return err
	})
}

// Owned is a finding with whoever owns its resource, and how that is known; the
// zero Candidate where nothing tells.
type Owned struct {
	lifecycle.Record
	Owner ask.Candidate
}

// Show says who owns the resources of findings, in the order in which they were named.
func Show(ctx context.Context, d *desk.Desk, names []string) (list []Owned, err error) {
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		ids, err := keep.Find(ctx, r, names)
		if err != nil {
			return err
		}
		owner, err := k.OwnerOf(ctx, r)
		if err != nil {
			return err
		}
		records, err := r.Records(ctx, ids)
		slices.SortFunc(records, func(a, b lifecycle.Record) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
		for i := range records {
			list = append(list, Owned{records[i], owner(&records[i])})
		}
		return err
	})
	return list, err
}
