package postgres

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/storetest"
)

func forger(t *testing.T) storetest.Forger {
	url := address(t)
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	run := func(statement string) error {
		_, err := conn.Exec(ctx, statement)
		return err
	}
	if err := run("SET session_replication_role = replica"); err != nil { // foreign keys stop nobody who owns the tables
		t.Fatal(err)
	}
	return storetest.Forger{
		Store:  opened(t, url, Options{}),
		Reopen: func() (store.Store, error) { return Open(ctx, url, Options{}) },
		SQL:    run,
		Columns: func() map[string]map[string]string {
			rows, err := conn.Query(ctx, `SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
				JOIN information_schema.tables t USING (table_schema, table_name) WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'`)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			return storetest.Schema(t, rows)
		},
	}
}

func TestForge(t *testing.T) { storetest.Forge(t, forger(t)) }

func TestLaunder(t *testing.T) { storetest.Launder(t, forger(t)) }
