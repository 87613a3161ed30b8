package prooftest

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/locale"
)

// prose returns the Markdown of a section without its snippets, or that of the
// whole guide.
func prose(g *guide.Guide, section string) string {
	var all []string
	for _, s := range g.Sections {
		for _, b := range s.Blocks {
			if s.Key == section || section == "" {
				all = append(all, b.Prose)
			}
		}
	}
	return strings.Join(all, "\n\n")
}

func isJapanese(r rune) bool {
	return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) || 0x3000 <= r && r <= 0x303F || 0xFF00 <= r && r <= 0xFFEF
}

func englishHoldsNoJapanese(t *testing.T, _ *control.Control, both guides) {
	g := both[locale.English]
	for line := range strings.Lines(g.Title + "\n" + prose(g, "")) {
		if strings.ContainsFunc(line, isJapanese) {
			t.Errorf("Japanese: %s", line)
		}
	}
}

var (
	// Quoted text may be what a program says.
	notProse     = regexp.MustCompile("`[^`]*`|\"[^\"]*\"|\\]\\([^)]*\\)|<https://[^>]*>")
	newParagraph = regexp.MustCompile(`^\s*([-*] |\d+\. |\||#|$)`)
	latinWord    = regexp.MustCompile(`[A-Za-z]{2,}`)
	// A run of words such as no name of a product or label of the console has.
	englishRun = regexp.MustCompile(`([A-Za-z][A-Za-z'-]*[,;]? ){7,}[A-Za-z]+`)
)

// paragraphs parts Markdown into paragraphs, list items, table rows and
// headings, without code, quotations and addresses.
func paragraphs(markdown string) []string {
	var found []string
	for line := range strings.SplitSeq(markdown, "\n") {
		bare := notProse.ReplaceAllString(line, " ")
		if len(found) == 0 || newParagraph.MatchString(line) {
			found = append(found, bare)
			continue
		}
		found[len(found)-1] += " " + bare
	}
	return found
}

func japaneseIsJapanese(t *testing.T, _ *control.Control, both guides) {
	g := both[locale.Japanese]
	if !strings.ContainsFunc(g.Title, isJapanese) {
		t.Errorf("title: %s", g.Title)
	}
	for _, p := range paragraphs(prose(g, "")) {
		if words := latinWord.FindAllString(p, -1); len(words) > 3 && !strings.ContainsFunc(p, isJapanese) {
			t.Errorf("no Japanese in: %s", p)
		}
		if run := englishRun.FindString(p); run != "" {
			t.Errorf("an English sentence: %s", run)
		}
	}
}
