package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var (
	fence    = regexp.MustCompile("(?s)```(sh|yaml)\n(.*?)```")
	unquoted = regexp.MustCompile(`"[^"]*"|\S+`)
)

// TestReadmeRuns runs what the README shows of keeping findings, in both
// languages, as it is printed but for the date in kumoban.yaml, which is past some day.
func TestReadmeRuns(t *testing.T) {
	for file, heading := range map[string]string{"README.md": "## Keep findings until they are closed", "README.ja.md": "## 検出結果を閉じるまで管理する"} {
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("../..", file))
			if err != nil {
				t.Fatal(err)
			}
			_, rest, found := strings.Cut(strings.ReplaceAll(string(text), "2027-03-31", time.Now().AddDate(0, 6, 0).Format(time.DateOnly)), heading)
			section, _, _ := strings.Cut(rest, "\n## ")
			if !found {
				t.Fatalf("no section %q", heading)
			}
			k := keptDemo(t)
			k.must(t, "scan", "--service", "APIGateway", "-q", "--format", "csv", "--output", "before.csv")
			ran := 0
			for _, block := range fence.FindAllStringSubmatch(section, -1) {
				if block[1] == "yaml" {
					if err := os.WriteFile("policy.yaml", []byte(block[2]), 0o600); err != nil {
						t.Fatal(err)
					}
					if out := k.must(t, "rules", "test", "--config", "policy.yaml"); !strings.Contains(out, "dev is no production") || strings.Count(out, "\n  ") != 4 {
						t.Errorf("the rules hit something else:\n%s", out)
					}
					continue
				}
				for _, line := range strings.Split(strings.TrimSpace(block[2]), "\n") {
					command, _, _ := strings.Cut(line, "  #")
					args := unquoted.FindAllString(command, -1)
					for i := range args {
						args[i] = strings.Trim(args[i], `"`)
					}
					if args[0] != "kumoban" {
						t.Fatalf("%q is no command of kumoban", line)
					}
					k.must(t, args[1:]...)
					ran++
				}
			}
			if ran < 10 {
				t.Errorf("only %d commands were found", ran)
			}
		})
	}
}
