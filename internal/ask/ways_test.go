package ask

import (
	"bytes"
	"mime"
	"net/mail"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// TestWaysToFix: two remedies of one resource are either the one or the other,
// and those of another type are no choice at all.
func TestWaysToFix(t *testing.T) {
	m := compose(t, question(), locale.English, record("APIGateway.9", "orders/prod"))
	fix := func(name string, on resource.Type) FixText { return FixText{name, "do " + name, "cost of " + name, on} }
	for _, c := range []struct {
		fixes []FixText
		want  []string
	}{
		{[]FixText{fix("a", "X")}, []string{"What a fix does: do a"}},
		{[]FixText{fix("a", "X"), fix("b", "X")}, []string{"What a fix does (1 of 2 ways; one is enough): do a", "What a fix does (2 of 2 ways; one is enough): do b"}},
		{[]FixText{fix("a", "X"), fix("b", "Y")}, []string{"What a fix of X does: do a", "What a fix of Y does: do b"}},
		{[]FixText{fix("a", "X"), fix("b", "Y"), fix("c", "X")}, []string{"What a fix of X does (1 of 2 ways; one is enough): do a", "What a fix of Y does: do b", "What a fix of X does (2 of 2 ways; one is enough): do c"}},
	} {
		m.Topics[0].Fixes = c.fixes
		slack, err := m.Slack()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(m.Text(), want) || !bytes.Contains(slack, []byte(want)) {
				t.Errorf("no %q in\n%s\n%s", want, m.Text(), slack)
			}
		}
	}
}

// TestWaysOfControls: the controls that offer two ways say so.
func TestWaysOfControls(t *testing.T) {
	for _, c := range controls.All() {
		on := map[resource.Type]int{}
		for _, r := range c.Remedies {
			on[r.On]++
		}
		for typ, n := range on {
			r := record(c.ID, "x")
			r.Resource.Type = typ
			for _, lang := range locale.Langs() {
				text := compose(t, question(), lang, r).Text()
				said := strings.Contains(text, "one is enough") || strings.Contains(text, "いずれか 1 つ")
				if said != (n > 1) {
					t.Errorf("%s on %s, %s: %d ways, said: %t", c.ID, typ, lang, n, said)
				}
			}
		}
	}
}

// TestSubjectIsFolded: no line of the field is longer than RFC 2047 allows, and
// whoever unfolds it reads the same.
func TestSubjectIsFolded(t *testing.T) {
	for _, text := range []string{
		"[kumoban] Question q5: 12 findings wait for your decision until 2027-01-15", "[kumoban] " + strings.Repeat("照会", 60),
		strings.Repeat("照", 60) + " 会", "[kumoban] 照会 q5", "word",
	} {
		field := subject(text)
		for _, line := range strings.Split(strings.TrimSuffix(field, "\r\n"), "\r\n") {
			if len(line) > 76 || strings.TrimSpace(line) == "" {
				t.Errorf("%q has %d characters", line, len(line))
			}
		}
		got, err := mail.ReadMessage(strings.NewReader(field + "\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if read, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject")); err != nil || read != text {
			t.Errorf("%q is read as %q, %v", text, read, err)
		}
	}
	if !strings.HasPrefix(subject("[kumoban] 照会 q5"), "Subject: [kumoban] =?utf-8?b?") {
		t.Error(subject("[kumoban] 照会 q5"))
	}
}
