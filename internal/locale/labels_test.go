package locale

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var (
	quoted   = regexp.MustCompile(`「([^」]*)」`)
	bold     = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	japanese = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
)

// TestLabels: every Japanese label says where it was seen, and when.
func TestLabels(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range Labels() {
		if japanese.MatchString(l.English) || !japanese.MatchString(l.Japanese) || seen[l.English] {
			t.Errorf("%q: %q", l.English, l.Japanese)
		}
		seen[l.English] = true
		if !strings.HasPrefix(l.Source.Where, "https://") {
			t.Errorf("%s has no source", l.English)
		}
		if _, err := time.Parse(time.DateOnly, l.Source.Date); err != nil {
			t.Errorf("%s: %v", l.English, err)
		}
	}
}

// known tells whether a label that is shown in Japanese comes from the data.
func known(shown string) bool {
	for _, l := range Labels() {
		if shown == LabelIn(Japanese, l.English) {
			return true
		}
	}
	return false
}

// TestConsoleTextsTakeLabels: the Japanese console steps name labels in English,
// as they are written, so that what is shown in Japanese has its source.
func TestConsoleTextsTakeLabels(t *testing.T) {
	written, err := load(files, "render", Japanese)
	if err != nil {
		t.Fatal(err)
	}
	ja, err := New(Japanese)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for key, text := range written {
		if !strings.HasPrefix(key, "render.console.") {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			if japanese.MatchString(m[1]) {
				t.Errorf("%s: write the label 「%s」 in English: Labels has the Japanese and its source", key, m[1])
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(ja.Text(key), -1) {
			switch {
			case known(m[1]):
				shown++
			case japanese.MatchString(m[1]), LabelIn(Japanese, m[1]) != m[1]:
				t.Errorf("%s shows 「%s」", key, m[1])
			}
		}
	}
	if shown < 20 {
		t.Errorf("only %d labels are shown in Japanese", shown)
	}
}

// TestGuidesTakeLabels: so do the console sections of the Japanese guides.
func TestGuidesTakeLabels(t *testing.T) {
	names, err := filepath.Glob("../../controls/*/*/guide.ja.md")
	if err != nil || len(names) < 9 {
		t.Fatalf("%d guides, %v", len(names), err)
	}
	shown := 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, section, _ := strings.Cut(string(data), "\n## console\n")
		section, _, _ = strings.Cut(section, "\n## ")
		for _, m := range bold.FindAllStringSubmatch(section, -1) {
			if japanese.MatchString(m[1]) {
				t.Errorf("%s: write the label %s in English: Labels has the Japanese and its source", name, m[0])
			}
		}
		for _, m := range bold.FindAllStringSubmatch(WithLabels(Japanese, section, "**", "**"), -1) {
			if known(m[1]) {
				shown++
			}
		}
		if WithLabels(English, section, "**", "**") != section {
			t.Errorf("%s: an English text was changed", name)
		}
	}
	if shown < 20 {
		t.Errorf("only %d labels are shown in Japanese", shown)
	}
}
