package findings

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// AccountIDs puts the ids of accounts in the places of names by which scans know
// them. A name that several accounts have, or had, is the one that has it now; of
// two that have it, none.
func AccountIDs(ctx context.Context, d *desk.Desk, typed []string) ([]string, error) {
	ids := slices.Clone(typed)
	err := d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		if !slices.ContainsFunc(typed, func(a string) bool { return !desk.Account(a) }) {
			return nil
		}
		names, err := accountNames(ctx, d, r)
		for i := 0; err == nil && i < len(ids); i++ {
			if !desk.Account(ids[i]) {
				ids[i], err = accountNamed(ids[i], names)
			}
		}
		return err
	})
	return ids, err
}

// accountNamed is the id of the account of a name.
func accountNamed(typed string, names map[string]string) (string, error) {
	var ids []string
	for id, name := range names {
		if strings.EqualFold(name, strings.TrimSpace(typed)) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	switch {
	case len(ids) == 1:
		return ids[0], nil
	case len(ids) > 1:
		return "", locale.Errorf("keep.accountsNamed", locale.A("name", locale.Clean(typed)), locale.A("accounts", ids))
	}
	return "", noAccount(typed, names)
}

// noAccount says that no account has a name, and which ones there are.
func noAccount(typed string, names map[string]string) error {
	shown := locale.A("name", locale.Clean(typed))
	if len(names) == 0 {
		return locale.Errorf("keep.noAccounts", shown)
	}
	var list []string
	for _, id := range slices.Sorted(maps.Keys(names)) {
		list = append(list, locale.Clean(names[id])+" ("+id+")")
	}
	return locale.Errorf("keep.noAccountNamed", shown, locale.A("accounts", list))
}

// accountNames are the names of accounts by their ids, as the latest scan that
// knew one has it.
func accountNames(ctx context.Context, d *desk.Desk, r store.Reader) (map[string]string, error) {
	names, err := accountsKnown(ctx, d, r)
	maps.DeleteFunc(names, func(_, name string) bool { return name == "" })
	return names, err
}

// accountsKnown are the ids of accounts that scans entered, with their names, too.
func accountsKnown(ctx context.Context, d *desk.Desk, r store.Reader) (map[string]string, error) {
	names := map[string]string{}
	scans, err := desk.Scans(ctx, d, r)
	for i := range scans { // the latest first
		for _, a := range scans[i].Accounts {
			if a.ID != "" && names[a.ID] == "" {
				names[a.ID] = a.Name
			}
		}
	}
	return names, err
}
