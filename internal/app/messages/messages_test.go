package messages_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/messages"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/notify"
	"github.com/kumoban/kumoban/internal/notify/smtptest"
	"github.com/kumoban/kumoban/internal/outbox"
	"github.com/kumoban/kumoban/internal/store"
)

var secret = "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("s3cret", 5)))

// receiver is a webhook that keeps the ids of what it got, and holds it to its
// signature.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	ids    []string
	bodies []string
	status int    // that it answers
	got    func() // is called before it answers
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{status: http.StatusOK}
	hook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err == nil {
			err = hook.VerifyIgnoringTimestamp(body, q.Header)
		}
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		r.ids, r.bodies = append(r.ids, q.Header.Get("webhook-id")), append(r.bodies, string(body))
		got := r.got
		r.mu.Unlock()
		if got != nil {
			got()
		}
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.Close)
	return r
}

// on has it do something before it answers.
func (r *receiver) on(got func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = got
}

func (r *receiver) keys() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.ids)
}

func hook(url string) messages.Settings {
	return messages.Settings{Channel: outbox.Channel{Name: "hook", Kind: outbox.Webhook, Lang: locale.English}, URL: url + "/tokentoken", Secret: secret}
}

func mail(address string) messages.Settings {
	return messages.Settings{
		Channel: outbox.Channel{Name: "post", Kind: outbox.Mail, Lang: locale.Japanese, To: []string{"sec@example.com"}},
		Mail:    notify.MailServer{Address: address, From: "kumoban@example.com"},
	}
}

func opened(t testing.TB, list ...messages.Settings) *messages.Channels {
	t.Helper()
	c, err := messages.Open(list, app.Poster())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var quiet = slog.New(slog.DiscardHandler)

// urgent puts a message to every channel into the outbox.
func urgent(t *testing.T, h *desktest.House, d *desk.Desk, c *messages.Channels) {
	t.Helper()
	if err := messages.Set(t.Context(), d, c); err != nil {
		t.Fatal(err)
	}
	ids := h.Scan(d, control.Passed)
	k, err := d.Keeper(access.FindingsDecide)
	if err == nil {
		_, err = k.SetSeverity(t.Context(), ids, control.Critical, "it is public")
	}
	if err != nil {
		t.Fatal(err)
	}
	h.Scan(d, control.Failed)
}

func states(t *testing.T, d *desk.Desk) map[string]int {
	t.Helper()
	box, err := messages.List(t.Context(), d, outbox.States(), 0)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for i := range box.Messages {
		n[box.Messages[i].State]++
	}
	return n
}

// TestDelivered: what is in the outbox arrives once, signed, in the language of its
// channel; what does not is tried again, seen, and arrives with the same key.
func TestDelivered(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("hana"))
	r, s := newReceiver(t), smtptest.Listen(t)
	c := opened(t, hook(r.URL), mail(s.Address))
	s.NoTLS = true // on this machine, without a password
	urgent(t, h, d, c)
	r.status = http.StatusServiceUnavailable
	if n, err := messages.Deliver(t.Context(), d, c, quiet); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	if got := states(t, d); got[outbox.Sent] != 1 || got[outbox.Failed] != 1 || len(s.Mails()) != 1 {
		t.Fatalf("%v", got)
	}
	box, err := messages.List(t.Context(), d, nil, 0)
	if err != nil || len(box.Messages) != 1 || box.Messages[0].Message.Tries != 1 || !box.Messages[0].Due.After(h.Time) || len(box.Channels) != 2 {
		t.Fatalf("%+v, %v", box, err)
	}
	if said := box.Messages[0].Message.Error; !strings.Contains(said["en"], "503") || strings.Contains(said["ja"], "tokentoken") || said["ja"] == said["en"] {
		t.Errorf("%v", said)
	}
	r.status = http.StatusOK
	if n, err := messages.Deliver(t.Context(), d, c, quiet); err != nil || n != 0 { // it is not due yet
		t.Fatal(n, err)
	}
	if n, err := messages.Retry(t.Context(), d, []string{box.Messages[0].Key}); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if n, err := messages.Deliver(t.Context(), d, c, quiet); err != nil || n != 1 || states(t, d)[outbox.Sent] != 2 {
		t.Fatal(n, err)
	}
	keys := r.keys()
	if len(keys) != 2 || keys[0] != keys[1] || r.bodies[0] != r.bodies[1] {
		t.Errorf("%v", keys)
	}
	var body struct {
		ID   string
		Data struct{ Subject string }
	}
	if err := json.Unmarshal([]byte(r.bodies[0]), &body); err != nil || body.ID != keys[0] || !strings.Contains(body.Data.Subject, "1 new finding") {
		t.Errorf("%v: %+v", err, body)
	}
	if n, err := messages.Retry(t.Context(), d, keys[:1]); n != 0 || err == nil || !strings.Contains(err.Error(), "arrived") {
		t.Error(n, err)
	}
	if n, err := messages.Retry(t.Context(), d, []string{"mark"}); n != 0 || err == nil {
		t.Error(n, err)
	}
}

