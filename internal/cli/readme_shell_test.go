package cli_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/outside"
)

// placeholders are the commands of the README that nobody can type as printed:
// what stands in them is somebody's own, or they ask on a terminal.
var placeholders = map[string]string{
	"kumoban fix apply plan.json":                         "kumoban fix apply plan.json --yes",
	"kumoban fix apply plan.json --fix-role kumoban-fix":  `kumoban fix apply plan.json --fix-role kumoban-fix --yes && kumoban fix undo "$(ls state/runs | tail -1)" --fix-role kumoban-fix --yes`,
	"kumoban fix undo 20260401-093000-eb818d45 --dry-run": `kumoban fix undo "$(ls state/runs | tail -1)" --dry-run`,
	"kumoban fix undo 20260401-093000-eb818d45":           `kumoban fix undo "$(ls state/runs | tail -1)" --yes`,
	"kumoban findings show arn:aws:securityhub:…":         "",
}

var shellLine = regexp.MustCompile(`(?m)^(?:\$ )?(kumoban .*)$`)

// TestReadmeInShell types every command of the README into the shell that
// kumoban demo --shell opens, in both languages, in the order of the page.
func TestReadmeInShell(t *testing.T) {
	_, err := exec.LookPath("sh")
	outside.Need(t, err)
	for _, file := range []string{"README.md", "README.ja.md"} {
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("../..", file))
			if err != nil {
				t.Fatal(err)
			}
			script, n, changed := typedIn(string(text))
			if n < 40 || changed != len(placeholders) {
				t.Fatalf("%d commands were found, and %d of those that cannot be typed as printed", n, changed)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			c := exec.CommandContext(ctx, "kumoban", "demo", "--shell")
			var out bytes.Buffer
			c.Stdin, c.Stdout, c.Stderr = strings.NewReader(script), &out, &out
			tmp := t.TempDir()
			c.Env = append(os.Environ(), "SHELL=/bin/sh", "LANG=C", "TZ=UTC", "TMPDIR="+tmp, "GORACE=atexit_sleep_ms=0")
			err = c.Run()
			if err != nil || strings.Contains(out.String(), "FAILED LINE") || !strings.Contains(out.String(), "THE END") {
				t.Errorf("%v\n%s", err, out.String())
			}
			if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
				t.Errorf("it left %v, %v", left, err)
			}
		})
	}
}

// typedIn makes a script of the commands in a page's blocks, and counts them. A
// command that finds something or could not read all has done its work.
func typedIn(page string) (script string, n, changed int) {
	var b strings.Builder
	for i, block := range strings.Split(page, "```") {
		kind, rest, _ := strings.Cut(block, "\n")
		if i%2 == 0 || kind != "sh" && kind != "console" {
			continue
		}
		for _, m := range shellLine.FindAllStringSubmatch(rest, -1) {
			line, _, _ := strings.Cut(m[1], "  #")
			line, _, _ = strings.Cut(line, " # ")
			line = strings.TrimSpace(line)
			if other, ok := placeholders[line]; ok {
				line = other
				changed++
			}
			if line == "" {
				continue
			}
			n++
			quoted := strings.ReplaceAll(line, "'", `'\''`)
			b.WriteString(line + " >line.log 2>&1 </dev/null; code=$?\ncase $code in 0|2|3) ;; *) echo 'FAILED LINE: " + quoted + "'; echo \"$code\"; cat line.log;; esac\n")
		}
	}
	return b.String() + "echo THE END\n", n, changed
}
