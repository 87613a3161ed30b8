// Package glob is the one kind of pattern that controls, accounts, Regions,
// resources and tags are matched by: * is any run of characters, also with
// slashes in it, ? is one character, all else is itself, brackets and
// backslashes too; nothing can be quoted. A pattern fits the whole of a name.
package glob

import (
	"strings"
	"unicode/utf8"
)

// Match tells whether a pattern fits all of s. It takes at most len(pattern) ×
// len(s) steps, whatever the pattern.
func Match(pattern, s string) bool {
	star, mark := -1, 0 // where to go on, when the last * has to take one more
	p, i := 0, 0
	for i < len(s) {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == '?':
			p++
			i += size
		case strings.HasPrefix(pattern[p:], s[i:i+size]):
			p += size
			i += size
		case star >= 0:
			_, size := utf8.DecodeRuneInString(s[mark:])
			mark += size
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// MatchFold is [Match] in any case, for ids that do not differ by case alone.
func MatchFold(pattern, s string) bool { return Match(strings.ToLower(pattern), strings.ToLower(s)) }

// Boundless tells whether a pattern lets everything through.
func Boundless(pattern string) bool { return strings.Trim(pattern, "*?") == "" }

// Meet tells whether some name fits both patterns.
func Meet(a, b string) bool {
	x, y := []rune(a), []rune(b)
	// meets[j]: what is left of x from i on meets what is left of y from j on.
	meets := make([]bool, len(y)+1)
	for i := len(x); i >= 0; i-- {
		next := make([]bool, len(y)+1)
		for j := len(y); j >= 0; j-- {
			atX, atY := i < len(x), j < len(y)
			switch {
			case !atX && !atY:
				next[j] = true
			case atX && x[i] == '*':
				next[j] = meets[j] || atY && next[j+1]
			case atY && y[j] == '*':
				next[j] = next[j+1] || atX && meets[j]
			case atX && atY && (x[i] == '?' || y[j] == '?' || x[i] == y[j]):
				next[j] = meets[j+1]
			}
		}
		meets = next
	}
	return meets[0]
}
