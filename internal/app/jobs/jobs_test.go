package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// TestRun: a job runs for whoever started it, is watched on the way, and has its
// result; who may not, starts none, and whoever may no longer, gets none done.
func TestRun(t *testing.T) {
	at(t, func(t *testing.T, b *bench) {
		b.kind(b.noting(func(ctx context.Context, _ int) error { return sleep(ctx, time.Second) }))
		r := b.runner()
		defer b.run(r)()
		var refused *access.Refused
		if _, err := r.Start(t.Context(), access.Granted("sato", "Sato", access.FindingsRead), "noting", nil); !errors.As(err, &refused) {
			t.Errorf("without the permission: %v", err)
		}
		id := b.start(r, "noting", nil)
		news, err := jobs.Watch(t.Context(), b.desk, r, id)
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		for j := range news {
			seen = append(seen, fmt.Sprint(j.State, " ", j.Progress.Done))
		}
		if !slices.IsSorted(seen[1:len(seen)-1]) || seen[len(seen)-1] != "done 4" || !slices.Contains(seen, "running 2") {
			t.Errorf("seen: %q", seen)
		}
		j := b.is(r, id, jobs.Done)
		if len(j.Notices) != 4 || j.Progress.Said == nil || string(j.Result) != `{"noted":4}` || j.By != "mina" || j.Ended.Sub(j.Started) != 4*time.Second || fmt.Sprint(b.notes()) != "[1 1 1 1]" {
			t.Errorf("%+v, noted %v", j, b.notes())
		}
		story, err := findings.Show(t.Context(), b.desk, b.ids[0])
		if err != nil || story.Events[len(story.Events)-1].By != "mina" {
			t.Errorf("noted by somebody else: %+v, %v", story.Events, err)
		}
		for name, now := range map[string]map[string]access.Subject{
			`"mina" has no permission to`: {"mina": access.Granted("mina", "", access.FindingsRead)},
			"does not work here any more": {},
		} {
			id = b.start(r, "noting", nil)
			b.people(now)
			synctest.Wait()
			time.Sleep(time.Second)
			j := b.is(r, id, jobs.Failed)
			if text := j.Fault.Texts[locale.English]; !strings.Contains(text, name) {
				t.Errorf("the fault is %q, want %q", text, name)
			}
			b.people(map[string]access.Subject{"mina": access.Admin("mina")})
		}
	})
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// TestLanes: of jobs in one lane, or in one within it, one works at a time, in their
// order; others work beside them.
func TestLanes(t *testing.T) {
	at(t, func(t *testing.T, b *bench) {
		var mu sync.Mutex
		var did []string
		say := func(what string) {
			mu.Lock()
			defer mu.Unlock()
			did = append(did, what)
		}
		b.kind(jobs.Kind{
			Name: "lane", Lane: func(request json.RawMessage) (lane string, err error) { return lane, json.Unmarshal(request, &lane) },
			Do: func(ctx context.Context, t *jobs.Task) (any, error) {
				say("+" + t.Job().Lane)
				err := sleep(ctx, 10*time.Second)
				say("-" + t.Job().Lane)
				return nil, err
			},
		})
		r := b.runner()
		defer b.run(r)()
		for _, lane := range []string{"aws/1", "aws", "aws/2", "export", "aws2"} {
			b.start(r, "lane", lane)
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if got, want := strings.Join(did, " "), "+aws/1 +export +aws2 -aws/1 +aws -export -aws2 -aws +aws/2 -aws/2"; got != want {
			t.Errorf("the order is %s, want %s", got, want)
		}
	})
}

// TestGoesOn: of jobs whose process died, those that can go on do so behind what was
// kept, after the dead one's time is over; the others wait for a person.
func TestGoesOn(t *testing.T) {
	at(t, func(t *testing.T, b *bench) {
		b.kind(b.noting(nothing))
		b.kind(jobs.Kind{
			Name: "fix", Do: func(context.Context, *jobs.Task) (any, error) { panic("it goes on by itself") },
			Attention: func(j *jobs.Job) locale.Message { return locale.M("jobs.over", locale.A("id", j.ID)) },
		})
		until := time.Now().Add(10 * time.Second)
		b.put(jobs.Job{ID: "a", Kind: "noting", State: jobs.Running, By: "mina", Lane: "findings", Cursor: []byte("2"), Holder: "dead", Until: until})
		b.put(jobs.Job{ID: "b", Kind: "fix", State: jobs.Running, By: "mina", Lane: "aws/1", Holder: "dead", Until: until})
		b.put(jobs.Job{ID: "c", Kind: "other", State: jobs.Running, By: "mina", Lane: "aws/2", Holder: "dead", Until: until})
		b.put(jobs.Job{ID: "d", Kind: "other", State: jobs.Waiting, By: "mina", Lane: "aws/2"})
		r := b.runner()
		defer b.run(r)()
		time.Sleep(9 * time.Second)
		b.is(r, "a", jobs.Running)
		if fmt.Sprint(b.notes()) != "[0 0 0 0]" {
			t.Error("a job that lives was taken over")
		}
		time.Sleep(9 * time.Second)
		b.is(r, "a", jobs.Done)
		if fmt.Sprint(b.notes()) != "[0 0 1 1]" {
			t.Errorf("noted %v", b.notes())
		}
		if j := b.is(r, "b", jobs.Attention); j.Fault.Key != "jobs.over" {
			t.Errorf("%+v", j)
		}
		if j := b.is(r, "c", jobs.Attention); j.Fault.Key != "jobs.unknownKind" {
			t.Errorf("%+v", j)
		}
		b.is(r, "d", jobs.Waiting)
	})
}

// TestTakenOver: what another runner has taken over is not worked on any more, and
// nothing is kept of it.
func TestTakenOver(t *testing.T) {
	at(t, func(t *testing.T, b *bench) {
		var own jobs.Job
		b.kind(b.noting(func(_ context.Context, next int) error {
			if next == 2 {
				own.State, own.Holder, own.Cursor = jobs.Running, "another", []byte("2")
				b.put(own)
			}
			return nil
		}))
		r := b.runner()
		own = jobs.Job{ID: "a", Kind: "noting", State: jobs.Waiting, By: "mina", Lane: "findings"}
		b.put(own)
		own.Until = time.Now().Add(time.Hour)
		defer b.run(r)()
		time.Sleep(time.Minute)
		if j := b.is(r, "a", jobs.Running); j.Holder != "another" || fmt.Sprint(b.notes()) != "[1 1 0 0]" {
			t.Errorf("%+v, noted %v", j, b.notes())
		}
	})
}

// TestCloses: when the process ends, what can go on waits with its cursor, and a
// person is told of the rest; the next process goes on.
func TestCloses(t *testing.T) {
	at(t, func(t *testing.T, b *bench) {
		b.kind(b.noting(func(ctx context.Context, _ int) error { return sleep(ctx, time.Second) }))
		b.kind(jobs.Kind{
			Name: "fix", Lane: jobs.InLane("aws/1"), Do: func(ctx context.Context, _ *jobs.Task) (any, error) { return nil, sleep(ctx, time.Hour) },
			Attention: func(j *jobs.Job) locale.Message { return locale.M("jobs.over", locale.A("id", j.ID)) },
		})
		r := b.runner()
		stop := b.run(r)
		noting, fix := b.start(r, "noting", nil), b.start(r, "fix", nil)
		time.Sleep(2500 * time.Millisecond)
		stop()
		if j := b.is(r, noting, jobs.Waiting); string(j.Cursor) != "2" || j.Holder != "" || j.Progress.Done != 2 {
			t.Errorf("%+v", j)
		}
		b.is(r, fix, jobs.Attention)
		other := b.runner()
		defer b.run(other)()
		time.Sleep(3 * time.Second)
		b.is(other, noting, jobs.Done)
		if fmt.Sprint(b.notes()) != "[1 1 1 1]" {
			t.Errorf("noted %v", b.notes())
		}
	})
}

// TestCancel stops what waits, runs, or wants a person, and nothing else.
func TestCancel(t *testing.T) {
	at(t, func(t *testing.T, b *bench) {
		b.kind(b.noting(func(ctx context.Context, _ int) error { return sleep(ctx, time.Second) }))
		b.put(jobs.Job{ID: "a", Kind: "noting", State: jobs.Attention, By: "mina", Lane: "findings"})
		r := b.runner()
		defer b.run(r)()
		runs, waits := b.start(r, "noting", nil), b.start(r, "noting", nil)
		time.Sleep(1500 * time.Millisecond)
		var refused *access.Refused
		if _, err := jobs.Cancel(t.Context(), b.desk.For(access.Granted("sato", "", access.FindingsRead)), r, runs); !errors.As(err, &refused) {
			t.Errorf("without what starting takes: %v", err)
		}
		for _, id := range []string{"a", waits, runs} {
			if _, err := jobs.Cancel(t.Context(), b.desk, r, id); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		for _, id := range []string{"a", waits, runs} {
			b.is(r, id, jobs.Stopped)
		}
		var said *locale.Error
		if _, err := jobs.Cancel(t.Context(), b.desk, r, runs); !errors.As(err, &said) || said.Key != "jobs.over" {
			t.Errorf("what is over: %v", err)
		}
		if fmt.Sprint(b.notes()) != "[1 0 0 0]" {
			t.Errorf("noted %v", b.notes())
		}
	})
}

// TestBusy: what passes is tried again, later each time, and at last given up; what
// nobody wrote a sentence for is told by the log alone.
func TestBusy(t *testing.T) {
	at(t, func(t *testing.T, b *bench) {
		fails := 2
		b.kind(b.noting(func(_ context.Context, next int) error {
			if next == 2 && fails > 0 {
				fails--
				return &store.Problem{Kind: store.Busy, Where: "here"}
			}
			return nil
		}))
		tries := 0
		b.kind(jobs.Kind{Name: "down", Lane: jobs.InLane("aws"), Do: func(context.Context, *jobs.Task) (any, error) {
			tries++
			return nil, &store.Problem{Kind: store.Unreachable, Where: "there"}
		}})
		b.kind(jobs.Kind{Name: "broken", Lane: jobs.InLane("export"), Do: func(context.Context, *jobs.Task) (any, error) {
			var none map[string]int
			none["x"] = 1
			return nil, nil
		}})
		r := b.runner()
		defer b.run(r)()
		noting, down, broken := b.start(r, "noting", nil), b.start(r, "down", nil), b.start(r, "broken", nil)
		time.Sleep(time.Second)
		if j := b.is(r, noting, jobs.Waiting); j.Fault == nil || j.Tries != 1 {
			t.Errorf("%+v", j)
		}
		if j := b.is(r, broken, jobs.Failed); j.Fault.Key != "jobs.inner" {
			t.Errorf("%+v", j)
		}
		time.Sleep(time.Minute)
		if j := b.is(r, noting, jobs.Done); j.Fault != nil || fmt.Sprint(b.notes()) != "[1 1 1 1]" {
			t.Errorf("%+v, noted %v", j, b.notes())
		}
		time.Sleep(time.Hour)
		if j := b.is(r, down, jobs.Failed); tries != 11 || j.Fault.Key != "store.unreachable" {
			t.Errorf("%d tries, %+v", tries, j)
		}
	})
}

// TestList pages, latest first, and forgets what ended two weeks ago.
func TestList(t *testing.T) {
	at(t, func(t *testing.T, b *bench) {
		now := time.Now().Add(-14 * 24 * time.Hour)
		for i, state := range []jobs.State{jobs.Done, jobs.Attention, jobs.Failed, jobs.Stopped, jobs.Done, jobs.Failed} {
			b.put(jobs.Job{ID: string(rune('a' + i)), Kind: []string{"scan", "note"}[i%2], State: state, Created: now.Add(time.Duration(i) * time.Hour)})
		}
		r := b.runner()
		pages := func(q jobs.Query) string {
			var out []string
			for {
				list, next, err := jobs.List(t.Context(), b.desk, r, q)
				if err != nil {
					t.Fatal(err)
				}
				page := ""
				for i := range list {
					page += list[i].ID
				}
				out = append(out, page)
				if q.After = next; next == "" {
					return strings.Join(out, " ")
				}
			}
		}
		for want, q := range map[string]jobs.Query{
			"fedc ba": {Limit: 4}, "fedcba": {Limit: 6}, "f d b": {Limit: 1, Kinds: []string{"note"}}, "ec a": {Limit: 2, Kinds: []string{"scan"}},
			"fe c a": {Limit: 2, States: []jobs.State{jobs.Done, jobs.Failed}},
		} {
			if want == "fe c a" {
				want = "fe ca"
			}
			if got := pages(q); got != want {
				t.Errorf("%+v: %s, want %s", q, got, want)
			}
		}
		defer b.run(r)()
		time.Sleep(210 * time.Minute)
		if got := pages(jobs.Query{Limit: 9}); got != "fedb" {
			t.Errorf("left: %s", got)
		}
	})
}

// TestPermissions: who may not look, sees no job.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	r := jobs.New(jobs.Options{Desk: h.Desk(access.Admin("kei")), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	reads := []access.Permission{access.FindingsRead}
	h.Permissions(map[string]desktest.Operation{
		"List": desktest.Op(reads, func(d *desk.Desk) error {
			_, _, err := jobs.List(t.Context(), d, r, jobs.Query{Limit: 1})
			return err
		}),
		"Show": desktest.Op(reads, func(d *desk.Desk) error {
			_, err := jobs.Show(t.Context(), d, r, "x")
			return err
		}),
		"Watch": desktest.Op(reads, func(d *desk.Desk) error {
			_, err := jobs.Watch(t.Context(), d, r, "x")
			return err
		}),
		"Cancel": desktest.Op(reads, func(d *desk.Desk) error {
			_, err := jobs.Cancel(t.Context(), d, r, "x")
			return err
		}),
	})
}
