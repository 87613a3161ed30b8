package report_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

var place = regexp.MustCompile(`\{(\w+)\}`)

// allTexts returns every text in a language, by file and key.
func allTexts(t *testing.T, lang locale.Lang) map[string]string {
	t.Helper()
	cat, err := locale.New(lang)
	check(t, err)
	all := map[string]string{}
	for key, text := range cat.Keys() {
		all[key] = text
	}
	for _, c := range controls.All() {
		texts, err := c.Messages(lang)
		check(t, err)
		for key, text := range texts {
			all[c.ID+" "+key] = text
		}
	}
	return all
}

func places(text string) []string {
	found := place.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// japanese tells whether a text holds Japanese characters beside the program's
// name.
func japanese(s string) bool {
	s = strings.ReplaceAll(s, "雲番", "")
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x30ff || r >= 0xff00 && r <= 0xffef
	})
}

// reportedBy tells whether reports show a control's message. Parameters,
// remedies and what they ask for and guard against are shown by guides and plans.
func reportedBy(key string) bool {
	return !slices.ContainsFunc([]string{"param.", "remedy.", "input.", "guard."}, func(p string) bool { return strings.HasPrefix(key, p) })
}

func TestLanguagesSayTheSame(t *testing.T) {
	en, ja := allTexts(t, locale.English), allTexts(t, locale.Japanese)
	for key, text := range en {
		switch other, ok := ja[key]; {
		case !ok && ja[strings.TrimSuffix(key, "One")] != "": // a plural that Japanese has no form for
		case !ok:
			t.Errorf("%s is missing in Japanese", key)
		case !cmp.Equal(places(text), places(other)):
			t.Errorf("%s names %v in English and %v in Japanese", key, places(text), places(other))
		case other != text && !japanese(other):
			t.Errorf("%s is not Japanese: %s", key, other)
		}
		if japanese(text) && !strings.HasPrefix(key, "console.language.") { // a language is called what its readers call it
			t.Errorf("%s is not English: %s", key, text)
		}
	}
	for key := range ja {
		if _, ok := en[key]; !ok {
			t.Errorf("%s is missing in English", key)
		}
	}
	for _, c := range controls.All() {
		if en[c.ID+" title"] == "" {
			t.Errorf("%s has no title", c.ID)
		}
	}
}

