package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/locale"
)

// keptLines are commands on a store, a line each; what they refuse, too, on
// findings of the demo. CONFIG stands where a kumoban.yaml appears.
//
//nolint:dupword // command lines repeat themselves
const keptLines = `
findings list
score
history
diff
ask list
ask list --all
audit verify
findings expiring
rules test
rules apply
scan --format csv --output one.csv
findings list --limit 2
findings list --region us-east-1
findings list --format json --limit 1
findings show 88662ebe6f56
findings note 88662ebe6f56 --text seen
findings note 88662ebe6f56
findings notify 88662ebe6f56 --reason T-1
findings notify 88662ebe6f56 --reason T-1
findings severity 88662ebe6f56 --to high
findings severity 88662ebe6f56 --to high
findings severity 88662ebe6f56
findings suppress 88662ebe6f56 --reason r --until 2099-03-31 --approved-by kei
findings suppress 88662ebe6f56 --reason r --until 2020-03-31
findings suppress 88662ebe6f56 --until 2099-03-31
findings suppress 88662ebe6f56 --reason r
findings suppress 88662ebe6f56 --reason r --until soon
findings expiring --within 36500d
findings expiring --within soon
findings show 88662ebe6f56
findings unsuppress 88662ebe6f56 --reason r
findings unsuppress 88662ebe6f56
findings resolve 88662ebe6f56
findings show 88662ebe6f56
findings show 12
securityhub push --dry-run
securityhub push
securityhub sync --dry-run
securityhub pull
securityhub compare
securityhub compare --region us-east-1
securityhub pull --account 1
findings show arn:aws:securityhub:x
findings show 1234abcd
findings list --status x
findings list --workflow x
findings list --severity x
findings list --tag x
findings list --since x
findings list --sort x
findings list --limit 0
findings list --after x
findings list --format x
findings list --store .
findings list --store mysql://host
findings list --store postgres://kumoban:s3cr3t@127.0.0.1:1/kumoban
findings list --store one.csv
findings evidence 88662ebe6f56
findings evidence 88662ebe6f56 --output e.html
findings evidence 88662ebe6f56 --as x
findings export --format text
findings export --format json --output e.json
findings export --output missing/e.json
findings import e.json
findings import one.csv
findings import missing.json
ask 8f208caafe3d 619f6777ac93 42a2c678d031 --due 2099-01-15
ask b567351d8d18 --due 2099-01-15 --via mail --owner kei
ask b567351d8d18
ask b567351d8d18 --due 2020-01-15
ask b567351d8d18 --due 2099-01-15 --owner-tag none
ask b567351d8d18 42a2c678d031 --due 2099-01-15 --via mail
ask b567351d8d18 --due 2099-01-15 --via x
ask b567351d8d18 --due 2099-01-15 --via slack
ask b567351d8d18 --due 2099-01-15 --via slack --webhook http://example.com/s3cr3t
ask b567351d8d18 --due 2099-01-15 --via slack --webhook http://127.0.0.1:1/s3cr3t
ask list
ask show q1
ask show q99
ask sent q1
ask sent q1
ask sent q99
ask show q1
answer q1 fix --reply weather=yes
answer q1 fix --reply production=x
answer q1 fix
owners list
owners list --missing
owners import owners.csv --dry-run
owners import owners.csv
owners import one.csv
owners import missing.csv
owners list
owners show 8f208caafe3d
answer q2 fix-by --until 2099-03-31
answer q3 accept --until 2099-03-31 --reason r --by kei
answer q4 accept
answer q4 accept --until 2020-03-31 --reason r
answer q4 accept --until 2099-03-31
answer q4 fix --until 2099-03-31
answer q4 x
answer q99 fix
ask list --all
findings show 8f208caafe3d
findings show 42a2c678d031
findings evidence b567351d8d18 --as html
CONFIG
rules test
rules apply
rules test
findings suppress 31f45ee7a44e --reason r --until 2099-03-31
answer q4 accept --until 2099-03-31 --reason r
fix plan --control APIGateway.5 --resource shipping/prod --out plan.json
fix apply plan.json --yes
scan --format csv --output two.csv
findings show b567351d8d18
findings show b0b740897718
score
score --account 444455556666
history
diff
diff 1 2 --still
diff 7
diff x
audit verify
audit verify --head x
audit verify --head 1:0000000000000000000000000000000000000000000000000000000000000000
audit export --output audit.jsonl
audit verify --file audit.jsonl
audit verify --file one.csv
audit verify --file missing.jsonl
`

