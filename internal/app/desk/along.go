package desk

import (
	"context"

	"github.com/kumoban/kumoban/internal/store"
)

// Along is the desk at which every change to the store has also write something, in the
// same transaction; kept is called when that is over. Also sees what was written.
func (d *Desk) Along(also func(context.Context, store.Writer) error, kept func()) *Desk {
	other := d.For(d.Subject)
	other.keeper.Store = &along{d.keeper.Store, also, kept}
	return other
}

type along struct {
	store.Store
	also func(context.Context, store.Writer) error
	kept func()
}

// Update implements [store.Store].
func (a *along) Update(ctx context.Context, do func(store.Writer) error) error {
	err := a.Store.Update(ctx, func(w store.Writer) error {
		if err := do(w); err != nil {
			return err
		}
		return a.also(ctx, w)
	})
	if err == nil {
		a.kept()
	}
	return err
}
