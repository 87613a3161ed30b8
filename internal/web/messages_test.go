package web_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/messages"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outbox"
)

// TestMessages: what could not be delivered is seen with its reason and the next
// attempt, in the reader's language, and tried again; what is overdue is counted.
func TestMessages(t *testing.T) {
	s := serve(t, access.Admin("mina"))
	channels, err := messages.Open([]messages.Settings{{Channel: outbox.Channel{Name: "slack", Kind: outbox.Slack, Lang: locale.English}, URL: "http://127.0.0.1:1/tokentoken"}}, app.Poster())
	if err == nil {
		err = messages.Set(t.Context(), s.desk, channels)
	}
	if err != nil {
		t.Fatal(err)
	}
	ids := s.house.Scan(s.desk, control.Passed)
	s.signIn()
	s.do(http.MethodPost, "/findings/severity", object{"findings": []object{{"id": ids[0]}}, "to": "critical", "reason": "public"}, http.StatusOK)
	s.house.Scan(s.desk, control.Failed)
	if n, err := messages.Deliver(t.Context(), s.desk, channels, slog.New(slog.DiscardHandler)); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	list := s.do(http.MethodGet, "/messages?state=failed", nil, http.StatusOK, "Accept-Language", "ja")
	one := list["messages"].([]any)[0].(object)
	if said, _ := one["error"].(string); !strings.Contains(said, "127.0.0.1:1") || !strings.Contains(said, "ました") || strings.Contains(said, "tokentoken") || one["next"] == nil || one["tries"] != 1.0 || one["findings"] != 1.0 {
		t.Errorf("%v", one)
	}
	if got := s.do(http.MethodPost, "/messages/retry", object{"ids": []any{one["id"]}}, http.StatusOK); got["messages"] != 1.0 {
		t.Errorf("%v", got)
	}
	s.do(http.MethodPost, "/messages/retry", object{"ids": []any{"msg_0"}}, http.StatusUnprocessableEntity)
	s.do(http.MethodGet, "/messages?state=lost", nil, http.StatusUnprocessableEntity)
	s.do(http.MethodPost, "/messages/channels/slack/test", nil, http.StatusUnprocessableEntity) // this server has no channel
	s.do(http.MethodPut, "/settings/deadline-critical", object{"value": "2d"}, http.StatusOK)
	for _, want := range []float64{0, 1} {
		if got := s.do(http.MethodGet, "/overdue", nil, http.StatusOK); got["all"] != want || got["overdue"].(object)["critical"] != want {
			t.Errorf("%v, want %v", got, want)
		}
		s.house.Time = s.house.Time.AddDate(0, 0, 3)
		s.signIn()
	}
}
