package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/controls/metadata"
)

var (
	headline   = regexp.MustCompile(`(?m)^## \[([A-Za-z0-9]+\.\d+)\]\s*(.*(?:\n\n?[a-z][^\n]*)?)$`)
	field      = regexp.MustCompile(`(?s)\*\*([A-Z][A-Za-z ]+):\s*\*\*[ \t]*(.*?)(?:\n\s*\n|$)`)
	front      = regexp.MustCompile(`(?s)\A---\n(.*?)\n---\n`)
	link       = regexp.MustCompile(`\[([^\]]+)\]\([^)]*\)`)
	typeName   = regexp.MustCompile(`AWS::?[A-Za-z0-9]*::?[A-Za-z0-9:]+`)
	number     = regexp.MustCompile(`-?\d[\d,]*(?:\.\d+)?`)
	atMost     = regexp.MustCompile(`maximum of (\d+) items?`)
	anchorName = regexp.MustCompile(`securityhub-control-support-([a-z0-9]+)`)
	listed     = regexp.MustCompile(`\[\[([A-Za-z0-9]+\.\d+)\]`)
)

// header is the block before a page: source_url as the repository writes it,
// and for an extract that holds some facts alone its commit.
func header(text string) (keys map[string]string, rest string) {
	keys = map[string]string{}
	m := front.FindStringSubmatch(text)
	if m == nil {
		return keys, text
	}
	for line := range strings.Lines(m[1]) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			keys[k] = v
		}
	}
	return keys, text[len(m[0]):]
}

// section is one control's part of a page.
type section struct{ id, title, body string }

func sections(text string) (all []section) {
	at := headline.FindAllStringSubmatchIndex(text, -1)
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		title := strings.ReplaceAll(strings.Join(strings.Fields(text[m[4]:m[5]]), " "), `\`, "")
		all = append(all, section{text[m[2]:m[3]], title, text[m[1]:end]})
	}
	return all
}

// read takes the facts from a control's part of a page; what the page does not
// say stays as it was.
func (s *section) read(c *metadata.Control) error {
	facts := map[string]string{}
	body, _, _ := strings.Cut(s.body, "\n### ")
	body = strings.ReplaceAll(body, "**AWS Config** rule:", "**AWS Config rule:**")
	for _, m := range field.FindAllStringSubmatch(body, -1) {
		if _, there := facts[m[1]]; !there {
			facts[m[1]] = strings.TrimSpace(link.ReplaceAllString(m[2], "$1"))
		}
	}
	if facts["Severity"] == "" || facts["Category"] == "" {
		return fmt.Errorf("%s: the page has no severity or no category", s.id)
	}
	c.Title, c.Severity, c.Category = s.title, strings.ToUpper(facts["Severity"]), category(facts["Category"])
	c.Requirements = requirements(facts["Related requirements"])
	if types := typeName.FindAllString(facts["Resource type"], -1); types != nil {
		c.Types = types
	}
	if rule, ok := facts["AWS Config rule"]; ok {
		name, note, _ := strings.Cut(strings.ReplaceAll(rule, "`", ""), " ")
		custom := strings.Contains(note, "custom")
		// Where a page shows the address of the rule, its last part is the name.
		name = strings.TrimSuffix(name[strings.LastIndex(name, "/")+1:], ".html")
		c.Rule, c.Custom = strings.ToLower(strings.TrimSuffix(name, ",")), &custom
	}
	if schedule := strings.ToLower(facts["Schedule type"]); schedule != "" {
		c.Schedule = scheduleOf(schedule)
	}
	var err error
	if c.Parameters, err = parameters(s.id, body); err != nil {
		return err
	}
	return nil
}

func scheduleOf(text string) metadata.Schedule {
	change, periodic := strings.Contains(text, "change"), strings.Contains(text, "periodic")
	switch {
	case change && periodic:
		return metadata.OnChangePeriodic
	case periodic:
		return metadata.Periodic
	case change:
		return metadata.OnChange
	}
	return ""
}

// requirements parts the list. A page leaves a comma out here and there; a name
// of a framework begins the next one all the same.
func requirements(text string) []string {
	all := []string{}
	text = strings.Join(strings.Fields(text), " ")
	for _, framework := range []string{"PCI DSS", "CIS AWS", "NIST."} {
		text = strings.ReplaceAll(text, " "+framework, ", "+framework)
	}
	for _, item := range strings.Split(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			all = append(all, item)
		}
	}
	return all
}

// parameters reads the table of those that may be set; others are listed without
// one and cannot be.
func parameters(id, body string) ([]metadata.Parameter, error) {
	all := []metadata.Parameter{}
	for line := range strings.Lines(body) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(link.ReplaceAllString(line, "$1")), "|"), "|")
		if !strings.HasPrefix(strings.TrimSpace(line), "|") || len(cells) < 5 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "`", ""))
		}
		if cells[0] == "Parameter" || strings.Trim(cells[0], "- ") == "" {
			continue
		}
		if strings.Contains(strings.ToLower(cells[3]), "not customizable") {
			continue
		}
		p, err := parameter(cells)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		all = append(all, p)
	}
	return all, nil
}

func parameter(cells []string) (p metadata.Parameter, err error) {
	p.Name = cells[0]
	p.Type, _, _ = strings.Cut(cells[2], " ")
	if m := atMost.FindStringSubmatch(cells[2]); m != nil {
		p.Most, _ = strconv.Atoi(m[1]) // the pattern has digits alone
	}
	if !strings.HasPrefix(strings.ToLower(cells[4]), "no default") && !strings.EqualFold(cells[4], "none") {
		p.Default = strings.Join(split(cells[4]), ",")
	}
	switch p.Type {
	case "Enum", "EnumList":
		p.Values = split(cells[3])
	case "Boolean":
		p.Values = []string{"true", "false"}
		p.Default = strings.ToLower(p.Default)
	case "Integer", "Double", "IntegerList":
		bounds := number.FindAllString(cells[3], -1)
		if len(bounds) < 2 {
			return p, fmt.Errorf("%s: no range in %q", p.Name, cells[3])
		}
		p.Min, p.Max = bound(bounds[0]), bound(bounds[1])
		if p.Type != "IntegerList" {
			p.Default = number.FindString(p.Default)
		}
	}
	return p, nil
}

func bound(text string) *float64 {
	v, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	if err != nil {
		return nil
	}
	return &v
}

func split(text string) (all []string) {
	for _, item := range strings.Split(text, ",") {
		if item = strings.Trim(item, " []"); item != "" {
			all = append(all, item)
		}
	}
	return all
}
