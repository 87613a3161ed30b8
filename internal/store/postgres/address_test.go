package postgres

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/kumoban/kumoban/internal/store"
)

// TestTLS: another host is verified in full unless the address says otherwise.
func TestTLS(t *testing.T) {
	t.Setenv("PGSSLMODE", "")
	for address, want := range map[string]string{
		"postgres://u:p@db.example.com/k":                                 "full",
		"postgres://u:p@db.example.com":                                   "full",
		"postgres://u:p@db.example.com/k?connect_timeout=3":               "full",
		"postgres://u:p@10.0.0.5/k?search_path=a":                         "full",
		"postgres://db.example.com,127.0.0.1/k":                           "full",
		"postgres://127.0.0.1,db.example.com/k":                           "full",
		"postgres://localhost.example.com/k":                              "full",
		"host=db.example.com dbname=k":                                    "full",
		"host=db.example.com password='a sslmode=disable'":                "full",
		`host=db.example.com password=a\ sslmode=disable`:                 "full",
		"postgres:///k?host=db.example.com":                               "full",
		"postgres://u:p%3Fsslmode=disable@db.example.com/k":               "full",
		"postgres://db.example.com/k?application_name=sslmode%3Ddisable":  "full",
		"postgres://db.example.com/k?sslmode=verify-full":                 "full",
		"postgres://db.example.com/k?connect_timeout=3&sslmode=verify-ca": "some",
		"postgres://db.example.com/k?sslmode=require":                     "some",
		"postgres://db.example.com/k?ssl=true":                            "some",
		"postgres://db.example.com/k?sslmode=prefer":                      "bare",
		"postgres://db.example.com/k?sslmode=disable":                     "bare",
		"host=db.example.com sslmode=disable":                             "bare",
		"sslmode=disable host=db.example.com":                             "bare",
		"postgres://localhost/k":                                          "local",
		"postgres://127.0.0.2/k":                                          "local",
		"postgres://[::1]/k":                                              "local",
		"postgres:///k?host=/var/run/postgresql":                          "local",
		"host=/tmp dbname=k":                                              "local",
		"postgres://127.0.0.1/k?sslmode=disable":                          "local",
	} {
		c, err := parse(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		configs := []*tls.Config{c.TLSConfig}
		for _, f := range c.Fallbacks {
			configs = append(configs, f.TLSConfig)
		}
		got := "full"
		for _, tlsConfig := range configs {
			switch {
			case tlsConfig == nil:
				got = "bare"
			case tlsConfig.InsecureSkipVerify && got == "full":
				got = "some"
			}
		}
		switch {
		case want == "local" && c.RequireAuth != "":
			t.Errorf("%s: RequireAuth %q", address, c.RequireAuth)
		case want == "local":
		case got != want:
			t.Errorf("%s: %s, want %s", address, got, want)
		case (got == "bare") != (c.RequireAuth == "!password"):
			t.Errorf("%s: %s with RequireAuth %q", address, got, c.RequireAuth)
		}
	}
	for methods, want := range map[string]string{"password": "!password", "scram-sha-256,password": "!password", "!md5": "!password", "scram-sha-256": "scram-sha-256", "!password,!md5": "!password,!md5"} {
		config, err := parse("postgres://db.example.com/k?sslmode=disable&require_auth=" + methods)
		if err != nil || config.RequireAuth != want {
			t.Errorf("require_auth=%s: %v, %v", methods, config, err)
		}
	}
	t.Setenv("PGSSLMODE", "require")
	if config, err := parse("postgres://db.example.com/k"); err != nil || config.TLSConfig == nil || !config.TLSConfig.InsecureSkipVerify {
		t.Errorf("PGSSLMODE is not heard: %v", err)
	}
}

// curious is a server that notes all it is sent and, where it has a
// certificate, talks TLS.
type curious struct {
	sync.Mutex
	heard bytes.Buffer
	cert  *tls.Certificate
}

func (s *curious) serve(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	in := io.TeeReader(c, s)
	backend := pgproto3.NewBackend(in, c)
	for {
		msg, err := backend.ReceiveStartupMessage()
		if err != nil {
			return
		}
		if _, ok := msg.(*pgproto3.SSLRequest); !ok {
			break
		}
		if s.cert == nil {
			_, _ = c.Write([]byte("N"))
			continue
		}
		_, _ = c.Write([]byte("S"))
		inner := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*s.cert}})
		if inner.Handshake() != nil {
			return
		}
		backend = pgproto3.NewBackend(io.TeeReader(inner, s), inner)
	}
	backend.Send(&pgproto3.AuthenticationCleartextPassword{})
	if backend.Flush() == nil {
		_, _ = io.Copy(io.Discard, in)
	}
}

