package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/storetest"
)

// refused holds an error to its kind and to one sentence.
func refused(t *testing.T, err error, want store.Kind) {
	t.Helper()
	var p *store.Problem
	if !errors.As(err, &p) || p.Kind != want {
		t.Fatalf("%v, want the kind %s", err, want)
	}
	var sentence *locale.Error
	if !errors.As(err, &sentence) || strings.Contains(err.Error(), "\n") || strings.HasPrefix(err.Error(), "store.") {
		t.Errorf("no sentence: %q", err)
	}
}

func filled(t *testing.T, path string) {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), func(w store.Writer) error { return w.Insert(t.Context(), storetest.Records(1, 500)) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func sqlOn(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// TestOpenAgain finds what was kept, and applies no migration twice.
func TestOpenAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "kumoban.db")
	filled(t, path)
	for range 2 {
		s := opened(t, path, Options{})
		if err := s.View(t.Context(), func(r store.Reader) error {
			n, err := r.Count(t.Context(), store.Filter{})
			if n != 500 {
				t.Errorf("%d records, want 500", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]os.FileMode{path: 0o600, path + "-wal": 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		info, err := os.Stat(name)
		if err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
}

// TestTwoOpenAtOnce makes one new file from many sides.
func TestTwoOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kumoban.db")
	errs := make(chan error, 6)
	for range cap(errs) {
		go func() {
			s, err := Open(t.Context(), path, Options{})
			if err == nil {
				err = s.Update(t.Context(), func(w store.Writer) error { _, err := w.AddScan(t.Context(), store.Scan{}); return err })
				err = errors.Join(err, s.Close())
			}
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// TestUpgrade brings a file of the first version up to date.
func TestUpgrade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kumoban.db")
	filled(t, path)
	sqlOn(t, path, storetest.WithoutSettings+"DELETE FROM audit; DROP TABLE conditions; DROP TABLE sealed; ALTER TABLE audit DROP COLUMN rows; DROP TABLE links; DROP INDEX findings_tagset; ALTER TABLE findings DROP COLUMN tagset; DROP TABLE tagset_tags; DROP TABLE tagsets; DELETE FROM versions WHERE version > 1")
	s, list := opened(t, path, Options{}), storetest.Records(1, 500)
	storetest.Upgraded(t, s, list)
	storetest.Vouched(t, s, 500, func(statement string) { sqlOn(t, path, statement) })
	// A set that the upgrade numbered is known again, whoever writes it.
	if err := s.Update(t.Context(), func(w store.Writer) error { return w.Replace(t.Context(), list) }); err != nil {
		t.Fatal(err)
	}
	var sets int
	if err := s.read.QueryRowContext(t.Context(), "SELECT count(*) FROM tagsets").Scan(&sets); err != nil || sets != 4 {
		t.Errorf("%d sets of tags (%v), want 4", sets, err)
	}
}

func TestNewer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kumoban.db")
	filled(t, path)
	sqlOn(t, path, "INSERT INTO versions VALUES (99)")
	_, err := Open(t.Context(), path, Options{})
	refused(t, err, store.Newer)
}

// TestNotAStore leaves alone what is none of ours.
func TestNotAStore(t *testing.T) {
	dir := t.TempDir()
	foreign := filepath.Join(dir, "foreign.db")
	sqlOn(t, foreign, "CREATE TABLE t (x)")
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no store\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{foreign, text} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Open(t.Context(), path, Options{})
		refused(t, err, store.Damaged)
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s was changed (%v)", path, err)
		}
	}
	_, err := Open(t.Context(), dir, Options{})
	refused(t, err, store.Refused)
	_, err = Open(t.Context(), filepath.Join(text, "x.db"), Options{})
	refused(t, err, store.Refused)
	readonly := filepath.Join(dir, "readonly.db")
	filled(t, readonly)
	if err := os.Chmod(readonly, 0o400); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), readonly, Options{}); os.Getuid() != 0 {
		refused(t, err, store.Refused)
	} else if err := errors.Join(err, s.Close()); err != nil { // root may
		t.Error(err)
	}
}

// TestDamaged overwrites a part of the file: what is read is right or refused.
func TestDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kumoban.db")
	filled(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	noticed := 0
	for at := 0; at < len(whole); at += len(whole) / 16 {
		harmed := bytes.Clone(whole)
		copy(harmed[at:min(at+8192, len(harmed))], bytes.Repeat([]byte{0xa5}, 8192))
		if err := os.WriteFile(path, harmed, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), path, Options{})
		if err == nil {
			err = s.View(t.Context(), func(r store.Reader) error {
				return r.Each(t.Context(), store.Filter{}, func(*lifecycle.Record) error { return nil })
			})
			if closing := s.Close(); err == nil && closing != nil {
				err = closing
			}
		}
		if err != nil {
			noticed++
			refused(t, err, store.Damaged)
		}
	}
	if err := os.WriteFile(path, whole[:len(whole)/2/4096*4096], 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, Options{})
	if err == nil {
		err = errors.Join(s.View(t.Context(), func(r store.Reader) error {
			return r.Each(t.Context(), store.Filter{}, func(*lifecycle.Record) error { return nil })
		}), s.Close())
	}
	refused(t, err, store.Damaged)
	if noticed == 0 {
		t.Error("no damage was noticed")
	}
}

// TestBusy: a second writer waits for a while, and readers do not.
func TestBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kumoban.db")
	first, second := opened(t, path, Options{}), opened(t, path, Options{Wait: time.Millisecond})
	err := first.Update(t.Context(), func(w store.Writer) error {
		refused(t, second.Update(t.Context(), func(store.Writer) error { t.Error("two write"); return nil }), store.Busy)
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		if err := first.Update(ctx, func(store.Writer) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want that the context ended", err)
		}
		return second.View(t.Context(), func(r store.Reader) error { _, err := r.Head(t.Context()); return err })
	})
	if err != nil {
		t.Error(err)
	}
	if err := second.Update(t.Context(), func(store.Writer) error { return nil }); err != nil {
		t.Errorf("after it had waited in vain: %v", err)
	}
}

// TestFull limits the pages of the file: nothing of an update is kept, and what was kept stays.
func TestFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kumoban.db")
	filled(t, path)
	s := opened(t, path, Options{})
	s.write.SetMaxOpenConns(1)
	var pages int
	if err := s.write.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages+60)); err != nil {
		t.Fatal(err)
	}
	list := storetest.Records(1, 2000)
	refused(t, s.Update(t.Context(), func(w store.Writer) error { return w.Insert(t.Context(), list[500:]) }), store.Full)
	if err := s.View(t.Context(), func(r store.Reader) error {
		n, err := r.Count(t.Context(), store.Filter{})
		if n != 500 {
			t.Errorf("%d records, want the 500 of before", n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := s.Update(t.Context(), func(w store.Writer) error { return w.Insert(t.Context(), list[500:510]) }); err != nil {
		t.Errorf("a little still fits: %v", err)
	}
}
