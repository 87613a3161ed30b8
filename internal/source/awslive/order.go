package awslive

import (
	"context"
	"sync"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/resource"
)

// window is how many units of one listing may be under way or waiting for
// their turn. It is wide, for calls of a scarcer quota must not hold up the
// others, and bounds what one account and Region keeps in memory.
const window = 1024

type yield func(resource.Unit) error

// part reads one kind of unit. Its error ends the account and Region: the
// run was stopped, or the sink refused. What merely could not be read is a Gap.
type part func(context.Context, yield) error

// ordered does work for every item, many at a time, and yields the results in
// the order of the items. The number of requests is bounded by the lane. A
// unit without resources and gaps is one that vanished; it is left out.
func ordered[T any](ctx context.Context, items []T, work func(context.Context, *T) ([]resource.Unit, error), out yield) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		units []resource.Unit
		err   error
	}
	turns := make(chan chan result, window)
	go func() {
		defer close(turns)
		for i := range items {
			done := make(chan result, 1)
			select {
			case turns <- done:
			case <-ctx.Done():
				return
			}
			go func() {
				units, err := work(awsclient.InOrder(ctx, i), &items[i])
				done <- result{units, err}
			}()
		}
	}()
	var stopped error
	for done := range turns {
		r := <-done
		if r.err != nil {
			stopped = r.err // what was read behind it still counts
			continue
		}
		for _, u := range r.units {
			if len(u.Resources)+len(u.Gaps) == 0 {
				continue
			}
			if err := out(u); err != nil {
				return err
			}
		}
	}
	if stopped != nil {
		return stopped
	}
	return ctx.Err()
}

// sideBySide runs the parts at once and yields their units part by part, so
// that the order does not depend on who is faster. What was read before a part
// stopped is still yielded.
func sideBySide(ctx context.Context, parts []part, out yield) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queues := make([]chan resource.Unit, len(parts))
	closed := make(chan struct{}) // nobody takes units any more
	errs := make([]error, len(parts))
	var wg sync.WaitGroup
	for i, run := range parts {
		queue := make(chan resource.Unit, window)
		queues[i] = queue
		wg.Go(func() {
			defer close(queue)
			errs[i] = run(ctx, func(u resource.Unit) error {
				select {
				case queue <- u:
					return nil
				case <-closed:
					return context.Canceled
				}
			})
		})
	}
	var refused error
	for _, queue := range queues {
		for u := range queue {
			if refused != nil {
				continue // drain, so that the parts can end
			}
			if refused = out(u); refused != nil {
				close(closed)
				cancel()
			}
		}
	}
	wg.Wait()
	if refused != nil {
		return refused
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
