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

// Mapping is a YAML mapping in its own order.
type Mapping []Entry

// Entry is one of a [Mapping].
type Entry struct {
	Name     string
	Value    any      // mapping, []any, part.Object, intrinsic, string, float64 or bool
	Comments []string // lines above it, clean already
}

// Intrinsic is a short form such as "!GetAtt Role1.Arn"; it holds nothing but
// logical ids.
type Intrinsic string

// Set adds an entry.
func (m *Mapping) Set(name string, value any) { *m = append(*m, Entry{Name: name, Value: value}) }

// Get returns the mapping under a name, which it makes if need be.
func (m *Mapping) Get(name string) *Mapping {
	for i := range *m {
		if inner, ok := (*m)[i].Value.(*Mapping); ok && (*m)[i].Name == name {
			return inner
		}
	}
	inner := &Mapping{}
	m.Set(name, inner)
	return inner
}

func writeEntries(b *bytes.Buffer, m Mapping, indent string) {
	for _, e := range m {
		for _, line := range e.Comments {
			b.WriteString(indent + "# " + line + "\n")
		}
		b.WriteString(indent + scalar(e.Name) + ":")
		writeValue(b, e.Value, indent)
	}
}

func writeValue(b *bytes.Buffer, v any, indent string) {
	switch v := v.(type) {
	case *Mapping:
		writeMapping(b, *v, indent)
	case Mapping:
		writeMapping(b, v, indent)
	case part.Object:
		var m Mapping
		for _, f := range v {
			m.Set(f.Name, f.Value)
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

func writeMapping(b *bytes.Buffer, m Mapping, indent string) {
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
	case Intrinsic:
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
