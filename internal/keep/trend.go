package keep

import (
	"context"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/store"
)

// Trend returns the scores of the past, oldest first, that may stand beside one
// of these accounts: those of the one account, and of its one Region if it has
// no more; of several accounts those of all together, if they are all that the
// store knows. Otherwise there are none: a line through different things would
// mislead.
func (k *Keeper) Trend(ctx context.Context, accounts []store.Account) ([]store.Score, error) {
	var all []store.Score
	err := k.Store.View(ctx, func(r store.Reader) (err error) {
		all, err = r.Scores(ctx, time.Time{})
		return err
	})
	if err != nil {
		return nil, err
	}
	region := ""
	var ids []string
	for _, a := range accounts {
		if !slices.Contains(ids, a.ID) {
			ids = append(ids, a.ID)
		}
		if len(a.Regions) == 1 {
			region = a.Regions[0]
		}
	}
	account := ""
	switch {
	case len(ids) == 1 && len(accounts[0].Regions) == 1 && len(accounts) == 1:
		account = ids[0]
	case len(ids) == 1:
		account, region = ids[0], ""
	default:
		region = ""
		if slices.ContainsFunc(all, func(s store.Score) bool { return s.Account != "" && !slices.Contains(ids, s.Account) }) {
			return nil, nil
		}
	}
	return slices.DeleteFunc(all, func(s store.Score) bool { return s.Account != account || s.Region != region }), nil
}
