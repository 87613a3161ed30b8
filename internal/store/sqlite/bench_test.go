package sqlite

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/sqlstore"
	"github.com/kumoban/kumoban/internal/store/storetest"
)

// raw inserts rows that were made before, with the driver's prepared statements
// and nothing else; the size of the statement is the fastest there is.
func raw(b *testing.B, s store.Store, list []lifecycle.Record) time.Duration {
	b.Helper()
	tables, err := sqlstore.RawRows(list)
	if err != nil {
		b.Fatal(err)
	}
	db := s.(*Store).write
	start := time.Now()
	tx, err := db.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, table := range tables {
		size := max(variables/len(table.Columns), 1)
		statement := func(n int) string { return insertion(table.Name, table.Columns, n) }
		full, err := tx.PrepareContext(b.Context(), statement(size))
		if err != nil {
			b.Fatal(err)
		}
		args := make([]any, 0, variables)
		for i := 0; i < len(table.Rows); i += size {
			args = args[:0]
			part := table.Rows[i:min(i+size, len(table.Rows))]
			for _, row := range part {
				args = append(args, row...)
			}
			if len(part) == size {
				_, err = full.ExecContext(b.Context(), args...)
			} else {
				_, err = tx.ExecContext(b.Context(), statement(len(part)), args...)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

func fresh(b *testing.B) store.Store {
	b.Helper()
	return opened(b, filepath.Join(b.TempDir(), "kumoban.db"), Options{})
}

func BenchmarkSave(b *testing.B) {
	storetest.BenchmarkSave(b, func() store.Store { return fresh(b) },
		func(s store.Store, list []lifecycle.Record) time.Duration { return raw(b, s, list) })
}

func BenchmarkGrowth(b *testing.B) { storetest.BenchmarkGrowth(b, fresh(b), func() {}) }

func BenchmarkPage(b *testing.B) {
	s := fresh(b)
	storetest.BenchmarkPage(b, s, func(r *rand.Rand) {
		rows, err := s.(*Store).read.QueryContext(b.Context(),
			"SELECT * FROM findings WHERE rank = ? AND control = ? AND account > ? ORDER BY account, region, resource, id LIMIT 100",
			1+r.IntN(3), "APIGateway.1", "10000000"+string(rune('0'+r.IntN(10))))
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
		}
		if err := rows.Close(); err != nil {
			b.Fatal(err)
		}
	}, func() {})
}
