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
	{"scan", "x.tf"}, {"scan", "--config", "missing"}, {"report", "missing.json"}, {"report"}, {"controls", "explain", "X.1"}, {"controls", "list", "--format", "x"},
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

// TestOneLanguageAtATime runs everything in both languages: no text of one
// language's catalogue, titles and guidance included, stands in the other's
// output. Identifiers, formats and what the system says of a file are exempt.
func TestOneLanguageAtATime(t *testing.T) {
	commands := everything
	for _, c := range newProgram(t, locale.English).controls {
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
	for _, c := range p.controls {
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
