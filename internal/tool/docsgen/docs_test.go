package main

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/locale"
)

func TestPagesAreCompleteAndLinked(t *testing.T) {
	all := controls.All()
	p, err := render(all)
	if err != nil {
		t.Fatal(err)
	}
	if want := (len(all) + 1) * len(locale.Langs()); len(p) != want {
		t.Errorf("%d pages, want %d", len(p), want)
	}
	for _, lang := range locale.Langs() {
		for _, c := range all {
			if link := "[" + c.ID + "](" + c.ID + ".md)"; !bytes.Contains(p[name(lang, index)], []byte(link)) {
				t.Errorf("%s: the index lacks %s", lang, link)
			}
		}
	}
	links := regexp.MustCompile(`\]\(([^()\s]+)\)`)
	for name, content := range p {
		if !bytes.HasPrefix(content, []byte(generated)) {
			t.Errorf("%s does not say that it is generated", name)
		}
		for _, m := range links.FindAllStringSubmatch(string(content), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if _, ours := p[path.Join(path.Dir(name), target)]; !ours && !strings.HasPrefix(target, "https://") {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	}
}

func TestWriteRemovesStalePagesOnly(t *testing.T) {
	root := t.TempDir()
	first := pages{
		"docs/controls/en/README.md": []byte(generated + "index"),
		"docs/controls/en/Old.1.md":  []byte(generated + "old"),
		"docs/controls/ja/Old.1.md":  []byte(generated + "古い"),
	}
	if err := write(root, first); err != nil {
		t.Fatal(err)
	}
	byHand := filepath.Join(root, "docs", "controls", "en", "notes.md")
	if err := os.WriteFile(byHand, []byte("by hand"), 0o600); err != nil {
		t.Fatal(err)
	}
	second := pages{"docs/controls/en/README.md": []byte(generated + "new index")}
	if err := write(root, second); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	err := filepath.WalkDir(root, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(file)
		rel, _ := filepath.Rel(root, file)
		got[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"docs/controls/en/README.md": generated + "new index", "docs/controls/en/notes.md": "by hand"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestRunWantsTheRoot(t *testing.T) {
	for _, args := range [][]string{nil, {"a", "b"}} {
		if err := run(args); err == nil || err.Error() != "want one argument, the repository's root" {
			t.Errorf("%v: %v", args, err)
		}
	}
}
