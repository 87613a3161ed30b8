package words

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean escapes what a terminal obeys and what would end a line or a comment:
// control characters, line separators, changes of writing direction, bytes that
// are no text. Names in a plan are other people's input.
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

func commands(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}