// The child of TestKilled: it delivers on the store of its parent until it is killed.
const (
	childStore = "KUMOBAN_TEST_STORE"
	childHook  = "KUMOBAN_TEST_HOOK"
	childMail  = "KUMOBAN_TEST_MAIL"
	childTime  = "KUMOBAN_TEST_TIME"
)

func TestChild(t *testing.T) {
	path := os.Getenv(childStore)
	if path == "" {
		t.Skip("the child of TestKilled")
	}
	h := desktest.New(t)
	h.Path = path
	var err error
	if h.Time, err = time.Parse(time.RFC3339, os.Getenv(childTime)); err != nil {
		t.Fatal(err)
	}
	_, err = messages.Deliver(t.Context(), h.Desk(access.Admin("hana")), opened(t, hook(os.Getenv(childHook)), mail(os.Getenv(childMail))), quiet)
	t.Fatalf("it lives: %v", err)
}

// TestKilled: whoever delivers is killed between sending a message and noting it. After
// the lease it is sent again, with the same key, and nothing else is.
func TestKilled(t *testing.T) {
	for _, to := range []string{"hook", "mail"} {
		t.Run(to, func(t *testing.T) {
			h := desktest.New(t)
			d := h.Desk(access.Admin("hana"))
			r, s := newReceiver(t), smtptest.Listen(t)
			c := opened(t, hook(r.URL))
			if to == "mail" {
				c = opened(t, mail(s.Address))
			}
			urgent(t, h, d, c)
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$")
			child.Env = append(os.Environ(), childStore+"="+h.Path, childHook+"="+r.URL, childMail+"="+s.Address, childTime+"="+h.Time.Format(time.RFC3339))
			lives, dead := make(chan struct{}), make(chan struct{})
			kill := sync.OnceFunc(func() {
				<-lives
				if err := child.Process.Kill(); err != nil {
					t.Error(err)
				}
				<-dead
			})
			r.on(kill)
			s.Set(func(s *smtptest.Server) { s.NoTLS, s.Taken = true, kill })
			var out bytes.Buffer
			child.Stdout = &out
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			close(lives)
			err := child.Wait()
			close(dead)
			if err == nil || strings.Contains(out.String(), "it lives") {
				t.Fatalf("%v\n%s", err, &out)
			}
			h.Time = h.Time.Add(outbox.Lease - time.Second)
			if n, err := messages.Deliver(t.Context(), d, c, quiet); err != nil || n != 0 {
				t.Fatalf("%d before the lease was over, %v", n, err)
			}
			h.Time = h.Time.Add(time.Second)
			if n, err := messages.Deliver(t.Context(), d, c, quiet); err != nil || n != 1 {
				t.Fatal(n, err)
			}
			keys := r.keys()
			for _, m := range s.Mails() {
				_, id, _ := strings.Cut(m.Data, "Message-ID: ")
				id, _, _ = strings.Cut(id, "\r\n")
				keys = append(keys, id)
			}
			if len(keys) != 2 || keys[0] != keys[1] || !strings.Contains(keys[0], "msg_") {
				t.Errorf("%q", keys)
			}
			if got := states(t, d); got[outbox.Sent] != 1 || len(got) != 1 {
				t.Errorf("%v", got)
			}
		})
	}
}

// TestRun delivers what is there, and ends when it is told to.
func TestRun(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("hana"))
	r := newReceiver(t)
	c := opened(t, hook(r.URL))
	urgent(t, h, d, c)
	ctx, cancel := context.WithCancel(t.Context())
	arrived := make(chan struct{})
	r.on(sync.OnceFunc(func() { close(arrived) }))
	ended := make(chan error)
	go func() {
		ended <- messages.Run(ctx, d.For(access.Granted("kumoban", "kumoban", access.MessagesSend)), c, quiet)
	}()
	<-arrived
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestTest sends at once, and says what is wrong.
func TestTest(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("hana"))
	r, s := newReceiver(t), smtptest.Listen(t)
	c := opened(t, hook(r.URL), mail(s.Address))
	s.NoTLS = true
	for name, n := range map[string]int{"hook": 1, "post": 1} {
		if got, err := messages.Test(t.Context(), d, c, name); err != nil || got != n {
			t.Error(name, got, err)
		}
	}
	if m := s.Mails(); len(m) != 1 || len(r.keys()) != 1 || !strings.Contains(r.bodies[0], "kumoban.test") {
		t.Errorf("%v", m)
	}
	r.status = http.StatusForbidden
	_, err := messages.Test(t.Context(), d, c, "hook")
	if err == nil || !strings.Contains(err.Error(), "403") || strings.Contains(err.Error(), "tokentoken") || strings.Contains(err.Error(), "s3cret") {
		t.Error(err)
	}
	if _, err := messages.Test(t.Context(), d, c, "nowhere"); err == nil || !strings.Contains(err.Error(), "hook, post") {
		t.Error(err)
	}
	if _, err := messages.Test(t.Context(), d, nil, "hook"); err == nil {
		t.Error("there is no channel")
	}
}

