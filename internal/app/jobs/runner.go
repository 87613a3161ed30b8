package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/store"
)

// How jobs are held and kept.
const (
	lease    = 15 * time.Second // who says nothing for so long counts as dead
	renew    = 5 * time.Second  // how often a runner says that it lives, and looks for work
	keepFor  = 14 * 24 * time.Hour
	sweep    = time.Hour
	workers  = 4
	most     = 200 // jobs that wait
	mostTry  = 10  // attempts in a row that failed for what passes
	firstTry = 2 * time.Second
)

// Options say what runs where, for whom.
type Options struct {
	Desk  *desk.Desk // the store; it stays open for as long as the runner runs
	Kinds []Kind
	// Subject is who somebody is now, by the id that they had when they started a job.
	Subject func(ctx context.Context, id string) (access.Subject, error)
	Now     func() time.Time
	Log     *slog.Logger
}

// Runner runs jobs.
type Runner struct {
	options Options
	kinds   map[string]*Kind
	name    string // of this runner, as no other has it
	wake    chan struct{}
	desk    *desk.Desk

	mu      sync.Mutex // of all below
	tasks   map[string]*running
	watched map[string][]chan struct{}
}

// running is a job that this runner works on.
type running struct {
	job  Job
	stop context.CancelCauseFunc
}

// itself is the runner where nobody else is: it looks after jobs, and does none.
var itself = access.Granted("kumoban", "kumoban", access.FindingsRead)

// New makes a runner, which does nothing before [Runner.Run].
func New(o Options) *Runner {
	r := &Runner{
		options: o, kinds: map[string]*Kind{}, name: rand.Text(), wake: make(chan struct{}, 1), desk: o.Desk.For(itself),
		tasks: map[string]*running{}, watched: map[string][]chan struct{}{},
	}
	for i := range o.Kinds {
		r.kinds[o.Kinds[i].Name] = &o.Kinds[i]
	}
	return r
}

func (r *Runner) now() time.Time { return r.options.Now().UTC().Truncate(time.Microsecond) }

