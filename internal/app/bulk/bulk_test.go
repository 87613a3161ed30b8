package bulk_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/bulk"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// hall is a store with findings, and a runner of bulk jobs.
type hall struct {
	t      *testing.T
	desk   *desk.Desk
	ids    []string // the last of them passes
	setup  *bulk.Setup
	runner *jobs.Runner
}

func at(t *testing.T, n int, do func(*hall)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		house := desktest.New(t)
		h := &hall{t: t, desk: house.Desk(access.Admin("mina"))}
		statuses := make([]control.Status, n)
		for i := range statuses {
			statuses[i] = control.Failed
		}
		h.ids = house.Scan(h.desk, append(statuses, control.Passed)...)
		_, env, _ := desktest.Env(t, "{}")
		env.Stdout = io.Discard
		base, began := h.desk.Now(), time.Now()
		now := func() time.Time { return base.Add(time.Since(began)) }
		h.setup = &bulk.Setup{Env: env, Dir: t.TempDir()}
		h.runner = jobs.New(jobs.Options{
			Desk: h.desk, Kinds: h.setup.Kinds(), Now: now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
			Subject: func(context.Context, string) (access.Subject, error) { return access.Admin("mina"), nil },
		})
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan struct{})
		go func() {
			defer close(over)
			h.runner.Run(ctx)
		}()
		do(h)
		cancel()
		<-over
		h.desk.Close()
	})
}

// does runs a job to its end.
func (h *hall) does(what string, q bulk.Task) (jobs.Job, bulk.Result) {
	h.t.Helper()
	j, err := bulk.Start(h.t.Context(), h.desk, h.runner, what, q)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.ended(j.ID)
}

func (h *hall) ended(id string) (jobs.Job, bulk.Result) {
	h.t.Helper()
	time.Sleep(time.Minute)
	j, err := jobs.Show(h.t.Context(), h.desk, h.runner, id)
	if err != nil || j.State != jobs.Done {
		h.t.Fatalf("%+v, %v", j, err)
	}
	var r bulk.Result
	if err := json.Unmarshal(j.Result, &r); err != nil {
		h.t.Fatal(err)
	}
	return j, r
}

// told counts the findings in whose histories a reason stands once; one in which it
// stands twice fails.
func (h *hall) told(reason string) (n int) {
	h.t.Helper()
	for _, id := range h.ids {
		story, err := findings.Show(h.t.Context(), h.desk, id)
		if err != nil {
			h.t.Fatal(err)
		}
		here := 0
		for _, e := range story.Events {
			if e.Reason == reason {
				here++
			}
		}
		if n += here; here > 1 {
			h.t.Errorf("%s says %q %d times", id, reason, here)
		}
	}
	return n
}

// TestBatches: each finding that a filter let through when the job began is decided
// about once; those with which nothing can be done are counted and named.
func TestBatches(t *testing.T) {
	at(t, 450, func(h *hall) {
		j, r := h.does("note", bulk.Task{Choice: &findings.Choice{}, Reason: "seen"})
		if r.Done != 450 || r.Refused != 0 || j.Progress.Done != 450 || j.Progress.Total != 450 || h.told("seen") != 450 {
			h.t.Errorf("note: %+v, %+v, told %d", r, j.Progress, h.told("seen"))
		}
		if _, r = h.does("resolve", bulk.Task{IDs: h.ids[:30], Reason: "closed"}); r.Done != 30 || h.told("closed") != 30 {
			h.t.Errorf("resolve: %+v, told %d", r, h.told("closed"))
		}
		some := append([]string{"none", h.ids[40], h.ids[40]}, h.ids[25:35]...)
		j, r = h.does("assign", bulk.Task{IDs: some, To: "kei", Reason: "hers"})
		if r.Done != 11 || r.Refused != 1 || len(r.First) != 1 || r.First[0].ID != "none" || r.First[0].Why.Texts[locale.Japanese] == "" || h.told("hers") != 11 {
			h.t.Errorf("assign: %+v, told %d", r, h.told("hers"))
		}
		if text := j.Progress.Said.Texts[locale.English]; text != "11 of 12 findings done; of 1 nothing could be done" {
			h.t.Errorf("it says %q", text)
		}
		if _, r = h.does("suppress", bulk.Task{Choice: &findings.Choice{}, Reason: "test stand", Until: "30d"}); r.Done != 420 {
			h.t.Errorf("suppress: %+v", r)
		}
		if n, err := findings.Count(h.t.Context(), h.desk, findings.Choice{}); n != 0 || err != nil {
			h.t.Errorf("%d wait after all were let be, %v", n, err)
		}
	})
}

