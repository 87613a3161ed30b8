package guide

import (
	"regexp"
	"strings"
)

// spanKind says how a piece of a Markdown line is to be read.
type spanKind uint8

const (
	plainText spanKind = iota
	codeSpan           // with its backticks
	linkSpan           // [text](url)
	autolink           // <https://…>
	bold               // ** at either end of it
)

type span struct {
	kind spanKind
	text string // as written; of a link, its text
	url  string // of a link
}

var (
	linkPattern     = regexp.MustCompile("^\\[((?:[^\\[\\]`]|`[^`]*`)+)\\]\\(([^()\\s]+)\\)")
	autolinkPattern = regexp.MustCompile(`^<(https://[^<>\s]+)>`)
	codePattern     = regexp.MustCompile("^(?:``.+?``|`[^`]+`)")
)

// spans parts one line of Markdown; it knows the few forms that guides use.
func spans(line string) []span {
	var found []span
	start := 0
	for i := 0; i < len(line); {
		s, n := special(line[i:])
		if n == 0 {
			i++
			continue
		}
		if i > start {
			found = append(found, span{text: line[start:i]})
		}
		found = append(found, s)
		i += n
		start = i
	}
	if start < len(line) {
		found = append(found, span{text: line[start:]})
	}
	return found
}

// special reads the span that s begins with, if it is more than text, and its
// length in s.
func special(s string) (span, int) {
	switch s[0] {
	case '`':
		if m := codePattern.FindString(s); m != "" {
			return span{kind: codeSpan, text: m}, len(m)
		}
	case '[':
		if m := linkPattern.FindStringSubmatch(s); m != nil {
			return span{linkSpan, m[1], m[2]}, len(m[0])
		}
	case '<':
		if m := autolinkPattern.FindStringSubmatch(s); m != nil {
			return span{autolink, m[1], m[1]}, len(m[0])
		}
	case '*':
		if strings.HasPrefix(s, "**") {
			return span{kind: bold, text: "**"}, 2
		}
	}
	return span{}, 0
}

// plain makes Markdown prose readable where nothing renders it: a link becomes
// its text and its address, and the marks of bold text go.
func plain(prose string) string {
	var b strings.Builder
	for i, line := range strings.Split(prose, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, s := range spans(line) {
			switch s.kind {
			case bold:
			case linkSpan:
				b.WriteString(plain(s.text) + " (" + s.url + ")")
			default:
				b.WriteString(s.text)
			}
		}
	}
	// Japanese has no space after a full stop; Markdown needs one between it and the end of bold text.
	return strings.ReplaceAll(b.String(), "。 ", "。")
}
