package shell

import (
	"strings"
	"unicode"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// command is one call of the aws command.
type command struct {
	service, operation string
	input              object // by the names of AWS's API: "restApiId"
	query              string // JMESPath as it may stand between single quotes; "" shows nothing
}

// with returns the command with a query.
func (c command) with(query string) command {
	c.query = query
	return c
}

// lines prints the command for a Region. Values that an option cannot carry
// safely go into --cli-input-json.
func (c command) lines(region string) []string {
	lines := []string{"aws " + c.service + " " + c.operation, "--region " + word(region)}
	var rest object
	for _, m := range c.input {
		if v, ok := m.value.(bool); ok {
			lines = append(lines, map[bool]string{true: "--", false: "--no-"}[v]+kebab(m.name))
		} else if text, ok := option(m.value); ok {
			lines = append(lines, "--"+kebab(m.name)+" "+text)
		} else {
			rest = append(rest, m)
		}
	}
	if rest != nil {
		lines = append(lines, "--cli-input-json '"+jsonText(rest)+"'")
	}
	if c.query != "" {
		lines = append(lines, "--query '"+strings.ReplaceAll(c.query, "\n", "\n  ")+"'", "--output text")
	}
	return lines
}

// option writes a value as that of an option, if that is safe.
func option(v any) (string, bool) {
	switch v := v.(type) {
	case variable:
		return `"$` + string(v) + `"`, true
	case object:
		return "'" + jsonText(v) + "'", true
	case []any:
		return "'" + listText(v) + "'", true
	}
	switch v := plan.Normal(v).(type) {
	case float64:
		return part.Number(v), v >= 0
	case string:
		return word(v), !odd(v)
	}
	return "", false
}

// listText gives each of several items a line.
func listText(items []any) string {
	if len(items) < 2 {
		return jsonText(items)
	}
	var b strings.Builder
	b.WriteString("[")
	for i, item := range items {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n    " + jsonText(item))
	}
	b.WriteString("\n  ]")
	return b.String()
}

// kebab makes the name of an option of an API's name: restApiId, WebACLArn.
func kebab(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		upper := unicode.IsUpper(r)
		starts := upper && i > 0 && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if starts {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
