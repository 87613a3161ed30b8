package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/sqlstore"
)

func pauseMillis() string { return strconv.FormatInt(pause.Milliseconds(), 10) }

// conn is one connection with an open transaction.
type conn struct {
	s        *Store
	c        *sql.Conn
	prepared map[string]*sql.Stmt
}

// Query implements [sqlstore.Conn].
func (c *conn) Query(ctx context.Context, query string, args []any, each func(sqlstore.Row) error) (err error) {
	rows, err := c.c.QueryContext(ctx, query, args...)
	if err != nil {
		return c.s.fault(ctx, err)
	}
	defer func() {
		if closing := rows.Close(); err == nil {
			err = c.s.fault(ctx, closing)
		}
	}()
	for rows.Next() {
		if err := each(rows); err != nil { // no kumoban wrote this
			return &store.Problem{Kind: store.Damaged, Where: c.s.path, Cause: err}
		}
	}
	return c.s.fault(ctx, rows.Err())
}

// Exec implements [sqlstore.Conn].
func (c *conn) Exec(ctx context.Context, query string, args []any) (int64, error) {
	result, err := c.c.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, c.s.fault(ctx, err)
	}
	return result.RowsAffected()
}

// prepare keeps statements that are used again and again.
func (c *conn) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := c.prepared[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := c.c.PrepareContext(ctx, query)
	if err == nil {
		c.prepared[query] = stmt
	}
	return stmt, err
}

// variables is how many a bulk statement has at most. The driver looks for each
// one among all of them, so that longer statements are slower again.
const variables = 240

// Insert implements [sqlstore.Bulk].
func (c *conn) Insert(ctx context.Context, table string, columns []string, n int, row func(int, []any) error) error {
	_, err := c.bulk(ctx, len(columns), n, row, func(rows int) string { return insertion(table, columns, rows) })
	return err
}

func insertion(table string, columns []string, rows int) string {
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") " + values(len(columns), rows)
}

func values(width, rows int) string {
	one := "(?" + strings.Repeat(", ?", width-1) + ")"
	return "VALUES " + one + strings.Repeat(", "+one, rows-1)
}

// Update implements [sqlstore.Bulk].
func (c *conn) Update(ctx context.Context, table string, columns []string, n int, row func(int, []any) error) (int64, error) {
	var set []string
	for i, column := range columns[1:] {
		set = append(set, column+" = v.column"+strconv.Itoa(i+2))
	}
	return c.bulk(ctx, len(columns), n, row, func(rows int) string {
		return "UPDATE " + table + " SET " + strings.Join(set, ", ") +
			" FROM (" + values(len(columns), rows) + ") v WHERE " + table + "." + columns[0] + " = v.column1"
	})
}

// bulk runs one statement for as many rows as fit.
func (c *conn) bulk(ctx context.Context, width, n int, row func(int, []any) error, statement func(rows int) string) (changed int64, err error) {
	size := max(variables/width, 1)
	args := make([]any, size*width)
	query := ""
	for i := 0; i < n; i += size {
		if query == "" || n-i < size {
			size = min(size, n-i)
			query = statement(size)
		}
		args = args[:size*width]
		for j := range size {
			if err := row(i+j, args[j*width:(j+1)*width]); err != nil {
				return changed, err
			}
		}
		stmt, err := c.prepare(ctx, query)
		if err != nil {
			return changed, c.s.fault(ctx, err)
		}
		result, err := stmt.ExecContext(ctx, args...)
		if err != nil {
			return changed, c.s.fault(ctx, err)
		}
		rows, err := result.RowsAffected()
		if err != nil {
			return changed, c.s.fault(ctx, err)
		}
		changed += rows
	}
	return changed, nil
}

