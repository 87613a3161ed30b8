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
	if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
		t.Error(left, err)
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
