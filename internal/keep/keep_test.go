package keep_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/spool"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/sqlite"
)

// house is a keeper with a clock of its own.
type house struct {
	*keep.Keeper
	t   testing.TB
	now time.Time
}

func start() time.Time { return time.Date(2026, 11, 1, 9, 0, 0, 123456000, time.UTC) }

func opened(t testing.TB, path string) store.Store {
	t.Helper()
	s, err := sqlite.Open(context.WithoutCancel(t.Context()), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newHouse(t testing.TB) *house {
	t.Helper()
	return houseOn(t, opened(t, filepath.Join(t.TempDir(), "k.db")))
}

func houseOn(t testing.TB, s store.Store) *house {
	t.Helper()
	set, err := control.Select(controls.All(), control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, now: start()}
	h.Keeper = &keep.Keeper{Store: s, Now: func() time.Time { return h.now }, Actor: "kei", Controls: set}
	if _, bench := t.(*testing.B); !bench {
		t.Cleanup(h.asLogged)
	}
	return h
}

const (
	tokyo = "ap-northeast-1"
	osaka = "ap-northeast-3"
	one   = "111122223333"
	two   = "444455556666"
)

func scope(region string) resource.Scope {
	return resource.Scope{Partition: "aws", Account: one, Region: region}
}

// sees is what a scan says of a stage by APIGateway.1.
func sees(api string, status control.Status) lifecycle.Observation {
	return seesAt(scope(tokyo), "APIGateway.1", api, status)
}

func seesAt(at resource.Scope, id, api string, status control.Status) lifecycle.Observation {
	var o lifecycle.Observation
	o.Control, o.Severity, o.Status = id, control.Medium, status
	o.Resource = resource.Ref{
		Scope: at, Type: "AWS::ApiGateway::Stage", Name: api + "/prod",
		ARN: "arn:aws:apigateway:" + at.Region + "::/restapis/" + api + "/stages/prod",
	}
	return o
}

// look is a scan of Tokyo that took a minute and ends now, an hour after
// whatever was before.
func (h *house) look() store.Scan {
	h.now = h.now.Add(time.Hour)
	return store.Scan{
		Started: h.now.Add(-time.Minute), Ended: h.now, Source: lifecycle.SourceLive, Version: "test",
		Accounts: []resource.Account{{Partition: "aws", ID: one, Regions: []string{tokyo}}},
		Controls: []string{"APIGateway.1", "APIGateway.2"},
	}
}

// SaveScan saves what a scan saw.
func (h *house) SaveScan(ctx context.Context, s store.Scan, seen []lifecycle.Observation) (keep.Saved, error) {
	all := spool.New(h.t.TempDir())
	defer all.Close()
	for i := range seen {
		all.Add(&seen[i].Finding)
	}
	return h.Keeper.SaveScan(ctx, s, all)
}

func (h *house) save(s store.Scan, seen ...lifecycle.Observation) keep.Saved {
	h.t.Helper()
	saved, err := h.SaveScan(h.t.Context(), s, seen)
	if err != nil {
		h.t.Fatal(err)
	}
	return saved
}

// is reads a record and wants its status, workflow and state: "FAILED NEW ACTIVE".
func (h *house) is(o lifecycle.Observation, want string) lifecycle.Record {
	h.t.Helper()
	r := h.record(o.ID())
	if got := fmt.Sprint(r.Status, " ", r.Workflow, " ", r.State); got != want {
		h.t.Errorf("%s is %s, want %s", o.Resource.Name, got, want)
	}
	return r
}

func (h *house) record(id string) lifecycle.Record {
	h.t.Helper()
	var list []lifecycle.Record
	h.view(func(ctx context.Context, r store.Reader) (err error) {
		list, err = r.Records(ctx, []string{id})
		return err
	})
	if len(list) != 1 {
		h.t.Fatalf("%d records %s", len(list), id)
	}
	return list[0]
}

func (h *house) view(do func(context.Context, store.Reader) error) {
	h.t.Helper()
	ctx := h.t.Context()
	if err := h.Store.View(ctx, func(r store.Reader) error { return do(ctx, r) }); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) history(id string) (events []lifecycle.Event) {
	h.view(func(ctx context.Context, r store.Reader) (err error) {
		events, err = r.History(ctx, id)
		return err
	})
	return events
}

func (h *house) exceptions(id string) (list []lifecycle.Exception) {
	h.view(func(ctx context.Context, r store.Reader) (err error) {
		list, err = r.ExceptionsOf(ctx, id)
		return err
	})
	return list
}

// whole verifies the audit log and returns how many entries it has.
func (h *house) whole() int64 {
	h.t.Helper()
	var report audit.Report
	h.view(func(ctx context.Context, r store.Reader) (err error) {
		report, err = audit.Verify(r.Audit(ctx, 1), "")
		return err
	})
	if report.Problem != nil {
		h.t.Errorf("the audit log is not whole: %+v", report.Problem)
	}
	return report.Entries
}

// state is all that a store holds, to tell that nothing changed.
func (h *house) state() string {
	var text string
	h.view(func(ctx context.Context, r store.Reader) error {
		err := r.Each(ctx, store.Filter{}, func(rec *lifecycle.Record) error {
			events, err := r.History(ctx, rec.ID)
			if err != nil {
				return err
			}
			had, err := r.ExceptionsOf(ctx, rec.ID)
			text += fmt.Sprintf("%+v\n%+v\n%+v\n", *rec, events, had)
			return err
		})
		if err != nil {
			return err
		}
		head, err := r.Head(ctx)
		if err != nil {
			return err
		}
		questions, err := r.Questions(ctx, store.QuestionFilter{})
		text += fmt.Sprintf("%+v\n", head)
		for i := range questions {
			text += fmt.Sprintf("%+v %+v\n", questions[i].ID, questions[i].Answer == nil)
		}
		return err
	})
	return text
}
