package postgres

import (
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/kumoban/kumoban/internal/locale"
)

// parse reads an address: a URL, or keywords and values. A server on another
// host is asked for TLS with a certificate that holds for its name, unless
// sslmode in the address, or PGSSLMODE, says otherwise; without TLS it gets no
// password that can be read on the way. Errors quote nothing of the address.
func parse(address string) (*pgconn.Config, error) {
	if misplaced(address) {
		return nil, locale.Errorf("store.addressPassword")
	}
	c, err := pgconn.ParseConfig(address)
	if err != nil {
		return nil, locale.Errorf("store.address") // what the parser says quotes the address
	}
	if nearby(c) {
		return c, nil
	}
	if os.Getenv("PGSSLMODE") == "" {
		strict, err := pgconn.ParseConfig(verified(address))
		if err != nil || !sameServer(c, strict) {
			return nil, locale.Errorf("store.address")
		}
		c = strict
	}
	bare := c.TLSConfig == nil || slices.ContainsFunc(c.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.TLSConfig == nil })
	if bare && readable(c.RequireAuth) {
		c.RequireAuth = "!password"
	}
	return c, nil
}

// verified puts the strictest sslmode before all that the address says: of two,
// the later one holds.
func verified(address string) string {
	const strict = "sslmode=verify-full"
	if !strings.Contains(address, "://") {
		return strict + " " + address
	}
	before, query, _ := strings.Cut(address, "?")
	return before + "?" + strict + "&" + query
}

// sameServer tells whether the change of an address changed nothing but the sslmode.
func sameServer(a, b *pgconn.Config) bool {
	return a.Host == b.Host && a.Port == b.Port && a.Database == b.Database && a.User == b.User && a.Password == b.Password
}

// nearby tells whether all that is sent stays on this machine.
func nearby(c *pgconn.Config) bool {
	return local(c.Host) && !slices.ContainsFunc(c.Fallbacks, func(f *pgconn.FallbackConfig) bool { return !local(f.Host) })
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || ip != nil && ip.IsLoopback()
}

// readable tells whether a list of ways to authenticate has the one that sends
// the password as it is.
func readable(methods string) bool {
	negated := false
	for method := range strings.SplitSeq(methods, ",") {
		method = strings.TrimSpace(method)
		if method == "password" {
			return true
		}
		if method == "!password" {
			return false
		}
		negated = negated || strings.HasPrefix(method, "!")
	}
	return negated || strings.TrimSpace(methods) == ""
}

// misplaced tells whether a URL would be read otherwise than it was meant: with
// a letter of the password that ends it, the rest of the password becomes the
// name of a host or a database, which errors name.
func misplaced(address string) bool {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return false
	}
	end := strings.IndexAny(rest+"/", "/?#")
	if strings.Count(rest[:end], "@") > 1 {
		return true
	}
	path, query, _ := strings.Cut(rest[end:], "?")
	if strings.ContainsAny(path, "@#") || strings.Contains(query, "#") {
		return true
	}
	for pair := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if strings.Contains(pair, "@") && !slices.Contains([]string{"user", "password", "options", "application_name", "sslpassword"}, key) {
			return true
		}
	}
	return false
}

// where is the server and the database, for messages.
func where(c *pgconn.Config) string {
	return net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))) + "/" + c.Database
}
