package postgres

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/sqlstore"
	"github.com/kumoban/kumoban/internal/store/storetest"
)

// raw has pgx copy rows that were made before, and nothing else.
func raw(b *testing.B, url string, list []lifecycle.Record) time.Duration {
	b.Helper()
	tables, err := sqlstore.RawRows(list)
	if err != nil {
		b.Fatal(err)
	}
	c := connected(b, url)
	start := time.Now()
	err = pgx.BeginFunc(b.Context(), c, func(tx pgx.Tx) error {
		for _, table := range tables {
			if _, err := tx.CopyFrom(b.Context(), pgx.Identifier{table.Name}, table.Columns, pgx.CopyFromRows(table.Rows)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

func connected(b *testing.B, url string) *pgx.Conn {
	b.Helper()
	c, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close(context.WithoutCancel(b.Context())) })
	return c
}

func BenchmarkSave(b *testing.B) {
	var url string
	storetest.BenchmarkSave(b, func() store.Store {
		url = address(b)
		return opened(b, url, Options{})
	}, func(_ store.Store, list []lifecycle.Record) time.Duration { return raw(b, url, list) })
}

// BenchmarkGrowth tidies up after each scan, as the server does by itself after a minute.
func BenchmarkGrowth(b *testing.B) {
	url := address(b)
	storetest.BenchmarkGrowth(b, opened(b, url, Options{}), func() { admin(b, url, "VACUUM findings, seen, pairs") })
}

func BenchmarkPage(b *testing.B) {
	url := address(b)
	s, c := opened(b, url, Options{}), connected(b, url)
	storetest.BenchmarkPage(b, s, func(r *rand.Rand) {
		rows, err := c.Query(b.Context(),
			"SELECT * FROM findings WHERE rank = $1 AND control = $2 AND account > $3 ORDER BY account, region, resource, id LIMIT 100",
			1+r.IntN(3), "APIGateway.1", "10000000"+string(rune('0'+r.IntN(10))))
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
		}
		if rows.Err() != nil {
			b.Fatal(rows.Err())
		}
	}, func() { admin(b, url, "ANALYZE findings") })
}
