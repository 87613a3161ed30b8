package guide

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const fence = "```"

var (
	snippetLine = regexp.MustCompile(`^( *)\{\{snippet ([A-Za-z0-9.-]+)\}\}$`)
	rawHTML     = regexp.MustCompile(`<[A-Za-z/!?]`)
)

// parser turns the text of one guide into a Guide.
type parser struct {
	file     string
	snippets []*Snippet
	shown    map[string]bool
}

// part is a section's key with its lines, before they are looked at.
type part struct {
	key   string
	line  int // of the heading, from 1
	lines []string
}

func (p *parser) parse(text string) (*Guide, error) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	title, ok := strings.CutPrefix(lines[0], "# ")
	if !ok {
		return nil, p.fault(1, "want \"# \" and the title")
	}
	parts, err := p.split(lines)
	if err != nil {
		return nil, err
	}
	if err := p.order(parts); err != nil {
		return nil, err
	}
	g := &Guide{Title: title}
	for _, part := range parts {
		blocks, err := p.blocks(part)
		if err != nil {
			return nil, err
		}
		g.Sections = append(g.Sections, Section{part.key, blocks})
	}
	for _, s := range p.snippets {
		if !p.shown[s.Name] {
			return nil, fmt.Errorf("%s: snippets/%s is never shown", p.file, s.Name)
		}
	}
	return g, nil
}

func (p *parser) fault(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", p.file, line, fmt.Sprintf(format, args...))
}

// split cuts the lines after the title at the headings of sections.
func (p *parser) split(lines []string) ([]part, error) {
	var parts []part
	for i, line := range lines[1:] {
		n := i + 2
		switch key, heading := strings.CutPrefix(line, "## "); {
		case heading:
			parts = append(parts, part{key: key, line: n})
		case parts != nil:
			last := &parts[len(parts)-1]
			last.lines = append(last.lines, line)
		case strings.TrimSpace(line) != "":
			return nil, p.fault(n, "text before the first section")
		}
	}
	return parts, nil
}

// order compares the sections that are there with those that should be.
func (p *parser) order(parts []part) error {
	keys := SectionKeys()
	if !slices.ContainsFunc(parts, func(p part) bool { return slices.Contains(WayKeys(), p.key) }) {
		keys = slices.DeleteFunc(keys, func(key string) bool { return slices.Contains(WayKeys(), key) })
	}
	lines := map[string]int{}
	for _, part := range parts {
		switch first, twice := lines[part.key]; {
		case !slices.Contains(SectionKeys(), part.key):
			return p.fault(part.line, "unknown section %q: a guide has the sections %s", part.key, strings.Join(SectionKeys(), ", "))
		case twice:
			return p.fault(part.line, "section %q is there twice, first in line %d", part.key, first)
		}
		lines[part.key] = part.line
	}
	for _, key := range keys {
		if lines[key] == 0 {
			return fmt.Errorf("%s: section %q is missing", p.file, key)
		}
	}
	for i, part := range parts {
		if part.key != keys[i] {
			return p.fault(part.line, "section %q comes where %q belongs", part.key, keys[i])
		}
	}
	return nil
}

// blocks parts a section's lines into prose and snippets.
func (p *parser) blocks(part part) ([]Block, error) {
	var blocks []Block
	var prose []string
	flush := func() {
		if text := strings.Trim(strings.Join(prose, "\n"), "\n"); text != "" {
			blocks = append(blocks, Block{Prose: text})
		}
		prose = nil
	}
	for i, line := range part.lines {
		n := part.line + 1 + i
		m := snippetLine.FindStringSubmatch(line)
		if m == nil {
			if err := p.prose(n, line); err != nil {
				return nil, err
			}
			prose = append(prose, line)
			continue
		}
		s := find(p.snippets, m[2])
		if s == nil {
			return nil, p.fault(n, "there is no snippets/%s", m[2])
		}
		p.shown[s.Name] = true
		flush()
		blocks = append(blocks, Block{Snippet: s, Indent: m[1]})
	}
	flush()
	if blocks == nil {
		return nil, p.fault(part.line, "section %q is empty", part.key)
	}
	return blocks, nil
}

// prose refuses what would not come out as written.
func (p *parser) prose(n int, line string) error {
	trimmed := strings.TrimSpace(line)
	switch {
	case strings.Contains(line, "{{"):
		return p.fault(n, "want a line of its own with {{snippet NAME}}")
	case strings.HasPrefix(trimmed, fence), strings.HasPrefix(trimmed, "~~~"):
		return p.fault(n, "a code block belongs into snippets/, where it is tested")
	case strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "### "):
		return p.fault(n, "a heading inside a section begins with \"### \"")
	case strings.Contains(line, "\r"):
		return p.fault(n, "a carriage return: lines end in a line feed")
	}
	if holdsHTML(line) {
		return p.fault(n, "raw HTML, or a < that needs `code`")
	}
	return nil
}

func holdsHTML(line string) bool {
	return slices.ContainsFunc(spans(line), func(s span) bool {
		return s.kind == plainText && rawHTML.MatchString(s.text) || s.kind == linkSpan && holdsHTML(s.text)
	})
}
