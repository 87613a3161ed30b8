package asff

import "testing"

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"長いです", 4, "長いです"}, {"長いですね", 4, "長いで…"},
		{"a😀😀", 5, "a😀😀"}, {"a😀😀b", 5, "a😀…"}, {"😀😀", 3, "😀…"}, {"😀😀", 2, "…"},
	} {
		if got := limit(c.in, c.n); got != c.want {
			t.Errorf("%q to %d: got %q, want %q", c.in, c.n, got, c.want)
		}
	}
}