// TestOpen refuses what could not be delivered to, and names the channel; no secret is
// shown.
func TestOpen(t *testing.T) {
	for want, change := range map[string]func(*messages.Settings){
		"https":        func(s *messages.Settings) { s.URL = "http://example.com/tokentoken" },
		"whsec_":       func(s *messages.Settings) { s.Secret = "s3cret" },
		"unknown kind": func(s *messages.Settings) { s.Kind = "pigeon" },
		"language":     func(s *messages.Settings) { s.Lang = "de" },
		"nobody gets":  func(s *messages.Settings) { *s = mail("mail.example.com"); s.Name, s.To = "hook", nil },
		"mail address": func(s *messages.Settings) {
			*s = mail("mail.example.com")
			s.Name, s.To = "hook", []string{"a@b.example\nBcc: c@d.example"}
		},
		"letters": func(s *messages.Settings) { s.Name = "hook hook" },
	} {
		s := hook("https://example.com")
		change(&s)
		_, err := messages.Open([]messages.Settings{s}, app.Poster())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "channel hook") || strings.Contains(err.Error(), "tokentoken") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := messages.Open([]messages.Settings{hook("https://example.com"), hook("https://example.com")}, app.Poster()); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Error(err)
	}
	if c := opened(t, hook("https://example.com")); c.Mailer() != nil || opened(t, mail("mail.example.com")).Mailer() == nil {
		t.Error("the mailer is that of the first channel of mail")
	}
}

// TestSet: the store knows the channels, and nothing of their secrets; what was taken
// off gets no message any more, and the audit log tells both.
func TestSet(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("hana"))
	for range 2 {
		if err := messages.Set(t.Context(), d, opened(t, hook("https://example.com"), mail("mail.example.com"))); err != nil {
			t.Fatal(err)
		}
	}
	if err := messages.Set(t.Context(), d, opened(t, mail("mail.example.com"))); err != nil {
		t.Fatal(err)
	}
	box, err := messages.List(t.Context(), d, nil, 0)
	if err != nil || len(box.Channels) != 1 || box.Channels[0].Name != "post" {
		t.Errorf("%+v, %v", box, err)
	}
	k, err := d.Keeper(access.AuditRead)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	err = k.Store.View(t.Context(), func(r store.Reader) error {
		for e, err := range r.Audit(t.Context(), 1) {
			if err != nil {
				return err
			}
			if e.Action == "messages.channel" {
				told = append(told, e.Subject)
			}
			if strings.Contains(e.Detail, "tokentoken") || strings.Contains(e.Detail, "whsec") {
				t.Errorf("%+v", e)
			}
		}
		return nil
	})
	if err != nil || strings.Join(told, " ") != "hook post hook" {
		t.Errorf("%v, %v", told, err)
	}
	if _, err := messages.List(t.Context(), d, []string{"lost"}, 0); err == nil || !strings.Contains(err.Error(), "given-up") {
		t.Error(err)
	}
}

func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	c := opened(t, hook("http://127.0.0.1:1"))
	sends, reads := []access.Permission{access.MessagesSend}, []access.Permission{access.MessagesRead}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	h.Permissions(map[string]desktest.Operation{
		"Set":     desktest.Op(sends, func(d *desk.Desk) error { return messages.Set(t.Context(), d, c) }),
		"Run":     desktest.Op(sends, func(d *desk.Desk) error { return messages.Run(ended, d, c, quiet) }),
		"Deliver": desktest.Op(sends, func(d *desk.Desk) error { _, err := messages.Deliver(t.Context(), d, c, quiet); return err }),
		"Retry":   desktest.Op(sends, func(d *desk.Desk) error { _, err := messages.Retry(t.Context(), d, nil); return err }),
		"Test":    desktest.Op(sends, func(d *desk.Desk) error { _, err := messages.Test(t.Context(), d, c, "x"); return err }),
		"List":    desktest.Op(reads, func(d *desk.Desk) error { _, err := messages.List(t.Context(), d, nil, 1); return err }),
		"Overdue": desktest.Op([]access.Permission{access.FindingsRead}, func(d *desk.Desk) error { _, err := messages.Overdue(t.Context(), d); return err }),
	})
}
