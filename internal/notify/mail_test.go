package notify

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/notify/smtptest"
)

func mailer(t *testing.T, s *smtptest.Server, user, password string) *Mailer {
	t.Helper()
	m, err := NewMailer(MailServer{Address: s.Address, From: "雲番 <kumoban@example.com>", User: user, Password: password, TLS: s.Client})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMail sends over STARTTLS with a login; what comes in from outside breaks out of
// no header and no line.
func TestMail(t *testing.T) {
	s := smtptest.Listen(t)
	s.Login = "kumoban\x00tokentokentoken"
	m := mailer(t, s, "kumoban", "tokentokentoken")
	at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	err := m.Send(t.Context(), Letter{
		To: "hana@example.com", Subject: "検出結果\r\nBcc: evil@example.com", Text: "一\n.\nQUIT\n", Key: "msg_1", At: at,
	})
	if err != nil {
		t.Fatal(err)
	}
	mails := s.Mails()
	if len(mails) != 1 || !mails[0].Secure || !strings.Contains(mails[0].To, "<hana@example.com>") {
		t.Fatalf("%+v", mails)
	}
	got, err := netmail.ReadMessage(strings.NewReader(mails[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	if err != nil || subject != "検出結果 Bcc: evil@example.com" || got.Header.Get("Bcc") != "" {
		t.Errorf("%q %v %v", subject, err, got.Header)
	}
	if id := got.Header.Get("Message-Id"); id != "<msg_1@example.com>" || got.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("%v", got.Header)
	}
	if date, err := got.Header.Date(); err != nil || !date.Equal(at) {
		t.Errorf("%v %v", date, err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(got.Body))
	if err != nil || strings.TrimSpace(strings.ReplaceAll(string(text), "\r", "")) != "一\n.\nQUIT" {
		t.Errorf("%q, %v", text, err)
	}
}

// TestNoPlaintext: a password goes over no line without TLS, also on this machine, and
// stands in no error; and nobody is talked into another server's certificate.
func TestNoPlaintext(t *testing.T) {
	s := smtptest.Listen(t)
	s.NoTLS, s.Login = true, "kumoban\x00tokentokentoken"
	letter := Letter{To: "hana@example.com", Key: "msg_1"}
	sentence(t, mailer(t, s, "kumoban", "tokentokentoken").Send(t.Context(), letter), "messages.mailRefused")
	for _, said := range s.Commands() {
		if strings.HasPrefix(said, "AUTH") || strings.HasPrefix(said, "MAIL") {
			t.Errorf("it was told %q", said)
		}
	}
	// What asks for no login may go without TLS on this machine alone.
	s.Login = ""
	if err := mailer(t, s, "", "").Send(t.Context(), letter); err != nil || len(s.Mails()) != 1 {
		t.Error(err)
	}
	elsewhere := mailer(t, s, "", "")
	elsewhere.loopback = false
	sentence(t, elsewhere.Send(t.Context(), letter), "messages.mailRefused")
	if len(s.Mails()) != 1 {
		t.Error("a mail went to another machine without TLS")
	}
	s.NoTLS, s.Login = false, "kumoban\x00other"
	err := mailer(t, s, "kumoban", "tokentokentoken").Send(t.Context(), letter)
	sentence(t, err, "messages.mailRefused")
	if !strings.Contains(err.Error(), "5.7.8") || strings.Contains(err.Error(), "AGt1") {
		t.Errorf("%v", err)
	}
	s.Login = ""
	s.Client.RootCAs = nil
	sentence(t, mailer(t, s, "", "").Send(t.Context(), letter), "messages.mailRefused")
	if m := mailer(t, s, "kumoban", "tokentokentoken"); strings.Contains(fmt.Sprintf("%v %+v %#v", m, m, m), "tokentoken") {
		t.Error("the password is shown")
	}
}

// TestMailRefused: no other attempt brings a mail to an address that does not exist.
func TestMailRefused(t *testing.T) {
	s := smtptest.Listen(t)
	m := mailer(t, s, "", "")
	for answer, final := range map[string]bool{"550 5.1.1 no such user": true, "451 4.7.1 try again later": false} {
		s.Refuses = answer
		err := m.Send(t.Context(), Letter{To: "hana@example.com", Key: "msg_1"})
		sentence(t, err, "messages.mailRefused")
		var u *Undelivered
		if !errors.As(err, &u) || u.Final != final {
			t.Errorf("%s: %+v", answer, u)
		}
	}
	sentence(t, m.Send(t.Context(), Letter{To: "hana@example.com\r\nRCPT TO:<evil@example.com>"}), "messages.badAddress")
	for _, bad := range []MailServer{
		{Address: "", From: "a@b.example"}, {Address: "mail.example.com:0", From: "a@b.example"}, {Address: "smtp://mail.example.com", From: "a@b.example"},
		{Address: "mail.example.com", From: "kumoban"}, {Address: "mail.example.com", From: "a@b.example", User: "u"}, {Address: "mail.example.com", From: "a@b.example", Password: "tokentoken"},
	} {
		if _, err := NewMailer(bad); err == nil {
			t.Errorf("%s was taken", bad.Address)
		}
	}
}
