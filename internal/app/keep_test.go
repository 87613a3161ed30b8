package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/spool"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/open"
)

// counting counts what a store is asked.
type counting struct {
	store.Reader
	asked map[string]int
}

func (c *counting) History(ctx context.Context, finding string) ([]lifecycle.Event, error) {
	c.asked["history"]++
	return c.Reader.History(ctx, finding)
}

func (c *counting) LastNotes(ctx context.Context, findings []string) ([]lifecycle.Event, error) {
	c.asked["notes"]++
	return c.Reader.LastNotes(ctx, findings)
}

func (c *counting) Exception(ctx context.Context, id string) (lifecycle.Exception, error) {
	c.asked["exception"]++
	return c.Reader.Exception(ctx, id)
}

func (c *counting) Exceptions(ctx context.Context, ids []string) ([]lifecycle.Exception, error) {
	c.asked["exceptions"]++
	return c.Reader.Exceptions(ctx, ids)
}

// decided are records of which each third has an exception, each fourth notes,
// and one names an exception that is not there.
func decided(t *testing.T, s store.Store, n int) []lifecycle.Record {
	t.Helper()
	at := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	var records []lifecycle.Record
	var events []lifecycle.Event
	var exceptions []lifecycle.Exception
	for i := range n {
		r, _, _ := lifecycle.Observe(nil, &lifecycle.Observation{Finding: *oneOfMany(i, 0), Source: lifecycle.SourceLive, At: at, Scan: 1})
		r.Updated = at.Add(time.Hour)
		if i%3 == 0 {
			r.Exception = fmt.Sprint("ex-", i)
			exceptions = append(exceptions, lifecycle.Exception{ID: r.Exception, Finding: r.ID, Reason: fmt.Sprint("why ", i), Until: at.Add(time.Duration(i) * time.Hour), By: "a", ApprovedBy: "b"})
		}
		if i == 1 {
			r.Exception = "lost"
		}
		if i%4 == 0 {
			for k, text := range []string{"first", fmt.Sprint("last ", i), "no note"} {
				kind := []lifecycle.EventKind{lifecycle.EventNote, lifecycle.EventNote, lifecycle.EventAsked}[k]
				events = append(events, lifecycle.Event{Finding: r.ID, At: at.Add(time.Duration(k) * time.Minute), Kind: kind, Reason: text, By: "c"})
			}
		}
		records = append(records, r)
	}
	err := s.Update(t.Context(), func(w store.Writer) error {
		err := errors.Join(w.Insert(t.Context(), records), w.AddEvents(t.Context(), events))
		for _, x := range exceptions {
			err = errors.Join(err, w.PutException(t.Context(), x))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// TestExportAsksInBatches exports findings with what people decided about them,
// without asking the store about each.
func TestExportAsksInBatches(t *testing.T) {
	s, err := open.Store(t.Context(), filepath.Join(t.TempDir(), "k.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	const n = 1100
	records := decided(t, s, n)
	var out bytes.Buffer
	asked := map[string]int{}
	err = s.View(t.Context(), func(r store.Reader) error {
		return app.Export(t.Context(), environment(t, &out), app.Outputs{Formats: []string{"jsonl"}}, &counting{r, asked}, store.Filter{})
	})
	if err != nil {
		t.Fatal(err)
	}
	for what, times := range asked {
		if times > n/1000+1 {
			t.Errorf("the store was asked %d times for %s of %d findings", times, what, n)
		}
	}
	saved, err := report.ReadJSON(&out, controls.All())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]*finding.Kept{}
	for _, f := range saved.Findings {
		got[f.ID()] = f.Kept
	}
	for i := range records {
		r := &records[i]
		want := &finding.Kept{Workflow: string(r.Workflow), Own: r.Severity, FirstSeen: r.FirstSeen, LastSeen: r.LastSeen, Changed: r.Changed, Updated: r.Updated}
		switch {
		case i == 1:
			want.Exception = &finding.Exception{ID: "lost"}
		case i%3 == 0:
			want.Exception = &finding.Exception{ID: r.Exception, Reason: fmt.Sprint("why ", i), Until: r.FirstSeen.Add(time.Duration(i) * time.Hour), By: "a", ApprovedBy: "b"}
		}
		if i%4 == 0 {
			want.Note = &finding.Note{Text: fmt.Sprint("last ", i), By: "c", At: r.FirstSeen.Add(time.Minute)}
		}
		if d := cmp.Diff(want, got[r.ID]); d != "" {
			t.Fatalf("%d: %s", i, d)
		}
	}
}

// savedScan writes a saved scan of n findings, as it is asked for.
func savedScan(t *testing.T, format string, n int) io.Reader {
	t.Helper()
	catalog, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := report.NewTexts(catalog, controls.All())
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	t.Cleanup(func() { _ = r.Close() })
	go func() {
		h, err := report.New(format, w, texts, report.Options{})
		for i := 0; i < n && err == nil; i++ {
			err = h.Finding(oneOfMany(i, 0))
		}
		at := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
		if err == nil {
			err = h.End(&report.Scan{Version: "test", Started: at, Ended: at, Source: "live"})
		}
		_ = w.CloseWithError(err)
	}()
	return r
}

// TestImportHoldsNothing imports a saved scan of many findings in little memory.
func TestImportHoldsNothing(t *testing.T) {
	const n, most = 6_000, 4 << 20 // the text of the scan has 5 MB, its findings more
	live := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	var out bytes.Buffer
	env, in := environment(t, &out), savedScan(t, "jsonl", n)
	before := live()
	seen := 0
	err := app.Import(t.Context(), env, in, "-", false, func(_ context.Context, _ store.Scan, s *spool.Spool) error {
		if grown := live() - before; grown > most {
			t.Errorf("%d findings take %d bytes", n, grown)
		}
		return s.Each(func(*lifecycle.Observation) error {
			seen++
			return nil
		})
	})
	if err != nil || seen != n {
		t.Error(seen, err)
	}
}

// TestImportOfHalf saves nothing of a scan that ends early, in either format.
func TestImportOfHalf(t *testing.T) {
	for _, format := range []string{"json", "jsonl"} {
		data, err := io.ReadAll(savedScan(t, format, 3000))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err = app.Import(t.Context(), environment(t, &out), bytes.NewReader(data[:len(data)-100]), "-", false, func(context.Context, store.Scan, *spool.Spool) error {
			t.Error("saved")
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), "cut off") {
			t.Errorf("%s: %v", format, err)
		}
	}
}