// TestOneLanguageOfWhatIsKept runs the commands on a store in both languages,
// and the help of every command there is.
func TestOneLanguageOfWhatIsKept(t *testing.T) {
	output := map[locale.Lang]string{}
	for _, lang := range locale.Langs() {
		t.Run(string(lang), func(t *testing.T) { output[lang] = keptOutput(t, lang) })
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
	for lang, text := range output {
		if strings.Contains(text, "s3cr3t") {
			t.Errorf("%s: a secret was printed", lang)
		}
		for _, piece := range []string{"<nil>", "%!", "map["} {
			if strings.Contains(text, piece) {
				t.Errorf("%s: %q was printed", lang, piece)
			}
		}
		if left := placeholder.FindString(text); left != "" && left != "{id}" && left != "{proxy}" {
			t.Errorf("%s: %s was not filled in", lang, left)
		}
	}
}

func keptOutput(t *testing.T, lang locale.Lang) string {
	t.Helper()
	k := keptDemo(t)
	var b strings.Builder
	say := func(args ...string) {
		stdout, stderr, _ := k.run(append([]string{"--lang", string(lang)}, args...)...)
		b.WriteString(stdout + stderr)
	}
	owners := "resource,team,channel,language\n*,all,print," + string(lang) + "\n" // questions are in the owner's language
	if err := os.WriteFile("owners.csv", []byte(owners), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(keptLines), "\n") {
		if line == "CONFIG" {
			if err := os.WriteFile("kumoban.yaml", []byte(keptRules+"exceptions: {fourEyes: true}\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		say(strings.Fields(line)...)
	}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		say(append(strings.Fields(c.CommandPath())[1:], "--help")...)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newProgram(t, lang).root())
	return category.ReplaceAllString(b.String(), "")
}

// TestLongWords gives every place for words a megabyte, more than a shell can
// pass on: it is refused in one sentence, and nothing is changed.
func TestLongWords(t *testing.T) {
	k := keptDemo(t)
	k.scan(t, "-q", "--format", "csv", "--output", "one.csv")
	k.must(t, "ask", "8f208caafe3d", "--due", "2099-01-15")
	before := k.must(t, "audit", "verify")
	long := strings.Repeat("x", 1<<20)
	for _, args := range [][]string{
		{"findings", "note", "88662ebe6f56", "--text", long},
		{"findings", "notify", "88662ebe6f56", "--reason", long},
		{"findings", "resolve", "88662ebe6f56", "--reason", long},
		{"findings", "severity", "88662ebe6f56", "--to", "high", "--reason", long},
		{"findings", "suppress", "88662ebe6f56", "--until", "2099-03-31", "--reason", long},
		{"findings", "suppress", "88662ebe6f56", "--until", "2099-03-31", "--reason", "r", "--by", long},
		{"findings", "suppress", "88662ebe6f56", "--until", "2099-03-31", "--reason", "r", "--approved-by", long},
		{"ask", "88662ebe6f56", "--due", "2099-01-15", "--owner", long},
		{"ask", "88662ebe6f56", "--due", "2099-01-15", "--by", long},
		{"answer", "q1", "accept", "--until", "2099-03-31", "--reason", long},
		{"answer", "q1", "fix", "--by", long},
		{"findings", "show", long},
		{"findings", "list", "--after", long},
		{"ask", "show", long},
		{"diff", long},
		{"audit", "verify", "--head", long},
		{"findings", "suppress", "88662ebe6f56", "--until", long, "--reason", "r"},
	} {
		stdout, stderr, code := k.run(args...)
		if code != exitFailed || stdout != "" || strings.Count(stderr, "\n") != 1 || len(stderr) > 1300 {
			t.Errorf("%s %s: exit code %d, %d bytes on stdout, on stderr %.300q (%d bytes)", args[0], args[1], code, len(stdout), stderr, len(stderr))
		}
	}
	if after := k.must(t, "audit", "verify"); after != before {
		t.Errorf("something was written:\n%s%s", before, after)
	}
}
