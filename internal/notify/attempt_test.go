package notify

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// TestAttempt posts once, whatever comes, and hands on what the receiver asks for.
func TestAttempt(t *testing.T) {
	for name, c := range map[string]struct {
		reply reply
		key   string
		after time.Duration
		final bool
	}{
		"taken":     {reply{202, "", ""}, "", 0, false},
		"busy":      {reply{503, "7200", ""}, "ask.post.refusedSilently", 2 * time.Hour, false},
		"a date":    {reply{429, "Sat, 01 Jan 2000 01:00:00 GMT", ""}, "ask.post.refusedSilently", time.Hour, false},
		"gone":      {reply{410, "", secret}, "ask.post.refused", 0, true},
		"forbidden": {reply{403, "", "no"}, "ask.post.refused", 0, false},
		"silent":    {reply{}, "ask.post.unreachable", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{answers: []reply{c.reply}}
				_, err := New(s).Attempt(t.Context(), target(t, "https://hooks.example.com"+secret), []byte("m"), http.Header{"Webhook-Id": {"msg_1"}})
				if c.key == "" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				sentence(t, err, c.key)
				var u *Undelivered
				if !errors.As(err, &u) || u.After != c.after || u.Final != c.final || len(s.times) != 1 {
					t.Errorf("%+v after %d calls", u, len(s.times))
				}
			})
		})
	}
}

// TestSigned is read by the specification's own library.
func TestSigned(t *testing.T) {
	key := "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	s, err := NewSigner(" " + key + "\n")
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.Headers("msg_1", time.Now(), []byte("body"))
	if err != nil {
		t.Fatal(err)
	}
	w, err := standardwebhooks.NewWebhook(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Verify([]byte("body"), h); err != nil || h.Get("webhook-id") != "msg_1" {
		t.Error(err, h)
	}
	if err := w.Verify([]byte("bodY"), h); err == nil {
		t.Error("another body was taken")
	}
	if shown := fmt.Sprintf("%v %+v %#v", s, s, s); strings.Contains(shown, "kkk") || strings.Contains(shown, "107") {
		t.Error(shown)
	}
	for _, bad := range []string{"", "whsec_", key[6:], "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 23)), "whsec_!" + secret} {
		_, err := NewSigner(bad)
		sentence(t, err, "messages.badSecret")
	}
}
