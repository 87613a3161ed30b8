package shell

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// variable is a shell variable that an earlier step has set.
type variable string

// object is a JSON object, or the input of a command, in its order.
type object []member

type member struct {
	name  string
	value any // string, bool, float64, []any, object or variable
}

// bare are words that a shell takes as they are.
var bare = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,][A-Za-z0-9_./:=@%+,-]*$`)

// word quotes a string for a POSIX shell, so that nothing in it is expanded.
func word(s string) string {
	if bare.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
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
	case variable:
		return `"'"$` + string(v) + `"'"`
	case object:
		fields := []string{}
		for _, m := range v {
			fields = append(fields, jsonString(m.name)+":"+jsonText(m.value))
		}
		return "{" + strings.Join(fields, ",") + "}"
	case part.Object:
		fields := object{}
		for _, f := range v {
			fields = append(fields, member{f.Name, f.Value})
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
		return jsonString(v)
	case []any:
		return jsonText(v)
	}
	return "null"
}

// jsonString escapes what a shell, a comment or a JMESPath literal would see,
// too: the apostrophe and the backtick.
func jsonString(s string) string {
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

// literal writes a value as a JMESPath literal for use between single quotes.
func literal(v any) string { return "`" + jsonText(v) + "`" }

// valid tells whether a string can be sent to AWS at all.
func valid(s string) bool { return utf8.ValidString(s) }
