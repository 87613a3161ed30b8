package terraform

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// attribute is a line "name = value"; the value is an expression.
type attribute struct {
	name, value string
	names       bool // it says which thing the resource is
}

// Comment is a line that is clean already.
type Comment string

// Block is a block with its attributes, blocks and comments.
type Block struct {
	Head  string
	Items []any
}

// Set sets an argument to an expression.
func (b *Block) Set(name, value string) { b.Items = append(b.Items, attribute{name, value, false}) }

// Names sets an argument that says which thing the resource is.
func (b *Block) Names(name, value string) { b.Items = append(b.Items, attribute{name, value, true}) }

// write writes the block as terraform fmt would.
func (b *Block) write(to *bytes.Buffer, indent string) {
	to.WriteString(indent + b.Head + " {\n")
	for i, item := range b.Items {
		_, nested := item.(*Block)
		_, follows := before(b.Items, i).(*Block)
		if i > 0 && (nested || follows) {
			to.WriteString("\n")
		}
		switch item := item.(type) {
		case attribute:
			to.WriteString(indent + "  " + pad(b.Items, i) + " = " + indented(item.value, indent+"  ") + "\n")
		case Comment:
			to.WriteString(indent + "  # " + string(item) + "\n")
		case *Block:
			item.write(to, indent+"  ")
		}
	}
	to.WriteString(indent + "}\n")
}

func before(items []any, i int) any {
	if i == 0 {
		return nil
	}
	return items[i-1]
}

// pad fills an attribute's name up to the longest of its neighbours. A value of
// several lines stands alone.
func pad(items []any, i int) string {
	a, _ := items[i].(attribute)
	width := len(a.name)
	for _, step := range []int{-1, 1} {
		for j := i; j >= 0 && j < len(items); j += step {
			n, ok := items[j].(attribute)
			if !ok || strings.Contains(n.value, "\n") {
				break
			}
			width = max(width, len(n.name))
		}
	}
	if strings.Contains(a.value, "\n") {
		width = len(a.name)
	}
	return fmt.Sprintf("%-*s", width, a.name)
}

func indented(value, indent string) string { return strings.ReplaceAll(value, "\n", "\n"+indent) }

// Quoted writes a string literal in which nothing is a template.
func Quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	runes := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	for i, r := range runes {
		opens := (r == '$' || r == '%') && i+1 < len(runes) && runes[i+1] == '{'
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case opens:
			b.WriteString(string(r) + string(r))
		case r < ' ' || r == 0x7F || bidi(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// bidi tells whether a character would make a reader see another text.
func bidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' }

// Literal writes a value of a plan.
func Literal(v any) string {
	switch v := plan.Normal(v).(type) {
	case bool:
		return fmt.Sprint(v)
	case float64:
		return part.Number(v)
	case string:
		return Quoted(v)
	case []any:
		items := []string{}
		for _, item := range v {
			items = append(items, Literal(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return "null"
}

// Document writes JSON text as jsonencode of its value, and as a string where
// it is no JSON.
func Document(text string) string {
	v, err := part.Document(text)
	if err != nil {
		return Quoted(text)
	}
	return "jsonencode(" + expression(v) + ")"
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

const longLine = 100

func expression(v any) string {
	switch v := v.(type) {
	case part.Object:
		return objectExpression(v)
	case []any:
		return listExpression(v)
	case nil:
		return "null"
	}
	return Literal(v)
}

func objectExpression(fields part.Object) string {
	b := &Block{}
	for _, f := range fields {
		name := f.Name
		if !identifier.MatchString(name) {
			name = Quoted(name)
		}
		b.Set(name, expression(f.Value))
	}
	if len(b.Items) == 0 {
		return "{}"
	}
	if a, ok := b.Items[0].(attribute); ok && len(b.Items) == 1 && !strings.Contains(a.value, "\n") && len(a.value) < longLine {
		return "{ " + a.name + " = " + a.value + " }"
	}
	var text bytes.Buffer
	b.write(&text, "")
	return strings.TrimSpace(text.String())
}

func listExpression(list []any) string {
	items := []string{}
	long := 0
	for _, item := range list {
		items = append(items, expression(item))
		long += len(items[len(items)-1])
	}
	flat := strings.Join(items, ", ")
	if !strings.Contains(flat, "\n") && long < longLine || len(items) == 0 {
		return "[" + flat + "]"
	}
	lines := []string{}
	for _, item := range items {
		lines = append(lines, "  "+indented(item, "  ")+",\n")
	}
	return "[\n" + strings.Join(lines, "") + "]"
}
