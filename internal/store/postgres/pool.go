package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"runtime"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/kumoban/kumoban/internal/locale"
)

const (
	connections = 4 // at least, at once
	idleWithin  = 30 * time.Minute
	livesWithin = time.Hour
	statements  = 500 // that are known at most on a connection
)

// connector opens connections for the pool of database/sql, which is used for
// nothing else: what is done on them goes through pgconn.
type connector struct {
	config  *pgconn.Config
	prepare bool
}

// Connect implements [driver.Connector].
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	pg, err := pgconn.ConnectConfig(ctx, c.config)
	if err != nil {
		return nil, err
	}
	return &pooled{pg, c.prepare, map[string]*pgconn.StatementDescription{}, 0}, nil
}

// Driver implements [driver.Connector].
func (connector) Driver() driver.Driver { return nil }

// pooled is a connection in the pool, with the statements that were used on it:
// nil is one that was used once, and is not prepared yet.
type pooled struct {
	pg         *pgconn.PgConn
	prepare    bool
	statements map[string]*pgconn.StatementDescription
	last       int // number of the last that was prepared
}

// IsValid implements [driver.Validator]: what is in the middle of something is
// thrown away.
func (p *pooled) IsValid() bool { return !p.pg.IsClosed() && !p.pg.IsBusy() && p.pg.TxStatus() == 'I' }

// Close implements [driver.Conn].
func (p *pooled) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), commitWithin)
	defer cancel()
	return p.pg.Close(ctx)
}

// send sends one statement with its arguments, as one message. What is used
// again is prepared, so that the server does not read it anew each time.
func (p *pooled) send(ctx context.Context, query string, texts [][]byte) (*pgconn.ResultReader, error) {
	statement, again := p.statements[query]
	if !again {
		if p.prepare && len(p.statements) < statements {
			p.statements[query] = nil
		}
		return p.pg.ExecParams(ctx, query, texts, nil, nil, nil), nil
	}
	if statement == nil {
		var err error
		p.last++
		if statement, err = p.pg.Prepare(ctx, "k"+strconv.Itoa(p.last), query, nil); err != nil {
			return nil, err
		}
		p.statements[query] = statement
	}
	return p.pg.ExecStatement(ctx, statement, texts, nil, nil), nil
}

// forget has a statement that failed read anew: its tables may have changed.
func (p *pooled) forget(query string) { delete(p.statements, query) }

var errPool = errors.New("the pool of connections runs no statements")

// Prepare implements [driver.Conn].
func (*pooled) Prepare(string) (driver.Stmt, error) { return nil, errPool }

// Begin implements [driver.Conn].
func (*pooled) Begin() (driver.Tx, error) { return nil, errPool }

// pool takes from the config what is the pool's, by the names that pgx has: how
// many connections there are at once; whether statements are prepared, which some
// proxies do not bear; and what tunes a pool in ways that nobody sees.
func pool(config *pgconn.Config) (*sql.DB, error) {
	n := max(connections, runtime.NumCPU())
	if text, ok := config.RuntimeParams["pool_max_conns"]; ok {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 {
			return nil, locale.Errorf("store.address")
		}
	}
	mode := config.RuntimeParams["default_query_exec_mode"]
	prepare := (mode == "" || mode == "cache_statement") && config.RuntimeParams["statement_cache_capacity"] != "0"
	for _, name := range []string{
		"pool_max_conns", "pool_min_conns", "pool_min_idle_conns", "pool_max_conn_lifetime", "pool_max_conn_lifetime_jitter",
		"pool_max_conn_idle_time", "pool_health_check_period", "pool_ping_timeout",
		"statement_cache_capacity", "description_cache_capacity", "default_query_exec_mode",
	} {
		delete(config.RuntimeParams, name)
	}
	db := sql.OpenDB(connector{config, prepare})
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	db.SetConnMaxIdleTime(idleWithin)
	db.SetConnMaxLifetime(livesWithin)
	return db, nil
}
