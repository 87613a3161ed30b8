package asker

import (
	"context"
	"errors"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/room"
)

// again is how long it is waited before AWS is asked whether a report is made.
const again = 2 * time.Second

// DeclareAll makes the calls of a read, where it makes more than one.
func DeclareAll(e *catalog.Entry, r *room.Read) []*awsclient.Call {
	calls := []*awsclient.Call{Declare(e, r)}
	for _, other := range r.Uses {
		calls = append(calls, Declare(e, use(r, other)))
	}
	return calls
}

// use is one of the other calls of a read.
func use(r *room.Read, call string) *room.Read {
	if call == r.Call {
		return r
	}
	return &room.Read{Call: call, On: r.On}
}

// gather reads what takes several calls. An error of the room's own says that an
// answer makes no sense.
func (s *Asker) gather(ctx context.Context, e *catalog.Entry, r *room.Read, in room.Tree) ([]room.Tree, error) {
	list, err := r.Gather(in, room.Ways{
		Call: func(operation string, in room.Tree) (room.Tree, error) { return s.Call(ctx, e, use(r, operation), in) },
		Wait: func() error {
			if awsclient.Sleep(ctx, again) != nil {
				return awsclient.Stopped(ctx)
			}
			return nil
		},
		Time: moment,
	})
	var f *awsclient.Fault
	if err != nil && !errors.As(err, &f) {
		err = awsclient.NewGarbled(Declare(e, r), err.Error())
	}
	return list, err
}

// moment reads a moment as texts have it.
func moment(text string) (fact.Time, bool) {
	t, err := time.Parse(time.RFC3339, text)
	return fact.Time(t.Unix()), err == nil
}
