package prooftest

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// term is a word that guides and messages do not use, because they say the same
// thing with another one everywhere else.
type term struct {
	avoid  *regexp.Regexp
	prefer string
}

// glossary holds, for each language, one word for one thing.
func glossary() map[locale.Lang][]term {
	return map[locale.Lang][]term{
		locale.English: {
			{regexp.MustCompile(`(?i)\bback-?ends\b|\bbackend\b`), "back end, back ends, back-end (before a noun)"},
			{regexp.MustCompile(`(?i)\bfor ever\b`), "forever"},
			{regexp.MustCompile(`(?i)\bnot judged\b`), "not evaluated"},
			{regexp.MustCompile(`(?i)\bthe double\b`), "nothing: readers have an AWS account"},
			{regexp.MustCompile(`\bCMKs?\b|\bcustomer managed key`), "customer-managed key"},
			{regexp.MustCompile(`(?i)\bbelongs? into\b`), "belong in"},
			{regexp.MustCompile(`(?i)\bfor each account and Region\b`), "once per account and Region"},
			{regexp.MustCompile(`(?i)\b(please|simply|obviously)\b`), "nothing"},
		},
		locale.Japanese: {
			{regexp.MustCompile(`既定`), "デフォルト"},
			{regexp.MustCompile(`の許可|必要な許可|許可が(必要|要)|アクセス許可`), "権限"},
			{regexp.MustCompile(`調べ`), "確認する、評価する"},
			{regexp.MustCompile(`個別の?設定`), "オーバーライド"},
			{regexp.MustCompile(`プロビジョン`), "プロビジョニング"},
			{regexp.MustCompile(`お客様|お使いの`), "自分の、自社の"},
			{regexp.MustCompile(`認められたレベル|合格となる値`), "必要なレベル（ERROR または INFO）の実行ログが無効です"},
			{regexp.MustCompile(`コスト`), "料金"},
			{regexp.MustCompile(`稼働(中の)?環境|稼働中の値`), "直接加えた修正、現在の値"},
			{regexp.MustCompile(`停止しません|\*\*停止`), "ダウンタイム"},
			{regexp.MustCompile(`サービスにリンク`), "サービスリンクロール"},
			{regexp.MustCompile(`AWS の説明:|AWS のドキュメント`), "AWS の資料"},
			{regexp.MustCompile(`(^|[^部自半])分か[らりるっれ]`), "わかる"},
			{regexp.MustCompile(`パラメーター`), "パラメータ"},
			{regexp.MustCompile(`(オーソライザ|ヘッダ|サーバ|ユーザ|プロバイダ)([^ー]|$)`), "長音を付ける: オーソライザー、ヘッダー、サーバー、ユーザー、プロバイダー"},
			{regexp.MustCompile(`\*\*。`), "句点は太字の中に置く: **…。**"},
		},
	}
}

// oneWordForOneThing holds the prose of a guide, and the messages of its
// control, against the glossary.
func oneWordForOneThing(t *testing.T, c *control.Control, both guides) {
	for lang, terms := range glossary() {
		texts := paragraphs(prose(both[lang], ""))
		messages, err := c.Messages(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range slices.Sorted(maps.Keys(messages)) {
			// The English title is AWS's own, whatever words it uses.
			if key != "title" {
				texts = append(texts, notProse.ReplaceAllString(messages[key], " "))
			}
		}
		for _, text := range texts {
			for _, term := range terms {
				if at := term.avoid.FindString(text); at != "" {
					t.Errorf("%s: %q: write %s\n%s", lang, at, term.prefer, text)
				}
			}
		}
	}
}

// parenthesesAreWide: Japanese prose sets （…）. Messages stay with (…), as all
// other lines of a terminal do.
func parenthesesAreWide(t *testing.T, _ *control.Control, both guides) {
	for _, p := range paragraphs(prose(both[locale.Japanese], "")) {
		if strings.ContainsAny(p, "()") {
			t.Errorf("write （…）: %s", p)
		}
	}
}

// consoleIsInEnglish: the Japanese page names the English labels, and says so
// in the same words each time.
func consoleIsInEnglish(t *testing.T, _ *control.Control, both guides) {
	const note = "画面の項目名は、コンソールを英語で表示した場合のものです。\n"
	if !strings.HasPrefix(prose(both[locale.Japanese], "console"), note) {
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
