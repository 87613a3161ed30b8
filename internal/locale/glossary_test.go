package locale

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// glossaryFile decides every term; it is read from the repository's root.
const glossaryFile = "docs/glossary.md"

// term is one row of the glossary.
type term struct {
	words  map[Lang]string
	origin string
	never  map[Lang][]*regexp.Regexp
}

var ticked = regexp.MustCompile("`([^`]+)`")

// glossary reads the table of the glossary.
func glossary(t *testing.T, root fs.FS) []term {
	t.Helper()
	data, err := fs.ReadFile(root, glossaryFile)
	if err != nil {
		t.Fatal(err)
	}
	var terms []term
	for _, line := range strings.Split(string(data), "\n") {
		const bar = "\x00"
		cells := strings.Split(strings.ReplaceAll(line, `\|`, bar), "|")
		if len(cells) != 7 || strings.HasPrefix(cells[1], "---") || cells[1] == " English " {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], bar, "|"))
		}
		one := term{map[Lang]string{English: cells[1], Japanese: cells[2]}, cells[3], map[Lang][]*regexp.Regexp{}}
		for i, lang := range Langs() {
			for _, m := range ticked.FindAllStringSubmatch(cells[4+i], -1) {
				one.never[lang] = append(one.never[lang], regexp.MustCompile(m[1]))
			}
		}
		terms = append(terms, one)
	}
	return terms
}

// TestGlossaryIsWhole: every term says where its Japanese comes from, and does
// not forbid itself.
func TestGlossaryIsWhole(t *testing.T) {
	terms := glossary(t, os.DirFS("../.."))
	if len(terms) < 40 {
		t.Fatalf("only %d terms were read", len(terms))
	}
	for _, one := range terms {
		if one.words[English] == "" || !regexp.MustCompile(`^(SH|AG|TLS|CM|S3|RDS|ours)\b`).MatchString(one.origin) {
			t.Errorf("%s: the term or its origin is missing: %q", one.words[English], one.origin)
		}
		for _, other := range terms {
			for lang, word := range one.words {
				if lang == English && strings.Contains(one.words[Japanese], "half width") {
					continue
				}
				for _, never := range other.never[lang] {
					if at := never.FindString(word); at != "" {
						t.Errorf("%q is a term, and %q forbids it", word, never)
					}
				}
			}
		}
	}
}

// spoken tells whether a file holds texts for readers, and in which language.
func spoken(name string) (Lang, bool) {
	if name == "README.md" {
		return English, true
	}
	for _, lang := range Langs() {
		for _, end := range []string{".txt", ".md"} {
			if strings.HasSuffix(name, "."+string(lang)+end) {
				return lang, true
			}
		}
	}
	return "", false
}

var (
	codeSpan = regexp.MustCompile("`[^`]*`")
	address  = regexp.MustCompile(`https?://[^\s)]+`)
	option   = regexp.MustCompile(`--[a-z-]+|\{[a-zA-Z]+\}|"[a-z]+"`) // names that programs read
)

// prose is what a line says to a reader: nothing of a comment, a key, code.
func prose(name, line string) string {
	if strings.HasSuffix(name, ".txt") {
		if strings.HasPrefix(line, "#") {
			return ""
		}
		_, line, _ = strings.Cut(line, " = ")
	}
	line = address.ReplaceAllString(codeSpan.ReplaceAllString(line, "`"), "")
	return line
}

// forbidden is what finds any word that the glossary forbids in a language: most
// lines have none, and are not asked a hundred times.
func forbidden(terms []term, lang Lang) *regexp.Regexp {
	var all []string
	for _, one := range terms {
		for _, never := range one.never[lang] {
			all = append(all, "(?:"+never.String()+")")
		}
	}
	return regexp.MustCompile(strings.Join(all, "|"))
}

// faults are the words of a line that the glossary forbids.
func faults(terms []term, anyOf *regexp.Regexp, lang Lang, name, line string) []string {
	text := prose(name, line)
	bare := option.ReplaceAllString(text, "")
	if !anyOf.MatchString(text) && !anyOf.MatchString(bare) {
		return nil
	}
	var found []string
	for _, one := range terms {
		for _, never := range one.never[lang] {
			in := bare
			if strings.Contains(never.String(), `\{`) || strings.Contains(never.String(), "{owner}") {
				in = text
			}
			if at := never.FindString(in); at != "" {
				found = append(found, at+": write "+one.words[lang])
			}
		}
	}
	return found
}

// TestGlossary holds every text to the glossary, and names file and line of
// what does not keep to it.
func TestGlossary(t *testing.T) {
	root := os.DirFS("../..")
	terms := glossary(t, root)
	anyOf := map[Lang]*regexp.Regexp{}
	for _, lang := range Langs() {
		anyOf[lang] = forbidden(terms, lang)
	}
	files := 0
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			// docs is generated or about facts; the others hold no texts.
			if slices.Contains([]string{"docs", "testdata", ".git", ".tools"}, path.Base(name)) {
				return fs.SkipDir
			}
			return nil
		}
		lang, ok := spoken(name)
		if !ok {
			return nil
		}
		files++
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		fenced := false
		for i, line := range strings.Split(string(data), "\n") {
			// AWS's English titles are AWS's words.
			if strings.HasPrefix(line, "title = ") || i == 0 && strings.HasPrefix(line, "# ") {
				continue
			}
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if fenced && !strings.Contains(line, "#") {
				continue
			}
			for _, fault := range faults(terms, anyOf[lang], lang, name, line) {
				t.Errorf("%s:%d: %s", name, i+1, fault)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 60 {
		t.Errorf("only %d files were read", files)
	}
}
