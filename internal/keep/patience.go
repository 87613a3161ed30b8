package keep

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/store"
)

// patience is how long what must not be lost, a scan of an hour or the account
// of a change that was made, asks for its turn among writers; the store itself
// waits a while each time.
const patience = 2 * time.Minute

// Patiently tries something on a store again while another is writing, until
// patience is over or ctx ends. It calls waiting, where there is one, before it
// waits for the first time.
func Patiently(ctx context.Context, waiting func(), try func() error) error {
	return patiently(ctx, waiting, try, store.Busy)
}

// PatientlyOnce is Patiently for what may be tried although it was done: it also
// goes on where nobody knows whether it was.
func PatientlyOnce(ctx context.Context, waiting func(), try func() error) error {
	return patiently(ctx, waiting, try, store.Busy, store.Uncertain)
}

// patiently is Store.Update for what must not be lost because another is writing.
func (k *Keeper) patiently(ctx context.Context, do func(store.Writer) error) error {
	return Patiently(ctx, nil, func() error { return k.Store.Update(ctx, do) })
}

func patiently(ctx context.Context, waiting func(), try func() error, over ...store.Kind) error {
	start := time.Now() // real or virtual, as the waiting is: not the time of the records
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := try()
		var problem *store.Problem
		if !errors.As(err, &problem) || !slices.Contains(over, problem.Kind) || time.Since(start) >= patience {
			return err
		}
		if waiting != nil {
			waiting()
			waiting = nil
		}
		if awsclient.Sleep(ctx, pause) != nil {
			return err
		}
	}
}