// TestAsks: each owner is asked once about all their findings, also by a job that was
// cut off after it had asked some.
func TestAsks(t *testing.T) {
	at(t, 5, func(h *hall) {
		_, r := h.does("ask", bulk.Task{IDs: h.ids, To: "kei", Due: "14d", Lang: locale.English})
		if r.Done != 5 || r.Refused != 1 || r.First[0].ID != h.ids[5] {
			h.t.Errorf("%+v", r)
		}
		questions := func() int {
			list, _, err := asking.List(h.t.Context(), h.desk, false, true)
			if err != nil {
				h.t.Fatal(err)
			}
			return len(list)
		}
		if n := questions(); n != 1 {
			h.t.Errorf("%d questions", n)
		}
		if _, r = h.does("ask", bulk.Task{IDs: h.ids, To: "kei", Due: "14d", Lang: locale.English}); r.Done != 0 || r.Refused != 6 || questions() != 1 {
			h.t.Errorf("another job: %+v, %d questions", r, questions())
		}
		// As a process that died behind its first question left it.
		j := jobs.Job{ID: "a", Kind: "bulk-ask", State: jobs.Running, By: "mina", Lane: jobs.LaneFindings, Holder: "dead", Request: []byte(`{"to": "kei", "due": "14d", "lang": "en"}`), Cursor: []byte(`{"total": 6}`)}
		j.Started = h.desk.Now().Add(-time.Minute)
		h.put(j)
		if _, r = h.ended("a"); r.Done != 5 || r.Refused != 1 || questions() != 1 {
			h.t.Errorf("cut off: %+v, %d questions", r, questions())
		}
	})
}

