package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// fault says what an error of the engine means. An ended context, and what is
// the store's own already, stay.
func (s *Store) fault(ctx context.Context, err error) error {
	var problem *store.Problem
	var missing *store.NotFound
	var sentence *locale.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &problem), errors.As(err, &missing), errors.As(err, &sentence):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return &store.Problem{Kind: kind(err), Where: s.path, Cause: err}
}

func kind(err error) store.Kind {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENOTDIR):
		return store.Refused
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return store.Full
	}
	var engine *sqlite.Error
	if !errors.As(err, &engine) {
		return store.Broken
	}
	switch engine.Code() {
	case lib.SQLITE_IOERR_WRITE: // a quota or a limit; SQLite knows a full disk alone
		return store.Full
	}
	switch engine.Code() & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return store.Busy
	case lib.SQLITE_FULL:
		return store.Full
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return store.Damaged
	case lib.SQLITE_PERM, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_AUTH:
		return store.Refused
	}
	return store.Broken
}
