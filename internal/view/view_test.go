package view

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/store"
)

// TestTable aligns by what a terminal shows, not by letters.
func TestTable(t *testing.T) {
	var b strings.Builder
	rows := [][]string{{"花子", "ﾊﾅ", "x"}, {"kei", "e\u0301te\u0301", ""}, {"한글", "🎉", "y"}}
	if err := table(&b, []string{"BY", "OF", "WHAT"}, rows); err != nil {
		t.Fatal(err)
	}
	want := "BY    OF   WHAT\n花子  ﾊﾅ   x\nkei   e\u0301te\u0301\n한글  🎉   y\n"
	if b.String() != want {
		t.Errorf("got\n%q\nwant\n%q", b.String(), want)
	}
}

// TestQuoted hands words to a real shell.
func TestQuoted(t *testing.T) {
	for _, word := range []string{"plain", "", "$default", "a b", "it's", "`id`", "*", "~", "arn:aws:apigateway:eu-west-1::/apis/x/stages/$default", "a\"b\\c", "-x", "!", "花子", "#x", "a=b;c&d|e<f>(g){h}[i]?"} {
		out, err := exec.Command("sh", "-c", "printf %s "+Quoted(word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("%q becomes %q in a shell: %v", word, out, err)
		}
	}
}

// TestRepeats leaves out totals that one account and Region make alone.
func TestRepeats(t *testing.T) {
	one := []store.Score{{}, {Region: "r1"}, {Partition: "aws", Account: "1"}, {Partition: "aws", Account: "1", Region: "r1"}}
	two := append(one, store.Score{Partition: "aws", Account: "1", Region: "r2"}, store.Score{Region: "r2"}, store.Score{Partition: "aws", Account: "2", Region: "r2"})
	for i, want := range []bool{true, true, true, false} {
		if got := repeats(one, &one[i]); got != want {
			t.Errorf("one: %+v: %v", one[i], got)
		}
	}
	for i, want := range []bool{false, true, false, false, false, false} {
		if got := repeats(two, &two[i]); got != want {
			t.Errorf("two: %+v: %v", two[i], got)
		}
	}
}
