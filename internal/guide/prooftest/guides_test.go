// Package prooftest holds the guides of the built-in controls against their
// format, and their snippets against the real Terraform provider and cfn-lint.
package prooftest

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/locale"
)

// withoutTerraform are the controls whose remedy the provider cannot express.
func withoutTerraform() []string { return []string{"APIGateway.11"} }

// guides are those of one control.
type guides map[locale.Lang]*guide.Guide

// TestGuides holds both guides of every built-in control against what guides
// are meant to be.
func TestGuides(t *testing.T) {
	rules := []struct {
		name string
		hold func(*testing.T, *control.Control, guides)
	}{
		{"both languages have the same outline", sameOutline},
		{"every way to fix has a snippet", everyWayHasASnippet},
		{"verify names the scan", verifyNamesTheScan},
		{"only the page names the version of the provider", versionIsNotInProse},
		{"snippets hold no prose", snippetsHoldNoProse},
		{"facts are in the language of the page", factsAreTranslated},
		{"the English guide holds no Japanese", englishHoldsNoJapanese},
		{"the Japanese guide is Japanese", japaneseIsJapanese},
		{"the first paragraph says it all in short", opensInShort},
		{"a link ends its sentence", linksEndSentences},
		{"the Japanese guide links Japanese pages", linksAreJapanese},
		{"the Japanese guide says whose labels it names", labelsAreNamed},
	}
	all := controls.All()
	if len(all) < 9 {
		t.Errorf("only %d built-in controls", len(all))
	}
	for _, c := range all {
		t.Run(c.ID, func(t *testing.T) {
			both := guides{}
			for _, lang := range locale.Langs() {
				g, err := guide.Load(c, lang)
				if err != nil {
					t.Fatal(err)
				}
				both[lang] = g
			}
			for _, rule := range rules {
				t.Run(rule.name, func(t *testing.T) { rule.hold(t, c, both) })
			}
		})
	}
}

// outline is what both languages of a guide have in common: for each section
// its subheadings and the names of its snippets, in order.
func outline(g *guide.Guide) map[string][]string {
	found := map[string][]string{}
	for _, s := range g.Sections {
		for _, b := range s.Blocks {
			if b.Snippet != nil {
				found[s.Key] = append(found[s.Key], b.Snippet.Name)
			}
			for range strings.Count("\n"+b.Prose, "\n### ") {
				found[s.Key] = append(found[s.Key], "###")
			}
		}
	}
	return found
}

func sameOutline(t *testing.T, _ *control.Control, both guides) {
	if diff := cmp.Diff(outline(both[locale.English]), outline(both[locale.Japanese])); diff != "" {
		t.Errorf("subheadings and snippets (-en +ja):\n%s", diff)
	}
}

// written tells whether the ways to fix are written by hand; else they are made
// of the control's remedies, and held to what these do where they are made.
func written(both guides) bool {
	return slices.ContainsFunc(both[locale.English].Sections, func(s guide.Section) bool { return slices.Contains(guide.WayKeys(), s.Key) })
}

// inProse are the guides whose ways to fix are told without snippets, for nothing
// can be made of their remedies yet.
func inProse() []string { return []string{"EC2.2", "EC2.6"} }

func everyWayHasASnippet(t *testing.T, c *control.Control, both guides) {
	if !written(both) {
		return
	}
	if slices.Contains(inProse(), c.ID) {
		if len(outline(both[locale.English])) > 0 {
			t.Errorf("%s shows snippets, and is on the list of those that show none", c.ID)
		}
		return
	}
	want := map[string]*regexp.Regexp{
		"cli":            regexp.MustCompile(`^fix-.*\.sh$`),
		"terraform":      regexp.MustCompile(`\.tf$`),
		"cloudformation": regexp.MustCompile(`\.yaml$`),
	}
	shown := outline(both[locale.English])
	for section, pattern := range want {
		has := slices.ContainsFunc(shown[section], pattern.MatchString)
		if exempt := section == "terraform" && slices.Contains(withoutTerraform(), c.ID); has == exempt {
			t.Errorf("section %s shows %v; one that matches %s: %t, exempt: %t", section, shown[section], pattern, has, exempt)
		}
	}
}

func verifyNamesTheScan(t *testing.T, c *control.Control, both guides) {
	scan := "`kumoban scan --control " + c.ID + "`"
	for lang, g := range both {
		if !strings.Contains(prose(g, "verify"), scan) {
			t.Errorf("%s: section verify lacks %s", lang, scan)
		}
	}
}

// versionIsNotInProse spares sections without snippets, which say why they have
// none.
func versionIsNotInProse(t *testing.T, _ *control.Control, both guides) {
	for lang, g := range both {
		for i := range g.Sections {
			section := &g.Sections[i]
			if len(section.Snippets()) > 0 && strings.Contains(prose(g, section.Key), guide.ProviderVersion) {
				t.Errorf("%s: section %s names provider version %s; the page says that itself above Terraform snippets", lang, section.Key, guide.ProviderVersion)
			}
		}
	}
}

func snippetsHoldNoProse(t *testing.T, c *control.Control, _ guides) {
	comments := map[string]*regexp.Regexp{
		"sh":   regexp.MustCompile(`(?m)(^|\s)#`),
		"yaml": regexp.MustCompile(`(?m)(^|\s)#`),
		"hcl":  regexp.MustCompile(`(?m)(^|\s)(#|//|/\*)`),
	}
	snippets, err := guide.Snippets(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range snippets {
		if s.Language == "json" {
			if !json.Valid([]byte(s.Text)) {
				t.Errorf("%s is not valid JSON", s.Name)
			}
			continue
		}
		if at := comments[s.Language].FindString(s.Text); at != "" {
			t.Errorf("%s holds a comment, which has one language only: %q", s.Name, at)
		}
		if i := strings.IndexFunc(s.Text, func(r rune) bool { return r > unicode.MaxASCII }); i >= 0 {
			t.Errorf("%s holds %q: a snippet is for both languages", s.Name, s.Text[i:min(len(s.Text), i+20)])
		}
	}
}

func factsAreTranslated(t *testing.T, c *control.Control, both guides) {
	latin := regexp.MustCompile(`[A-Za-z]`)
	cat, err := locale.New(locale.Japanese)
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := both[locale.Japanese].Markdown(&page, cat, c); err != nil {
		t.Fatal(err)
	}
	_, row, _ := strings.Cut(page.String(), "| "+cat.Text("guide.category")+" | ")
	category, _, ok := strings.Cut(row, " |\n")
	if !ok || latin.MatchString(category) {
		t.Errorf("category %q: add its levels to guide.ja.txt", category)
	}
	for _, lang := range locale.Langs() {
		messages, err := c.Messages(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range c.Parameters {
			if messages["param."+p.Name] == "" {
				t.Errorf("messages.%s.txt lacks param.%s", lang, p.Name)
			}
		}
	}
}
