package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// bench is a store with findings, and kinds of jobs to run on it.
type bench struct {
	t     *testing.T
	house *desktest.House
	desk  *desk.Desk
	ids   []string
	kinds []jobs.Kind

	mu  sync.Mutex
	who map[string]access.Subject
}

// people are those who work here from now on.
func (b *bench) people(who map[string]access.Subject) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.who = who
}

// at runs a test on a clock of its own.
func at(t *testing.T, do func(*testing.T, *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := desktest.New(t)
		b := &bench{t: t, house: h, desk: h.Desk(access.Admin("mina")), who: map[string]access.Subject{"mina": access.Admin("mina")}}
		b.ids = h.Scan(b.desk, control.Failed, control.Failed, control.Failed, control.Failed)
		do(t, b)
		b.desk.Close()
	})
}

func (b *bench) kind(k jobs.Kind) {
	if k.Lane == nil {
		k.Lane = jobs.InLane("findings")
	}
	b.kinds = append(b.kinds, k)
}

func (b *bench) runner() *jobs.Runner {
	return jobs.New(jobs.Options{
		Desk: b.desk, Kinds: b.kinds, Now: time.Now, Log: slog.New(slog.NewTextHandler(b.t.Output(), nil)),
		Subject: func(_ context.Context, id string) (access.Subject, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if who, ok := b.who[id]; ok {
				return who, nil
			}
			return access.Subject{}, locale.Errorf("jobs.nobody", locale.A("who", id))
		},
	})
}

// run has a runner work until stop is called.
func (b *bench) run(r *jobs.Runner) (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		r.Run(ctx)
	}()
	return func() {
		cancel()
		<-over
	}
}

func (b *bench) start(r *jobs.Runner, kind string, request any) string {
	b.t.Helper()
	j, err := r.Start(b.t.Context(), b.who["mina"], kind, request)
	if err != nil {
		b.t.Fatal(err)
	}
	return j.ID
}

func (b *bench) show(r *jobs.Runner, id string) jobs.Job {
	b.t.Helper()
	j, err := jobs.Show(b.t.Context(), b.desk, r, id)
	if err != nil {
		b.t.Fatal(err)
	}
	return j
}

func (b *bench) is(r *jobs.Runner, id string, want jobs.State) jobs.Job {
	b.t.Helper()
	j := b.show(r, id)
	if j.State != want {
		b.t.Fatalf("the job is %s (%v), want %s", j.State, j.Fault, want)
	}
	return j
}

// put writes a job as a process left it.
func (b *bench) put(j jobs.Job) {
	b.t.Helper()
	doc, err := json.Marshal(j)
	if err != nil {
		b.t.Fatal(err)
	}
	k, err := b.desk.Keeper(access.FindingsRead)
	if err == nil {
		err = k.Store.Update(b.t.Context(), func(w store.Writer) error {
			return w.PutItem(b.t.Context(), store.Item{Kind: store.ItemJob, ID: j.ID, State: string(j.State), About: j.Lane, Due: j.Created, Doc: doc})
		})
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// notes are how often each finding was noted.
func (b *bench) notes() (n []int) {
	b.t.Helper()
	for _, id := range b.ids {
		story, err := findings.Show(b.t.Context(), b.desk, id)
		if err != nil {
			b.t.Fatal(err)
		}
		count := 0
		for _, e := range story.Events {
			if e.Reason == "looked at" {
				count++
			}
		}
		n = append(n, count)
	}
	return n
}

// noting is a kind that notes findings one by one; between them it does what the
// test says.
func (b *bench) noting(between func(ctx context.Context, next int) error) jobs.Kind {
	return jobs.Kind{Name: "noting", Takes: []access.Permission{access.FindingsDecide}, Do: func(ctx context.Context, t *jobs.Task) (any, error) {
		next := 0
		if _, err := t.Cursor(&next); err != nil {
			return nil, err
		}
		for ; next < len(b.ids); next++ {
			if err := between(ctx, next); err != nil {
				return nil, err
			}
			step := t.Step(next+1, jobs.Progress{Done: next + 1, Total: len(b.ids), Said: jobs.Say(locale.M("jobs.over", locale.A("id", "x")))})
			t.Tell(desk.Tell("jobs.over", locale.A("id", "y")))
			if _, err := findings.Note(ctx, step.Desk, b.ids[next:next+1], "looked at"); err != nil {
				return nil, err
			}
			if !step.Kept() {
				return nil, errors.New("a piece is not kept")
			}
		}
		return map[string]int{"noted": next}, nil
	}}
}

func nothing(context.Context, int) error { return nil }
