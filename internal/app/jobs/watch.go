package jobs

import (
	"context"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/store"
)

// Often as a job that is watched is told of: not for every step of a quick one, and,
// where another process works on it, as the store has it.
const (
	betweenNews = 250 * time.Millisecond
	elsewhere   = 2 * time.Second
)

// progress is how far a job of this runner is.
func (r *Runner) progress(id string, p Progress) {
	r.mu.Lock()
	if t := r.tasks[id]; t != nil {
		t.job.Progress, t.job.Updated = p, r.now()
	}
	r.mu.Unlock()
	r.changed(id)
}

// mostTold is how many notices a job keeps: more are no help.
const mostTold = 50

// told keeps notices of a job of this runner.
func (r *Runner) told(id string, said []desk.Notice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tasks[id]
	for i := 0; t != nil && i < len(said) && len(t.job.Notices) < mostTold; i++ {
		t.job.Notices = append(t.job.Notices, *Say(said[i].Message))
	}
}

// known is a job as the store has it, with what this runner knows better.
func (r *Runner) known(j *Job) Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := *j
	if t := r.tasks[j.ID]; t != nil && j.State == Running {
		out.Progress, out.Notices = t.job.Progress, slices.Clone(t.job.Notices)
		if t.job.Updated.After(out.Updated) {
			out.Updated = t.job.Updated
		}
	}
	return out
}

// changed tells whoever watches a job.
func (r *Runner) changed(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.watched[id] {
		select {
		case c <- struct{}{}:
		default: // it was told, and has not looked yet
		}
	}
}

func (r *Runner) watch(id string) (news <-chan struct{}, done func()) {
	c := make(chan struct{}, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watched[id] = append(r.watched[id], c)
	return c, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.watched[id] = slices.DeleteFunc(r.watched[id], func(other chan struct{}) bool { return other == c })
		if len(r.watched[id]) == 0 {
			delete(r.watched, id)
		}
	}
}

// Query chooses jobs.
type Query struct {
	States []State
	Kinds  []string
	After  string // the id of the last job of the page before; "": the first page
	Limit  int
}

// List returns a page of jobs, the latest first, and the id after which the next one
// begins; "" at the end.
func List(ctx context.Context, d *desk.Desk, r *Runner, q Query) (list []Job, next string, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keeper, in store.Reader) error {
		list, next = nil, ""
		query := store.ItemQuery{Kind: store.ItemJob, Down: true, Limit: q.Limit + 1}
		for _, s := range q.States {
			query.States = append(query.States, string(s))
		}
		if q.After != "" {
			last, err := in.Item(ctx, store.ItemJob, q.After)
			if err != nil {
				return err
			}
			query.After = &last
		}
		for len(list) <= q.Limit {
			items, err := in.Items(ctx, query)
			page, err := jobsOf(items, err)
			if err != nil {
				return err
			}
			for i := range page {
				if len(q.Kinds) == 0 || slices.Contains(q.Kinds, page[i].Kind) {
					list = append(list, r.known(&page[i]))
				}
			}
			if len(items) < query.Limit {
				break
			}
			query.After = &items[len(items)-1]
		}
		if len(list) > q.Limit {
			list = list[:q.Limit]
			next = list[q.Limit-1].ID
		}
		return nil
	})
	return list, next, err
}

// Show returns one job as it is now.
func Show(ctx context.Context, d *desk.Desk, r *Runner, id string) (j Job, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keeper, in store.Reader) error {
		if j, err = read(ctx, in, id); err == nil {
			j = r.known(&j)
		}
		return err
	})
	return j, err
}

// Watch tells of a job whenever it has changed, at first at once, until it has ended
// or ctx is done: then the channel is closed.
func Watch(ctx context.Context, d *desk.Desk, r *Runner, id string) (<-chan Job, error) {
	if err := d.Subject.May(access.FindingsRead); err != nil {
		return nil, err
	}
	j, err := Show(ctx, d, r, id)
	if err != nil {
		return nil, err
	}
	out := make(chan Job)
	go func() {
		defer close(out)
		news, done := r.watch(id)
		defer done()
		for {
			select {
			case out <- j:
			case <-ctx.Done():
				return
			}
			if j.State.Ended() {
				return
			}
			if j, err = r.later(ctx, d, &j, news); err != nil {
				r.complain(ctx, "watching a job", err)
				return
			}
		}
	}()
	return out, nil
}

// later is a job once it is no longer what it was.
func (r *Runner) later(ctx context.Context, d *desk.Desk, was *Job, news <-chan struct{}) (Job, error) {
	for {
		if err := pause(ctx, betweenNews); err != nil {
			return Job{}, err
		}
		j, err := Show(ctx, d, r, was.ID)
		if err != nil || j.State != was.State || !j.Updated.Equal(was.Updated) {
			return j, err
		}
		wait := time.NewTimer(elsewhere)
		select {
		case <-ctx.Done():
		case <-news:
		case <-wait.C:
		}
		wait.Stop()
	}
}

func pause(ctx context.Context, d time.Duration) error {
	wait := time.NewTimer(d)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return nil
	}
}
