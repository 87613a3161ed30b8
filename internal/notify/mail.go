package notify

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/kumoban/kumoban/internal/locale"
)

// MailServer says by which server mail goes out.
type MailServer struct {
	Address  string // host:port; without a port, 587
	From     string // as a header has it: an address, or a name and an address
	User     string // "": the server asks for none
	Password string
	TLS      *tls.Config // nil: what the machine trusts
}

// Mailer sends mail. It shows nothing of its password.
type Mailer struct {
	server   MailServer
	host     string
	port     int
	loopback bool
	from     *netmail.Address
}

// Ports of mail.
const (
	submission = 587
	implicit   = 465 // TLS from the first byte on
)

// mailTimeout is how long a server may take for each thing that it is asked.
const mailTimeout = 30 * time.Second

// NewMailer checks how mail is to go out, and calls nobody.
func NewMailer(s MailServer) (*Mailer, error) {
	m := &Mailer{server: s, port: submission, host: strings.TrimSpace(s.Address)}
	if host, port, err := net.SplitHostPort(m.host); err == nil {
		n, failed := strconv.ParseUint(port, 10, 16)
		if failed != nil || n == 0 {
			return nil, locale.Errorf("messages.badServer", locale.A("server", locale.Clean(s.Address)))
		}
		m.host, m.port = host, int(n)
	}
	if m.host == "" || strings.ContainsAny(m.host, " /@\"<>") || locale.Clean(m.host) != m.host {
		return nil, locale.Errorf("messages.badServer", locale.A("server", locale.Clean(s.Address)))
	}
	ip := net.ParseIP(m.host)
	m.loopback = m.host == "localhost" || ip != nil && ip.IsLoopback()
	var err error
	if m.from, err = netmail.ParseAddress(s.From); err != nil || locale.Clean(s.From) != s.From {
		return nil, locale.Errorf("messages.badFrom", locale.A("from", locale.Clean(s.From)))
	}
	if (s.User == "") != (s.Password == "") {
		return nil, locale.Errorf("messages.halfLogin")
	}
	return m, nil
}

// String is the server.
func (m *Mailer) String() string { return net.JoinHostPort(m.host, strconv.Itoa(m.port)) }

// GoString is the server.
func (m *Mailer) GoString() string { return "notify.Mailer(" + m.String() + ")" }

// MailAddress tells whether a text is a bare address that mail can go to.
func MailAddress(s string) bool {
	a, err := netmail.ParseAddress(s)
	return err == nil && a.Address == s && locale.Clean(s) == s
}

// Letter is one mail in plain text, to one recipient.
type Letter struct {
	To      string
	Subject string
	Text    string
	Key     string // what tells who gets it twice: letters, digits, - and _
	At      time.Time
}

// Send sends a letter once. The error is an [*Undelivered], or the context's. Without
// TLS nothing goes to another machine, and no password anywhere.
func (m *Mailer) Send(ctx context.Context, l Letter) error {
	letter, err := m.letter(l)
	if err != nil {
		return &Undelivered{Why: err, Final: true}
	}
	client, err := mail.NewClient(m.host, m.options()...)
	if err == nil {
		err = client.DialAndSendWithContext(ctx, letter)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	var refused *mail.SendError
	const permanent = 500
	return &Undelivered{
		Why:   locale.Errorf("messages.mailRefused", locale.A("server", m.String()), locale.A("error", m.cause(err))),
		Final: errors.As(err, &refused) && refused.Reason == mail.ErrSMTPRcptTo && refused.ErrorCode() >= permanent,
	}
}

func (m *Mailer) options() []mail.Option {
	list := []mail.Option{mail.WithPort(m.port), mail.WithTimeout(mailTimeout)}
	conf := &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}
	if m.server.TLS != nil {
		conf = m.server.TLS.Clone()
	}
	list = append(list, mail.WithTLSConfig(conf))
	switch {
	case m.port == implicit:
		list = append(list, mail.WithSSL())
	case m.loopback && m.server.User == "":
		list = append(list, mail.WithTLSPolicy(mail.TLSOpportunistic))
	default:
		list = append(list, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if m.server.User != "" {
		list = append(list, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.server.User), mail.WithPassword(m.server.Password))
	}
	return list
}

// letter makes the mail. What stands in a header is one line, whatever it was.
func (m *Mailer) letter(l Letter) (*mail.Msg, error) {
	if !MailAddress(l.To) {
		return nil, locale.Errorf("messages.badAddress", locale.A("address", locale.Clean(l.To)))
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	msg.ToMailAddress(&netmail.Address{Address: l.To})
	msg.Subject(locale.Clean(strings.Join(strings.Fields(l.Subject), " ")))
	_, domain, _ := strings.Cut(m.from.Address, "@")
	msg.SetMessageIDWithValue(l.Key + "@" + domain)
	msg.SetDateWithValue(l.At)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(mail.TypeTextPlain, l.Text)
	return msg, nil
}

func encoded(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// cause is what went wrong without the password, should a server repeat it.
func (m *Mailer) cause(err error) any {
	said, ok := locale.Cause(err).(string)
	if !ok {
		return locale.Cause(err)
	}
	if p := m.server.Password; p != "" {
		for _, secret := range []string{encoded("\x00" + m.server.User + "\x00" + p), encoded(p), p} {
			said = strings.ReplaceAll(said, secret, "…")
		}
	}
	said = locale.Clean(strings.Join(strings.Fields(said), " "))
	if r := []rune(said); len(r) > mostSaid {
		said = string(r[:mostSaid]) + "…"
	}
	return said
}
