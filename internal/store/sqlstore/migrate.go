package sqlstore

import (
	"context"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/store"
)

// vouching is the version since which all that is written is written down.
const vouching = 4

// Current tells whether a store, which has the table versions, is as this
// program needs it. To ask waits for nobody; only to change it does.
func Current(ctx context.Context, c Conn, files fs.FS, where string) (bool, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return false, err
	}
	applied, err := applied(ctx, c, len(names), where)
	if err == nil && applied > len(names) {
		err = &store.Problem{Kind: store.Newer, Where: where}
	}
	return applied == len(names), err
}

// applied is the version of a store; versions are never left out.
func applied(ctx context.Context, c Conn, latest int, where string) (n int, err error) {
	var rows int
	err = c.Query(ctx, "SELECT coalesce(max(version), 0), count(*) FROM versions", nil, func(row Row) error { return row.Scan(&n, &rows) })
	if err == nil && n <= latest && n != rows {
		err = &store.Problem{Kind: store.Damaged, Where: where}
	}
	return n, err
}

// Migrate brings a store to what this program needs: it applies those of the
// files 0001_….sql, 0002_….sql … that its table versions does not name yet. The
// rows that a store held before there was an audit log of them are vouched for
// as they are.
func Migrate(ctx context.Context, w *Writer, files fs.FS, where string) error {
	c := w.c
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return err
	}
	applied, err := applied(ctx, c, len(names), where)
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
	if applied > 0 && applied < vouching {
		return w.vouch(ctx)
	}
	return nil
}
