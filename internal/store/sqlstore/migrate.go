package sqlstore

import (
	"context"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/store"
)

// Current tells whether a store, which has the table versions, is as this
// program needs it. To ask waits for nobody; only to change it does.
func Current(ctx context.Context, c Conn, files fs.FS, where string) (bool, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return false, err
	}
	applied, err := applied(ctx, c)
	if err == nil && applied > len(names) {
		err = &store.Problem{Kind: store.Newer, Where: where}
	}
	return applied == len(names), err
}

func applied(ctx context.Context, c Conn) (n int, err error) {
	err = c.Query(ctx, "SELECT coalesce(max(version), 0) FROM versions", nil, func(row Row) error { return row.Scan(&n) })
	return n, err
}

// Migrate brings a store to what this program needs: it applies those of the
// files 0001_….sql, 0002_….sql … that its table versions does not name yet.
func Migrate(ctx context.Context, c Conn, files fs.FS, where string) error {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return err
	}
	applied, err := applied(ctx, c)
	if err != nil {
		return err
	}
	if applied > len(names) {
		return &store.Problem{Kind: store.Newer, Where: where}
	}
	for _, name := range names[applied:] {
		number, _, _ := strings.Cut(path.Base(name), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return err
		}
		script, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if _, err := c.Exec(ctx, string(script), nil); err != nil {
			return err
		}
		if _, err := c.Exec(ctx, "INSERT INTO versions (version) VALUES (?)", []any{version}); err != nil {
			return err
		}
	}
	return nil
}