func (s *curious) Write(b []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.heard.Write(b)
}

// TestNothingReadable connects to a server on another host that offers no TLS,
// or TLS that does not hold, and wants the password as it is: it gets none.
func TestNothingReadable(t *testing.T) {
	t.Setenv("PGSSLMODE", "")
	for _, c := range []struct {
		name, query string
		tls         bool
		want        store.Kind
	}{
		{"no TLS", "", false, store.Untrusted},
		{"a certificate of its own", "", true, store.Untrusted},
		{"TLS switched off", "?sslmode=disable", false, store.Cleartext},
		{"TLS if it likes", "?sslmode=prefer", false, store.Cleartext},
		{"and the password is to be sent", "?sslmode=disable&require_auth=password", false, store.Cleartext},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &curious{}
			if c.tls {
				s.cert = certificate(t)
			}
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					go s.serve(c)
				}
			}()
			config, err := parse("postgres://kumoban:s3cr3t@db.example.com/k" + c.query)
			if err != nil {
				t.Fatal(err)
			}
			config.LookupFunc = func(context.Context, string) ([]string, error) { return []string{"192.0.2.1"}, nil }
			config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
				var d net.Dialer
				return d.DialContext(ctx, "tcp", l.Addr().String())
			}
			_, err = connect(t.Context(), config, Options{})
			var p *store.Problem
			if !errors.As(err, &p) || p.Kind != c.want || p.Where != "db.example.com:5432/k" {
				t.Errorf("%v", err)
			}
			s.Lock()
			defer s.Unlock()
			if strings.Contains(s.heard.String(), "s3cr3t") {
				t.Errorf("it was told %q", s.heard.String())
			}
		})
	}
}

func certificate(t *testing.T) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"db.example.com"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// FuzzPassword writes passwords into addresses as people do, escaped and not:
// whatever becomes of the address, nothing that is shown has the password.
func FuzzPassword(f *testing.F) {
	for _, p := range []string{"", "/", "?", "#", "@", "%", "%40", "12/34@", "1?x@", "1#", "a&sslmode=disable", "'", `\`, " ", "host=", ":", "[", "]"} {
		f.Add(p, p)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		const secret = "s3cr3t"
		for _, p := range []string{before + secret + after, "1" + before + secret + after} {
			for _, address := range []string{
				"postgres://u:" + p + "@127.0.0.1:1/k", "postgres://u:" + url.QueryEscape(p) + "@db.example.com/k", "postgres://" + url.UserPassword("u", p).String() + "@db.example.com",
				"postgres://u:" + p + "@db.example.com", "postgres://db.example.com/k?user=u&password=" + p, "postgres://db.example.com/k?password=" + url.QueryEscape(p) + "&user=u",
				"host=db.example.com password=" + p, "host=db.example.com password='" + p + "' user=u", "password=" + p + " host=db.example.com",
			} {
				config, err := parse(address)
				shown := fmt.Sprint(err)
				if err == nil {
					shown = where(config) + " " + config.User
				}
				if strings.Contains(shown, secret) {
					t.Errorf("%q shows %q", address, shown)
				}
			}
		}
	})
}