// put writes a job, and a part of its findings: all.
func (h *hall) put(j jobs.Job) {
	h.t.Helper()
	doc, err := json.Marshal(j)
	if err != nil {
		h.t.Fatal(err)
	}
	ids, err := json.Marshal(h.ids)
	if err != nil {
		h.t.Fatal(err)
	}
	k, err := h.desk.Keeper(access.FindingsRead)
	if err == nil {
		err = k.Store.Update(h.t.Context(), func(w store.Writer) error {
			ctx := h.t.Context()
			return errors.Join(w.PutItem(ctx, store.Item{Kind: store.ItemPart, ID: j.ID + "/000000", Doc: ids}),
				w.PutItem(ctx, store.Item{Kind: store.ItemJob, ID: j.ID, State: string(j.State), About: j.Lane, Doc: doc}))
		})
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestExport writes a file in the format of a scan, which can be had.
func TestExport(t *testing.T) {
	at(t, 3, func(h *hall) {
		j, err := bulk.Export(h.t.Context(), h.desk, h.runner, findings.Choice{}, "csv", locale.English)
		if err != nil {
			h.t.Fatal(err)
		}
		j, _ = h.ended(j.ID)
		file, name, err := bulk.File(h.t.Context(), h.desk, h.runner, h.setup, j.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		defer file.Close()
		if text, err := io.ReadAll(file); err != nil || strings.Count(string(text), "\n") != 4 || !strings.Contains(string(text), "bucket-3") || !strings.HasSuffix(name, ".csv") {
			h.t.Errorf("%v\n%s", err, text)
		}
		note, _ := h.does("note", bulk.Task{IDs: h.ids, Reason: "x"})
		for id, want := range map[string]string{note.ID: "jobs.noFile", j.ID: "jobs.fileGone"} {
			h.setup.Dir = h.t.TempDir()
			var said *locale.Error
			if _, _, err := bulk.File(h.t.Context(), h.desk, h.runner, h.setup, id); !errors.As(err, &said) || said.Key != want {
				h.t.Errorf("%v, want %s", err, want)
			}
		}
	})
}

// TestRefused: what can be nothing is refused before a job is there.
func TestRefused(t *testing.T) {
	at(t, 1, func(h *hall) {
		all := &findings.Choice{}
		for want, c := range map[string]struct {
			what string
			task bulk.Task
		}{
			"jobs.whichFindings": {"note", bulk.Task{Reason: "x"}},
			"jobs.needsText":     {"note", bulk.Task{Choice: all, Reason: " "}},
			"jobs.tooManyIDs":    {"note", bulk.Task{IDs: make([]string, 10_001), Reason: "x"}},
			"keep.badStatus":     {"note", bulk.Task{Choice: &findings.Choice{Statuses: []string{"LOST"}}, Reason: "x"}},
			"keep.needs":         {"suppress", bulk.Task{Choice: all, Until: "30d"}},
			"keep.pastDay":       {"suppress", bulk.Task{Choice: all, Reason: "x", Until: "2020-01-01"}},
			"keep.badVia":        {"ask", bulk.Task{Choice: all, Via: "pigeon"}},
			"ask.longName":       {"assign", bulk.Task{Choice: all, To: strings.Repeat("k", 5000)}},
		} {
			var said *locale.Error
			if _, err := bulk.Start(h.t.Context(), h.desk, h.runner, c.what, c.task); !errors.As(err, &said) || said.Key != want {
				h.t.Errorf("%s: %v, want %s", c.what, err, want)
			}
		}
		if list, _, err := jobs.List(h.t.Context(), h.desk, h.runner, jobs.Query{Limit: 1}); err != nil || len(list) > 0 {
			h.t.Errorf("%+v, %v", list, err)
		}
	})
}

// TestPermissions: nobody starts what they may not do.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	setup := &bulk.Setup{Env: &app.Env{}, Dir: t.TempDir()}
	r := jobs.New(jobs.Options{Desk: h.Desk(access.Admin("kei")), Kinds: setup.Kinds(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	start := func(what string, q bulk.Task) func(*desk.Desk) error {
		q.IDs = []string{"x"}
		return func(d *desk.Desk) error {
			_, err := bulk.Start(t.Context(), d, r, what, q)
			return err
		}
	}
	decides := []access.Permission{access.FindingsRead, access.FindingsDecide}
	h.Permissions(map[string]desktest.Operation{
		"Start note":     desktest.Op(decides, start("note", bulk.Task{Reason: "x"})),
		"Start notify":   desktest.Op(decides, start("notify", bulk.Task{})),
		"Start resolve":  desktest.Op(decides, start("resolve", bulk.Task{})),
		"Start assign":   desktest.Op(decides, start("assign", bulk.Task{To: "kei"})),
		"Start suppress": desktest.Op([]access.Permission{access.FindingsRead, access.ExceptionsRequest}, start("suppress", bulk.Task{Reason: "x", Until: "30d"})),
		"Start ask":      desktest.Op([]access.Permission{access.FindingsRead, access.QuestionsAsk}, start("ask", bulk.Task{})),
		"Export": desktest.Op([]access.Permission{access.FindingsRead}, func(d *desk.Desk) error {
			_, err := bulk.Export(t.Context(), d, r, findings.Choice{}, "csv", locale.English)
			return err
		}),
		"File": desktest.Op([]access.Permission{access.FindingsRead}, func(d *desk.Desk) error {
			_, _, err := bulk.File(t.Context(), d, r, setup, "x")
			return err
		}),
	})
}