// View implements [store.Store].
func (s *Store) View(ctx context.Context, do func(store.Reader) error) error {
	return s.transact(ctx, s.read, "BEGIN", func(c *conn) error {
		// The snapshot is that of the first look into the file.
		if err := c.Query(ctx, "SELECT count(*) FROM versions", nil, func(sqlstore.Row) error { return nil }); err != nil {
			return err
		}
		return do(sqlstore.NewReader(c, s.dialect))
	})
}

// Update implements [store.Store].
func (s *Store) Update(ctx context.Context, do func(store.Writer) error) error {
	return s.exclusively(ctx, func(c *conn) error {
		w := sqlstore.NewWriter(c, c, s.dialect)
		if err := do(w); err != nil {
			return err
		}
		return w.Finish(ctx)
	})
}

// exclusively waits until no other writes.
func (s *Store) exclusively(ctx context.Context, do func(*conn) error) error {
	return s.transact(ctx, s.write, "BEGIN IMMEDIATE", do)
}

// transact runs do in a transaction that is kept only if all went well.
func (s *Store) transact(ctx context.Context, db *sql.DB, begin string, do func(*conn) error) (err error) {
	sc, err := db.Conn(ctx)
	if err != nil {
		return s.fault(ctx, err)
	}
	defer func() {
		if closing := sc.Close(); !errors.Is(closing, sql.ErrConnDone) { // a rollback threw it away
			err = errors.Join(err, closing)
		}
	}()
	err = s.patiently(ctx, func() error {
		_, err := sc.ExecContext(ctx, begin)
		return err
	})
	if err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept {
			s.rollback(ctx, sc)
		}
	}()
	// Before a rollback, which may throw the connection away under them.
	c := &conn{s, sc, map[string]*sql.Stmt{}}
	defer func() {
		for _, stmt := range c.prepared {
			err = errors.Join(err, stmt.Close())
		}
	}()
	if err := do(c); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	// Interrupted halfway it would say that it failed although it may not have.
	if _, err := sc.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return s.fault(ctx, err)
	}
	kept = true
	return nil
}

// patiently tries again while another writes, until the wait is over.
func (s *Store) patiently(ctx context.Context, try func() error) error {
	for waited := time.Duration(0); ; waited += pause {
		err := s.fault(ctx, try())
		var p *store.Problem
		if !errors.As(err, &p) || p.Kind != store.Busy || waited >= s.wait {
			return err
		}
	}
}

// rollback also serves where the context has ended; a connection that cannot
// even do that is thrown away, which ends its transaction.
func (s *Store) rollback(ctx context.Context, sc *sql.Conn) {
	if _, err := sc.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); err != nil {
		_ = sc.Raw(func(any) error { return driver.ErrBadConn })
	}
}

func dialect() *sqlstore.Dialect {
	return sqlstore.NewDialect(sqlstore.Dialect{
		Queries: map[string]string{
			// SQLite groups by sorting, but along an index, and what it sorts it would hold: a million records take 100 MiB.
			"tallyApart": "SELECT partition, account, region, control, status, workflow, state, not_offered, rank, 1 FROM findings f WHERE {where}",
			"tagsets":    "SELECT v.key, s.id FROM json_each(?) v CROSS JOIN tagsets s ON s.tags = v.value",
		},
		Like:   "%s GLOB ?",
		Within: "%s IN (SELECT value FROM json_each(?))",
		Tag:    "EXISTS (SELECT 1 FROM json_each(f.tags) t WHERE t.key = ? AND t.value GLOB ?)",
		Key:    "%s",
		// GLOB knows sets of characters, too; ours does not.
		Pattern: func(glob string) string { return strings.ReplaceAll(glob, "[", "[[]") },
		List:    func(values []string) any { return list(values) },
		Numbers: func(values []int64) any { return list(values) },
		Use: func(index string) string {
			if index == "" {
				return " NOT INDEXED"
			}
			return " INDEXED BY " + index
		},
	})
}

func list[T any](values []T) any {
	data, err := json.Marshal(values)
	if err != nil {
		return "[]"
	}
	return string(data)
}
