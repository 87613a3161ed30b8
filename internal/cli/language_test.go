package cli

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/locale"
)

// everything are the command lines whose output needs no account.
var everything = [][]string{
	{}, {"--help"}, {"scan", "--help"}, {"demo", "--help"}, {"report", "--help"}, {"controls"}, {"controls", "--help"},
	{"controls", "list"}, {"controls", "list", "--help"}, {"controls", "explain", "--help"}, {"iam-policy"}, {"iam-policy", "scan", "--help"},
	{"securityhub"}, {"securityhub", "pull", "--help"}, {"securityhub", "compare", "--help"}, {"securityhub", "push", "--help"}, {"securityhub", "sync", "--help"},
	{"iam-policy", "securityhub", "--help"}, {"iam-policy", "ask", "--help"}, {"iam-policy", "securityhub", "x"},
	{"version", "--help"}, {"completion", "--help"}, {"help"}, {"demo"}, {"demo", "--format", "csv"}, {"demo", "--format", "asff"}, {"demo", "--format", "ocsf"}, {"demo", "--format", "html"}, {"demo", "--format", "json"},
	{"nonsense"}, {"scan", "--nonsense"}, {"scan", "--control", "X.1"}, {"scan", "--severity", "x"}, {"scan", "--rate", "x"},
	{"scan", "--region", "x"}, {"scan", "--param", "x"}, {"scan", "--param", "APIGateway.1.loggingLevel=x"}, {"scan", "--param", "APIGateway.3.x=y"},
	{"scan", "--param", "APIGateway.1.x=y"}, {"scan", "--format", "x"}, {"scan", "--format", "csv", "--format", "json"}, {"scan", "--output", "a", "--output", "b"},
	{"scan", "--accounts", "x"}, {"scan", "--role-arn", "x"}, {"scan", "--region", "us-east-1", "--all-regions"}, {"scan", "--timeout", "-1s"},
	{"scan", "x.tf"}, {"scan", "--config", "missing"}, {"report", "missing.json"}, {"report"}, {"controls", "explain", "X.1"}, {"scan", "--service", "x"}, {"controls", "list", "--service", "SageMaker"}, {"scan", "--service", "S3.1"}, {"controls", "list", "--format", "x"},
	{"scan", "--severity", "critical"},
}

func speak(t *testing.T, lang locale.Lang, args []string) string {
	t.Helper()
	var out bytes.Buffer
	Run(context.Background(), append([]string{"--lang", string(lang)}, args...), strings.NewReader(""), &out, &out, []string{"TERM=dumb"})
	return category.ReplaceAllString(out.String(), "")
}

var placeholder = regexp.MustCompile(`\{[a-zA-Z]+\}`)

// category is a control's in ocsf, which stays as AWS writes it.
var category = regexp.MustCompile(`"category":"[^"]*"`)

var (
	// what stays as it is within a Japanese sentence: quotations, commands, names,
	// addresses, what --param and the like hold
	quotation = regexp.MustCompile("\"[^\"]*\"|「[^」]*」|`[^`]*`|'[^']*'|\\([^()]*\\)|https?://\\S+|\\{.*\\}|\\[[^]]*\\]")
	commandIn = regexp.MustCompile(`\b(?:kumoban|aws|terraform|tofu|sh|jq|source)(?: [-\w.*/:=<>…,$]+)+`)
	htmlTag   = regexp.MustCompile(`<[^>]*>`)
	labelIn   = regexp.MustCompile(`[A-Z][a-z]+(?: [a-zA-Z]+)+ ?[、でをの]`) // of the console, a noun of the sentence
	englishIn = regexp.MustCompile(`\b[a-z]{2,}(?: [a-z]{2,}){2,}\b`)
	aKey      = regexp.MustCompile(`(?:^|[\s:(])((?:ask|audit|cause|cli|finding|fix|guide|hub|keep|lifecycle|policy|render|report|rules|run|store)\.[a-zA-Z-]+(?:\.[a-zA-Z-]+)*)(?:$|[\s,;)。、])`)
)

// halfEnglish is a run of English words in a Japanese sentence, or "".
func halfEnglish(line string) string {
	if !strings.ContainsFunc(line, func(r rune) bool { return r >= 0x3040 && r <= 0x30ff }) {
		return ""
	}
	line = htmlTag.ReplaceAllString(line, "")
	for _, mask := range []*regexp.Regexp{quotation, commandIn, labelIn} {
		line = mask.ReplaceAllString(line, "。")
	}
	return englishIn.FindString(line)
}

