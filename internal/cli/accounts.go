package cli

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// accountIDs puts the ids of accounts in the places of names by which scans know
// them. A name that several accounts have, or had, is the one that has it now; of
// two that have it, none.
func (p *program) accountIDs(ctx context.Context, k *keep.Keeper, accounts []string) error {
	if !slices.ContainsFunc(accounts, func(a string) bool { return !twelveDigits.MatchString(a) }) {
		return nil
	}
	names, err := accountNames(ctx, k)
	if err != nil {
		return err
	}
	for i, typed := range accounts {
		if twelveDigits.MatchString(typed) {
			continue
		}
		var ids []string
		for id, name := range names {
			if strings.EqualFold(name, strings.TrimSpace(typed)) {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		switch {
		case len(ids) == 1:
			accounts[i] = ids[0]
		case len(ids) > 1:
			return locale.Errorf("keep.accountsNamed", locale.A("name", locale.Clean(typed)), locale.A("accounts", ids))
		default:
			return noAccount(typed, names)
		}
	}
	return nil
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
func accountNames(ctx context.Context, k *keep.Keeper) (map[string]string, error) {
	names := map[string]string{}
	err := k.Store.View(ctx, func(r store.Reader) error {
		scans, err := r.Scans(ctx, 0)
		for i := range scans { // the latest first
			for _, a := range scans[i].Accounts {
				if a.ID != "" && a.Name != "" && names[a.ID] == "" {
					names[a.ID] = a.Name
				}
			}
		}
		return err
	})
	return names, err
}
