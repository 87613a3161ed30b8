package locale

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed *.en.txt *.ja.txt
var files embed.FS

// Texts maps message keys to texts with {name} places.
type Texts map[string]string

// Catalog renders messages in one language.
type Catalog struct {
	Lang    Lang
	texts   Texts
	console bool // it is read in the console
}

// InConsole is the catalogue for readers of the console: where a text names commands
// or flags, it has another, whose key stands behind "shown.".
func (c *Catalog) InConsole() *Catalog { return &Catalog{c.Lang, c.texts, true} }

// New returns the catalogue of the program in the given language: the files
// named below, embedded and parsed by the tests. It is read once a process.
func New(lang Lang) (*Catalog, error) {
	switch lang {
	case English:
		return inEnglish()
	case Japanese:
		return inJapanese()
	}
	return nil, fmt.Errorf("there are no texts in %q", lang)
}

var (
	inEnglish  = sync.OnceValues(func() (*Catalog, error) { return read(English) })
	inJapanese = sync.OnceValues(func() (*Catalog, error) { return read(Japanese) })
)

func read(lang Lang) (*Catalog, error) {
	all := Texts{}
	for _, name := range catalogues() {
		texts, err := load(files, name, lang)
		if err != nil {
			return nil, err
		}
		for key, text := range texts {
			if !strings.HasPrefix(key, name+".") {
				return nil, fmt.Errorf("%s.%s.txt: key %s belongs into another file", name, lang, key)
			}
			if strings.HasPrefix(key, "render.console.") {
				text = WithLabels(lang, text, "「", "」")
			}
			all[key] = text
		}
	}
	return &Catalog{Lang: lang, texts: all}, nil
}

// catalogues are the files of the program's own texts, by their names.
func catalogues() (names []string) {
	list, _ := fs.Glob(files, "*.en.txt") // the pattern is a good one
	for _, file := range list {
		names = append(names, strings.TrimSuffix(file, ".en.txt"))
	}
	return names
}

// Load reads messages.<lang>.txt from fsys.
func Load(fsys fs.FS, lang Lang) (Texts, error) { return load(fsys, "messages", lang) }

func load(fsys fs.FS, name string, lang Lang) (Texts, error) {
	name += "." + string(lang) + ".txt"
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	return ParseTexts(name, string(data))
}

// ParseTexts reads lines of the form "key = text"; blank lines and lines that
// begin with # are skipped, and a text may contain \n for a line break.
func ParseTexts(name, data string) (Texts, error) {
	texts := Texts{}
	for i, line := range strings.Split(data, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, text, ok := strings.Cut(line, " = ")
		if !ok {
			return nil, fmt.Errorf("%s:%d: want \"key = text\"", name, i+1)
		}
		if _, twice := texts[key]; twice {
			return nil, fmt.Errorf("%s:%d: %s is there twice", name, i+1, key)
		}
		texts[key] = strings.ReplaceAll(text, `\n`, "\n")
	}
	return texts, nil
}

// Has tells whether the catalogue knows key.
func (c *Catalog) Has(key string) bool { _, ok := c.texts[key]; return ok }

// Text renders the message with this key, or the key itself where it is unknown.
func (c *Catalog) Text(key string, args ...Arg) string {
	return c.Render(c.texts, Message{key, args})
}

// Render puts a message of the given texts into the catalogue's language; the
// catalogue's own texts serve where those do not know the key.
func (c *Catalog) Render(texts Texts, m Message) string {
	if _, ok := texts[m.Key]; !ok {
		texts = c.texts
	}
	text, ok := texts[m.Key]
	if !ok {
		return m.Key
	}
	if form, ok := texts[m.Key+form(m.Args)]; ok {
		text = form
	}
	if c.console {
		text = c.shown(m, text)
	}
	return render(c.Lang, text, c.resolved(m.Args))
}

// shown is what the console says in the place of a text.
func (c *Catalog) shown(m Message, text string) string {
	for _, key := range []string{m.Key + form(m.Args), m.Key} {
		if other, ok := c.texts["shown."+key]; ok {
			return other
		}
	}
	return text
}

// form is what a key ends in where a text has a form of its own for its numbers:
// All where n of n are meant, One for the number 1 (of n, else of those passed).
func form(args []Arg) string {
	numbers := map[string]int{}
	for _, a := range args {
		if n, ok := a.Value.(int); ok {
			numbers[a.Name] = n
		}
	}
	n, ok := numbers["n"]
	if !ok {
		n = numbers["passed"]
	}
	switch of, known := numbers["of"]; {
	case ok && known && n == of && n > 0:
		return "All"
	case n == 1:
		return "One"
	}
	return ""
}

// resolved puts arguments that are errors for users, and codes of failed calls,
// into the language too.
func (c *Catalog) resolved(args []Arg) []Arg {
	for i, a := range args {
		switch v := a.Value.(type) {
		case Field:
			if label, ok := c.texts["shown.field."+string(v)]; ok && c.console {
				args = slices.Clone(args)
				args[i].Value = label
			}
		case *Error:
			args = slices.Clone(args)
			args[i].Value = c.Text(v.Key, v.Args...)
		case string:
			if text := c.code(v); coded(a.Name) && text != v {
				args = slices.Clone(args)
				args[i].Value = text
			}
		}
	}
	return args
}

// Keys returns all keys with their texts; it is for tests.
func (c *Catalog) Keys() Texts { return c.texts }

// Under are the texts whose keys begin with a prefix, without it.
func (c *Catalog) Under(prefix string) Texts {
	under := Texts{}
	for key, text := range c.texts {
		if name, ok := strings.CutPrefix(key, prefix); ok {
			under[name] = text
		}
	}
	return under
}
