package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/storetest"
)

func TestMain(m *testing.M) {
	url := os.Getenv(storetest.EnvSave)
	if url == "" {
		os.Exit(m.Run())
	}
	fmt.Println(storetest.SaveUntilKilled(os.Stdout, func() (store.Store, error) { return Open(context.Background(), url, Options{}) }))
	os.Exit(1)
}

func TestKill(t *testing.T) {
	url := address(t)
	storetest.Kill(t, url, 100, func() (store.Store, error) { return Open(t.Context(), url, Options{}) })
}

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

func TestOpenAgain(t *testing.T) {
	url := address(t)
	for i := range 3 {
		s := opened(t, url, Options{})
		storetest.Whole(t, s, i)
		if err := appendOne(t, s); err != nil {
			t.Fatal(err)
		}
	}
	admin(t, url, "INSERT INTO versions VALUES (99)")
	_, err := Open(t.Context(), url, Options{})
	refused(t, err, store.Newer)
}

// TestUpgrade brings tables of the first version up to date.
func TestUpgrade(t *testing.T) {
	url := address(t)
	s := opened(t, url, Options{})
	list := storetest.Records(1, 60)
	if err := s.Update(t.Context(), func(w store.Writer) error { return w.Insert(t.Context(), list) }); err != nil {
		t.Fatal(err)
	}
	admin(t, url, storetest.WithoutSettings+"DROP TABLE conditions, sealed, links, tagset_tags, tagsets; DELETE FROM audit; ALTER TABLE audit DROP COLUMN rows; ALTER TABLE findings DROP COLUMN tagset")
	admin(t, url, "DELETE FROM versions WHERE version > 1")
	s = opened(t, url, Options{})
	storetest.Upgraded(t, s, list)
	storetest.Vouched(t, s, 60, func(statement string) { admin(t, url, statement) })
	// A set that the upgrade numbered is known again, whoever writes it.
	if err := s.Update(t.Context(), func(w store.Writer) error { return w.Replace(t.Context(), list) }); err != nil {
		t.Fatal(err)
	}
	var sets, distinct int
	admin(t, url, "SELECT count(*), count(DISTINCT tags) FROM tagsets", &sets, &distinct)
	if sets != 4 || distinct != 4 {
		t.Errorf("%d sets of tags, %d of them different; want 4", sets, distinct)
	}
}

func appendOne(t *testing.T, s *Store) error {
	t.Helper()
	return s.Update(t.Context(), func(w store.Writer) error {
		_, err := w.Append(t.Context(), audit.Entry{At: storetest.Start(), Action: "x"})
		return err
	})
}

