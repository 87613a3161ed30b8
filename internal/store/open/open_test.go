package open

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/store"
)

// TestAddresses opens both kinds by what their addresses look like.
func TestAddresses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "er", "postgres.db")
	for _, address := range []string{file, outside.Postgres(t), strings.Replace(outside.Postgres(t), "postgres://", "PostgreSQL://", 1)} {
		s, err := Store(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.View(t.Context(), func(r store.Reader) error { _, err := r.Head(t.Context()); return err }); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestExisting makes nothing where there is no store, of either kind.
func TestExisting(t *testing.T) {
	dir, schema := t.TempDir(), outside.Postgres(t)
	conn, err := pgx.Connect(t.Context(), schema)
	if err == nil {
		_, err = conn.Exec(t.Context(), "CREATE SCHEMA untouched")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	schema += "&search_path=untouched"
	empty := filepath.Join(dir, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{filepath.Join(dir, "deep", "no.db"), empty, schema} {
		for range 2 { // the first must have left nothing behind
			var problem *store.Problem
			if _, err := Existing(t.Context(), address); !errors.As(err, &problem) || problem.Kind != store.Missing {
				t.Errorf("%s: %v", filepath.Base(address), err)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "deep")); err == nil {
		t.Error("a folder was made")
	}
	for _, address := range []string{filepath.Join(dir, "deep", "no.db"), schema} {
		s, err := Store(t.Context(), address)
		if err == nil {
			err = s.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, err = Existing(t.Context(), address); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestOtherSchemes refuses an address that looks like a server's and would
// become a file of that name.
func TestOtherSchemes(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, address := range []string{"mysql://host/db", "postgress://kumoban:s3cr3t@host/db", "://"} {
		_, err := Store(t.Context(), address)
		if err == nil || !strings.Contains(err.Error(), "give a file, or postgres://USER@HOST/DATABASE") || strings.Contains(everything(err), "s3cr3t") {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{
		"kumoban:s3cr3t@host/db", "postgres//kumoban:s3cr3t@host/db", "postgres:/kumoban:s3cr3t@host/db", "postgres:kumoban:s3cr3t@host", "user=kumoban:s3cr3t@x://h",
		"kumoban:s3cr3t@x://h", "hots=h password=s3cr3t", "hots=h user=u PASSWORD = 's3cr3t'", "postgres://kumoban:s3cr3t/1@host/db", "host=h password='s3cr3t", "password=s3cr3t",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // what can be read is not asked for
		_, err := Store(ctx, address)
		if err == nil || strings.Contains(everything(err), "s3cr3t") || strings.Contains(Shown(address), "s3cr3t") {
			t.Errorf("%s: %v, shown %q", address, err, Shown(address))
		}
	}
	if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

// TestShown lets through what holds no password, and that alone.
func TestShown(t *testing.T) {
	for address, want := range map[string]bool{
		"store.db": true, "./a:b@c": true, "/srv/a:b@c/k.db": true, `C:\k:@.db`: true, "2026:08.db": true, "postgres://u@h:5432/db": true, "postgresql://[::1]:5432/db": true, "postgres://h": true,
		"postgres://u:p@h/db": false, "postgres://u:p@h": false, "postgres://u:1/2@h/db": false, "postgres://h/db?password=p": false, "postgres://h/db?sslmode=require": false,
		"host=h password=p": false, "host=h": false, "u:p@h": false, "postgres://u:p": false, "postgres://:p@h": false, "postgres://u%3Ap@h": true,
	} {
		if got := Shown(address) == address; got != want {
			t.Errorf("%s: %q", address, Shown(address))
		}
	}
}

// everything is an error with all that it wraps, as --debug would show it.
func everything(err error) string {
	s := fmt.Sprintf("%v %+v\n", err, err)
	switch e := err.(type) { //nolint:errorlint // it walks through what is wrapped itself
	case interface{ Unwrap() error }:
		s += everything(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			s += everything(inner)
		}
	}
	return s
}

// TestPasswordsStay looks for the password in every error of a bad address.
func TestPasswordsStay(t *testing.T) {
	server := outside.Postgres(t)
	for name, address := range map[string]string{
		"wrong":       strings.Replace(server, "hunter2", "s3cr3t", 1),
		"no host":     "postgres://kumoban:s3cr3t@127.0.0.1:1/postgres",
		"no database": strings.Replace(server, "/postgres?", "/nothing-s3cr3t?", 1),
		"bad port":    "postgres://kumoban:s3cr3t@127.0.0.1:none/postgres",
		"bad escape":  "postgres://kumoban:s3cr3t%zz@127.0.0.1/postgres",
		"bad option":  "postgres://kumoban:s3cr3t@127.0.0.1/postgres?sslmode=s3cr3t",
		"unresolved":  "postgresql://kumoban:s3cr3t@does-not-exist.invalid/postgres",
		"in a query":  "postgres://127.0.0.1:1/postgres?user=kumoban&password=s3cr3t",
		"keywords":    "host=127.0.0.1 port=1 user=kumoban password=s3cr3t",
		"a slash":     "postgres://kumoban:12/s3cr3t@127.0.0.1/postgres",
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Store(t.Context(), address)
			if err == nil {
				t.Fatal("it opened", s.Close())
			}
			var sentence *locale.Error
			if !errors.As(err, &sentence) || strings.ContainsAny(err.Error(), "\n") {
				t.Errorf("no sentence: %v", err)
			}
			if shown := everything(err); name != "no database" && strings.Contains(shown, "s3cr3t") || strings.Contains(shown, "hunter2") {
				t.Errorf("the password is in %s", shown)
			}
			if errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
}
