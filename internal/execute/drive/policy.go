package drive

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// elements is the order in which AWS's own pages write policies.
const elements = " Version Id Statement Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition "

// Canonical writes a policy document without spaces, its elements in the usual
// order and all else in that of the alphabet. Services store documents in
// layouts of their own; the canonical forms of those that say the same are the
// same. What is no JSON comes back as it is.
func Canonical(document string) string {
	d := json.NewDecoder(strings.NewReader(document))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return document
	}
	var b bytes.Buffer
	if writePolicy(&b, v) != nil {
		return document
	}
	return b.String()
}

func writePolicy(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case map[string]any:
		b.WriteByte('{')
		for i, key := range slices.SortedFunc(maps.Keys(v), byElement) {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writePolicy(b, key); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := writePolicy(b, v[key]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	case []any:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writePolicy(b, x); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the encoder's line feed
	return nil
}

func byElement(x, y string) int {
	place := func(key string) int {
		if i := strings.Index(elements, " "+key+" "); i >= 0 {
			return i
		}
		return len(elements)
	}
	return cmp.Or(cmp.Compare(place(x), place(y)), cmp.Compare(x, y))
}
