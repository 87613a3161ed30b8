package controls_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// mostQuestions is how many an owner answers without putting it off.
const mostQuestions = 4

// unaskable says what keeps owners from being asked about controls: questions
// that are missing or ill-formed, and texts that a language lacks or that nobody
// asks for.
func unaskable(t *testing.T, all []*control.Control) (faults []string) {
	t.Helper()
	kinds := map[string]control.Question{}
	key := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	for _, c := range all {
		fault := func(format string, args ...any) { faults = append(faults, c.ID+": "+fmt.Sprintf(format, args...)) }
		if n := len(c.Questions); n < 1 || n > mostQuestions {
			fault("%d questions", n)
		}
		want := control.OwnerTexts()
		for _, q := range c.Questions {
			before, known := kinds[q.Key]
			switch {
			case !key.MatchString(q.Key):
				fault("%q is no key", q.Key)
			case slices.Contains(want, "owner."+q.Key):
				fault("%s is asked twice", q.Key)
			case (q.Kind == control.Number) != (q.Unit == control.Days) || q.Kind != control.Number && q.Kind != control.YesNo:
				fault("%s is a %q of %q", q.Key, q.Kind, q.Unit)
			case known && before != q:
				fault("%s is asked as %+v elsewhere", q.Key, before)
			}
			kinds[q.Key] = q
			want = append(want, "owner."+q.Key)
		}
		faults = append(faults, untold(t, c, want)...)
	}
	return faults
}

// untold names texts that are missing, that nothing uses, that do not ask, or
// that are not in their language.
func untold(t *testing.T, c *control.Control, want []string) (faults []string) {
	t.Helper()
	asks := map[locale.Lang]string{locale.English: "?", locale.Japanese: "か。"}
	foreign := map[locale.Lang]*regexp.Regexp{locale.English: regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`), locale.Japanese: regexp.MustCompile(`[a-z]+ [a-z]+ [a-z]+`)}
	for _, lang := range locale.Langs() {
		texts, err := c.Messages(lang)
		if err != nil {
			t.Fatal(err)
		}
		fault := func(key, what string) { faults = append(faults, fmt.Sprintf("%s: %s %s: %s", c.ID, lang, key, what)) }
		for _, key := range want {
			switch text := texts[key]; {
			case text == "":
				fault(key, "missing")
			case strings.HasPrefix(key, "owner.") && !strings.Contains(text, asks[lang]):
				fault(key, "asks nothing")
			case strings.HasPrefix(key, "owner.") && strings.Count(text, asks[lang]) > 1:
				fault(key, "asks two things, of which one is recorded")
			case foreign[lang].MatchString(text):
				fault(key, "is of another language")
			}
		}
		for key := range texts {
			if strings.HasPrefix(key, "owner.") && !slices.Contains(want, key) {
				fault(key, "nobody asks it")
			}
		}
	}
	return faults
}

// TestOwnersCanBeAsked: every control has its questions to the owner, and says
// who is affected and when to suppress, in both languages.
func TestOwnersCanBeAsked(t *testing.T) {
	for _, fault := range unaskable(t, controls.All()) {
		t.Error(fault)
	}
}

// TestUnaskable: a control that lacks any of it is refused.
func TestUnaskable(t *testing.T) {
	en := "title = t\naffected = us\nsuppress.proper = a test\nsuppress.never = production\nowner.production = Is it?\n"
	ja := "title = t\naffected = 私たち\nsuppress.proper = テスト\nsuppress.never = 本番\nowner.production = 本番ですか。\n"
	ask := []control.Question{{Key: "production", Kind: control.YesNo}}
	for name, c := range map[string]struct {
		questions []control.Question
		en, ja    string
		want      string
	}{
		"whole":            {ask, en, ja, ""},
		"none":             {nil, en, ja, "X.1: 0 questions"},
		"five":             {slices.Repeat(ask, 5), en, ja, "X.1: 5 questions"},
		"twice":            {slices.Repeat(ask, 2), en, ja, "X.1: production is asked twice"},
		"no kind":          {[]control.Question{{Key: "production"}}, en, ja, `X.1: production is a "" of ""`},
		"no unit":          {[]control.Question{{Key: "production", Kind: control.Number}}, en, ja, `X.1: production is a "number" of ""`},
		"no key":           {[]control.Question{{Key: "Is it", Kind: control.YesNo}}, en, ja, `X.1: "Is it" is no key`},
		"no English":       {ask, strings.Replace(en, "owner.production", "x", 1), ja, "X.1: en owner.production: missing"},
		"no Japanese":      {ask, en, strings.Replace(ja, "owner.production", "x", 1), "X.1: ja owner.production: missing"},
		"nobody affected":  {ask, en, strings.Replace(ja, "affected", "x", 1), "X.1: ja affected: missing"},
		"not when proper":  {ask, strings.Replace(en, "suppress.proper", "x", 1), ja, "X.1: en suppress.proper: missing"},
		"not when never":   {ask, strings.Replace(en, "suppress.never", "x", 1), ja, "X.1: en suppress.never: missing"},
		"no question":      {ask, strings.Replace(en, "Is it?", "It is.", 1), ja, "X.1: en owner.production: asks nothing"},
		"two questions":    {ask, strings.Replace(en, "Is it?", "Is it? Is that so?", 1), ja, "X.1: en owner.production: asks two things, of which one is recorded"},
		"English":          {ask, en, strings.Replace(ja, "本番ですか。", "is it the productionか。", 1), "X.1: ja owner.production: is of another language"},
		"a text left over": {ask, en + "owner.cost = And?\n", ja, "X.1: en owner.cost: nobody asks it"},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{"messages.en.txt": {Data: []byte(c.en)}, "messages.ja.txt": {Data: []byte(c.ja)}}
			faults := unaskable(t, []*control.Control{{ID: "X.1", Questions: c.questions, Files: files}})
			if c.want == "" && len(faults) > 0 || c.want != "" && !slices.Contains(faults, c.want) {
				t.Errorf("%q, want %q", faults, c.want)
			}
		})
	}
}
