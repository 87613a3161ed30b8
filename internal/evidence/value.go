package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
)

// value is a property's value as a person reads it: what another step hands out
// as what it was, text that is JSON laid out, other text as it is; the rest as
// JSON. What may stand over several lines has them.
func (t *teller) value(v any, journal []line) string {
	switch v := v.(type) {
	case nil:
		return t.text("absent")
	case string:
		return lines(text(v))
	case map[string]any:
		of, isStep := v["of"].(string)
		name, isNamed := v["name"].(string)
		if isStep && isNamed && len(v) == 2 {
			return t.output(of, name, journal)
		}
	}
	return lines(layOut(v))
}

// output is what a step handed out, as the journal has it; before that, where
// it is to come from.
func (t *teller) output(of, name string, journal []line) string {
	spoken := locale.A("name", clean(remedy.Output{Name: name}.Spoken()))
	for _, l := range slices.Backward(journal) {
		if v, ok := l.Outputs[name]; ok && l.Step == of && v != nil {
			return t.text("outputWas", locale.A("value", clean(fmt.Sprint(v))), spoken, locale.A("step", clean(of)))
		}
	}
	return t.text("output", spoken, locale.A("step", clean(of)))
}

// text lays out what is JSON; what JSON would have to escape stands as it is,
// and the rest in quotes.
func text(s string) string {
	var v any
	if trimmed := strings.TrimSpace(s); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
		if json.Unmarshal([]byte(trimmed), &v) == nil {
			return layOut(json.RawMessage(trimmed))
		}
	}
	if quoted := layOut(s); quoted == `"`+s+`"` {
		return quoted
	}
	return s
}

// layOut is JSON in lines; a list of plain things, and what is empty, in one.
func layOut(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if _, isList := v.([]any); !isList {
		e.SetIndent("", "  ")
	}
	if e.Encode(v) != nil {
		return "?"
	}
	return strings.TrimRight(b.String(), "\n")
}

// details are the members of what an entry of the audit log says beside its
// reason, without those that say nothing. What is no object stands as it is.
func details(detail string, zone *time.Location) []fact {
	d := json.NewDecoder(strings.NewReader(detail))
	if open, err := d.Token(); err != nil || open != json.Delim('{') || !json.Valid([]byte(detail)) {
		if detail == "" {
			return nil
		}
		return []fact{{"", clean(detail)}}
	}
	var list []fact
	for d.More() {
		key, _ := d.Token()
		var v any
		if d.Decode(&v) != nil {
			break
		}
		if s := said(v, zone); s != "" {
			list = append(list, fact{clean(fmt.Sprint(key)), clean(s)})
		}
	}
	return list
}

// said is a value in one line, times by the zone's clock; "" for nothing, an empty text and the zero time.
func said(v any, zone *time.Location) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return stamp(at, zone)
		}
		return v
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, said(item, zone))
		}
		return strings.Join(parts, ", ")
	}
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}
