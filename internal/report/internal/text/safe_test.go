package text

import "testing"

func TestClean(t *testing.T) {
	for in, want := range map[string]safe{
		"orders/prod": "orders/prod", "注文": "注文", "a b": "a b", "": "",
		"\x1b[31mred":      `\x1b[31mred`,
		"two\nlines\r\n":   `two\nlines\x0d\n`,
		"tab\tand\x00nul":  `tab\x09and\x00nul`,
		"del\x7f":          `del\x7f`,
		"c1 \u009b31m":     `c1 \u009b31m`,
		"turned \u202egnp": `turned \u202egnp`,
		"line\u2028sep":    `line\u2028sep`,
		"bad \xff byte":    `bad \xff byte`,
		"kept \ufffd":      "kept \ufffd",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestPaint(t *testing.T) {
	if got := paint(false, red, "x"); got != "x" {
		t.Errorf("got %q", got)
	}
	if got := paint(true, red, "x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("got %q", got)
	}
}
