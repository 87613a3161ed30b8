package glob

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func TestMeet(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", "", true}, {"", "*", true}, {"", "?", false}, {"a", "a", true}, {"a", "b", false}, {"*", "*", true},
		{"*/prod", "orders/*", true}, {"*/prod", "*/dev", false}, {"a*b", "a?b", true}, {"a*b", "c*", false},
		{"ab*", "abc", true}, {"ab?", "abc", true}, {"ab?", "ab", false}, {"*a*", "*b*", true}, {"花*", "?子", true}, {"x*y*z", "xz", false},
	} {
		if Meet(c.a, c.b) != c.want || Meet(c.b, c.a) != c.want {
			t.Errorf("%q and %q: want %t", c.a, c.b, c.want)
		}
	}
}

// TestMeetAgainstNames: two patterns meet where a name of a small alphabet that
// is long enough fits both, and only there.
func TestMeetAgainstNames(t *testing.T) {
	var names []string
	for _, n := range []int{0, 1, 2, 3, 4, 5, 6} {
		for bits := range 1 << n {
			var b strings.Builder
			for i := range n {
				b.WriteByte("ab"[bits>>i&1])
			}
			names = append(names, b.String())
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	pattern := func() string {
		var b strings.Builder
		for range r.IntN(4) {
			b.WriteByte("ab*?"[r.IntN(4)])
		}
		return b.String()
	}
	for range 5000 {
		x, y := pattern(), pattern()
		want := false
		for _, name := range names {
			want = want || Match(x, name) && Match(y, name)
		}
		if Meet(x, y) != want {
			t.Fatalf("%q and %q: want %t", x, y, want)
		}
	}
}

// TestMatch compares with regular expressions, over few letters so that much fits.
func TestMatch(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 2027))
	word := func(letters string) string {
		var b strings.Builder
		for range random.IntN(8) {
			r := []rune(letters)
			b.WriteRune(r[random.IntN(len(r))])
		}
		return b.String()
	}
	fits := 0
	for range 20_000 {
		p, s := word("ab/雲*?*["), word("ab/雲[")
		want := regexp.MustCompile("^(?s:" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(p)) + ")$").MatchString(s)
		if got := Match(p, s); got != want {
			t.Fatalf("%q on %q: %t", p, s, got)
		}
		if want {
			fits++
		}
	}
	if fits < 1000 {
		t.Errorf("only %d fitted", fits)
	}
	if Match(strings.Repeat("*a", 5000)+"b", strings.Repeat("a", 20_000)) {
		t.Error("a pattern that fits nothing fitted")
	}
}