// everyMessage is a scan in which each control says everything it can say.
func everyMessage(t *testing.T) *scan {
	s := scanOf(t, controls.All(), "APIGateway.1.loggingLevel=INFO")
	tokyo := scope("111122223333", "ap-northeast-1")
	s.Accounts = []resource.Account{
		{Partition: "aws", ID: "111122223333", Name: "one", Regions: []string{"ap-northeast-1"}},
		{Partition: "aws", ID: "444455556666", Caller: "arn:aws:iam::444455556666:user/x", Regions: []string{"ap-northeast-1"}},
		{Partition: "aws", Regions: []string{"ap-northeast-1"}},
		{Partition: "aws", ID: "777788889999", Name: "two", Caller: "arn:aws:iam::777788889999:user/x", Regions: []string{"ap-northeast-1"}},
	}
	cat, err := locale.New(locale.English)
	check(t, err)
	for _, c := range controls.All() {
		texts, err := c.Messages(locale.English)
		check(t, err)
		for key, text := range cat.Keys() {
			if strings.HasPrefix(key, "finding.") {
				texts[key] = text
			}
		}
		keys := make([]string, 0, len(texts))
		for key := range texts {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for i, key := range keys {
			if key == "title" || !reportedBy(key) {
				continue
			}
			var args []locale.Arg
			for _, p := range place.FindAllStringSubmatch(texts[key], -1) {
				args = append(args, locale.A(p[1], "X"))
			}
			r := ref(tokyo, c.Checks[0].Type, fmt.Sprintf("/x/%d", i), "x")
			s.add(c.ID, r, control.Fail(key, args...).Note(key, args...), "")
		}
	}
	s.add("APIGateway.11", ref(scope("111122223333", "cn-north-1"), "AWS::ApiGateway::DomainName", "/x/y", "x"), control.Fail("none"), "")
	many := make([]string, 30)
	for i := range many {
		many[i] = fmt.Sprintf("GET /%d", i)
	}
	s.add("APIGateway.1", ref(tokyo, restStage, "/x/z", "x"), control.Fail("silent", locale.A("n", 30), locale.A("of", 30), locale.A("methods", many)), "")
	s.add("APIGateway.10", accountRef(tokyo), control.Pass("finding.noResource"), finding.ReasonEmpty)
	s.add("APIGateway.10", ref(tokyo, "AWS::ApiGatewayV2::Integration", "/x/p", "x"), control.Pass("tls", locale.A("link", "X")), "")
	s.gaps = []resource.Gap{
		{Scope: tokyo, Hides: []resource.Type{v2Stage}, Call: "X", Code: "X"},
		{Scope: tokyo, Parent: ref(tokyo, v2Api, "/x/a", "x"), Hides: []resource.Type{v2Stage}, Call: "X", Code: "X"},
		{Scope: tokyo, Parent: ref(tokyo, v2Api, "/x/a", "x"), Call: "Y", Code: "Y"},
		{Scope: tokyo, Parent: ref(tokyo, v2Api, "/x/a", "x"), Call: "Z", Code: "Z"}, {Scope: tokyo, Parent: ref(tokyo, v2Api, "/x/b", "y"), Call: "Z", Code: "Z"},
	}
	return s
}

// reports renders everything that reports can say.
func reports(t *testing.T, lang locale.Lang) string {
	t.Helper()
	every, stopped, late, bare, only := everyMessage(t), everyMessage(t), sample(t), newScan(t), sample(t)
	stopped.Incomplete, late.Incomplete, bare.Source = "interrupted", "timeout", "demo"
	only.findings = only.findings[:0]
	only.add("APIGateway.10", ref(scope("111122223333", "ap-northeast-1"), "AWS::ApiGatewayV2::Integration", "/x/q", "x"),
		control.Exempt("notHTTP"), finding.ReasonNotApplicable)
	for _, s := range []*scan{late, only} {
		s.gaps = nil // AWS's own words are not ours to translate
	}
	here, there := small(t), small(t) // a whole account without anything, and a Region of one
	vacant(here)
	here.Accounts[0].Wide, here.Elsewhere = "X", []resource.Elsewhere{{Type: "X", Region: "X", N: 2}}
	empty := accountRef(scope("111122223333", "eu-west-1"))
	there.add("APIGateway.3", empty, control.Pass("finding.noResource"), finding.ReasonEmpty)
	many := small(t)
	many.Accounts = append(many.Accounts, resource.Account{ID: "444455556666", Regions: []string{"eu-west-1"}})
	many.add("APIGateway.3", ref(scope("111122223333", "ap-northeast-1"), restStage, "/x", "x"), control.Pass("X"), "")
	many.add("APIGateway.4", ref(scope("444455556666", "ap-east-2"), restStage, "/x", "x"), control.Pass("X"), "")
	many.add("APIGateway.3", empty, control.Pass("finding.noResource"), finding.ReasonEmpty)
	for _, name := range []string{"a", "b"} {
		many.gap(resource.Gap{Scope: scope("", "eu-west-1"), Name: name, Hides: []resource.Type{restStage}, Call: "X", Code: "ExpiredToken"})
	}
	tune(here, 1, "InvalidAccessException")
	tune(there, len(there.Accounts[0].Regions), "AccessDeniedException")
	tune(many, 6, "InvalidAccessException", "InvalidAccessException", "InvalidAccessException", "InvalidAccessException", "InvalidAccessException")
	tune(only, 0, "AccessDeniedException", "X", "X", "X", "X")
	none := exported(t)
	none.findings, none.Controls = nil, nil
	var out strings.Builder
	for _, s := range []*scan{every, stopped, late, bare, only, abroad(t), here, there, many, crowd(t, 101), nothing(t), exported(t), none, busy(t, 40), whole(t)} {
		for _, verbose := range []bool{false, true} {
			out.WriteString(render(t, s, "text", lang, report.Options{Verbose: verbose}))
		}
		for _, format := range []string{"json", "jsonl", "asff", "ocsf", "csv", "html"} {
			out.WriteString(render(t, s, format, lang, report.Options{Trend: always(past(), leftOut()...)}))
		}
	}
	for _, failed := range []int{0, 5, 6, 7} {
		out.WriteString(render(t, sample(t), "html", lang, report.Options{Trend: lastTime(failed)}))
	}
	return out.String()
}

// tune gives a scan a parameter of Security Hub in so many places, and places that did
// not tell, by their codes.
func tune(s *scan, places int, untold ...string) {
	for range places {
		s.Tuned = append(s.Tuned, report.Tuned{Account: "111122223333", Region: "X", Control: "APIGateway.1", Params: control.Params{{Name: "x", Value: "X", Custom: true, Hub: true}}})
	}
	for _, code := range untold {
		s.Untuned = append(s.Untuned, report.Untuned{Account: "111122223333", Region: "X", Code: code})
	}
}

// pieces returns what stands between the places of a text.
func pieces(text string) []string {
	var found []string
	for _, p := range place.Split(text, -1) {
		if p = strings.TrimSpace(p); p != "" {
			found = append(found, p)
		}
	}
	return found
}

// finder makes a search for thousands of pieces, most of which are not in the text:
// what stands around a piece's space, which is seldom there by chance, is asked first.
func finder(text string) func(piece string) bool {
	const side = 4
	type around [2*side + 1]byte
	seen := map[around]bool{}
	for i := side; i+side < len(text); i++ {
		if text[i] == ' ' {
			seen[around([]byte(text[i-side:i+side+1]))] = true
		}
	}
	return func(piece string) bool {
		for i := side; i+side < len(piece); i++ {
			if piece[i] == ' ' && !seen[around([]byte(piece[i-side:i+side+1]))] {
				return false
			}
		}
		return strings.Contains(text, piece)
	}
}

func TestEachLanguageAlone(t *testing.T) {
	en, ja := allTexts(t, locale.English), allTexts(t, locale.Japanese)
	english, japaneseOut := reports(t, locale.English), reports(t, locale.Japanese)
	inEnglish, inJapanese := finder(english), finder(japaneseOut)
	for _, line := range strings.Split(english, "\n") {
		if japanese(line) {
			t.Errorf("Japanese in the English reports: %s", line)
		}
	}
	for key, text := range en {
		// The others are of commands, pages and errors.
		reported := strings.HasPrefix(key, "report.") && !strings.HasPrefix(key, "report.saved.") || strings.HasPrefix(key, "finding.")
		if _, message, ok := strings.Cut(key, " "); ok {
			reported = reportedBy(message)
		}
		// AWS's categories stay as AWS writes them where they are data.
		own := !strings.HasPrefix(key, "guide.category.")
		for _, p := range pieces(text) {
			// Two words are the least that cannot be an identifier; what begins with kumoban is a command.
			if own && strings.Contains(p, " ") && !strings.HasPrefix(p, "kumoban ") && !strings.Contains(ja[key], p) && inJapanese(p) {
				t.Errorf("%q of %s stands in the Japanese reports", p, key)
			}
			if reported && !inEnglish(p) {
				t.Errorf("%q of %s stands in no English report: the sample does not show it", p, key)
			}
		}
		for _, p := range pieces(ja[key]) {
			if reported && !inJapanese(p) {
				t.Errorf("%q of %s stands in no Japanese report", p, key)
			}
		}
	}
	for _, out := range []string{english, japaneseOut} {
		if m := place.FindString(strings.ReplaceAll(out, "{id}", "")); m != "" { // GET /orders/{id} is a method
			t.Errorf("a place was left unfilled: %s", m)
		}
	}
}