// wholeSentences: no line of Japanese output is half English, and nobody reads
// the key of a text that is not there.
func wholeSentences(t *testing.T, output map[locale.Lang]string) {
	t.Helper()
	for _, line := range strings.Split(output[locale.Japanese], "\n") {
		if run := halfEnglish(line); run != "" {
			t.Errorf("%q in a Japanese line: %s", run, line)
		}
	}
	for lang, text := range output {
		for _, line := range strings.Split(text, "\n") {
			if m := aKey.FindStringSubmatch(line); m != nil && !strings.Contains(line, m[1]+"(") && !aFile.MatchString(m[1]) {
				t.Errorf("%s: the key %s in: %s", lang, m[1], line)
			}
		}
	}
}

// aFile is what a key could be taken for.
var aFile = regexp.MustCompile(`\.(?:jsonl?|html|csv|yaml|db|md|txt|sh|tf)$`)

// TestOneLanguageAtATime runs everything in both languages: no text of one
// language's catalogue, titles and guidance included, stands in the other's
// output. Identifiers, formats and what the system says of a file are exempt.
func TestOneLanguageAtATime(t *testing.T) {
	commands := everything
	for _, c := range newProgram(t, locale.English).controls() {
		commands = append(commands, []string{"controls", "explain", c.ID})
	}
	output := map[locale.Lang]string{}
	for _, lang := range locale.Langs() {
		for _, args := range commands {
			output[lang] += speak(t, lang, args)
		}
	}
	en, ja := catalogue(t, locale.English), catalogue(t, locale.Japanese)
	compared := foreign(t, en, strings.Join(ja, "\n"), output[locale.Japanese]) + foreign(t, ja, strings.Join(en, "\n"), output[locale.English])
	if compared < 1000 {
		t.Errorf("only %d pieces of text were compared", compared)
	}
	for _, line := range strings.Split(output[locale.English], "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return r >= 0x3040 && r <= 0x30ff }) {
			t.Errorf("Japanese in English output: %s", line)
		}
	}
	wholeSentences(t, output)
}

// TestHalfEnglish: the kinds that readers met are found, and what has to be in
// English is not.
func TestHalfEnglish(t *testing.T) {
	for line, want := range map[string]bool{
		"missing.json を読み取れません: no such file or directory":  true,
		"x を読み取れません: ファイルまたはディレクトリがありません":                   false,
		"必要なポリシーは \"kumoban iam-policy scan\" で表示できます":      false,
		"元に戻すには: kumoban fix undo 20260401-093000-eb818d45": false,
		"only an english line":              false,
		"ステップ 1: is as it shall be already": true,
		"次のコマンド: kumoban controls explain APIGateway.4 を実行してください": false,
	} {
		if got := halfEnglish(line) != ""; got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

// foreign looks for the pieces of one language's texts in the other's output
// and returns how many it looked for.
func foreign(t *testing.T, texts []string, other, output string) int {
	t.Helper()
	n := 0
	for _, text := range texts {
		for _, piece := range placeholder.Split(text, -1) {
			piece = strings.TrimSpace(piece)
			// Shorter pieces, and those that both languages share, are names and formats.
			if len(piece) < 8 || !strings.Contains(piece, " ") && piece[0] < 0x80 || strings.Contains(other, piece) {
				continue
			}
			n++
			if strings.Contains(output, piece) {
				t.Errorf("%q stands in the other language's output", piece)
			}
		}
	}
	return n
}

// catalogue gathers all texts of a language, line by line: those of commands
// and reports, messages of controls, guides.
func catalogue(t *testing.T, lang locale.Lang) []string {
	t.Helper()
	p := newProgram(t, lang)
	var all []string
	add := func(text string) { all = append(all, strings.Split(text, "\n")...) }
	for _, text := range p.catalog.Keys() {
		add(text)
	}
	for _, c := range p.controls() {
		messages, err := c.Messages(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range messages {
			add(text)
		}
		g, err := guide.Load(c, lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, section := range g.Sections {
			for _, block := range section.Blocks {
				add(strings.NewReplacer("**", "", "`", "").Replace(block.Prose))
			}
		}
	}
	return all
}
