package guide

import (
	"fmt"
	"io"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// Markdown writes the guide as one complete page, in the language of cat, which
// should be the guide's own.
func (g *Guide) Markdown(w io.Writer, cat *locale.Catalog, c *control.Control) error {
	return g.write(w, cat, c, markdown{})
}

// Text writes the guide for a terminal: the page without tables of facts, with
// links spelled out. It depends on no width.
func (g *Guide) Text(w io.Writer, cat *locale.Catalog, c *control.Control) error {
	return g.write(w, cat, c, terminal{})
}

// Screen is [Guide.Text] with headings, code and bold text as a terminal shows
// them, by escape sequences.
func (g *Guide) Screen(w io.Writer, cat *locale.Catalog, c *control.Control) error {
	return g.write(w, cat, c, screen{})
}

// style is what the ways of showing a guide do differently.
type style interface {
	heading(level int, text string) string
	snippet(b *Block) string
	code(string) string
	prose(string) string
	table(b *strings.Builder, head []string, rows [][]string)
}

func (g *Guide) write(w io.Writer, cat *locale.Catalog, c *control.Control, s style) error {
	d, err := describe(cat, c)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", s.heading(1, c.ID+": "+g.Title))
	if !g.bare {
		writeFacts(&b, cat, d, s)
		writeOwner(&b, cat, d, s)
	}
	for i := range g.Sections {
		section := &g.Sections[i]
		if i > 0 || !g.bare {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s\n\n%s\n", s.heading(2, cat.Text("guide.section."+section.Key)), section.body(cat, s))
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func writeFacts(b *strings.Builder, cat *locale.Catalog, d *description, s style) {
	rows := [][]string{
		{cat.Text("guide.severity"), d.Severity.String()},
		{cat.Text("guide.category"), known(cat, d.Category, func(c string) string { return categoryText(cat, c) })},
		{cat.Text("guide.configRule"), known(cat, d.ConfigRule, s.code)},
		{cat.Text("guide.resourceTypes"), listed(cat, d.ResourceTypes, s.code)},
		{cat.Text("guide.schedule"), known(cat, d.Schedule, func(c string) string { return cat.Text("guide.schedule." + c) })},
		{cat.Text("guide.requirements"), listed(cat, d.Requirements, nil)},
		{cat.Text("guide.notOffered"), listed(cat, d.NotOffered, s.code)},
	}
	if len(d.Parameters) == 0 {
		rows = append(rows, []string{cat.Text("guide.parameters"), cat.Text("guide.none")})
	}
	s.table(b, []string{"", ""}, rows)
	if len(d.Parameters) > 0 {
		writeParameters(b, cat, d, s)
	}
	if len(d.Remedies) > 0 {
		writeRemedies(b, cat, d, s)
	}
}

// writeOwner says what to ask the owner of a resource, and when to leave it be.
func writeOwner(b *strings.Builder, cat *locale.Catalog, d *description, s style) {
	if len(d.Questions) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n\n", s.heading(2, cat.Text("guide.owner")))
	s.table(b, []string{"", ""}, [][]string{
		{cat.Text("ask.label.affected"), d.Affected}, {cat.Text("guide.suppress.proper"), d.Suppress.Proper}, {cat.Text("guide.suppress.never"), d.Suppress.Never},
	})
	fmt.Fprintf(b, "\n%s\n\n", s.prose(cat.Text("guide.owner.questions")))
	var rows [][]string
	for _, q := range d.Questions {
		rows = append(rows, []string{s.code(q.Key), q.Text, control.Question{Kind: q.Kind, Unit: q.Unit}.Answer(cat)})
	}
	s.table(b, []string{cat.Text("guide.owner.key"), cat.Text("guide.owner.text"), cat.Text("guide.owner.kind")}, rows)
}

// writeRemedies says what kumoban fix plan can be told: of each remedy, whether
// it is the usual one, and its inputs.
func writeRemedies(b *strings.Builder, cat *locale.Catalog, d *description, s style) {
	var remedies, inputs [][]string
	for i, r := range d.Remedies {
		name := s.code(r.Name)
		if i == 0 && len(d.Remedies) > 1 {
			name = cat.Text("guide.remedy.usual", locale.A("remedy", name))
		}
		remedies = append(remedies, []string{name, r.Description, listed(cat, r.ResourceTypes, s.code)})
		for _, in := range r.Inputs {
			values, byDefault := cat.Text("guide.input.free"), cat.Text("guide.none")
			if len(in.Values) > 0 {
				values = listed(cat, in.Values, s.code)
			}
			if in.Required {
				byDefault = cat.Text("guide.input.required")
			} else if in.Default != nil {
				byDefault = s.code(*in.Default)
			}
			inputs = append(inputs, []string{s.code(in.Name), s.code(r.Name), in.Description, values, byDefault})
		}
	}
	heads := func(group string, columns ...string) []string {
		var head []string
		for _, column := range columns {
			head = append(head, cat.Text("guide."+group+"."+column))
		}
		return head
	}
	fmt.Fprintf(b, "\n%s\n\n", s.prose(cat.Text("guide.remedies", locale.A("control", d.ID))))
	s.table(b, heads("remedy", "name", "meaning", "types"), remedies)
	if len(inputs) > 0 {
		b.WriteByte('\n')
		s.table(b, heads("input", "name", "remedy", "meaning", "values", "default"), inputs)
	}
}

func writeParameters(b *strings.Builder, cat *locale.Catalog, d *description, s style) {
	var head []string
	for _, column := range []string{"name", "meaning", "values", "default", "definedBy"} {
		head = append(head, cat.Text("guide.parameter."+column))
	}
	var rows [][]string
	for _, p := range d.Parameters {
		byDefault := cat.Text("guide.none")
		if p.Default != nil {
			byDefault = s.code(*p.Default)
		}
		rows = append(rows, []string{
			s.code(p.Name), p.Description, listed(cat, append([]string{}, p.choices()...), s.code), byDefault, cat.Text("guide.definedBy." + string(p.DefinedBy)),
		})
	}
	b.WriteByte('\n')
	s.table(b, head, rows)
	first := d.Parameters[0]
	setting := "--param " + d.ID + "." + first.Name + "=" + first.example()
	fmt.Fprintf(b, "\n%s\n", s.prose(cat.Text("guide.parameter.set", locale.A("setting", "`"+setting+"`"))))
}

// categoryText puts AWS's category into the catalogue's language, level by
// level; a level that the catalogue does not know stays as AWS writes it.
func categoryText(cat *locale.Catalog, category string) string {
	levels := strings.Split(category, " > ")
	for i, level := range levels {
		if key := categoryKey(level); cat.Has(key) {
			levels[i] = cat.Text(key)
		}
	}
	return strings.Join(levels, " > ")
}

// categoryKey makes a key of a level: AWS spells some levels in two ways, with
// capitals or hyphens or without.
func categoryKey(level string) string {
	return "guide.category." + strings.ReplaceAll(strings.ToLower(level), " ", "-")
}

// known shows a fact, or says that it is not known.
func known(cat *locale.Catalog, f fact, show func(string) string) string {
	if f == "" {
		return cat.Text("guide.unknown")
	}
	return show(string(f))
}

func listed(cat *locale.Catalog, items []string, quote func(string) string) string {
	if items == nil {
		return cat.Text("guide.unknown")
	}
	if len(items) == 0 {
		return cat.Text("guide.none")
	}
	shown := make([]string, len(items))
	for i, item := range items {
		if quote != nil {
			item = quote(item)
		}
		shown[i] = item
	}
	return strings.Join(shown, ", ")
}

// body is the section's Markdown below its heading. A Terraform section that
// shows a snippet says which provider the snippet was validated with.
func (s *Section) body(cat *locale.Catalog, as style) string {
	var blocks []string
	if s.Key == "terraform" && len(s.Snippets()) > 0 {
		blocks = append(blocks, as.prose(cat.Text("guide.provider", locale.A("version", ProviderVersion))))
	}
	for _, b := range s.Blocks {
		if b.Snippet != nil {
			blocks = append(blocks, as.snippet(&b))
			continue
		}
		blocks = append(blocks, as.prose(b.Prose))
	}
	return strings.Join(blocks, "\n\n")
}

func (b *Block) fenced() string {
	lines := strings.Split(fence+b.Snippet.Language+"\n"+b.Snippet.Text+"\n"+fence, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = b.Indent + line
		}
	}
	return strings.Join(lines, "\n")
}

type markdown struct{}

func (markdown) heading(level int, text string) string {
	return strings.Repeat("#", level) + " " + text
}

func (markdown) snippet(b *Block) string { return b.fenced() }

func (markdown) code(s string) string { return "`" + s + "`" }

func (markdown) prose(s string) string { return s }

func (markdown) table(b *strings.Builder, head []string, rows [][]string) {
	writeRow(b, head)
	b.WriteString("|" + strings.Repeat("---|", len(head)) + "\n")
	for _, row := range rows {
		writeRow(b, row)
	}
}

func writeRow(b *strings.Builder, cells []string) {
	b.WriteByte('|')
	for _, cell := range cells {
		b.WriteString(" " + strings.ReplaceAll(cell, "|", `\|`) + " |")
	}
	b.WriteByte('\n')
}

type terminal struct{ markdown }

func (terminal) code(s string) string { return s }

func (terminal) prose(s string) string { return plain(s) }

// table writes a row of two cells as one line; of a wider table it names each
// cell below the first.
func (terminal) table(b *strings.Builder, head []string, rows [][]string) {
	for _, row := range rows {
		if len(row) == 2 {
			fmt.Fprintf(b, "- %s: %s\n", row[0], row[1])
			continue
		}
		fmt.Fprintf(b, "- %s: %s\n", head[0], row[0])
		for i := 1; i < len(row); i++ {
			fmt.Fprintf(b, "  - %s: %s\n", head[i], row[i])
		}
	}
}
