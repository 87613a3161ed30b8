package cloudformation

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// mapping is a YAML mapping in its own order.
type mapping []entry

type entry struct {
	name     string
	value    any      // mapping, []any, part.Object, intrinsic, string, float64 or bool
	comments []string // lines above it, clean already
}

// intrinsic is a short form such as "!GetAtt Role1.Arn"; it holds nothing but
// logical ids.
type intrinsic string

func (m *mapping) set(name string, value any) { *m = append(*m, entry{name: name, value: value}) }

// get returns the mapping under a name, which it makes if need be.
func (m *mapping) get(name string) *mapping {
	for i := range *m {
		if inner, ok := (*m)[i].value.(*mapping); ok && (*m)[i].name == name {
			return inner
		}
	}
	inner := &mapping{}
	m.set(name, inner)
	return inner
}

func writeEntries(b *bytes.Buffer, m mapping, indent string) {
	for _, e := range m {
		for _, line := range e.comments {
			b.WriteString(indent + "# " + line + "\n")
		}
		b.WriteString(indent + scalar(e.name) + ":")
		writeValue(b, e.value, indent)
	}
}

func writeValue(b *bytes.Buffer, v any, indent string) {
	switch v := v.(type) {
	case *mapping:
		writeMapping(b, *v, indent)
	case mapping:
		writeMapping(b, v, indent)
	case part.Object:
		var m mapping
		for _, f := range v {
			m.set(f.Name, f.Value)
		}
		writeMapping(b, m, indent)
	case []any:
		writeList(b, v, indent)
	case raw:
		b.WriteString("\n")
		for line := range strings.SplitSeq(strings.TrimRight(string(v), "\n"), "\n") {
			b.WriteString(indent + "  " + line + "\n")
		}
	default:
		b.WriteString(" " + scalar(v) + "\n")
	}
}

func writeMapping(b *bytes.Buffer, m mapping, indent string) {
	if len(m) == 0 {
		b.WriteString(" {}\n")
		return
	}
	b.WriteString("\n")
	writeEntries(b, m, indent+"  ")
}

func writeList(b *bytes.Buffer, list []any, indent string) {
	if len(list) == 0 {
		b.WriteString(" []\n")
		return
	}
	b.WriteString("\n")
	for _, item := range list {
		var text bytes.Buffer
		writeValue(&text, item, indent+"  ")
		// The first line of a mapping stands behind the dash.
		inner := strings.TrimLeft(text.String(), " \n")
		b.WriteString(indent + "  - " + inner)
	}
}

// plainText are the strings that need no quotes, if YAML 1.1 does not take them
// for something else.
var plainText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*(::?[A-Za-z0-9_*./-]+)*$`)

// words that YAML 1.1 takes for a boolean or for null.
func reserved(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return true
	}
	return false
}

func scalar(v any) string {
	switch v := v.(type) {
	case intrinsic:
		return string(v)
	case nil:
		return "null"
	}
	switch v := plan.Normal(v).(type) {
	case bool:
		return fmt.Sprint(v)
	case float64:
		return part.Number(v)
	case string:
		return text(v)
	}
	return "null"
}

// text quotes a string: in apostrophes, where nothing is special, and between
// double quotes where it holds what no line can.
func text(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if plainText.MatchString(s) && !reserved(s) {
		return s
	}
	if !strings.ContainsFunc(s, special) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r > 0xFFFF && special(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		case special(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func special(r rune) bool {
	return !unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\uFEFF'
}
