package view

import (
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// TestReopenedOnce tells a reopening in one line, a change before it in its own,
// and the zone of all times.
func TestReopenedOnce(t *testing.T) {
	at := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	s := &Story{Story: findings.Story{Record: lifecycle.Record{ID: strings.Repeat("a", 32), Control: "APIGateway.1"}, Events: []lifecycle.Event{
		{At: at, Kind: lifecycle.EventCompliance, From: "FAILED", To: "PASSED"},
		{At: at.Add(time.Hour), Kind: lifecycle.EventCompliance, From: "PASSED", To: "FAILED"},
		{At: at.Add(time.Hour), Kind: lifecycle.EventReopened, From: "PASSED", To: "FAILED"},
		{At: at.Add(2 * time.Hour), Kind: lifecycle.EventFixed, To: "run", By: "hana", Reason: "done"},
	}}}
	var b strings.Builder
	if err := newView(t, locale.Japanese).Show(&b, s); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"FAILED → PASSED": 1, "PASSED → FAILED": 1, "再発: PASSED → FAILED": 1, "JST, UTC+09:00": 1, "(完了)": 1} {
		if got := strings.Count(b.String(), text); got != want {
			t.Errorf("%q stands %d times, want %d, in\n%s", text, got, want, b.String())
		}
	}
}
