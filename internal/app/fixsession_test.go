package app

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
)

// TestSessionName: AWS takes every name, and two people or runs never have one.
func TestSessionName(t *testing.T) {
	const run = "20261130-181500-0a1b2c3d"
	seen := map[string]string{}
	for by, want := range map[string]string{
		"kei": "kei=" + run, "": "kumoban=" + run, "kei.sato@example.com": "kei.sato@example.com=" + run, "佐藤": "", "鈴木": "", "kei sato": "", "kei/sato": "", "kei=sato": "",
		"keisato": "keisato=" + run, strings.Repeat("k", 64): "", strings.Repeat("k", 65): "",
	} {
		got := sessionName(by, run)
		if !regexp.MustCompile(`^[\w+=,.@-]{2,64}$`).MatchString(got) || want != "" && got != want || !strings.HasSuffix(got, "="+run) {
			t.Errorf("%q is called %s", by, got)
		}
		if other, twice := seen[got]; twice {
			t.Errorf("%q and %q are both called %s", by, other, got)
		}
		seen[got] = by
	}
	if got := sessionName(strings.Repeat("k", 65), run+"-999999999"); len(got) != sessionNameLimit {
		t.Errorf("%s has %d characters", got, len(got))
	}
}

// TestSessionLetters: no policy holds all letters, and none that is too long is sent.
func TestSessionLetters(t *testing.T) {
	for text, want := range map[string]string{"{}": "", "注文": "fixrole.letters", strings.Repeat("é", sessionLimit): "", strings.Repeat("x", sessionLimit+1): "fixrole.tooLong"} {
		err := accepted(&plan.Step{ID: "1"}, text, ByHand)
		key := ""
		var ours *locale.Error
		if errors.As(err, &ours) {
			key = ours.Key
		}
		if key != want {
			t.Errorf("%.20s: %v", text, err)
		}
	}
}
