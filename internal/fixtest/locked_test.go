package fixtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/outside"
)

// TestLocked applies fixes with the real program while somebody holds a real lock
// of the store, until the program says that it waits: the change is recorded all
// the same.
func TestLocked(t *testing.T) {
	t.Parallel() // it spends its time in waiting
	inSQLite := func(begin string) func(t *testing.T, address string) func() {
		return func(t *testing.T, address string) func() {
			db, err := sql.Open("sqlite", address)
			if err != nil {
				t.Fatal(err)
			}
			c, err := db.Conn(context.Background())
			if err == nil {
				_, err = c.ExecContext(context.Background(), begin)
			}
			if err != nil {
				t.Fatal(err)
			}
			return func() { _, _ = c.ExecContext(context.Background(), "ROLLBACK"); _ = c.Close(); _ = db.Close() }
		}
	}
	inPostgres := func(lock string) func(t *testing.T, address string) func() {
		return func(t *testing.T, address string) func() {
			c, err := pgx.Connect(context.Background(), address)
			if err == nil {
				_, err = c.Exec(context.Background(), "BEGIN")
			}
			if err == nil {
				_, err = c.Exec(context.Background(), lock)
			}
			if err != nil {
				t.Fatal(err)
			}
			return func() { _ = c.Close(context.Background()) }
		}
	}
	for i, c := range []struct {
		name     string
		postgres bool
		at       string // the call during which the lock is taken; "" is before the command
		lock     func(t *testing.T, address string) func()
	}{
		{"SQLite, before", false, "", inSQLite("BEGIN IMMEDIATE")},
		{"SQLite, at the change", false, "UpdateStage", inSQLite("BEGIN IMMEDIATE")},
		{"SQLite, exclusive", false, "UpdateStage", inSQLite("BEGIN EXCLUSIVE")},
		{"PostgreSQL, a table", true, "UpdateStage", inPostgres("LOCK TABLE audit IN ACCESS EXCLUSIVE MODE")},
		{"PostgreSQL, rows", true, "UpdateStage", inPostgres("SELECT 1 FROM runs FOR UPDATE")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, stop := served(t, several)
			defer stop()
			address := s.path("k.db")
			if c.postgres {
				address = schemaOf(t, i)
			}
			s.must(0, "scan", "--service", "APIGateway", "-q", "--rate", "max", "--output", s.path("scan.txt"), "--store", address)
			s.must(0, "fix", "plan", "--control", "APIGateway.5", "--out", s.path("plan.json"))
			apply := []string{"fix", "apply", "plan.json", "--yes", "--rate", "max", "--store", address}
			var p *process
			var free func()
			if c.at == "" {
				free = c.lock(t, address)
				p = s.start(apply...)
			} else {
				held := s.double.Fault(awsdouble.Fault{Operation: c.at, Times: 1, Kind: awsdouble.Hold})
				p = s.start(apply...)
				<-held.Held()
				free = c.lock(t, address)
				held.Release()
			}
			for !strings.Contains(p.err.String(), "waiting for the store") && len(p.done) == 0 {
				time.Sleep(10 * time.Millisecond)
			}
			free()
			d := accounted{what: "fix.apply", state: "done", ended: p.wait()}
			want := 0
			if d.unrecorded() {
				want = 3
				s.must(0, "fix", "verify", s.theRun(), "--store", address)
			}
			if d.ended.code != want || !strings.Contains(d.ended.err, "waiting for the store") {
				t.Errorf("apply: %s", d.ended)
			}
			recorded(t, address, s.theRun(), []accounted{d})
		})
	}
}

// schemaOf is the address of a store of its own in the server of this package's
// tests.
func schemaOf(t *testing.T, n int) string {
	t.Helper()
	url := outside.Postgres(t)
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	schema := fmt.Sprintf("locked%d_%d", os.Getpid(), n)
	if _, err := c.Exec(t.Context(), "CREATE SCHEMA "+schema); err != nil {
		t.Fatal(err)
	}
	return url + "&search_path=" + schema
}
