// Package postgres keeps a store in a database of PostgreSQL 15 or later, for
// a team. Its tables are in the first schema of the connection's search_path.
package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/sqlstore"
)

//go:embed migrations
var migrations embed.FS

// Options of Open.
type Options struct {
	// Wait is how long Update waits for another writer; 0: five seconds.
	Wait time.Duration
	// Existing refuses to make a store where there is none.
	Existing bool
}

const (
	defaultWait = 5 * time.Second
	// connectWithin bounds how long nobody answers, where the address does not.
	connectWithin = 10 * time.Second
	// commitWithin bounds a commit, which nothing else may interrupt.
	commitWithin = 30 * time.Second
	leastServer  = 150000
)

// Store is a store in a database.
type Store struct {
	pool    *sql.DB
	dialect *sqlstore.Dialect
	where   string
	wait    time.Duration
}

// Open connects to a URL that begins with postgres:// or postgresql://, or to
// what keywords and values name (host=… dbname=…), and brings the tables up to date. Errors are a *store.Problem or a
// *locale.Error; none holds the password.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	config, err := parse(address)
	if err != nil {
		return nil, err
	}
	return connect(ctx, config, o)
}

func connect(ctx context.Context, c *pgconn.Config, o Options) (*Store, error) {
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectWithin
	}
	// A plan for any value would not know which index a filter is for.
	c.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "kumoban"
	}
	s := &Store{dialect: dialect(), where: where(c), wait: o.Wait}
	if s.wait == 0 {
		s.wait = defaultWait
	}
	var err error
	if s.pool, err = pool(c); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, o.Existing); err != nil {
		_ = s.pool.Close()
		return nil, err
	}
	return s, nil
}

// prepare looks at the server and whose tables there are, and brings them up to
// date. Where they are, it waits for no writer. With existing it makes none.
func (s *Store) prepare(ctx context.Context, existing bool) error {
	current := false
	err := s.transact(ctx, "begin read only", func(c *conn) error {
		there, err := s.inspect(ctx, c)
		switch {
		case err == nil && there:
			current, err = sqlstore.Current(ctx, c, migrations, s.where)
		case err == nil && existing:
			err = &store.Problem{Kind: store.Missing, Where: s.where}
		}
		return err
	})
	if err != nil || current {
		return err
	}
	return s.exclusively(ctx, func(c *conn) error {
		there, err := s.inspect(ctx, c) // somebody may have made them meanwhile
		if err == nil && !there {
			_, err = c.Exec(ctx, "CREATE TABLE versions (version BIGINT PRIMARY KEY)", nil)
		}
		if err != nil {
			return err
		}
		return sqlstore.Migrate(ctx, sqlstore.NewWriter(c, c, s.dialect), migrations, s.where)
	})
}

