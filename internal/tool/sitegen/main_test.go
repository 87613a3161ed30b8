package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/locale"
)

// TestSite: every control has a page in each language, and every link within the
// site leads to a page.
func TestSite(t *testing.T) {
	root := t.TempDir()
	all := controls.All()
	if err := write(root, all); err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`href="([^":]+\.html)"`)
	for _, lang := range locale.Langs() {
		files, err := filepath.Glob(filepath.Join(root, string(lang), "*.html"))
		if err != nil || len(files) != len(all)+1 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range link.FindAllSubmatch(text, -1) {
				if _, err := os.Stat(filepath.Join(filepath.Dir(file), filepath.FromSlash(string(m[1])))); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
		}
	}
}
