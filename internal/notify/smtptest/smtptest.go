// Package smtptest is a small mail server for tests: it speaks SMTP over TCP, with or
// without STARTTLS, and keeps what it is given.
package smtptest

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Mail is one that was taken.
type Mail struct {
	From, To string
	Data     string
	Secure   bool // it came over TLS
}

// Server is a mail server on a port of its own.
type Server struct {
	Address string
	Client  *tls.Config // with which a client trusts it
	NoTLS   bool        // it offers no STARTTLS
	Login   string      // "user\x00password" that it asks for; "": none
	Taken   func()      // is called after a mail was taken, before that is said
	Refuses string      // an answer to RCPT, such as "550 5.1.1 no such user"; "": none

	conf     *tls.Config
	mu       sync.Mutex
	mails    []Mail
	commands []string
}

// Listen starts a server, which the end of the test ends.
func Listen(t testing.TB) *Server {
	t.Helper()
	web := httptest.NewTLSServer(nil) // for its certificate
	t.Cleanup(web.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it ends with the test
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(web.Certificate())
	s := &Server{
		Address: l.Addr().String(), Client: &tls.Config{RootCAs: trusted, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12},
		conf: &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12},
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return s
}

// Set changes how it behaves, from its next command on.
func (s *Server) Set(change func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Mails are those that were taken, in their order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Commands are the lines that it was told, but for data.
func (s *Server) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// session is one connection.
type session struct {
	*Server
	conn   net.Conn
	in     *bufio.Reader
	mail   Mail
	logged bool
}

func (s *Server) serve(c net.Conn) {
	x := &session{Server: s, conn: c, in: bufio.NewReader(c)}
	defer func() { _ = x.conn.Close() }()
	x.say("220 mail.example.com ESMTP")
	for {
		line, err := x.in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		s.mu.Lock()
		s.commands = append(s.commands, line)
		s.mu.Unlock()
		if !x.answer(line) {
			return
		}
	}
}

func (x *session) say(lines ...string) {
	_, _ = x.conn.Write([]byte(strings.Join(lines, "\r\n") + "\r\n"))
}

// answer answers a line, and tells whether the session goes on.
func (x *session) answer(line string) bool {
	word, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(word) {
	case "EHLO":
		x.hello()
	case "STARTTLS":
		x.say("220 go ahead")
		secure := tls.Server(x.conn, x.conf)
		x.conn, x.in, x.mail.Secure = secure, bufio.NewReader(secure), true
	case "AUTH":
		x.auth(rest)
	case "MAIL":
		if x.Login != "" && !x.logged {
			x.say("530 5.7.0 log in first")
			return true
		}
		x.mail.From = rest
		x.say("250 ok")
	case "RCPT":
		if x.Refuses != "" {
			x.say(x.Refuses)
			return true
		}
		x.mail.To = rest
		x.say("250 ok")
	case "DATA":
		return x.data()
	case "QUIT":
		x.say("221 bye")
		return false
	default: // NOOP, RSET, HELO
		x.say("250 ok")
	}
	return true
}

func (x *session) hello() {
	lines := []string{"250-mail.example.com"}
	if !x.NoTLS && !x.mail.Secure {
		lines = append(lines, "250-STARTTLS")
	}
	if x.Login != "" {
		lines = append(lines, "250-AUTH PLAIN")
	}
	x.say(append(lines, "250 8BITMIME")...)
}

func (x *session) auth(said string) {
	_, encoded, _ := strings.Cut(said, " ")
	if plain, err := base64.StdEncoding.DecodeString(encoded); err == nil && string(plain) == "\x00"+x.Login {
		x.logged = true
		x.say("235 welcome")
		return
	}
	x.say("535 5.7.8 wrong: " + encoded)
}

func (x *session) data() bool {
	x.say("354 go ahead")
	var b strings.Builder
	for {
		line, err := x.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
	x.mail.Data = b.String()
	x.mu.Lock()
	x.mails = append(x.mails, x.mail)
	x.mu.Unlock()
	if x.Taken != nil {
		x.Taken()
	}
	x.say("250 taken")
	return true
}