// inspect tells whether the tables are there, and refuses a server that is too
// old and tables that are others'.
func (s *Store) inspect(ctx context.Context, c *conn) (bool, error) {
	var version, ours, others int
	var name string
	err := c.Query(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_version'),
		count(*) FILTER (WHERE relname = 'versions'), count(*) FILTER (WHERE relname = 'findings')
		FROM pg_class WHERE relnamespace = current_schema()::regnamespace`, nil,
		func(row sqlstore.Row) error { return row.Scan(&version, &name, &ours, &others) })
	switch {
	case err != nil:
		return false, err
	case version < leastServer:
		return false, locale.Errorf("store.oldServer", locale.A("where", locale.Clean(s.where)), locale.A("version", locale.Clean(name)))
	case ours == 0 && others > 0:
		return false, &store.Problem{Kind: store.Damaged, Where: s.where}
	}
	return ours > 0, nil
}

// Size implements [store.Store]: the tables and their indexes.
func (s *Store) Size(ctx context.Context) (size int64, err error) {
	err = s.transact(ctx, "begin", func(c *conn) error {
		return c.Query(ctx, `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
			WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`, nil,
			func(row sqlstore.Row) error { return row.Scan(&size) })
	})
	return size, err
}

// Close implements [store.Store].
func (s *Store) Close() error {
	return s.pool.Close()
}

// View implements [store.Store].
func (s *Store) View(ctx context.Context, do func(store.Reader) error) error {
	return s.transact(ctx, "begin isolation level repeatable read read only", func(c *conn) error {
		// The snapshot is that of the first query.
		if _, err := c.Exec(ctx, "SELECT 1", nil); err != nil {
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

// exclusively waits until no other writes into the schema.
func (s *Store) exclusively(ctx context.Context, do func(*conn) error) error {
	return s.transact(ctx, "begin", func(c *conn) error {
		if _, err := c.Exec(ctx, "SET LOCAL lock_timeout = "+strconv.FormatInt(s.wait.Milliseconds(), 10), nil); err != nil {
			return err
		}
		const lock = "SELECT pg_advisory_xact_lock(1802857839, current_schema()::regnamespace::oid::bigint::bit(32)::int)"
		if _, err := c.Exec(ctx, lock, nil); err != nil {
			return err
		}
		return do(c)
	})
}

// transact runs do in a transaction that is kept only if all went well.
func (s *Store) transact(ctx context.Context, begin string, do func(*conn) error) error {
	p, release, err := s.begin(ctx, begin)
	if err != nil {
		return s.fault(ctx, err)
	}
	defer release()
	defer func() {
		if p.pg.IsClosed() || p.pg.TxStatus() == 'I' {
			return // nothing is left to do after a commit
		}
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitWithin)
		defer cancel()
		_, _ = exec(end, p.pg, "rollback") // what cannot even do that is thrown away
	}()
	if err := do(&conn{s, p, map[string]bool{}}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitWithin)
	defer cancel()
	return s.commit(end, p.pg)
}

// begin takes a connection that works: those that idled while the server was
// started anew do not, and nothing was done on them yet.
func (s *Store) begin(ctx context.Context, begin string) (*pooled, func(), error) {
	for idle := s.pool.Stats().Idle; ; idle-- {
		p, release, err := s.take(ctx)
		if err == nil {
			if _, err = exec(ctx, p.pg, begin); err == nil {
				return p, release, nil
			}
			release()
		}
		var connecting *pgconn.ConnectError
		if idle <= 0 || ctx.Err() != nil || errors.As(err, &connecting) || kind(err) != store.Unreachable {
			return nil, nil, err
		}
	}
}

// take is a connection of the pool until it is released.
func (s *Store) take(ctx context.Context) (p *pooled, release func(), err error) {
	held, err := s.pool.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	_ = held.Raw(func(c any) error { p = c.(*pooled); return nil }) // fails for what was closed before
	return p, func() { _ = held.Close() }, nil
}

// dialect is how PostgreSQL says it.
func dialect() *sqlstore.Dialect {
	return sqlstore.NewDialect(sqlstore.Dialect{
		Queries: map[string]string{
			"tagsets": "SELECT v.n - 1, s.id FROM unnest(?::jsonb[]) WITH ORDINALITY v(tags, n) JOIN tagsets s ON s.tags = v.tags",
		},
		Like:    "%s LIKE ?",
		Within:  "%s = ANY(?)",
		Tag:     "(f.tags ->> ?::text) LIKE ?",
		Key:     "left(%s, 200)",
		Pattern: strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`, "*", "%", "?", "_").Replace,
		List:    func(values []string) any { return values },
		Numbers: func(values []int64) any { return values },
		Apart:   " OFFSET 0",
		Along: `SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;
			SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off`,
		Found: "SET LOCAL enable_seqscan = off",
		Anyhow: `SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = on;
			SET LOCAL enable_sort = on; SET LOCAL enable_incremental_sort = on`,
		Use: func(string) string { return "" },
	})
}

// numbered turns question marks into $1, $2 ….
func numbered(query string) string {
	parts := strings.Split(query, "?")
	var b strings.Builder
	for i, part := range parts {
		if i > 0 {
			fmt.Fprintf(&b, "$%d", i)
		}
		b.WriteString(part)
	}
	return b.String()
}

var errRows = errors.New("another number of rows than were sent")
