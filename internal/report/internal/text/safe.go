package text

import "github.com/kumoban/kumoban/internal/locale"

// safe is a text that a terminal shows as it is: nothing in it moves the
// cursor, changes colours or turns the direction of writing.
type safe string

// clean escapes what is not safe: \x1b, \n, \u202e.
func clean(s string) safe { return safe(locale.Clean(s)) }

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
	if !on || s == "" || c == "" {
		return s
	}
	return "\x1b[" + safe(c) + "m" + s + "\x1b[0m"
}
