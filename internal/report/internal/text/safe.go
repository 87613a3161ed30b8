package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// safe is a text that a terminal shows as it is: nothing in it moves the
// cursor, changes colours or turns the direction of writing.
type safe string

// clean escapes what is not safe: \x1b, \n, \u202e.
func clean(s string) safe {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, commands) {
		return safe(s)
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
	return safe(b.String())
}

// commands tells whether a terminal obeys a character rather than showing it.
func commands(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// color is an ANSI colour.
type color string

const (
	red    color = "31"
	green  color = "32"
	yellow color = "33"
	bold   color = "1"
	dim    color = "2"
)

// paint colours a safe text where colour is on.
func paint(on bool, c color, s safe) safe {
	if !on || s == "" {
		return s
	}
	return "\x1b[" + safe(c) + "m" + s + "\x1b[0m"
}
