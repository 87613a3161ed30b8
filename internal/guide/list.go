package guide

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
)

// schemaVersion is that of the JSON of controls list and controls explain.
const schemaVersion = 1

// List writes the controls as a table: id, severity, title, and below it the
// parameters. The title comes last, because the width of Japanese text depends
// on the terminal. Then how many of the standard's controls all are, or of those
// for some services.
func List(w io.Writer, cat *locale.Catalog, controls []*control.Control, all, services []string) error {
	idWidth, severityWidth := 0, 0
	for _, c := range controls {
		idWidth = max(idWidth, len(c.ID))
		severityWidth = max(severityWidth, len(c.Severity.String()))
	}
	indent := strings.Repeat(" ", idWidth+2+severityWidth+2)
	var b strings.Builder
	for _, c := range controls {
		d, err := describe(cat, c)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%-*s  %-*s  %s\n", idWidth, d.ID, severityWidth, d.Severity, d.Title)
		for _, p := range d.Parameters {
			b.WriteString(indent + p.usage())
			if p.Default != nil {
				b.WriteString(" " + cat.Text("guide.list.default", locale.A("value", *p.Default)))
			}
			b.WriteByte('\n')
		}
	}
	if len(controls) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(basis(cat, all, services) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// basis says how many of the standard's active controls kumoban has.
func basis(cat *locale.Catalog, all, services []string) string {
	if len(services) == 0 {
		return cat.Text("guide.list.standard", locale.A("n", metadata.Active(all)), locale.A("of", metadata.Count()))
	}
	n, of := 0, 0
	var names []string
	for _, known := range metadata.Services() {
		if is := func(s string) bool { return strings.EqualFold(s, known) }; slices.ContainsFunc(services, is) {
			names, of = append(names, known), of+metadata.CountOf(known)
			n += metadata.Active(slices.DeleteFunc(slices.Clone(all), func(id string) bool { return !is(control.Service(id)) }))
		}
	}
	return cat.Text("guide.list.services", locale.A("n", n), locale.A("of", of), locale.A("services", names))
}

// Listed are controls with all that can be said of them beside their guides.
type Listed struct {
	SchemaVersion int            `json:"schemaVersion"`
	Language      locale.Lang    `json:"language"`
	Controls      []*description `json:"controls"`
}

// ListBody has controls in their order, in the language of cat.
func ListBody(cat *locale.Catalog, controls []*control.Control) (*Listed, error) {
	list := &Listed{schemaVersion, cat.Lang, []*description{}}
	for _, c := range controls {
		d, err := describe(cat, c)
		if err != nil {
			return nil, err
		}
		list.Controls = append(list.Controls, d)
	}
	return list, nil
}

// ListJSON writes the controls with all that can be said of them beside their
// guides.
func ListJSON(w io.Writer, cat *locale.Catalog, controls []*control.Control) error {
	list, err := ListBody(cat, controls)
	if err != nil {
		return err
	}
	return writeJSON(w, list)
}

// Explained is a control with its guide.
type Explained struct {
	SchemaVersion int                `json:"schemaVersion"`
	Language      locale.Lang        `json:"language"`
	Control       *description       `json:"control"`
	Sections      []explainedSection `json:"sections"`
	Snippets      []explainedSnippet `json:"snippets"`
}

type explainedSection struct {
	Key      string   `json:"key"`
	Heading  string   `json:"heading"`
	Markdown string   `json:"markdown"` // with its snippets in place
	Snippets []string `json:"snippets"` // their names, in the order in which they are shown
}

type explainedSnippet struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Text     string `json:"text"`
}

// JSON writes a control with its guide, in the language of cat.
func (g *Guide) JSON(w io.Writer, cat *locale.Catalog, c *control.Control) error {
	e, err := g.Body(cat, c)
	if err != nil {
		return err
	}
	return writeJSON(w, e)
}

// Body has a control with its guide, in the language of cat.
func (g *Guide) Body(cat *locale.Catalog, c *control.Control) (*Explained, error) {
	d, err := describe(cat, c)
	if err != nil {
		return nil, err
	}
	snippets, err := Snippets(c)
	if err != nil {
		return nil, err
	}
	e := &Explained{schemaVersion, cat.Lang, d, []explainedSection{}, []explainedSnippet{}}
	for i := range g.Sections {
		s := &g.Sections[i]
		section := explainedSection{s.Key, cat.Text("guide.section." + s.Key), s.body(cat, markdown{}), []string{}}
		for _, snippet := range s.Snippets() {
			section.Snippets = append(section.Snippets, snippet.Name)
			if find(snippets, snippet.Name) == nil {
				snippets = append(snippets, snippet) // it is derived
			}
		}
		e.Sections = append(e.Sections, section)
	}
	for _, s := range snippets {
		e.Snippets = append(e.Snippets, explainedSnippet(*s))
	}
	return e, nil
}

func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
