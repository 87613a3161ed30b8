package locale

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var place = regexp.MustCompile(`\{[a-zA-Z]+\}`)

// TestSameKeysAndPlaces holds both languages to the same keys and arguments.
func TestSameKeysAndPlaces(t *testing.T) {
	en, err := New(English)
	if err != nil {
		t.Fatal(err)
	}
	ja, err := New(Japanese)
	if err != nil {
		t.Fatal(err)
	}
	for key, text := range en.texts {
		other, ok := ja.texts[key]
		if !ok {
			t.Errorf("%s has no Japanese text", key)
			continue
		}
		a, b := place.FindAllString(text, -1), place.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s names %v in English and %v in Japanese", key, a, b)
		}
	}
	for key := range ja.texts {
		if _, ok := en.texts[key]; !ok {
			t.Errorf("%s has no English text", key)
		}
	}
}

func TestFromEnvironment(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want Lang
	}{
		{nil, English},
		{map[string]string{"LANG": "ja_JP.UTF-8"}, Japanese},
		{map[string]string{"LANG": "ja"}, Japanese},
		{map[string]string{"LANG": "jam_JM"}, English},
		{map[string]string{"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, English},
		{map[string]string{"LANG": "C", "LC_MESSAGES": "ja_JP"}, Japanese},
		{map[string]string{"LANG": "fr_FR"}, English},
	} {
		if got := FromEnvironment(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %s, want %s", c.env, got, c.want)
		}
	}
}

func TestRender(t *testing.T) {
	many := make([]string, 25)
	for i := range many {
		many[i] = "x"
	}
	for _, c := range []struct {
		lang Lang
		text string
		args []Arg
		want string
	}{
		{English, "{n} of {of}: {list}", []Arg{A("n", 1), A("of", 2), A("list", []string{"a", "b"})}, "1 of 2: a, b"},
		{Japanese, "{of} のうち {n}: {list}", []Arg{A("n", 1), A("of", 2), A("list", []string{"a", "b"})}, "2 のうち 1: a、b"},
		{English, "{list}", []Arg{A("list", many)}, strings.Repeat("x, ", 19) + "x, and 5 more"},
		{Japanese, "{list}", []Arg{A("list", many)}, strings.Repeat("x、", 19) + "x、ほか 5 件"},
		{English, "{a}", []Arg{A("a", "{b}"), A("b", "no")}, "{b}"}, // an argument is never a template
		{English, "plain", []Arg{A("a", "x")}, "plain"},
	} {
		if got := render(c.lang, c.text, c.args); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestErrorInError shows an error within an error in the user's language.
func TestErrorInError(t *testing.T) {
	ja, err := New(Japanese)
	if err != nil {
		t.Fatal(err)
	}
	inner := Errorf("cli.noRegion")
	got := ja.Text("cli.cannotRead", A("file", "x"), A("error", inner))
	if !strings.Contains(got, ja.Text("cli.noRegion")) || !strings.Contains(inner.Error(), "no Region") {
		t.Errorf("%q, %q", got, inner)
	}
}

func TestParseTexts(t *testing.T) {
	texts, err := ParseTexts("x", "# comment\n\nkey = a text = with more\r\nother =  indented\\nline\n")
	if err != nil || texts["key"] != "a text = with more" || texts["other"] != " indented\nline" {
		t.Errorf("%q, %v", texts, err)
	}
	for _, bad := range []string{"no text", "twice = a\ntwice = b"} {
		if _, err := ParseTexts("x", bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// TestForms: a text may have a form for one and for all, chosen by its numbers.
func TestForms(t *testing.T) {
	c := &Catalog{Lang: English, texts: Texts{"x": "{n} things", "xOne": "{n} thing", "y": "{n} of {of}", "yAll": "all {n}", "z": "{passed} of {of} pass", "zOne": "{passed} of {of} passes"}}
	for _, one := range []struct {
		key  string
		args []Arg
		want string
	}{
		{"x", []Arg{A("n", 2)}, "2 things"},
		{"x", []Arg{A("n", 1)}, "1 thing"},
		{"y", []Arg{A("n", 1), A("of", 2)}, "1 of 2"},
		{"y", []Arg{A("n", 2), A("of", 2)}, "all 2"},
		{"y", []Arg{A("n", 0), A("of", 0)}, "0 of 0"},
		{"z", []Arg{A("passed", 1), A("of", 9)}, "1 of 9 passes"},
		{"z", []Arg{A("passed", 9), A("of", 9)}, "9 of 9 pass"},
	} {
		if got := c.Text(one.key, one.args...); got != one.want {
			t.Errorf("%s: %q, want %q", one.key, got, one.want)
		}
	}
	if got := c.Render(Texts{"own": "{n} of {of}", "ownAll": "every one ({n})"}, M("own", A("n", 3), A("of", 3))); got != "every one (3)" {
		t.Errorf("%q", got)
	}
}

// TestChoicesAreWhole: a list to choose from is never cut short.
func TestChoicesAreWhole(t *testing.T) {
	many := make([]string, 30)
	for i := range many {
		many[i] = "x"
	}
	if got := render(Japanese, "{values}", []Arg{A("values", many)}); strings.Count(got, "x") != 30 {
		t.Errorf("%q", got)
	}
}

// TestCause: what a system says of a file or a connection is in the reader's
// language; codes of failed calls are, too, and stay beside it.
func TestCause(t *testing.T) {
	ja, err := New(Japanese)
	if err != nil {
		t.Fatal(err)
	}
	_, missing := os.Open("missing")
	_, folder := os.ReadFile(".")
	_, refused := net.Dial("tcp", "127.0.0.1:1")
	for _, err := range []error{missing, folder, refused, fmt.Errorf("x: %w", fs.ErrPermission), errors.New("yaml: line 3: did not find expected node content")} {
		got := ja.Text("cli.cannotRead", A("file", "x"), A("error", Cause(err)))
		if !japanese.MatchString(strings.TrimPrefix(got, "x を読み取れません: ")) {
			t.Errorf("%v: %s", err, got)
		}
	}
	if got := Cause(errors.New("nobody\x1b[31m foresaw this\nat all")); got != `nobody\x1b[31m foresaw this` {
		t.Errorf("%q", got)
	}
	if got := ja.Text("cli.gap", A("where", "x"), A("call", "apigateway:GetStages"), A("code", "Garbled")); !strings.Contains(got, "応答を解釈できません (Garbled)") {
		t.Error(got)
	}
	if got := ja.Text("cli.gap", A("where", "Garbled"), A("call", "c"), A("code", "NewException")); got != "判定不能: Garbled: c: NewException" {
		t.Error(got)
	}
}
