package schedules_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/app/scanjob"
	"github.com/kumoban/kumoban/internal/app/schedules"
	"github.com/kumoban/kumoban/internal/locale"
)

// tower is a store in Tokyo, and a server of it.
type tower struct {
	t     *testing.T
	desk  *desk.Desk
	scans atomic.Int64
	take  time.Duration // of a scan
}

func at(t *testing.T, do func(*tower)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d, err := desk.Open(t.Context(), desk.Options{
			Address: filepath.Join(t.TempDir(), "k.db"), Make: true, Subject: access.Admin("mina"), Now: time.Now, Zone: "Asia/Tokyo", Config: &desk.Config{File: "kumoban.yaml"},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		do(&tower{t: t, desk: d, take: time.Minute})
	})
}

// serve has a server run for a time, and returns how many scans it began.
func (w *tower) serve(d time.Duration) int64 {
	w.t.Helper()
	before := w.scans.Load()
	who := func(context.Context, string) (access.Subject, error) { return access.Admin("mina"), nil }
	log := slog.New(slog.NewTextHandler(w.t.Output(), nil))
	runner := jobs.New(jobs.Options{Desk: w.desk, Now: time.Now, Log: log, Subject: who, Kinds: []jobs.Kind{{
		Name: scanjob.Name, Takes: []access.Permission{access.ScansRun}, Lane: jobs.InLane(jobs.LaneAWS),
		Do: func(ctx context.Context, _ *jobs.Task) (any, error) {
			w.scans.Add(1)
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(w.take):
				return nil, nil
			}
		},
	}}})
	clock := &schedules.Clock{Desk: w.desk.For(access.Granted("clock", "clock", access.FindingsRead)), Runner: runner, Subject: who, Log: log}
	ctx, stop := context.WithCancel(w.t.Context())
	over := make(chan struct{}, 2)
	go func() { runner.Run(ctx); over <- struct{}{} }()
	go func() { clock.Run(ctx); over <- struct{}{} }()
	time.Sleep(d)
	synctest.Wait()
	stop()
	<-over
	<-over
	return w.scans.Load() - before
}

func (w *tower) put(s schedules.Schedule) schedules.Schedule {
	w.t.Helper()
	s, err := schedules.Put(w.t.Context(), w.desk, s)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// TestComes: a scan begins at its time of the store's day; what came while no server
// ran begins once, and none while the one before goes on.
func TestComes(t *testing.T) {
	at(t, func(w *tower) {
		zone := w.desk.Zone()
		s := w.put(schedules.Schedule{Name: "nightly", Cron: "0 3 * * *"})
		if next := s.Next.In(zone); next.Hour() != 3 || next.Minute() > 1 || next.Sub(time.Now()) > 24*time.Hour {
			w.t.Errorf("next at %v", next)
		}
		time.Sleep(time.Until(s.Next) - 2*time.Minute)
		if n := w.serve(time.Minute); n != 0 {
			w.t.Errorf("%d scans before the time", n)
		}
		if n := w.serve(10 * time.Minute); n != 1 {
			w.t.Errorf("%d scans at the time", n)
		}
		time.Sleep(5*24*time.Hour + 12*time.Hour)
		if n := w.serve(10 * time.Minute); n != 1 {
			w.t.Errorf("%d scans for what was missed", n)
		}
		w.put(schedules.Schedule{Name: "nightly", Cron: "*/10 * * * *"})
		w.take = 25 * time.Minute
		if n := w.serve(time.Hour); n != 2 {
			w.t.Errorf("%d scans of 25 minutes in an hour", n)
		}
	})
}

// TestEnds: what is paused or removed does not come.
func TestEnds(t *testing.T) {
	at(t, func(w *tower) {
		w.put(schedules.Schedule{Name: "a", Cron: "@hourly", Paused: true})
		w.put(schedules.Schedule{Name: "b", Cron: "@hourly"})
		if err := schedules.Remove(w.t.Context(), w.desk, "b"); err != nil {
			w.t.Fatal(err)
		}
		if n := w.serve(70 * time.Minute); n != 0 {
			w.t.Errorf("%d scans", n)
		}
		list, err := schedules.List(w.t.Context(), w.desk)
		if err != nil || len(list) != 1 || list[0].Name != "a" || !list[0].Next.IsZero() {
			w.t.Errorf("%+v, %v", list, err)
		}
		w.put(schedules.Schedule{Name: "a", Cron: "@hourly"})
		if n := w.serve(70 * time.Minute); n != 1 {
			w.t.Errorf("%d scans when it went on", n)
		}
	})
}

// TestRefused: what is no schedule changes nothing.
func TestRefused(t *testing.T) {
	at(t, func(w *tower) {
		for want, list := range map[string][]schedules.Schedule{
			"jobs.badCron": {
				{Name: "a", Cron: "61 * * * *"}, {Name: "a", Cron: ""}, {Name: "a", Cron: "0 3 * *"}, {Name: "a", Cron: "TZ=UTC 0 3 * * *"}, {Name: "a", Cron: "@every 1s"},
				{Name: "a", Cron: "0 0 30 2 *"},
			},
			"jobs.badName":   {{Name: "", Cron: "@hourly"}, {Name: "a/b", Cron: "@hourly"}},
			"hub.badAccount": {{Name: "a", Cron: "@hourly", Accounts: []string{"12"}}},
		} {
			for _, s := range list {
				var ours *locale.Error
				if _, err := schedules.Put(w.t.Context(), w.desk, s); !errors.As(err, &ours) || ours.Key != want {
					w.t.Errorf("%+v: %v", s, err)
				}
			}
		}
		if list, err := schedules.List(w.t.Context(), w.desk); err != nil || len(list) != 0 {
			w.t.Errorf("%+v, %v", list, err)
		}
	})
}

// TestPermissions: nobody schedules without the permission to scan.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	ctx := t.Context()
	h.Permissions(map[string]desktest.Operation{
		"Put": desktest.Op([]access.Permission{access.ScansRun}, func(d *desk.Desk) error {
			_, err := schedules.Put(ctx, d, schedules.Schedule{Name: "a", Cron: "@daily"})
			return err
		}),
		"Remove": desktest.Op([]access.Permission{access.ScansRun}, func(d *desk.Desk) error { return schedules.Remove(ctx, d, "a") }),
		"List":   desktest.Op([]access.Permission{access.FindingsRead}, func(d *desk.Desk) error { _, err := schedules.List(ctx, d); return err }),
	})
}
