package messages_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/messages"
	"github.com/kumoban/kumoban/internal/notify"
	"github.com/kumoban/kumoban/internal/policy"
)

// away is a receiver that cannot be reached for some attempts.
type away struct {
	fails int
	after string // Retry-After of the last of them
	at    []time.Time
	ids   map[string]bool
}

func (a *away) RoundTrip(r *http.Request) (*http.Response, error) {
	a.at, a.ids[r.Header.Get("webhook-id")] = append(a.at, time.Now()), true
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	answer := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}
	switch n := len(a.at); {
	case n < a.fails:
		return nil, errors.New("no route")
	case n == a.fails:
		answer.StatusCode = http.StatusTooManyRequests
		answer.Header.Set("Retry-After", a.after)
	}
	return answer, nil
}

// TestRunsOn: the server's loop tells what time brings about, tries again as late as it
// has to, and no message twice.
func TestRunsOn(t *testing.T) {
	h := desktest.New(t)
	synctest.Test(t, func(t *testing.T) {
		d, err := desk.Open(t.Context(), desk.Options{
			Address: filepath.Join(t.TempDir(), "k.db"), Make: true, Subject: access.Admin("hana"), Now: time.Now, Zone: "Asia/Tokyo", Config: &h.Config,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if _, err := d.Decide(t.Context()); err != nil {
			t.Fatal(err)
		}
		k, err := d.Keeper(access.SettingsWrite)
		if err == nil {
			_, _, err = k.Set(t.Context(), policy.DigestDays, "sat", "")
		}
		if err == nil {
			_, _, err = k.Set(t.Context(), policy.DigestHour, "10", "")
		}
		if err != nil {
			t.Fatal(err)
		}
		a := &away{fails: 3, after: "600", ids: map[string]bool{}}
		c, err := messages.Open([]messages.Settings{hook("https://example.com")}, notify.New(a))
		if err == nil {
			err = messages.Set(t.Context(), d, c)
		}
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now() // Saturday, 1 January 2000, 9 o'clock in Tokyo
		ctx, cancel := context.WithTimeout(t.Context(), 80*time.Minute)
		defer cancel()
		if err := messages.Run(ctx, d, c, quiet); err != nil {
			t.Error(err)
		}
		if len(a.at) != 4 || len(a.ids) != 1 {
			t.Fatalf("%d attempts for %v", len(a.at), a.ids)
		}
		within := func(what string, is, least, most time.Duration) {
			t.Helper()
			if is < least || is > most {
				t.Errorf("%s after %s, want %s to %s", what, is, least, most)
			}
		}
		within("the digest", a.at[0].Sub(start), time.Hour, time.Hour+10*time.Second)
		within("the second attempt", a.at[1].Sub(a.at[0]), 24*time.Second, 46*time.Second)
		within("the third attempt", a.at[2].Sub(a.at[1]), 48*time.Second, 82*time.Second)
		within("the fourth attempt", a.at[3].Sub(a.at[2]), 10*time.Minute, 10*time.Minute+10*time.Second)
	})
}
