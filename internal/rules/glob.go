package rules

import (
	"strings"
	"unicode/utf8"
)

// glob tells whether a pattern fits all of s: * is any run of characters, also
// with slashes in it, ? is one character, all else is itself. It takes at most
// len(pattern) × len(s) steps, whatever the pattern.
func glob(pattern, s string) bool {
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

func fold(s string) string { return strings.ToLower(s) }

// boundless tells whether a pattern lets everything through.
func boundless(pattern string) bool { return strings.Trim(pattern, "*?") == "" }
