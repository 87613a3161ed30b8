package view

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/locale"
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

// TestHeads: every heading that a table names has its text in both languages.
func TestHeads(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	named, names := regexp.MustCompile(`heads\(([^()]*)\)`), regexp.MustCompile(`"([a-z_]+)"`)
	n := 0
	for _, lang := range locale.Langs() {
		c, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range named.FindAllStringSubmatch(string(data), -1) {
				for _, m := range names.FindAllStringSubmatch(call[1], -1) {
					n++
					if !c.Has("keep.head." + m[1]) {
						t.Errorf("%s: the heading %s has no text", file, m[1])
					}
				}
			}
		}
	}
	if n < 80 {
		t.Errorf("only %d headings were found", n)
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