func TestTwoOpenAtOnce(t *testing.T) {
	url := address(t)
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() {
			s, err := Open(t.Context(), url, Options{})
			if err == nil {
				err = errors.Join(appendOne(t, s), s.Close())
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

func TestNotAStore(t *testing.T) {
	url := address(t)
	admin(t, url, "CREATE TABLE findings (x int)")
	_, err := Open(t.Context(), url, Options{})
	refused(t, err, store.Damaged)
	admin(t, url, "CREATE TABLE versions (version int)")
	_, err = Open(t.Context(), url, Options{})
	if err == nil {
		t.Error("a table of that name was taken for ours")
	}
	role := fmt.Sprintf("r%d", schemas.Add(1))
	admin(t, url, "CREATE ROLE "+role+" LOGIN PASSWORD 'hunter2 & co'")
	t.Cleanup(func() { admin(t, url, "DROP ROLE "+role) })
	_, err = Open(t.Context(), strings.Replace(address(t), "kumoban:", role+":", 1), Options{})
	refused(t, err, store.Refused)
	_, err = Open(t.Context(), strings.Replace(url, "hunter2", "wrong", 1), Options{})
	refused(t, err, store.Refused)
	_, err = Open(t.Context(), strings.Replace(url, "/postgres?", "/nothing?", 1), Options{})
	refused(t, err, store.Refused)
}

func TestBusy(t *testing.T) {
	url := address(t)
	first, second := opened(t, url, Options{}), opened(t, url, Options{Wait: 20 * time.Millisecond})
	err := first.Update(t.Context(), func(w store.Writer) error {
		refused(t, second.Update(t.Context(), func(store.Writer) error { t.Error("two write"); return nil }), store.Busy)
		return second.View(t.Context(), func(r store.Reader) error { _, err := r.Head(t.Context()); return err })
	})
	if err = errors.Join(err, appendOne(t, second)); err != nil {
		t.Error(err)
	}
	other := opened(t, address(t), Options{Wait: 20 * time.Millisecond})
	if err := first.Update(t.Context(), func(store.Writer) error { return appendOne(t, other) }); err != nil {
		t.Errorf("stores in two schemas wait for each other: %v", err)
	}
}

// TestFull lets the server say what it says when its disk is full.
func TestFull(t *testing.T) {
	url := address(t)
	s := opened(t, url, Options{})
	admin(t, url, `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN IF new.seq > 100 THEN RAISE disk_full; END IF; RETURN new; END $$`)
	admin(t, url, "CREATE TRIGGER t BEFORE INSERT ON findings FOR EACH ROW EXECUTE FUNCTION full_disk()")
	list := storetest.Records(1, 200)
	if err := s.Update(t.Context(), func(w store.Writer) error { return w.Insert(t.Context(), list[:60]) }); err != nil {
		t.Fatal(err)
	}
	refused(t, s.Update(t.Context(), func(w store.Writer) error { return w.Insert(t.Context(), list[60:]) }), store.Full)
	count(t, s, 60)
}

func count(t *testing.T, s *Store, want int) {
	t.Helper()
	if err := s.View(t.Context(), func(r store.Reader) error {
		n, err := r.Count(t.Context(), store.Filter{})
		if n != want {
			t.Errorf("%d records, want %d", n, want)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// TestLost ends the server's side of the connection in the middle of an
// update, and of a view; then the store goes on over another.
func TestLost(t *testing.T) {
	url := address(t)
	s := opened(t, url+"&application_name=victim", Options{})
	list := storetest.Records(1, 200)
	if err := s.Update(t.Context(), func(w store.Writer) error { return w.Insert(t.Context(), list[:60]) }); err != nil {
		t.Fatal(err)
	}
	const end = "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE application_name = 'victim'"
	var n int
	refused(t, s.Update(t.Context(), func(w store.Writer) error {
		if err := w.Insert(t.Context(), list[60:]); err != nil {
			return err
		}
		if _, err := w.Append(t.Context(), audit.Entry{At: storetest.Start(), Action: "x"}); err != nil {
			return err
		}
		admin(t, url, end, &n)
		return w.Touch(t.Context(), nil, time.Time{}, 0) // it notices at the end alone
	}), store.Unreachable)
	if n == 0 {
		t.Fatal("no connection was ended")
	}
	count(t, s, 60)
	refused(t, s.View(t.Context(), func(r store.Reader) error {
		admin(t, url, end, &n)
		_, err := r.Head(t.Context())
		return err
	}), store.Unreachable)
	// Connections that were idle when the server went away are replaced.
	count(t, s, 60)
	admin(t, url, end, &n)
	if err := appendOne(t, s); err != nil {
		t.Error(err)
	}
	storetest.Whole(t, s, 2) // and that of the records that were inserted
}

// TestLostWhileCommitting cuts the line as the commit passes, before it or
// behind it: nobody knows, and that is what the store says.
func TestLostWhileCommitting(t *testing.T) {
	for name, pass := range map[string]bool{"before": false, "behind": true} {
		t.Run(name, func(t *testing.T) {
			url := address(t)
			direct := opened(t, url, Options{})
			var cut atomic.Bool
			s := opened(t, through(t, url, &cut, pass), Options{})
			cut.Store(true)
			refused(t, appendOne(t, s), store.Uncertain)
			// Both have the same lock: the server has done what it was going to do.
			if err := direct.Update(t.Context(), func(store.Writer) error { return nil }); err != nil {
				t.Error(err)
			}
			storetest.Whole(t, direct, map[bool]int{false: 0, true: 1}[pass])
		})
	}
}

// through puts a line before the server that breaks, once cut is set, when a
// commit comes by; with pass the server still gets it.
func through(t *testing.T, url string, cut *atomic.Bool, pass bool) string {
	t.Helper()
	at := strings.Index(url, "127.0.0.1:")
	host, rest, _ := strings.Cut(url[at:], "/")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", host)
			if err != nil {
				client.Close()
				return
			}
			go func() {
				defer client.Close()
				buf := make([]byte, 1<<16)
				for {
					n, err := server.Read(buf)
					if err != nil {
						return
					}
					if _, err := client.Write(buf[:n]); err != nil {
						return
					}
				}
			}()
			go func() {
				defer server.Close()
				buf := make([]byte, 1<<16)
				for {
					n, err := client.Read(buf)
					if err != nil {
						return
					}
					last := cut.Load() && bytes.Contains(buf[:n], []byte("commit\x00"))
					if last {
						client.Close()
					}
					if !last || pass {
						if _, err := server.Write(buf[:n]); err != nil {
							return
						}
					}
					if last {
						return
					}
				}
			}()
		}
	}()
	return url[:at] + l.Addr().String() + "/" + rest
}
