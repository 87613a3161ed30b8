package shell

import (
	"strings"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// Command is one call of the aws command.
type Command struct {
	Service, Operation string
	Input              Object // by the names of AWS's API: "restApiId"
	Query              string // JMESPath as it may stand between single quotes; "" shows nothing
}

// With returns the command with a query.
func (c Command) With(query string) Command {
	c.Query = query
	return c
}

// lines prints the command for a Region. Values that an option cannot carry
// safely go into --cli-input-json.
func (c Command) lines(region string) []string {
	lines := []string{"aws " + c.Service + " " + c.Operation, "--region " + part.Word(region)}
	var rest Object
	for _, m := range c.Input {
		if v, ok := m.Value.(bool); ok {
			lines = append(lines, map[bool]string{true: "--", false: "--no-"}[v]+part.Kebab(m.Name))
		} else if text, ok := option(m.Value); ok {
			lines = append(lines, "--"+part.Kebab(m.Name)+" "+text)
		} else {
			rest = append(rest, m)
		}
	}
	if rest != nil {
		lines = append(lines, "--cli-input-json '"+jsonText(rest)+"'")
	}
	if c.Query != "" {
		lines = append(lines, "--query '"+strings.ReplaceAll(c.Query, "\n", "\n  ")+"'", "--output text")
	}
	return lines
}

// option writes a value as that of an option, if that is safe.
func option(v any) (string, bool) {
	switch v := v.(type) {
	case Variable:
		return `"$` + string(v) + `"`, true
	case Object:
		return "'" + jsonText(v) + "'", true
	case []any:
		return "'" + listText(v) + "'", true
	}
	switch v := plan.Normal(v).(type) {
	case float64:
		return part.Number(v), v >= 0
	case string:
		return part.Word(v), !odd(v)
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
