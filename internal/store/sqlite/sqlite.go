// Package sqlite keeps a store in one file, for one machine.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

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
	// pause is how long SQLite itself waits at a time, and does not see that a
	// context has ended.
	pause = 200 * time.Millisecond
	// application marks a file as ours: "kumo".
	application = 0x6b756d6f
	conns       = 8
	// cache is how much of the file each connection keeps, in KiB; the driver
	// takes twice as much memory for it.
	cache = 32 << 10
)

// Store is a store in a file.
type Store struct {
	path    string
	read    *sql.DB
	write   *sql.DB
	dialect *sqlstore.Dialect
	wait    time.Duration
}

// Open opens the file, or makes it, readable by its owner alone, and but for
// Existing. Errors are a *store.Problem.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, &store.Problem{Kind: store.Broken, Where: path, Cause: err}
	}
	s := &Store{path: abs, dialect: dialect(), wait: o.Wait}
	if s.wait == 0 {
		s.wait = defaultWait
	}
	if info, err := os.Stat(abs); o.Existing && (errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0) {
		return nil, &store.Problem{Kind: store.Missing, Where: abs}
	}
	if err := s.make(); err != nil {
		return nil, s.fault(ctx, err)
	}
	if s.write, err = open(abs, conns); err != nil {
		return nil, s.fault(ctx, err)
	}
	if s.read, err = open(abs, conns); err != nil {
		return nil, s.fault(ctx, errors.Join(err, s.write.Close()))
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// make creates the file, and its folder, before SQLite does it with the rights
// of the umask; the files beside it get those of the file.
func (s *Store) make() error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func open(path string, conns int) (*sql.DB, error) {
	q := url.Values{"_pragma": {
		"busy_timeout(" + pauseMillis() + ")", "foreign_keys(1)", "synchronous(FULL)",
		"temp_store(MEMORY)", "cache_size(-" + strconv.Itoa(cache) + ")", "journal_size_limit(16777216)",
	}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// prepare looks whose file it is, and brings it up to date.
func (s *Store) prepare(ctx context.Context) error {
	var id, tables int64
	// In this order: whoever makes the file right now writes both at one moment, so that tables have their mark.
	err := s.write.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables)
	if err == nil {
		err = s.write.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id)
	}
	if err != nil {
		return s.fault(ctx, err)
	}
	if tables > 0 && id != application {
		return &store.Problem{Kind: store.Damaged, Where: s.path}
	}
	if tables > 0 {
		if current, err := s.current(ctx); err != nil || current {
			return err
		}
	}
	// The mode stays with the file; from here on readers and the writer do not wait for each other.
	err = s.patiently(ctx, func() error {
		_, err := s.write.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		return err
	})
	if err != nil {
		return err
	}
	return s.exclusively(ctx, func(c *conn) error {
		if _, err := c.Exec(ctx, "CREATE TABLE IF NOT EXISTS versions (version INTEGER PRIMARY KEY) STRICT", nil); err != nil {
			return err
		}
		if _, err := c.Exec(ctx, "PRAGMA application_id = 1802857839", nil); err != nil {
			return err
		}
		return sqlstore.Migrate(ctx, sqlstore.NewWriter(c, c, s.dialect), migrations, s.path)
	})
}

// current tells whether the file is as this program needs it, without waiting
// for whoever writes into it.
func (s *Store) current(ctx context.Context) (current bool, err error) {
	var mode string
	err = s.transact(ctx, s.write, "BEGIN", func(c *conn) error {
		err := c.Query(ctx, "PRAGMA journal_mode", nil, func(row sqlstore.Row) error { return row.Scan(&mode) })
		if err == nil {
			current, err = sqlstore.Current(ctx, c, migrations, s.path)
		}
		return err
	})
	return current && mode == "wal", err
}

// Size implements [store.Store]: the file and the log beside it.
func (s *Store) Size(context.Context) (int64, error) {
	var size int64
	for _, end := range []string{"", "-wal"} {
		info, err := os.Stat(s.path + end)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return 0, &store.Problem{Kind: store.Broken, Where: s.path, Cause: err}
		}
		size += info.Size()
	}
	return size, nil
}

// Close implements [store.Store].
func (s *Store) Close() error { return errors.Join(s.read.Close(), s.write.Close()) }
