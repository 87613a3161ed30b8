// Package open finds the adapter for a store's address.
package open

import (
	"context"
	"regexp"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/postgres"
	"github.com/kumoban/kumoban/internal/store/sqlite"
)

// Store opens what the address names: postgres://… or postgresql://…, or the
// keywords and values of PostgreSQL (host=… dbname=…), is a database, what has no
// scheme a file. Errors are for users and hold no password.
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
		if _, rest, ok := strings.Cut(address, "://"); ok && !keywords.MatchString(address) {
			address = "postgres://" + rest
		}
		s, err := postgres.Open(ctx, address, postgres.Options{Existing: existing})
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	if scheme, _, ok := strings.Cut(address, "://"); ok && word.MatchString(scheme) {
		return nil, locale.Errorf("store.scheme", locale.A("scheme", scheme))
	}
	if secretive(address) {
		return nil, locale.Errorf("store.addressOrFile")
	}
	s, err := sqlite.Open(ctx, address, sqlite.Options{Existing: existing})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// keywords is how PostgreSQL's other form of an address begins; a file of such
// a name is ./host=….
var keywords = regexp.MustCompile(`(?i)^\s*(host|hostaddr|port|dbname|database|user|password|passfile|service|servicefile|sslmode|ssl[a-z]+|application_name|connect_timeout|options|search_path)\s*=`)

// word is what may stand before ://.
var word = regexp.MustCompile(`^[A-Za-z0-9+.-]*$`)

var (
	path     = regexp.MustCompile(`^(?:~|\.{0,2}[/\\]|[A-Za-z]:[/\\])`)
	password = regexp.MustCompile(`(?i)\bpassword\s*=`)
)

// secretive tells of what is no address of a server whether it was meant as one,
// with a password: it would become the name of a file, and be shown. A file of
// such a name is ./….
func secretive(address string) bool {
	colon := strings.IndexByte(address, ':')
	return !path.MatchString(address) && (colon >= 0 && strings.LastIndexByte(address, '@') > colon || password.MatchString(address))
}

// Server tells whether an address is a server's, not a file's.
func Server(address string) bool {
	scheme, _, ok := strings.Cut(address, "://")
	return ok && (strings.EqualFold(scheme, "postgres") || strings.EqualFold(scheme, "postgresql")) || keywords.MatchString(address)
}

// plainly is an address of a server that holds no secret, whatever is meant by it.
var plainly = regexp.MustCompile(`^(?i:postgres(?:ql)?)://(?:[A-Za-z0-9._~%+-]+@)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?(?:/[A-Za-z0-9._~%-]*)?$`)

// Shown is an address as a message may show it; "" where it holds, or may hold,
// a password.
func Shown(address string) string {
	if Server(address) && !plainly.MatchString(address) || !Server(address) && secretive(address) {
		return ""
	}
	return address
}
