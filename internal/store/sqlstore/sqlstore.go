// Package sqlstore is what the adapters to SQL engines share: the queries, how
// a record becomes a row and comes back, filters and pages. An adapter brings
// its connections, its bulk statements and the few words that differ.
package sqlstore

import (
	"context"
	_ "embed"
	"strings"
	"time"
	"unicode/utf8"
)

//go:embed queries.sql
var queriesFile string

// Conn is a transaction. Its errors are the store's own already; a question
// mark stands for an argument in every engine.
type Conn interface {
	// Query has read all rows, or failed, when it returns.
	Query(ctx context.Context, query string, args []any, each func(Row) error) error
	// Exec returns how many rows it changed.
	Exec(ctx context.Context, query string, args []any) (int64, error)
}

// Row is one row of an answer.
type Row interface{ Scan(into ...any) error }

// Bulk writes many rows the engine's fastest way. row fills in the values of
// row i, which are used before the next call.
type Bulk interface {
	Insert(ctx context.Context, table string, columns []string, n int, row func(i int, values []any) error) error
	// Update sets the columns after the first of rows whose first column is the
	// same, and returns how many there were.
	Update(ctx context.Context, table string, columns []string, n int, row func(i int, values []any) error) (int64, error)
}

// Dialect is where the engines' words differ.
type Dialect struct {
	Queries map[string]string // the engine's own, beside those of queries.sql
	// Like and Within are conditions on a column, written %s, with one argument.
	Like, Within string
	// Tag is a condition on a tag's name and a pattern, in this order.
	Tag string
	// Key is what the indexes of a name's column %s hold of it: its beginning.
	Key string
	// Pattern turns a glob into what Like and Tag compare with.
	Pattern func(glob string) string
	// List and Numbers are arguments of Within.
	List    func([]string) any
	Numbers func([]int64) any
	// Use makes a query walk along an index, or "" along none, where the engine
	// has such words.
	Use func(index string) string
	// Apart ends a subquery that is to be planned by itself.
	Apart string
	// Along and Anyhow go before and after queries along an order's index, and
	// Found before those along a way to few records, where an engine would take
	// other plans by itself.
	Along, Found, Anyhow string
}

// Statements reads a file of queries, each after a line "-- name: NAME".
func Statements(file string) map[string]string {
	all := map[string]string{}
	for _, part := range strings.Split("\n"+file, "\n-- name: ")[1:] {
		name, query, _ := strings.Cut(part, "\n")
		all[strings.TrimSpace(name)] = strings.TrimSpace(query)
	}
	return all
}

// NewDialect adds the queries that all engines have in common.
func NewDialect(d Dialect) *Dialect {
	all := Statements(queriesFile)
	for name, query := range d.Queries {
		all[name] = query
	}
	d.Queries = all
	return &d
}

// text is s without what not every engine keeps: NUL and broken UTF-8.
func text(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// tidy does so with every text among args.
func tidy(args []any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = text(s)
		}
	}
}

// Times are microseconds since 1970; the zero time has its own number there.
func micros(t time.Time) int64 { return t.UnixMicro() }

func moment(us int64) time.Time { return time.UnixMicro(us).UTC() }

func never() int64 { return time.Time{}.UnixMicro() }
