package shell

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// Variable is a shell variable that an earlier step has set.
type Variable string

// Object is a JSON object, or the input of a command, in its order.
type Object []Member

// Member is a member of an [Object].
type Member struct {
	Name  string
	Value any // string, bool, float64, []any, object or variable
}

// odd tells whether the aws command would not take a string as the plain value
// of an option: it reads files and addresses, takes a dash for another option,
// and what is not ASCII depends on the locale.
func odd(s string) bool {
	for _, prefix := range []string{"-", "file://", "fileb://", "http://", "https://"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return s == "" || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// jsonText writes a value as JSON that can stand between single quotes: pure
// ASCII, without an apostrophe. A variable leaves the quotes for a moment.
func jsonText(v any) string {
	switch v := v.(type) {
	case Variable:
		return `"'"$` + string(v) + `"'"`
	case Object:
		fields := []string{}
		for _, m := range v {
			fields = append(fields, JSONString(m.Name)+":"+jsonText(m.Value))
		}
		return "{" + strings.Join(fields, ",") + "}"
	case part.Object:
		fields := Object{}
		for _, f := range v {
			fields = append(fields, Member{f.Name, f.Value})
		}
		return jsonText(fields)
	case []any:
		items := []string{}
		for _, item := range v {
			items = append(items, jsonText(item))
		}
		return "[" + strings.Join(items, ",") + "]"
	case map[string]any:
		return jsonText(static(v))
	}
	switch v := plan.Normal(v).(type) {
	case bool:
		return fmt.Sprint(v)
	case float64:
		return part.Number(v)
	case string:
		return JSONString(v)
	case []any:
		return jsonText(v)
	}
	return "null"
}

// JSONString escapes what a shell, a comment or a JMESPath literal would see,
// too: the apostrophe and the backtick.
func JSONString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r > 0xFFFF:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		case r < ' ' || r > '~' || r == '\'' || r == '`':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Literal writes a value as a JMESPath literal for use between single quotes.
func Literal(v any) string { return "`" + jsonText(v) + "`" }

// Valid tells whether a string can be sent to AWS at all.
func Valid(s string) bool { return utf8.ValidString(s) }
