package keep

import (
	"context"
	"maps"
	"slices"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// OwnerOf answers who owns the resource of a finding, as far as the directory,
// the tags and the stack tell; the zero Candidate where nothing does. It reads
// the directory once, for many findings.
func (k *Keeper) OwnerOf(ctx context.Context, r store.Reader) (func(*lifecycle.Record) ask.Candidate, error) {
	list, err := r.Owners(ctx)
	if err != nil {
		return nil, err
	}
	return k.ownerIn(list), nil
}

// ownerIn answers it by a directory.
func (k *Keeper) ownerIn(list []ask.Listing) func(*lifecycle.Record) ask.Candidate {
	directory := ask.NewDirectory(list)
	return func(record *lifecycle.Record) ask.Candidate {
		h := ask.Hints{Listed: directory.Of(record), Tags: record.Tags, Keys: k.OwnerTags}
		if list := h.Candidates(); len(list) > 0 {
			return list[0]
		}
		return ask.Candidate{}
	}
}

// Waits tells whether a finding waits for somebody to decide or to fix it.
func Waits(r *lifecycle.Record) bool {
	return stands(r) && r.Workflow != lifecycle.Suppressed
}

// EachUnowned hands on the findings that wait and of which nothing tells the owner:
// their ids, resources, tags, statuses and severities, in no order.
func (k *Keeper) EachUnowned(ctx context.Context, r store.Reader, do func(*lifecycle.Record) error) error {
	listed, err := r.Owners(ctx)
	if err != nil {
		return err
	}
	broad := slices.DeleteFunc(slices.Clone(listed), func(l ask.Listing) bool { return l.Resource != "" })
	general, whole := k.ownerIn(broad), k.ownerIn(listed)
	type alike struct {
		account string
		set     int64
	}
	owned := map[alike]bool{} // whatever their names
	waiting := store.Filter{
		Statuses: []control.Status{control.Failed, control.Unknown}, States: []lifecycle.State{lifecycle.Active},
		Workflows: []lifecycle.Workflow{lifecycle.New, lifecycle.Notified, lifecycle.Resolved},
	}
	return r.Alike(ctx, waiting, true, func(a *store.Alike) error {
		record := lifecycle.Record{ID: a.ID, Resource: a.Resource, Tags: a.Tags, Status: a.Status, Severity: a.Severity}
		key := alike{a.Account, a.Set}
		has, known := owned[key]
		if !known {
			has = general(&record).Owner != ""
			owned[key] = has
		}
		if has || len(broad) < len(listed) && whole(&record).Owner != "" {
			return nil
		}
		return do(&record)
	})
}

// Imported is what a new directory changes.
type Imported struct {
	Added, Changed, Removed, Same int
}

// ImportOwners makes a list the whole owner directory; dry says what that would
// change. What could not be used is refused, and nothing changes.
func (k *Keeper) ImportOwners(ctx context.Context, lines []ask.Line, dry bool) (Imported, audit.Entry, error) {
	var out Imported
	var head audit.Entry
	if err := ask.CheckDirectory(lines); err != nil {
		return out, head, err
	}
	list := make([]ask.Listing, len(lines))
	for i := range lines {
		list[i] = lines[i].Listing
	}
	if dry {
		return out, head, k.Store.View(ctx, func(r store.Reader) error {
			former, err := r.Owners(ctx)
			out = compared(former, list)
			return err
		})
	}
	return k.setOwners(ctx, "owners.import", "owners", func([]ask.Listing) ([]ask.Listing, error) { return list, nil })
}

// SetOwner puts an entry into the directory, in the place of the one about the same.
// One that could not be used is refused, and nothing changes.
func (k *Keeper) SetOwner(ctx context.Context, l ask.Listing) (Imported, audit.Entry, error) {
	return k.setOwners(ctx, "owners.set", l.Name(), func(former []ask.Listing) ([]ask.Listing, error) {
		others := unlisted(former, l.Name())
		return append(others, l), ask.CheckListing(others, &l)
	})
}

// RemoveOwner takes the entry out of the directory that is about the same as l. Where
// there is none, it is a *store.NotFound.
func (k *Keeper) RemoveOwner(ctx context.Context, l ask.Listing) (Imported, audit.Entry, error) {
	return k.setOwners(ctx, "owners.remove", l.Name(), func(former []ask.Listing) ([]ask.Listing, error) {
		others := unlisted(former, l.Name())
		if len(others) == len(former) {
			return nil, &store.NotFound{What: "owner", ID: l.Name()}
		}
		return others, nil
	})
}

func unlisted(list []ask.Listing, name string) []ask.Listing {
	return slices.DeleteFunc(slices.Clone(list), func(l ask.Listing) bool { return l.Name() == name })
}

// setOwners makes of the directory what next says.
func (k *Keeper) setOwners(ctx context.Context, action, subject string, next func(former []ask.Listing) ([]ask.Listing, error)) (out Imported, head audit.Entry, err error) {
	err = k.Store.Update(ctx, func(w store.Writer) error {
		former, err := w.Owners(ctx)
		if err != nil {
			return err
		}
		list, err := next(former)
		if err != nil {
			return err
		}
		out = compared(former, list)
		if out.Added+out.Changed+out.Removed == 0 {
			return nil
		}
		if err := w.SetOwners(ctx, list); err != nil {
			return err
		}
		head, err = k.note(ctx, w, action, subject, "", map[string]any{"owners": len(list), "added": out.Added, "changed": out.Changed, "removed": out.Removed})
		return err
	})
	return out, head, err
}

func compared(former, list []ask.Listing) (out Imported) {
	before := map[string]*ask.Listing{}
	for i := range former {
		before[former[i].Name()] = &former[i]
	}
	for i := range list {
		l := &list[i]
		was := before[l.Name()]
		delete(before, l.Name())
		switch {
		case was == nil:
			out.Added++
		case was.Team == l.Team && was.Contact == l.Contact && maps.Equal(was.Tags, l.Tags):
			out.Same++
		default:
			out.Changed++
		}
	}
	out.Removed = len(before)
	return out
}
