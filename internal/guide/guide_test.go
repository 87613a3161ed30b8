package guide_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/locale"
)

func TestLoadFindsSectionsAndSnippets(t *testing.T) {
	for _, lang := range locale.Langs() {
		g := load(t, bell(files()), lang)
		got := map[string][]string{}
		var keys []string
		for i := range g.Sections {
			s := &g.Sections[i]
			keys = append(keys, s.Key)
			for _, snippet := range s.Snippets() {
				got[s.Key] = append(got[s.Key], snippet.Language+" "+snippet.Name)
			}
		}
		if diff := cmp.Diff(guide.SectionKeys(), keys); diff != "" {
			t.Errorf("%s: sections (-want +got):\n%s", lang, diff)
		}
		want := map[string][]string{
			"console": {"sh check.sh"}, "cli": {"sh fix.sh", "json bell.json"}, "terraform": {"hcl bell.tf"},
			"cloudformation": {"yaml bell.yaml"}, "verify": {"sh check.sh"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: snippets (-want +got):\n%s", lang, diff)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	edit := func(old, new string) func(fstest.MapFS) {
		return func(fsys fstest.MapFS) {
			text := string(fsys["guide.en.md"].Data)
			if !strings.Contains(text, old) {
				panic("the sample has no " + old)
			}
			fsys["guide.en.md"].Data = []byte(strings.Replace(text, old, new, 1))
		}
	}
	file := func(name, data string) func(fstest.MapFS) {
		return func(fsys fstest.MapFS) { fsys[name] = &fstest.MapFile{Data: []byte(data)} }
	}
	for name, c := range map[string]struct {
		change func(fstest.MapFS)
		want   string
	}{
		"no guide":          {func(fsys fstest.MapFS) { delete(fsys, "guide.en.md") }, "open guide.en.md: file does not exist"},
		"an empty guide":    {file("guide.en.md", ""), `guide.en.md:1: want "# " and the title`},
		"no title":          {edit("# Bells should ring", "Bells should ring"), `guide.en.md:1: want "# " and the title`},
		"another title":     {edit("should ring", "must ring"), `guide.en.md:1: title "Bells must ring" is not that of messages.en.txt, "Bells should ring"`},
		"no messages":       {func(fsys fstest.MapFS) { delete(fsys, "messages.en.txt") }, "open messages.en.txt: file does not exist"},
		"early text":        {edit("\n## why", "Hello.\n\n## why"), "guide.en.md:2: text before the first section"},
		"unknown section":   {edit("## scope", "## Scope"), `guide.en.md:7: unknown section "Scope": a guide has the sections why, scope, before, console, cli, terraform, cloudformation, verify`},
		"missing section":   {edit("## why\n\nA bell that is silent", "## scope\n\nA bell that is silent"), `guide.en.md:7: section "scope" is there twice, first in line 3`},
		"missing last":      {edit("## verify\n", ""), `guide.en.md: section "verify" is missing`},
		"missing way":       {edit("## terraform\n\n{{snippet bell.tf}}\n", ""), `guide.en.md: section "terraform" is missing`},
		"no section at all": {file("guide.en.md", "# Bells should ring\n"), `guide.en.md: section "why" is missing`},
		"order": {
			func(fsys fstest.MapFS) {
				edit("## why", "## x")(fsys)
				edit("## scope", "## why")(fsys)
				edit("## x", "## scope")(fsys)
			},
			`guide.en.md:3: section "scope" comes where "why" belongs`,
		},
		"empty section":          {edit("- each bell\n- not: `~1x~1{id}`, `<name>` and `[a](b)`\n", ""), `guide.en.md:7: section "scope" is empty`},
		"no such snippet":        {edit("{{snippet fix.sh}}", "{{snippet fux.sh}}"), "guide.en.md:30: there is no snippets/fux.sh"},
		"a snippet outside":      {edit("{{snippet fix.sh}}", "{{snippet ../guide.en.md}}"), "guide.en.md:30: want a line of its own with {{snippet NAME}}"},
		"a snippet in a line":    {edit("{{snippet fix.sh}}", "Run {{snippet fix.sh}}"), "guide.en.md:30: want a line of its own with {{snippet NAME}}"},
		"a misspelt snippet":     {edit("{{snippet fix.sh}}", "{{ snippet fix.sh }}"), "guide.en.md:30: want a line of its own with {{snippet NAME}}"},
		"an unused snippet":      {file("snippets/more.tf", "locals {}\n"), "guide.en.md: snippets/more.tf is never shown"},
		"no snippets":            {func(fsys fstest.MapFS) { removeSnippets(fsys) }, "guide.en.md:24: there is no snippets/check.sh"},
		"an unknown language":    {file("snippets/fix.py", "pass\n"), "snippets/fix.py: a snippet ends in .sh, .tf, .yaml or .json"},
		"an empty snippet":       {file("snippets/fix.sh", "\n"), "snippets/fix.sh: the snippet is empty"},
		"a fence in a snippet":   {file("snippets/fix.sh", "cat <<EOF\n```\nEOF\n"), "snippets/fix.sh: ``` would end its code block"},
		"a code block":           {edit("Or, with a file:", "```sh\naws bells\n```"), "guide.en.md:32: a code block belongs into snippets/, where it is tested"},
		"a second title":         {edit("### Cost", "# Cost"), `guide.en.md:14: a heading inside a section begins with "### "`},
		"a deep heading":         {edit("### Cost", "#### Cost"), `guide.en.md:14: a heading inside a section begins with "### "`},
		"raw HTML":               {edit("Ring it.", "Ring<br>it."), "guide.en.md:22: raw HTML, or a < that needs `code`"},
		"a bare placeholder":     {edit("Ring it.", "Ring <name>."), "guide.en.md:22: raw HTML, or a < that needs `code`"},
		"carriage returns":       {edit("Ring it.", "Ring it.\r"), "guide.en.md:22: a carriage return: lines end in a line feed"},
		"HTML that link text is": {edit("[some]", "[<b>some]"), "guide.en.md:18: raw HTML, or a < that needs `code`"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := files()
			c.change(fsys)
			_, err := guide.Load(bell(fsys), locale.English)
			if err == nil {
				t.Fatal("no error")
			}
			if want := "Bell.1: " + c.want; err.Error() != want {
				t.Errorf("error\n got %s\nwant %s", err, want)
			}
		})
	}
}

// TestLoadWithoutWays: a guide may leave all the ways to its remedies.
func TestLoadWithoutWays(t *testing.T) {
	fsys := files()
	removeSnippets(fsys)
	text := string(fsys["guide.en.md"].Data)
	console, verify := strings.Index(text, "## console"), strings.Index(text, "## verify")
	fsys["guide.en.md"].Data = []byte(text[:console] + strings.Replace(text[verify:], "{{snippet check.sh}}", "Listen.", 1))
	var keys []string
	for _, s := range load(t, bell(fsys), locale.English).Sections {
		keys = append(keys, s.Key)
	}
	if diff := cmp.Diff([]string{"why", "scope", "before", "verify"}, keys); diff != "" {
		t.Error(diff)
	}
}

func removeSnippets(fsys fstest.MapFS) {
	for name := range fsys {
		if strings.HasPrefix(name, "snippets/") {
			delete(fsys, name)
		}
	}
}

func TestGoldenPages(t *testing.T) {
	for _, lang := range locale.Langs() {
		cat, c := catalog(t, lang), bell(files())
		g := load(t, c, lang)
		golden(t, "page."+string(lang)+".md", func(b *bytes.Buffer) error { return g.Markdown(b, cat, c) })
		golden(t, "page."+string(lang)+".txt", func(b *bytes.Buffer) error { return g.Text(b, cat, c) })
		golden(t, "page."+string(lang)+".screen.txt", func(b *bytes.Buffer) error { return g.Screen(b, cat, c) })
		golden(t, "explain."+string(lang)+".json", func(b *bytes.Buffer) error { return g.JSON(b, cat, c) })

		both := []*control.Control{c, bare()}
		golden(t, "list."+string(lang)+".txt", func(b *bytes.Buffer) error { return guide.List(b, cat, both, []string{"APIGateway.1", "S3.8"}, nil) })
		golden(t, "list."+string(lang)+".json", func(b *bytes.Buffer) error { return guide.ListJSON(b, cat, both) })
	}
}

func TestAPageWithoutAnythingOptional(t *testing.T) {
	c := bare()
	text := strings.Replace(english, "{{snippet bell.tf}}", "Provider 5.100.0 cannot do it.", 1)
	c.Files.(fstest.MapFS)["guide.en.md"] = &fstest.MapFile{Data: []byte(text)}
	delete(c.Files.(fstest.MapFS), "snippets/bell.tf")
	golden(t, "bare.en.md", func(b *bytes.Buffer) error {
		return load(t, c, locale.English).Markdown(b, catalog(t, locale.English), c)
	})
}

func TestListOfNothing(t *testing.T) {
	var text, list bytes.Buffer
	cat := catalog(t, locale.English)
	if err := errors.Join(guide.List(&text, cat, nil, []string{"APIGateway.1", "apigateway.2", "S3.8", "X.1"}, []string{"apigateway", "EC2"}), guide.ListJSON(&list, cat, nil)); err != nil {
		t.Fatal(err)
	}
	if text.String() != "kumoban has 2 of the 42 active controls of AWS Foundational Security Best Practices for APIGateway, EC2.\n" || !strings.Contains(list.String(), `"controls": []`) {
		t.Errorf("text %q, JSON %s", &text, &list)
	}
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrorsAndMissingTextsSurface(t *testing.T) {
	cat, c := catalog(t, locale.English), bell(files())
	g := load(t, c, locale.English)
	lost := bell(fstest.MapFS{})
	for name, write := range map[string]func(io.Writer, *control.Control) error{
		"Markdown": func(w io.Writer, c *control.Control) error { return g.Markdown(w, cat, c) },
		"Text":     func(w io.Writer, c *control.Control) error { return g.Text(w, cat, c) },
		"List": func(w io.Writer, c *control.Control) error {
			return guide.List(w, cat, []*control.Control{c}, nil, nil)
		},
		"ListJSON": func(w io.Writer, c *control.Control) error { return guide.ListJSON(w, cat, []*control.Control{c}) },
		"JSON":     func(w io.Writer, c *control.Control) error { return g.JSON(w, cat, c) },
	} {
		if err := write(full{}, c); !errors.Is(err, errFull) {
			t.Errorf("%s on a full disk: %v", name, err)
		}
		if err := write(io.Discard, lost); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s of a control without files: %v", name, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(english)
	f.Add("# Bells should ring\n## why\n[`](x)**``{{snippet fix.sh}}")
	f.Fuzz(func(t *testing.T, text string) {
		fsys := files()
		fsys["guide.en.md"] = &fstest.MapFile{Data: []byte(text)}
		c := bell(fsys)
		g, err := guide.Load(c, locale.English)
		if err != nil {
			return
		}
		cat := catalog(t, locale.English)
		if err := errors.Join(g.Markdown(io.Discard, cat, c), g.Text(io.Discard, cat, c)); err != nil {
			t.Error(err)
		}
	})
}
