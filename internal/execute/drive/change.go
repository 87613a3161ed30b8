package drive

import (
	"context"
	"errors"
	"slices"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/plan"
)

// Refusal is a change that AWS refused on every attempt: nothing of it can have
// happened, nor can it happen later.
type Refusal struct{ *awsclient.Fault }

// Unwrap returns the fault.
func (r *Refusal) Unwrap() error { return r.Fault }

// Unsent is why a call was not made, or not made again after refusals: nothing of
// it can have happened.
type Unsent struct{ error }

// Unwrap returns the reason.
func (u *Unsent) Unwrap() error { return u.error }

// ErrNothing ends a call that need not be made.
var ErrNothing = errors.New("nothing to send")

// Change makes a call that changes something. Before every attempt look says
// whether it may be made.
func Change[Out any](ctx context.Context, s *Service, call *awsclient.Call, look func(context.Context) error, send func(context.Context) (Out, error)) (Out, error) {
	doubtful := false // an attempt without an answer, or with a failure for one, may have acted
	asked := false
	if see := look; see != nil {
		look = func(ctx context.Context) error {
			err := see(ctx)
			if err != nil && !doubtful {
				err = &Unsent{err}
			}
			return err
		}
	}
	out, err := awsclient.Change(ctx, s.Lane, call, look, func(ctx context.Context) (Out, error) {
		asked = true
		out, err := send(ctx)
		doubtful = doubtful || err != nil && !refused(err)
		return out, err
	})
	var fault *awsclient.Fault
	var none *Unsent
	if errors.As(err, &none) {
		return out, err
	}
	if err != nil && asked && !doubtful && errors.As(err, &fault) && fault.Class != awsclient.Interrupted {
		return out, &Refusal{fault}
	}
	return out, err
}

// WriteWith is Write with one call, which carries the properties of group. They are
// read last, so that nothing lies between.
func WriteWith[Out any](ctx context.Context, s *Service, call *awsclient.Call, thing plan.Thing, w *Writing, group []string,
	read func(context.Context, plan.Thing, []string) (State, error),
	send func(ctx context.Context, state State, values map[string]any) (Out, error),
) (out Out, done Written, err error) {
	var state State
	var values map[string]any
	look := func(ctx context.Context) error {
		var err error
		if state, err = read(ctx, thing, order(w, group)); err != nil {
			return err
		}
		values, err = w.Decide(state, group)
		switch {
		case err != nil:
			return err
		case len(values) == 0:
			return ErrNothing
		case !state.Exists:
			return &awsclient.Fault{Call: call.Name(), Class: awsclient.NotFound, Code: "NotFoundException", Message: "there is no " + Label(thing)}
		}
		return nil
	}
	out, err = Change(ctx, s, call, look, func(ctx context.Context) (Out, error) { return send(ctx, state, values) })
	if errors.Is(err, ErrNothing) {
		return out, Written{Sent: group}, nil
	}
	if err != nil {
		return out, Written{}, err
	}
	return out, Written{Sent: group}, nil
}

// order lists all that is looked at before a call, what the call changes last:
// some properties take calls of their own.
func order(w *Writing, group []string) []string {
	list := slices.Concat(Names(w.Want), w.Look)
	slices.Sort(list)
	list = slices.DeleteFunc(slices.Compact(list), func(name string) bool { return slices.Contains(group, name) })
	return append(list, group...)
}
