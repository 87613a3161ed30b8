package jobs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

type keeper = keep.Keeper

// Start starts a job for a subject, who has to have what its kind takes. It is for use
// cases, which name the permission, too.
func (r *Runner) Start(ctx context.Context, s access.Subject, kind string, request any) (j Job, err error) {
	err = r.update(ctx, func(w store.Writer) error {
		j, err = r.Add(ctx, w, s, kind, request)
		return err
	})
	if err == nil {
		r.nudge()
	}
	return j, err
}

// Add is Start within a change of the store; the runner sees the job a little later.
func (r *Runner) Add(ctx context.Context, w store.Writer, s access.Subject, kind string, request any) (Job, error) {
	k := r.kinds[kind]
	if k == nil {
		return Job{}, fmt.Errorf("there is no kind of jobs called %q", kind)
	}
	for _, p := range k.Takes {
		if err := s.May(p); err != nil {
			return Job{}, err
		}
	}
	text, err := json.Marshal(request)
	if err != nil {
		return Job{}, err
	}
	lane, err := k.Lane(text)
	if err != nil {
		return Job{}, err
	}
	wait, err := w.Items(ctx, store.ItemQuery{Kind: store.ItemJob, States: []string{string(Waiting)}, Limit: most})
	if err == nil && len(wait) >= most {
		err = locale.Errorf("jobs.tooMany", locale.A("n", most))
	}
	if err != nil {
		return Job{}, err
	}
	now := r.now()
	j := Job{ID: strings.ToLower(rand.Text()[:16]), Kind: kind, State: Waiting, By: s.ID, Lane: lane, Request: text, Created: now, Updated: now}
	return j, write(ctx, w, &j)
}

// Cancel stops a job that has not ended, and puts one away that waits for a person.
// What it did by then stays. It takes what starting it took.
func Cancel(ctx context.Context, d *desk.Desk, r *Runner, id string) (j Job, err error) {
	k, err := d.Keeper(access.FindingsRead)
	if err != nil {
		return j, err
	}
	err = k.Store.Update(ctx, func(w store.Writer) error {
		if j, err = read(ctx, w, id); err != nil {
			return err
		}
		if kind := r.kinds[j.Kind]; kind != nil {
			for _, p := range kind.Takes {
				if err := d.Subject.May(p); err != nil {
					return err
				}
			}
		}
		now := r.now()
		switch j.State {
		case Running: // whoever works on it hears of it
			j.Stop, j.Updated = true, now
		case Waiting, Attention:
			j.ends(Stopped, nil, now)
		default:
			return locale.Errorf("jobs.over", locale.A("id", j.ID))
		}
		return write(ctx, w, &j)
	})
	if err != nil {
		return j, err
	}
	r.mu.Lock()
	if t := r.tasks[id]; t != nil {
		t.stop(ErrStopped)
	}
	r.mu.Unlock()
	r.changed(id)
	return r.known(&j), nil
}
