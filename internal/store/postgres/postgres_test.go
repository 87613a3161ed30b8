package postgres

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/storetest"
)

var schemas atomic.Int64

// address is that of a new schema.
func address(t testing.TB) string {
	t.Helper()
	url := outside.Postgres(t)
	schema := fmt.Sprintf("s%d", schemas.Add(1))
	admin(t, url, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { admin(t, url, "DROP SCHEMA "+schema+" CASCADE") })
	return url + "&search_path=" + schema
}

// admin does something beside the store.
func admin(t testing.TB, url, query string, into ...any) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // it has ended where a cleanup calls
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if len(into) > 0 {
		err = c.QueryRow(ctx, query).Scan(into...)
	} else {
		_, err = c.Exec(ctx, query)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func opened(t testing.TB, url string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return opened(t, address(t), Options{}) })
}

func TestNumbered(t *testing.T) {
	if got := numbered("a = ? AND b IN (?, ?)"); got != "a = $1 AND b IN ($2, $3)" || strings.Contains(numbered("x"), "$") {
		t.Error(got)
	}
}

// TestOpenWhileWriting opens a store, and reads it, while another writes.
func TestOpenWhileWriting(t *testing.T) {
	url := address(t)
	storetest.OpenWhileWriting(t, func() store.Store { return opened(t, url, Options{Wait: time.Millisecond}) })
}
