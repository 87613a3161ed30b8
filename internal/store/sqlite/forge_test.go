package sqlite

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/storetest"
)

func forger(t *testing.T) storetest.Forger {
	path := filepath.Join(t.TempDir(), "kumoban.db")
	s := opened(t, path, Options{})
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return storetest.Forger{
		Store:  s,
		Reopen: func() (store.Store, error) { return Open(t.Context(), path, Options{}) },
		SQL: func(statement string) error {
			_, err := db.ExecContext(context.WithoutCancel(t.Context()), statement)
			return err
		},
		Columns: func() map[string]map[string]string {
			rows, err := db.QueryContext(t.Context(), "SELECT m.name, c.name, c.type FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'")
			if err != nil {
				t.Fatal(err)
			}
			return storetest.Schema(t, rows)
		},
	}
}

func TestForge(t *testing.T) { storetest.Forge(t, forger(t)) }

func TestLaunder(t *testing.T) { storetest.Launder(t, forger(t)) }
