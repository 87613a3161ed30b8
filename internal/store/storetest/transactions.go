package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// testSnapshot writes while a view is open: it sees nothing of that, and
// neither waits for the other.
func testSnapshot(t *testing.T, s store.Store) {
	list := Records(20, 50)
	insert(t, s, list[:20])
	view(t, s, func(ctx context.Context, r store.Reader) error {
		// Nothing was read yet: the view is of when it was opened all the same.
		update(t, s, func(ctx context.Context, w store.Writer) error {
			_, err := w.AddScan(ctx, store.Scan{})
			return errors.Join(err, w.Insert(ctx, list[20:]), w.Touch(ctx, ids(list[:20]), Start(), 99))
		})
		got, err := r.Records(ctx, ids(list))
		n, countErr := r.Count(ctx, store.Filter{})
		scans, scanErr := r.Scans(ctx, 0)
		if len(got) != 20 || n != 20 || len(scans) != 0 || got[0].LastScan == 99 {
			t.Errorf("a view saw %d records, counted %d, and %d scans of a later update", len(got), n, len(scans))
		}
		return errors.Join(err, countErr, scanErr)
	})
	view(t, s, func(ctx context.Context, r store.Reader) error {
		n, err := r.Count(ctx, store.Filter{})
		Same(t, "count after", n, 50)
		return err
	})
	// A view within an update does not wait, and does not see it; the writer does.
	update(t, s, func(ctx context.Context, w store.Writer) error {
		rec := list[0]
		rec.Reopened = 1234
		if err := w.Replace(ctx, []lifecycle.Record{rec}); err != nil {
			return err
		}
		view(t, s, func(ctx context.Context, r store.Reader) error {
			got, err := r.Records(ctx, []string{rec.ID})
			if err == nil && got[0].Reopened == 1234 {
				t.Error("a view saw what was not kept yet")
			}
			return err
		})
		got, err := w.Records(ctx, []string{rec.ID})
		if err == nil && got[0].Reopened != 1234 {
			t.Error("a writer does not see its own writing")
		}
		return err
	})
}

// testWriters lets many write side by side: ids and the audit chain do not fork.
func testWriters(t *testing.T, s store.Store) {
	const writers, times = 4, 5
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			for range times {
				err := s.Update(t.Context(), func(w store.Writer) error {
					id, err := w.AddScan(t.Context(), store.Scan{})
					if err != nil {
						return err
					}
					e, err := w.Append(t.Context(), audit.Entry{At: Start(), Action: "scan", Subject: "x"})
					if e.Seq != id {
						t.Errorf("scan %d has entry %d", id, e.Seq)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	Whole(t, s, writers*times)
}

// Whole holds the audit chain to n entries, each sealed after the one before.
func Whole(t testing.TB, s store.Store, n int) {
	t.Helper()
	view(t, s, func(ctx context.Context, r store.Reader) error {
		var last audit.Entry
		for e, err := range r.Audit(ctx, 1) {
			if err != nil {
				return err
			}
			Same(t, "entry", e, audit.Seal(last, e))
			last = e
		}
		if int(last.Seq) != n {
			t.Errorf("%d entries, want %d", last.Seq, n)
		}
		return nil
	})
}

func testRollback(t *testing.T, s store.Store) {
	list := Records(21, 40)
	insert(t, s, list[:20])
	write := func(ctx context.Context, w store.Writer) {
		_, err := w.AddScan(ctx, store.Scan{})
		check(t, errors.Join(err, w.Insert(ctx, list[20:]), w.Touch(ctx, ids(list[:20]), Start(), 99)))
		_, err = w.Append(ctx, audit.Entry{Action: "no"})
		check(t, err)
	}
	mine := errors.New("mine")
	if err := s.Update(t.Context(), func(w store.Writer) error { write(t.Context(), w); return mine }); !errors.Is(err, mine) {
		t.Errorf("%v, want the error of the function itself", err)
	}
	kept(t, s, list[:20])

	func() {
		defer func() {
			if r := recover(); r != "oh" {
				t.Errorf("recovered %v", r)
			}
		}()
		_ = s.Update(t.Context(), func(w store.Writer) error { write(t.Context(), w); panic("oh") })
	}()
	kept(t, s, list[:20])

	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(ctx, func(w store.Writer) error {
		write(ctx, w)
		cancel()
		return w.Insert(ctx, list[20:])
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	// A context that ends before the end keeps nothing, even if nobody noticed.
	ctx, cancel = context.WithCancel(t.Context())
	if err := s.Update(ctx, func(w store.Writer) error { write(ctx, w); cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	if err := s.View(ctx, func(store.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a view: %v, want %v", err, context.Canceled)
	}
	kept(t, s, list[:20])
	Whole(t, s, 1)          // of the records that were inserted
	insert(t, s, list[20:]) // the store still works
	kept(t, s, list)
}

// testBeside reads from many sides while one writes; it is for the race detector.
func testBeside(t *testing.T, s store.Store) {
	list := Records(22, 400)
	done := make(chan struct{})
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			for {
				err := s.View(t.Context(), func(r store.Reader) error {
					n, err := r.Count(t.Context(), store.Filter{})
					page, _, pageErr := r.Page(t.Context(), store.Query{Limit: 1000})
					if n%100 != 0 || len(page) != n {
						t.Errorf("%d records, then %d of a batch of 100", n, len(page))
					}
					return errors.Join(err, pageErr)
				})
				if err != nil {
					t.Error(err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := 0; i < len(list); i += 100 {
		update(t, s, func(ctx context.Context, w store.Writer) error {
			return errors.Join(w.Insert(ctx, list[i:i+50]), w.Insert(ctx, list[i+50:i+100]))
		})
	}
	close(done)
	wait.Wait()
}

// OpenWhileWriting holds an adapter to readers that never wait: a store that is
// there can be opened and read while another writes. open opens the same store
// each time, with no patience for a second writer.
func OpenWhileWriting(t *testing.T, open func() store.Store) {
	first := open()
	err := first.Update(t.Context(), func(w store.Writer) error {
		if _, err := w.AddScan(t.Context(), store.Scan{Source: "live"}); err != nil {
			return err
		}
		return open().View(t.Context(), func(r store.Reader) error {
			scans, err := r.Scans(t.Context(), 0)
			if len(scans) != 0 {
				t.Errorf("it sees %d scans that are not saved yet", len(scans))
			}
			return err
		})
	})
	if err != nil {
		t.Error(err)
	}
}
