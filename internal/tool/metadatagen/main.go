// Command metadatagen writes controls/metadata/metadata.json from AWS's pages of
// controls, as Markdown: <service>-controls.md and regions-controls.md in the
// folder that it is given. Controls whose page is not there stay as the file has
// them. See CONTRIBUTING.md.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/control"
)

func main() {
	var g generator
	flag.StringVar(&g.file, "file", "metadata.json", "the list")
	flag.StringVar(&g.pages, "pages", "", "folder of AWS's pages")
	flag.StringVar(&g.list, "list", "", "a short list of the standard (JSON), for controls that the file lacks")
	flag.StringVar(&g.commit, "commit", "", "of the pages, where they do not say theirs")
	flag.Parse()
	if err := g.run(); err != nil {
		fmt.Fprintln(os.Stderr, "metadatagen:", err)
		os.Exit(1)
	}
}

type generator struct {
	file, pages, list, commit string

	out metadata.List
}

func (g *generator) run() error {
	data, err := os.ReadFile(g.file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &g.out); err != nil {
		return fmt.Errorf("%s: %w", g.file, err)
	}
	if err := g.readList(); err != nil {
		return err
	}
	if err := g.readPages(); err != nil {
		return err
	}
	slices.SortFunc(g.out.Controls, func(a, b metadata.Control) int { return control.Compare(a.ID, b.ID) })
	text, err := g.text()
	if err != nil {
		return err
	}
	return os.WriteFile(g.file, text, 0o644)
}

func (g *generator) find(id string) *metadata.Control {
	i := slices.IndexFunc(g.out.Controls, func(c metadata.Control) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &g.out.Controls[i]
}

// readList adds the controls of a short list that the file does not have.
func (g *generator) readList() error {
	if g.list == "" {
		return nil
	}
	data, err := os.ReadFile(g.list)
	if err != nil {
		return err
	}
	var rows []struct {
		ID, Title, Severity, Category, Schedule, Status string
		Types                                           []string `json:"resource_types"`
		Rule                                            string   `json:"config_rule"`
		Customizable                                    *bool    `json:"supports_custom_parameters"`
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		return err
	}
	for _, r := range rows {
		if g.find(r.ID) != nil {
			continue
		}
		c := metadata.Control{
			ID: r.ID, Title: r.Title, Severity: r.Severity, Rule: r.Rule, Schedule: metadata.Schedule(r.Schedule), Types: r.Types,
			Status: strings.TrimSuffix(r.Status, "_from_fsbp"), Source: "list",
		}
		if rule, note, ok := strings.Cut(r.Rule, " ("); ok && strings.HasPrefix(note, "custom") {
			custom := true
			c.Rule, c.Custom = rule, &custom
		}
		if r.Category != "" {
			c.Category = category(r.Category)
		}
		if r.Customizable != nil && !*r.Customizable {
			c.Parameters = []metadata.Parameter{}
		}
		g.out.Controls = append(g.out.Controls, c)
	}
	return nil
}

func (g *generator) readPages() error {
	if g.pages == "" {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(g.pages, "*-controls.md"))
	if err != nil {
		return err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		keys, text := header(string(data))
		if filepath.Base(file) == "regions-controls.md" {
			err = g.readRegions(keys, text)
		} else {
			err = g.readPage(keys, text)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
	}
	return nil
}

func (g *generator) readPage(keys map[string]string, text string) error {
	commit := keys["commit"]
	if commit == "" {
		commit = g.commit
	}
	for _, s := range sections(text) {
		c := g.find(s.id)
		if c == nil {
			continue // of another standard
		}
		if c.Retired() && !strings.Contains(s.body, "**Severity:**") {
			continue // the page keeps the headline of some that are gone
		}
		before := *c
		if err := s.read(c); err != nil {
			return err
		}
		c.Source, c.Page = "pages", commit
		g.differ(&before, c)
	}
	return nil
}

// differ tells what the page says otherwise than the list did.
func (g *generator) differ(was, is *metadata.Control) {
	if was.Source != "list" {
		return
	}
	tell := func(what string, a, b any) {
		if x, y := fmt.Sprint(a), fmt.Sprint(b); x != y {
			fmt.Printf("%s %s: %s; the page: %s\n", is.ID, what, x, y)
		}
	}
	tell("title", was.Title, is.Title)
	tell("severity", was.Severity, is.Severity)
	tell("category", was.Category, is.Category)
	tell("types", was.Types, is.Types)
	tell("rule", was.Rule, is.Rule)
	tell("schedule", was.Schedule, is.Schedule)
}

// readRegions reads which Regions lack a control. A page that says "controls" at
// its head is an extract, and silent on the others. That the page does not list an
// active control says that every Region has it; of one that is gone it says nothing.
func (g *generator) readRegions(keys map[string]string, text string) error {
	var only []string
	if keys["controls"] != "" {
		only = split(keys["controls"])
	}
	lacking := map[string][]string{}
	region := ""
	for line := range strings.Lines(text) {
		if m := anchorName.FindStringSubmatch(line); m != nil && strings.HasPrefix(line, "<a") {
			if region = regionCode(m[1]); region == "" {
				return fmt.Errorf("no Region is called %s", m[1])
			}
		}
		if m := listed.FindStringSubmatch(line); m != nil && region != "" {
			lacking[m[1]] = append(lacking[m[1]], region)
		}
	}
	for i := range g.out.Controls {
		c := &g.out.Controls[i]
		if c.Retired() && lacking[c.ID] == nil {
			continue
		}
		if only == nil || slices.Contains(only, c.ID) {
			c.NotOffered = append([]string{}, lacking[c.ID]...)
			slices.Sort(c.NotOffered) // the page goes by continents
			c.RegionsFrom = "pages"
			if keys["source"] != "" {
				c.RegionsFrom = keys["source"]
			}
		}
	}
	return nil
}

// text is the file: the head, then one control a line.
func (g *generator) text() ([]byte, error) {
	encode := func(v any) string {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		_ = e.Encode(v) // plain data
		return strings.TrimSpace(b.String())
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"schemaVersion\": 1,\n\"sources\": [\n")
	for i, s := range g.out.Sources {
		fmt.Fprintf(&b, "%s%s\n", encode(s), comma(i, len(g.out.Sources)))
	}
	b.WriteString("],\n\"controls\": [\n")
	for i := range g.out.Controls {
		fmt.Fprintf(&b, "%s%s\n", encode(&g.out.Controls[i]), comma(i, len(g.out.Controls)))
	}
	b.WriteString("]}\n")
	if !json.Valid(b.Bytes()) {
		return nil, fmt.Errorf("the list is no JSON")
	}
	return b.Bytes(), nil
}

func comma(i, n int) string {
	if i == n-1 {
		return ""
	}
	return ","
}
