package locale

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean escapes what a terminal would obey rather than show: nothing in the
// result moves the cursor, changes colours or turns the direction of writing.
func Clean(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, commands) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == utf8.RuneError && size == 1, r < 0x80 && commands(r):
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case commands(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

// commands tells whether a terminal obeys a character rather than showing it.
func commands(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}
