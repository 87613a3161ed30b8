package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/sqlstore"
)

// conn is an open transaction.
type conn struct {
	s *Store
	*pooled
	made map[string]bool // tables of incoming rows
}

// Query implements [sqlstore.Conn].
func (c *conn) Query(ctx context.Context, query string, args []any, each func(sqlstore.Row) error) error {
	rows, end, err := c.start(ctx, query, args)
	if err != nil {
		return err
	}
	var r row
	for rows.NextRow() {
		if r.types == nil {
			for _, field := range rows.FieldDescriptions() {
				r.types = append(r.types, field.DataTypeOID)
			}
		}
		r.texts = rows.Values()
		if err := each(r); err != nil { // no kumoban wrote this
			_, _ = end()
			return &store.Problem{Kind: store.Damaged, Where: c.s.where, Cause: err}
		}
	}
	_, err = end()
	return err
}

// start sends a statement; its rows are read until the end is called.
func (c *conn) start(ctx context.Context, query string, args []any) (*pgconn.ResultReader, func() (int64, error), error) {
	texts, err := parameters(args)
	if err != nil {
		return nil, nil, c.s.fault(ctx, err)
	}
	if len(args) > 0 {
		query = numbered(query)
	}
	rows, err := c.send(ctx, query, texts)
	if err != nil {
		return nil, nil, c.s.fault(ctx, err)
	}
	return rows, func() (int64, error) {
		tag, err := rows.Close()
		if err != nil {
			c.forget(query)
		}
		return tag.RowsAffected(), c.s.fault(ctx, err)
	}, nil
}

// Exec implements [sqlstore.Conn]; without arguments there may be several
// statements.
func (c *conn) Exec(ctx context.Context, query string, args []any) (int64, error) {
	if len(args) == 0 {
		tag, err := exec(ctx, c.pg, query)
		return tag.RowsAffected(), c.s.fault(ctx, err)
	}
	_, end, err := c.start(ctx, query, args)
	if err != nil {
		return 0, err
	}
	return end()
}

// exec runs statements, and returns what became of the last.
func exec(ctx context.Context, pg *pgconn.PgConn, statements string) (tag pgconn.CommandTag, err error) {
	results := pg.Exec(ctx, statements)
	for results.NextResult() {
		tag, _ = results.ResultReader().Close() // the error is that of all, too
	}
	return tag, results.Close()
}

// Insert implements [sqlstore.Bulk].
func (c *conn) Insert(ctx context.Context, table string, columns []string, n int, row func(int, []any) error) error {
	if n == 0 {
		return nil
	}
	rows := &copied{row: row, values: make([]any, len(columns)), n: n}
	tag, err := c.pg.CopyFrom(ctx, rows, "COPY "+table+` ("`+strings.Join(columns, `", "`)+`") FROM STDIN`)
	if failed := rows.stop(); failed != nil {
		err = failed
	}
	if err == nil && tag.RowsAffected() != int64(n) {
		err = errRows
	}
	return c.s.fault(ctx, err)
}

// Update implements [sqlstore.Bulk]: it copies into a table of the transaction's
// own and updates from that.
func (c *conn) Update(ctx context.Context, table string, columns []string, n int, row func(int, []any) error) (int64, error) {
	if n == 0 {
		return 0, nil
	}
	incoming := "incoming_" + table
	prepare := "TRUNCATE " + incoming
	if !c.made[table] {
		prepare = "CREATE TEMPORARY TABLE " + incoming + " ON COMMIT DROP AS SELECT " + strings.Join(columns, ", ") + " FROM " + table + " WITH NO DATA"
	}
	if _, err := c.Exec(ctx, prepare, nil); err != nil {
		return 0, err
	}
	c.made[table] = true
	if err := c.Insert(ctx, incoming, columns, n, row); err != nil {
		return 0, err
	}
	var set []string
	for _, column := range columns[1:] {
		set = append(set, column+" = v."+column)
	}
	return c.Exec(ctx, "UPDATE "+table+" t SET "+strings.Join(set, ", ")+" FROM "+incoming+" v WHERE t."+columns[0]+" = v."+columns[0], nil)
}
