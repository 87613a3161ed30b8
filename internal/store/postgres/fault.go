package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

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
	return &store.Problem{Kind: kind(err), Where: s.where, Cause: err}
}

// commit keeps the transaction. Where nobody knows whether the server did it
// before the connection was lost, that is what it says. It does not ask whether
// the driver takes the error for safe: it says so of any closed connection.
func (s *Store) commit(ctx context.Context, pg *pgconn.PgConn) error {
	if pg.IsClosed() {
		return &store.Problem{Kind: store.Unreachable, Where: s.where}
	}
	tag, err := exec(ctx, pg, "commit")
	if err == nil && tag.String() == "ROLLBACK" {
		err = errRolledBack
	}
	var engine *pgconn.PgError
	if err == nil || errors.As(err, &engine) || errors.Is(err, errRolledBack) {
		return s.fault(ctx, err)
	}
	return &store.Problem{Kind: store.Uncertain, Where: s.where, Cause: err}
}

var errRolledBack = errors.New("a statement had failed, so the commit was a rollback")

// kind goes by the codes of PostgreSQL's appendix A.
func kind(err error) store.Kind {
	var engine *pgconn.PgError
	var connecting *pgconn.ConnectError
	var network net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &engine):
		return coded(engine.Code)
	case says(err, "require_auth check failed"):
		return store.Cleartext
	case errors.As(err, &certificate), says(err, "server refused TLS connection"):
		return store.Untrusted
	case errors.As(err, &connecting), errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, net.ErrClosed), pgconn.SafeToRetry(err):
		return store.Unreachable
	}
	return store.Broken
}

// says tells whether the driver failed to connect for a reason that has no type.
func says(err error, reason string) bool {
	var connecting *pgconn.ConnectError
	return errors.As(err, &connecting) && strings.Contains(err.Error(), reason)
}

func coded(code string) store.Kind {
	switch code {
	case "53100": // disk_full
		return store.Full
	case "55P03", "40001", "40P01": // lock_not_available, serialization_failure, deadlock_detected
		return store.Busy
	case "XX001", "XX002": // data_corrupted, index_corrupted
		return store.Damaged
	case "42501", "3D000", "3F000", "25006": // insufficient_privilege, no such database or schema, read-only server
		return store.Refused
	case "57P01", "57P02", "57P03", "57P05", "53300": // shut down, starting up, too many connections
		return store.Unreachable
	}
	switch {
	case strings.HasPrefix(code, "08"):
		return store.Unreachable
	case strings.HasPrefix(code, "28"):
		return store.Refused
	}
	return store.Broken
}