// Run works until ctx ends, and returns when nobody works any more: what can go on
// later waits then, with its cursor, and of the rest a person is told.
func (r *Runner) Run(ctx context.Context) {
	var working sync.WaitGroup
	defer working.Wait()
	tick := time.NewTicker(renew)
	defer tick.Stop()
	var swept time.Time
	for {
		r.take(ctx, &working)
		if now := r.now(); now.Sub(swept) >= sweep {
			swept = now
			r.forget(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			r.renew(ctx)
		case <-r.wake:
		}
	}
}

// nudge has the runner look for work now.
func (r *Runner) nudge() {
	select {
	case r.wake <- struct{}{}:
	default: // it will
	}
}

// forget drops what ended long ago.
func (r *Runner) forget(ctx context.Context) {
	err := r.update(ctx, func(w store.Writer) error {
		before := r.now().Add(-keepFor)
		for _, s := range []State{Done, Failed, Stopped} {
			if _, err := w.DropItems(ctx, store.ItemJob, string(s), before); err != nil {
				return err
			}
		}
		_, err := w.DropItems(ctx, store.ItemPart, "", before)
		return err
	})
	r.complain(ctx, "forgetting old jobs", err)
}

// take begins work on what waits, oldest first, one a lane.
func (r *Runner) take(ctx context.Context, working *sync.WaitGroup) {
	list, err := r.open(ctx)
	if err != nil || ctx.Err() != nil {
		r.complain(ctx, "looking for jobs", err)
		return
	}
	now := r.now()
	r.mu.Lock()
	var taken []string
	for _, t := range r.tasks {
		taken = append(taken, t.job.Lane)
	}
	free := workers - len(r.tasks)
	r.mu.Unlock()
	for i := range list {
		if j := &list[i]; j.State == Running && now.Before(j.Until) {
			taken = append(taken, j.Lane)
		}
	}
	for i := range list {
		j := &list[i]
		switch {
		case r.mine(j.ID), j.State == Running && now.Before(j.Until), j.State == Waiting && now.Before(j.NotYet):
			continue
		case r.kinds[j.Kind] == nil && j.State == Waiting: // another version may know it
			continue
		}
		blocked := slices.ContainsFunc(taken, func(lane string) bool { return meet(lane, j.Lane) })
		taken = append(taken, j.Lane) // none may overtake it
		if blocked || free == 0 {
			continue
		}
		if r.claim(ctx, j.ID, working) {
			free--
		}
	}
}

// open are the jobs that have not ended, oldest first.
func (r *Runner) open(ctx context.Context) (list []Job, err error) {
	err = r.view(ctx, func(in store.Reader) error {
		items, err := in.Items(ctx, store.ItemQuery{Kind: store.ItemJob, States: []string{string(Waiting), string(Running)}})
		list, err = jobsOf(items, err)
		return err
	})
	return list, err
}

func jobsOf(items []store.Item, err error) ([]Job, error) {
	list := make([]Job, 0, len(items))
	for i := range items {
		j, failed := jobOf(&items[i])
		err = errors.Join(err, failed)
		list = append(list, j)
	}
	return list, err
}

func (r *Runner) mine(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tasks[id] != nil
}

// claim makes a job this runner's, and works on it. One whose process died and that
// may not go on by itself is left to a person.
func (r *Runner) claim(ctx context.Context, id string, working *sync.WaitGroup) bool {
	var j Job
	ours := false
	err := r.update(ctx, func(w store.Writer) (err error) {
		ours = false
		if j, err = read(ctx, w, id); err != nil {
			return err
		}
		now, kind := r.now(), r.kinds[j.Kind]
		died := j.State == Running
		if j.State.Ended() || died && now.Before(j.Until) {
			return nil
		}
		switch {
		case died && kind == nil:
			j.ends(Attention, Say(unknownKind(&j)), now)
		case died && kind.Attention != nil:
			j.ends(Attention, Say(kind.Attention(&j)), now)
		case j.Stop:
			j.ends(Stopped, nil, now)
		default:
			ours = true
			j.State, j.Fault, j.Holder, j.Until, j.Updated = Running, nil, r.name, now.Add(lease), now
			if j.Started.IsZero() {
				j.Started = now
			}
		}
		return write(ctx, w, &j)
	})
	if err != nil {
		r.complain(ctx, "taking a job", err)
		return false
	}
	r.changed(id)
	if !ours {
		return false
	}
	own, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	r.mu.Lock()
	r.tasks[id] = &running{job: j, stop: stop}
	r.mu.Unlock()
	closing := context.AfterFunc(ctx, func() { stop(ErrClosing) })
	working.Go(func() {
		defer closing()
		defer stop(nil)
		r.work(own, &j)
		r.nudge() // its lane is free
	})
	return true
}

// renew says of each job that it is worked on, how far it is, and hears who wants it
// stopped.
func (r *Runner) renew(ctx context.Context) {
	r.mu.Lock()
	var list []*running
	for _, t := range r.tasks {
		list = append(list, t)
	}
	r.mu.Unlock()
	slices.SortFunc(list, func(a, b *running) int { return strings.Compare(a.job.ID, b.job.ID) })
	for _, t := range list {
		stop := false
		err := r.update(ctx, func(w store.Writer) error {
			j, err := r.held(ctx, w, t.job.ID)
			if err != nil {
				return err
			}
			now := r.now()
			stop, j.Until = j.Stop, now.Add(lease)
			if p := r.known(&j).Progress; p.Done != j.Progress.Done || p.Total != j.Progress.Total {
				j.Progress, j.Updated = p, now
			}
			return write(ctx, w, &j)
		})
		switch {
		case errors.Is(err, errLost):
			t.stop(errLost)
		case stop:
			t.stop(ErrStopped)
		}
		r.complain(ctx, "renewing a job", err) // the next time, it may work
	}
}

// held is a job that this runner still has.
func (r *Runner) held(ctx context.Context, in store.Reader, id string) (Job, error) {
	j, err := read(ctx, in, id)
	if err == nil && (j.State != Running || j.Holder != r.name) {
		err = errLost
	}
	return j, err
}

func (r *Runner) view(ctx context.Context, do func(store.Reader) error) error {
	k, err := r.desk.Keeper(access.FindingsRead)
	if err != nil {
		return err
	}
	return k.Store.View(ctx, do)
}

func (r *Runner) update(ctx context.Context, do func(store.Writer) error) error {
	k, err := r.desk.Keeper(access.FindingsRead)
	if err != nil {
		return err
	}
	return k.Store.Update(ctx, do)
}

func (r *Runner) complain(ctx context.Context, about string, err error) {
	if err != nil && ctx.Err() == nil {
		r.options.Log.WarnContext(ctx, about, "error", err.Error())
	}
}
