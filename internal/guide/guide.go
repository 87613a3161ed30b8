package guide

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// ProviderVersion is the version of the Terraform provider hashicorp/aws that
// every Terraform snippet is validated with.
const ProviderVersion = "5.100.0"

// SectionKeys lists the keys of a guide's sections, in the order in which each
// guide has them.
func SectionKeys() []string {
	return []string{"why", "scope", "before", "console", "cli", "terraform", "cloudformation", "verify"}
}

// WayKeys lists the sections that say how to fix a finding, in every way there
// is. A guide has them written, all of them, or leaves them to what a remedy says.
func WayKeys() []string { return []string{"console", "cli", "terraform", "cloudformation"} }

// Guide is a control's guidance in one language.
type Guide struct {
	Title    string
	Sections []Section // of SectionKeys, in that order, with or without WayKeys
	bare     bool      // without the facts that stand before them
}

// Section is one part of a guide.
type Section struct {
	Key    string
	Blocks []Block
}

// Block is a run of Markdown, or a snippet.
type Block struct {
	Prose   string   // "" where Snippet is set
	Snippet *Snippet // nil where Prose is set
	Indent  string   // of a snippet that belongs to a list item
}

// Snippet is a file that can be used as it is printed.
type Snippet struct {
	Name     string // "fix-encrypt.sh"
	Language string // of a fenced code block: "sh", "hcl", "yaml", "json"
	Text     string // without the last line break
}

// Snippets returns the snippets that the section shows, in its order; one that
// is shown twice is there twice.
func (s *Section) Snippets() []*Snippet {
	var shown []*Snippet
	for _, b := range s.Blocks {
		if b.Snippet != nil {
			shown = append(shown, b.Snippet)
		}
	}
	return shown
}

// Lacks tells whether a section is to be derived.
func (g *Guide) Lacks(key string) bool {
	return !slices.ContainsFunc(g.Sections, func(s Section) bool { return s.Key == key })
}

// Add puts a section in its place.
func (g *Guide) Add(s Section) {
	keys := SectionKeys()
	at := slices.IndexFunc(g.Sections, func(other Section) bool { return slices.Index(keys, other.Key) > slices.Index(keys, s.Key) })
	if at < 0 {
		at = len(g.Sections)
	}
	g.Sections = slices.Insert(g.Sections, at, s)
}

// Only leaves out all but some sections, and what stands before them. A section
// that guides do not have is a [locale.Error].
func (g *Guide) Only(keys []string) error {
	for _, key := range keys {
		if !slices.Contains(SectionKeys(), strings.ToLower(key)) {
			return locale.Errorf("cli.noSection", locale.A("section", locale.Clean(key)), locale.A("sections", SectionKeys()))
		}
	}
	g.bare = true
	g.Sections = slices.DeleteFunc(g.Sections, func(s Section) bool {
		return !slices.ContainsFunc(keys, func(key string) bool { return strings.EqualFold(key, s.Key) })
	})
	return nil
}

// Load reads a control's guide. A section that is unknown, missing, there twice
// or out of order is an error, and so are a snippet that does not exist or is
// never shown, a title that is not the control's, and Markdown that would not
// come out as written: raw HTML and code blocks that are no snippets.
func Load(c *control.Control, lang locale.Lang) (*Guide, error) {
	g, err := load(c, lang)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.ID, err)
	}
	return g, nil
}

func load(c *control.Control, lang locale.Lang) (*Guide, error) {
	messages, err := c.Messages(lang)
	if err != nil {
		return nil, err
	}
	snippets, err := Snippets(c)
	if err != nil {
		return nil, err
	}
	name := "guide." + string(lang) + ".md"
	data, err := fs.ReadFile(c.Files, name)
	if err != nil {
		return nil, err
	}
	p := parser{file: name, snippets: snippets, shown: map[string]bool{}}
	g, err := p.parse(locale.WithLabels(lang, string(data), "**", "**"))
	if err != nil {
		return nil, err
	}
	if g.Title != messages["title"] {
		return nil, fmt.Errorf("%s:1: title %q is not that of messages.%s.txt, %q", name, g.Title, lang, messages["title"])
	}
	return g, nil
}

// Snippets reads all snippets of a control, by name. One whose guide leaves the
// ways to its remedies has none.
func Snippets(c *control.Control) ([]*Snippet, error) {
	entries, err := fs.ReadDir(c.Files, "snippets")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var snippets []*Snippet
	for _, e := range entries {
		s, err := readSnippet(c.Files, e.Name())
		if err != nil {
			return nil, fmt.Errorf("snippets/%s: %w", e.Name(), err)
		}
		snippets = append(snippets, s)
	}
	return snippets, nil
}

func readSnippet(files fs.FS, name string) (*Snippet, error) {
	languages := map[string]string{".sh": "sh", ".tf": "hcl", ".yaml": "yaml", ".json": "json"}
	language, ok := languages[path.Ext(name)]
	if !ok {
		return nil, fmt.Errorf("a snippet ends in .sh, .tf, .yaml or .json")
	}
	data, err := fs.ReadFile(files, "snippets/"+name)
	if err != nil {
		return nil, err
	}
	text := strings.TrimRight(string(data), "\n")
	switch {
	case strings.TrimSpace(text) == "":
		return nil, fmt.Errorf("the snippet is empty")
	case strings.Contains(text, fence):
		return nil, fmt.Errorf("%s would end its code block", fence)
	}
	return &Snippet{name, language, text}, nil
}

func find(snippets []*Snippet, name string) *Snippet {
	i := slices.IndexFunc(snippets, func(s *Snippet) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return snippets[i]
}
