package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/sqlstore"
)

// conn is an open transaction.
type conn struct {
	s    *Store
	tx   pgx.Tx
	made map[string]bool // tables of incoming rows
}

// Query implements [sqlstore.Conn].
func (c *conn) Query(ctx context.Context, query string, args []any, each func(sqlstore.Row) error) error {
	if len(args) > 0 {
		query = numbered(query)
	}
	rows, err := c.tx.Query(ctx, query, args...)
	if err != nil {
		return c.s.fault(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil { // no kumoban wrote this
			return &store.Problem{Kind: store.Damaged, Where: c.s.where, Cause: err}
		}
	}
	return c.s.fault(ctx, rows.Err())
}

// Exec implements [sqlstore.Conn].
func (c *conn) Exec(ctx context.Context, query string, args []any) (int64, error) {
	if len(args) > 0 {
		query = numbered(query)
	}
	tag, err := c.tx.Exec(ctx, query, args...)
	return tag.RowsAffected(), c.s.fault(ctx, err)
}

// Insert implements [sqlstore.Bulk].
func (c *conn) Insert(ctx context.Context, table string, columns []string, n int, row func(int, []any) error) error {
	if n == 0 {
		return nil
	}
	i, values := -1, make([]any, len(columns))
	rows, err := c.tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		if i++; i == n {
			return nil, nil
		}
		return values, row(i, values)
	}))
	if err == nil && rows != int64(n) {
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
