// Package open finds the adapter for a store's address.
package open

import (
	"context"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/postgres"
	"github.com/kumoban/kumoban/internal/store/sqlite"
)

// Store opens what the address names: postgres://… or postgresql://… is a
// database of PostgreSQL, what has no scheme a file. Errors are for users and hold
// no password.
func Store(ctx context.Context, address string) (store.Store, error) {
	return at(ctx, address, false)
}

// Existing opens as Store does, but makes nothing: where there is no store, the
// error is a *store.Problem of kind Missing.
func Existing(ctx context.Context, address string) (store.Store, error) {
	return at(ctx, address, true)
}

func at(ctx context.Context, address string, existing bool) (store.Store, error) {
	// Not returned at once: a nil pointer in an interface would not be nil.
	if Server(address) {
		_, rest, _ := strings.Cut(address, "://")
		s, err := postgres.Open(ctx, "postgres://"+rest, postgres.Options{Existing: existing})
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	if scheme, _, ok := strings.Cut(address, "://"); ok && !strings.ContainsAny(scheme, `/\`) {
		return nil, locale.Errorf("store.scheme", locale.A("scheme", locale.Clean(scheme)))
	}
	s, err := sqlite.Open(ctx, address, sqlite.Options{Existing: existing})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Server tells whether an address is a server's, not a file's.
func Server(address string) bool {
	scheme, _, ok := strings.Cut(address, "://")
	return ok && (strings.EqualFold(scheme, "postgres") || strings.EqualFold(scheme, "postgresql"))
}
