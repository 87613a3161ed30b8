// Command sitegen writes the handbook of controls as a static site: for each
// language a page for every control, and an index by service and severity. Its
// argument is the folder to write to.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/handbook"
	"github.com/kumoban/kumoban/internal/locale"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "sitegen: want one argument, the folder to write to")
		os.Exit(1)
	}
	if err := write(os.Args[1], controls.All()); err != nil {
		fmt.Fprintln(os.Stderr, "sitegen:", err)
		os.Exit(1)
	}
}

// pages are the templates of a control's page and of an index.
//
//go:embed pages.html
var pages string

type row struct{ ID, Title, Severity string }

type service struct {
	Name string
	Rows []row
}

type section struct {
	Key, Heading string
	HTML         template.HTML
}

type view struct {
	Lang, Other, OtherName, File, Title, ID, Severity, Index string
	Sections                                                 []section
	Services                                                 []service
}

// write writes the site.
func write(root string, all []*control.Control) error {
	t, err := template.New("").Parse(pages)
	if err != nil {
		return err
	}
	for _, lang := range locale.Langs() {
		cat, err := locale.New(lang)
		if err != nil {
			return err
		}
		dir := filepath.Join(root, string(lang))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		index := head(cat, "index.html")
		index.Title = cat.Text("guide.index.title")
		for _, c := range all {
			v, err := page(cat, c)
			if err != nil {
				return err
			}
			if err := put(t, "control", filepath.Join(dir, v.File), v); err != nil {
				return err
			}
			index.add(c, v)
		}
		if err := put(t, "index", filepath.Join(dir, index.File), index); err != nil {
			return err
		}
	}
	return nil
}

func put(t *template.Template, name, path string, v *view) error {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, v); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

func head(cat *locale.Catalog, file string) *view {
	v := &view{Lang: string(cat.Lang), Other: string(locale.English), OtherName: "English", File: file, Index: cat.Text("guide.index.title")}
	if cat.Lang == locale.English {
		v.Other, v.OtherName = string(locale.Japanese), "日本語"
	}
	return v
}

func page(cat *locale.Catalog, c *control.Control) (*view, error) {
	g, err := handbook.Load(c, cat)
	if err != nil {
		return nil, err
	}
	v := head(cat, c.ID+".html")
	v.ID, v.Title, v.Severity = c.ID, g.Title, c.Severity.String()
	for _, key := range guide.SectionKeys() {
		// A guide escapes what it holds.
		v.Sections = append(v.Sections, section{key, cat.Text("guide.section." + key), template.HTML(g.HTML(cat, key, "h3"))}) //nolint:gosec // see above
	}
	return v, nil
}

// add lists a control under its service, the most severe first.
func (v *view) add(c *control.Control, page *view) {
	name := control.Service(c.ID)
	i := slices.IndexFunc(v.Services, func(s service) bool { return s.Name == name })
	if i < 0 {
		i = len(v.Services)
		v.Services = append(v.Services, service{Name: name})
	}
	rows := &v.Services[i].Rows
	*rows = append(*rows, row{page.ID, page.Title, page.Severity})
	rank := func(severity string) int {
		return slices.Index([]string{"CRITICAL", "HIGH", "MEDIUM", "LOW"}, severity)
	}
	slices.SortStableFunc(*rows, func(a, b row) int { return rank(a.Severity) - rank(b.Severity) })
}
