package guide

import "strings"

// Escape sequences of ECMA-48 that begin and end what terminals show otherwise.
const (
	boldOn, boldOff   = "\x1b[1m", "\x1b[22m"
	codeOn, codeOff   = "\x1b[36m", "\x1b[39m"
	underOn, underOff = "\x1b[4m", "\x1b[24m"
)

// screen shows a guide on a terminal.
type screen struct{ terminal }

func (screen) heading(level int, text string) string {
	if level == 1 {
		return boldOn + underOn + text + underOff + boldOff
	}
	return boldOn + text + boldOff
}

func (screen) code(s string) string { return codeOn + s + codeOff }

// snippet indents instead of fencing, so that what is between can be copied.
func (screen) snippet(b *Block) string {
	lines := strings.Split(b.Snippet.Text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = b.Indent + "    " + codeOn + line + codeOff
		}
	}
	return strings.Join(lines, "\n")
}

func (s screen) prose(prose string) string {
	lines := strings.Split(prose, "\n")
	for i, line := range lines {
		text, heading := strings.CutPrefix(line, "### ")
		lines[i] = s.line(text)
		if heading {
			lines[i] = s.heading(3, lines[i])
		}
	}
	return strings.Join(lines, "\n")
}

func (s screen) line(line string) string {
	var b strings.Builder
	open := false
	for _, piece := range spans(line) {
		switch piece.kind {
		case bold:
			b.WriteString(map[bool]string{false: boldOn, true: boldOff}[open])
			open = !open
		case codeSpan:
			b.WriteString(s.code(strings.TrimSpace(strings.Trim(piece.text, "`"))))
		case linkSpan:
			b.WriteString(s.line(piece.text) + " (" + piece.url + ")")
		default:
			b.WriteString(piece.text)
		}
	}
	if open { // bold text that goes on in the next line
		b.WriteString(boldOff)
	}
	return b.String()
}
