package prooftest

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// labelsAreNamed: the Japanese page says in the same words each time whose
// labels it names.
func labelsAreNamed(t *testing.T, _ *control.Control, both guides) {
	const note = "画面の項目名は、日本語表示での名称を確認できたものは日本語に英語を添え、ほかは英語で示します。\n"
	if written(both) && !strings.HasPrefix(prose(both[locale.Japanese], "console"), note) {
		t.Errorf("section console does not begin with %q", note)
	}
}

// opensInShort: the first paragraph says what is wrong, how bad it is and what
// to do, for whoever reads no further.
func opensInShort(t *testing.T, _ *control.Control, both guides) {
	for lang, label := range map[locale.Lang]string{locale.English: "**In short:** ", locale.Japanese: "**要点:** "} {
		first, _, _ := strings.Cut(prose(both[lang], "why"), "\n\n")
		if !strings.HasPrefix(first, label) {
			t.Errorf("%s: section why does not begin with %q", lang, label)
		}
	}
}

var (
	mdLink      = regexp.MustCompile("\\[(?:[^\\[\\]`]|`[^`]*`)+\\]\\(([^()\\s]+)\\)")
	afterLink   = regexp.MustCompile(`^(\*\*)?([.,;:。、]|$)`)
	beforeLink  = regexp.MustCompile(`[(（]\s*$`)
	awsDocument = regexp.MustCompile(`^https://docs\.aws\.amazon\.com/`)
)

// linksEndSentences: a terminal shows a link as its text and its address in
// parentheses, which nobody can read through in the middle of a clause.
func linksEndSentences(t *testing.T, _ *control.Control, both guides) {
	for lang, g := range both {
		for line := range strings.SplitSeq(prose(g, ""), "\n") {
			for _, at := range mdLink.FindAllStringIndex(line, -1) {
				if !afterLink.MatchString(line[at[1]:]) || beforeLink.MatchString(line[:at[0]]) {
					t.Errorf("%s: let the link %s end its sentence", lang, line[at[0]:at[1]])
				}
			}
		}
	}
}

// linksAreJapanese: a Japanese page links AWS's Japanese pages.
func linksAreJapanese(t *testing.T, _ *control.Control, both guides) {
	outdated := []string{
		// The Japanese page of this rule still exempts the type AWS only.
		"https://docs.aws.amazon.com/config/latest/developerguide/api-gw-ssl-enabled.html",
	}
	for _, m := range mdLink.FindAllStringSubmatch(prose(both[locale.Japanese], ""), -1) {
		url := m[1]
		if awsDocument.MatchString(url) && !strings.Contains(url, "/ja_jp/") && !slices.Contains(outdated, url) {
			t.Errorf("an English page: %s", url)
		}
	}
	for _, m := range mdLink.FindAllStringSubmatch(prose(both[locale.English], ""), -1) {
		if strings.Contains(m[1], "/ja") {
			t.Errorf("a Japanese page: %s", m[1])
		}
	}
}
