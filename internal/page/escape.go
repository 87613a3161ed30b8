package page

import (
	"fmt"
	"strings"
)

// Escape makes text harmless in HTML and in the quotes of an attribute, as
// html/template does; a plus sign, which no browser takes for UTF-7 any more,
// stays.
func Escape(text string) string { return marks.Replace(text) }

//nolint:gochecknoglobals // nothing changes it
var marks = strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "<", "&lt;", ">", "&gt;")

// words are what is shown of a value; nothing, of nothing.
func words(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// urlPart is where in an address a value stands; 0: it stands in none.
type urlPart byte

const (
	urlStart  urlPart = iota + 1 // at its start, where it may bring a scheme
	urlMiddle                    // in its path
	urlEnd                       // behind ? or #, where it is one word
)

// after is where an address is after some of its text.
func (p urlPart) after(text string) urlPart {
	switch {
	case p == 0 || text == "":
		return p
	case strings.ContainsAny(text, "?#"):
		return urlEnd
	}
	return max(p, urlMiddle)
}

// refused is what stands for an address that could run something, as in
// html/template.
const refused = "#ZgotmplZ"

func (p urlPart) escape(v any) string {
	text := words(v)
	if p == urlStart {
		if scheme, _, ok := strings.Cut(text, ":"); ok && !strings.Contains(scheme, "/") && !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "mailto") {
			return refused
		}
	}
	var out strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0,
			p != urlEnd && strings.IndexByte("!#$&*+,/:;=?@[]", c) >= 0,
			p != urlEnd && c == '%' && i+2 < len(text) && hex(text[i+1]) && hex(text[i+2]):
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, "%%%02x", c)
		}
	}
	return Escape(out.String())
}

func hex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }
