package render_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

func texts(t *testing.T, lang locale.Lang) (*locale.Catalog, render.TextSource) {
	t.Helper()
	cat, err := locale.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := report.NewTexts(cat, controls.All())
	if err != nil {
		t.Fatal(err)
	}
	return cat, texts
}

// show renders a plan; "summary" is the summary.
func show(t *testing.T, p *plan.Plan, as string, lang locale.Lang) string {
	t.Helper()
	cat, texts := texts(t, lang)
	var b bytes.Buffer
	var err error
	if as == "summary" {
		err = render.Summary(&b, p, cat, texts)
	} else {
		err = render.Render(&b, p, as, cat, texts)
	}
	if err != nil {
		t.Fatalf("%s: %v", as, err)
	}
	return b.String()
}

func all() []string { return append([]string{"summary"}, render.Media()...) }

func TestGolden(t *testing.T) {
	for name, p := range plans(t) {
		t.Run(name, func(t *testing.T) {
			got := &txtar.Archive{}
			for _, as := range all() {
				for _, lang := range locale.Langs() {
					text := show(t, p, as, lang)
					got.Files = append(got.Files, txtar.File{Name: as + "." + string(lang), Data: []byte(text)})
					if diff := cmp.Diff(text, show(t, saved(t, p), as, lang)); diff != "" {
						t.Errorf("%s: the saved plan shows otherwise:\n%s", as, diff)
					}
				}
			}
			path := filepath.Join("testdata", name+".txtar")
			if *update {
				if err := os.WriteFile(path, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(txtar.Format(got))); diff != "" {
				t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, diff)
			}
		})
	}
}
