package sqlstore

import (
	"slices"
	"testing"
)

// TestEarlierLayout reads a line that was written before columns were added:
// they have what the migration put into the rows that were there.
func TestEarlierLayout(t *testing.T) {
	before := []string{"x1", "f1", "because", "9", "kei", "hana", "q1", "1", decimal(never()), ""}
	b := appendText(nil, "exceptions")
	for _, f := range before {
		b = appendText(b, f)
	}
	l, rest, ok := cutLine(tablesByName(), append(b, "next"...))
	if want := append(before, "0", decimal(never())); !ok || !slices.Equal(l.fields, want) || string(rest) != "next" {
		t.Errorf("%v %q %v", ok, l.fields, rest)
	}
	for _, title := range []string{"exceptions#9", "exceptions#0", "exceptions#x", "exceptions#", "settings#1", "nothing"} {
		if _, _, ok := cutLine(tablesByName(), slices.Concat(appendText(nil, title), b[len("exceptions")+1:], b, b)); ok {
			t.Errorf("%s was read", title)
		}
	}
}
