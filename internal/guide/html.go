package guide

import (
	"html"
	"regexp"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
)

// HTML is a section as a page can hold it: everything in it is escaped, and its
// own headings have a level. "" where the guide has no such section.
func (g *Guide) HTML(cat *locale.Catalog, key, heading string) string {
	for i := range g.Sections {
		if g.Sections[i].Key == key {
			p := page{heading: heading}
			p.section(cat, &g.Sections[i])
			return p.b.String()
		}
	}
	return ""
}

// page writes the few forms of Markdown that guides use as HTML.
type page struct {
	b       strings.Builder
	heading string // an element, "h5"
	list    string // the element that is open: "ol", "ul" or ""
	rows    []string
}

var (
	itemLine = regexp.MustCompile(`^(?:(-)|\d+\.) +(.*)$`)
	ruleLine = regexp.MustCompile(`^\|[-:| ]+\|$`)
)

func (p *page) section(cat *locale.Catalog, s *Section) {
	if s.Key == "terraform" && len(s.Snippets()) > 0 {
		p.prose(cat.Text("guide.provider", locale.A("version", ProviderVersion)))
	}
	for _, b := range s.Blocks {
		if b.Snippet == nil {
			p.prose(b.Prose)
			continue
		}
		if b.Indent == "" {
			p.close()
		}
		p.b.WriteString("<pre><code>" + jointed(b.Snippet.Text) + "</code></pre>\n")
	}
	p.close()
}

func (p *page) prose(text string) {
	for _, line := range append(strings.Split(text, "\n"), "") {
		if strings.HasPrefix(line, "|") {
			p.rows = append(p.rows, line)
			continue
		}
		p.table()
		m := itemLine.FindStringSubmatch(line)
		heading, isHeading := strings.CutPrefix(line, "### ")
		switch {
		case strings.TrimSpace(line) == "":
		case isHeading:
			p.close()
			p.b.WriteString("<" + p.heading + ">" + inline(heading) + "</" + p.heading + ">\n")
		case m != nil:
			list := "ol"
			if m[1] != "" {
				list = "ul"
			}
			p.item(list, m[2])
		case line[0] == ' ' && p.list != "": // it goes on with the item
			p.b.WriteString("<p>" + inline(strings.TrimSpace(line)) + "</p>\n")
		default:
			p.close()
			p.b.WriteString("<p>" + inline(line) + "</p>\n")
		}
	}
}

func (p *page) item(list, text string) {
	if p.list != list {
		p.close()
		p.list = list
		p.b.WriteString("<" + list + ">\n")
	} else {
		p.b.WriteString("</li>\n")
	}
	p.b.WriteString("<li>" + inline(text))
}

func (p *page) close() {
	if p.list != "" {
		p.b.WriteString("</li>\n</" + p.list + ">\n")
		p.list = ""
	}
}

// table writes the rows that were gathered; the first is the head.
func (p *page) table() {
	if len(p.rows) == 0 {
		return
	}
	p.close()
	p.b.WriteString("<table>\n")
	for i, row := range p.rows {
		if ruleLine.MatchString(row) {
			continue
		}
		cell := "td"
		if i == 0 {
			cell = "th"
		}
		p.b.WriteString("<tr>")
		for _, text := range strings.Split(strings.Trim(strings.TrimSpace(row), "|"), " | ") {
			p.b.WriteString("<" + cell + ">" + inline(strings.TrimSpace(text)) + "</" + cell + ">")
		}
		p.b.WriteString("</tr>\n")
	}
	p.b.WriteString("</table>\n")
	p.rows = nil
}

// longWord is how many characters a narrow page has room for in a line of code.
const longWord = 24

var codeWord = regexp.MustCompile(`\S+`)

// jointed is code, escaped, that a line may break at the joints of what is longer
// than a narrow page; what is copied has no such places.
func jointed(code string) string {
	var b strings.Builder
	from := 0
	for _, at := range codeWord.FindAllStringIndex(code, -1) {
		word := code[at[0]:at[1]]
		b.WriteString(code[from:at[0]])
		from = at[1]
		for i, r := range word {
			b.WriteString(html.EscapeString(string(r)))
			if len(word) > longWord && i < len(word)-1 && strings.ContainsRune(",:/\"'=.{}()&|_-\\$", r) {
				b.WriteString("<wbr>")
			}
		}
	}
	return b.String() + code[from:]
}

// inline is a line's text. Links stay links, for whoever reads may follow them.
func inline(line string) string {
	var b strings.Builder
	strong := false
	for _, s := range spans(line) {
		switch s.kind {
		case bold:
			b.WriteString(map[bool]string{false: "<strong>", true: "</strong>"}[strong])
			strong = !strong
		case codeSpan:
			b.WriteString("<code>" + jointed(strings.Trim(s.text, "`")) + "</code>")
		case linkSpan, autolink:
			b.WriteString(`<a href="` + html.EscapeString(s.url) + `" rel="noreferrer">` + html.EscapeString(plain(strings.ReplaceAll(s.text, "`", ""))) + "</a>")
		default:
			b.WriteString(html.EscapeString(s.text))
		}
	}
	if strong {
		b.WriteString("</strong>")
	}
	// Japanese has no space after a full stop; Markdown needs one between it and the end of bold text.
	return strings.ReplaceAll(b.String(), "。 ", "。")
}
