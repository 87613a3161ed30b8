package protocol

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
)

// toJSON makes of a tree what encoding/json writes; skip are members that go
// elsewhere.
func toJSON(r *Ref, v any, path string, skip func(*Member) bool) (any, error) {
	switch r.Kind {
	case Structure:
		in, err := object(r, v, path)
		if err != nil {
			return nil, err
		}
		out := map[string]any{}
		for i := range r.Members {
			m := &r.Members[i]
			if in[m.Name] == nil || skip != nil && skip(m) {
				continue
			}
			if out[m.wire()], err = toJSON(m.Ref, in[m.Name], below(path, m.Name), nil); err != nil {
				return nil, err
			}
		}
		return out, nil
	case Map:
		in, err := object(r, v, path)
		if err != nil {
			return nil, err
		}
		out := map[string]any{}
		for key, value := range in {
			if out[key], err = toJSON(r.Value, value, below(path, key), nil); err != nil {
				return nil, err
			}
		}
		return out, nil
	case List:
		in, err := list(v, path)
		if err != nil {
			return nil, err
		}
		out := make([]any, len(in))
		for i, item := range in {
			if item == nil {
				continue
			}
			if out[i], err = toJSON(r.Item, item, nth(path, i), nil); err != nil {
				return nil, err
			}
		}
		return out, nil
	case Document:
		return v, nil
	}
	return scalarToJSON(r, v, path)
}

func scalarToJSON(r *Ref, v any, path string) (any, error) {
	s, err := text(r, v, unix, path)
	if err != nil {
		return nil, err
	}
	f, isFloat := v.(float64)
	switch {
	case isFloat && (math.IsNaN(f) || math.IsInf(f, 0)):
		return s, nil
	case r.Kind == Bool, r.Kind == Long, r.Kind == Double, r.Kind == Timestamp && orForm(r.Time, unix) == unix:
		return json.RawMessage(s), nil
	}
	return s, nil
}

// marshal writes JSON; < and & stay what they are.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// parseJSON reads one whole object.
func parseJSON(body []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil || v == nil {
		return nil, errors.New("this is not a whole JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	return v, nil
}

// fromJSON reads a value into a tree.
func fromJSON(r *Ref, v any, path string) (any, error) {
	switch r.Kind {
	case Structure:
		in, ok := v.(map[string]any)
		if !ok {
			return nil, misfit(path, jsonKind(v), r.Kind.String())
		}
		return structureFromJSON(r, in, path)
	case Map:
		in, ok := v.(map[string]any)
		if !ok {
			return nil, misfit(path, jsonKind(v), r.Kind.String())
		}
		out := map[string]any{}
		for key, value := range in {
			if value == nil {
				continue
			}
			item, err := fromJSON(r.Value, value, below(path, key))
			if err != nil {
				return nil, err
			}
			out[key] = item
		}
		return out, nil
	case List:
		in, ok := v.([]any)
		if !ok {
			return nil, misfit(path, jsonKind(v), r.Kind.String())
		}
		out := make([]any, len(in))
		for i, item := range in {
			if item == nil {
				continue
			}
			var err error
			if out[i], err = fromJSON(r.Item, item, nth(path, i)); err != nil {
				return nil, err
			}
		}
		return out, nil
	case Document:
		return plain(v), nil
	}
	return scalarFromJSON(r, v, path)
}

// structureFromJSON leaves out what the model does not know, and members that
// come in headers.
func structureFromJSON(r *Ref, in map[string]any, path string) (map[string]any, error) {
	out := map[string]any{}
	for i := range r.Members {
		m := &r.Members[i]
		value := in[m.wire()]
		if value == nil || m.In != "" && m.In != "host" {
			continue
		}
		item, err := fromJSON(m.Ref, value, below(path, m.Name))
		if err != nil {
			return nil, err
		}
		out[m.Name] = item
	}
	return out, nil
}

func scalarFromJSON(r *Ref, v any, path string) (any, error) {
	number, isNumber := v.(json.Number)
	s, isString := v.(string)
	switch {
	case r.Kind == String && isString, r.Kind == Bool && v == true, r.Kind == Bool && v == false:
		return v, nil
	case r.Kind == Long && isNumber:
		if n, ok := whole(number); ok {
			return n, nil
		}
	case r.Kind == Double && isNumber:
		if f, err := number.Float64(); err == nil {
			return f, nil
		}
	case r.Kind == Double && isString:
		if f, ok := unfloat(s); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			return f, nil
		}
	case r.Kind == Timestamp && isNumber:
		if t, ok := unstamp(number.String()); ok {
			return t, nil
		}
	case r.Kind == Timestamp && isString:
		if t, ok := unstamp(s); ok {
			return t, nil
		}
	case r.Kind == Blob && isString:
		if b, err := base64.StdEncoding.DecodeString(s); err == nil {
			return b, nil
		}
	}
	return nil, misfit(path, jsonKind(v), r.Kind.String())
}

// whole reads a number without a fraction, also where it is written with one.
func whole(number json.Number) (int64, bool) {
	if n, err := number.Int64(); err == nil {
		return n, true
	}
	f, err := number.Float64()
	n := int64(f)
	return n, err == nil && math.Abs(f) < 1<<53 && float64(n) == f
}

func jsonKind(v any) string {
	if _, ok := v.(json.Number); ok {
		return "a number"
	}
	if _, ok := v.(map[string]any); ok {
		return "an object"
	}
	return kindOf(v)
}

// plain makes numbers of a document int64 where they are whole, else float64.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = plain(v[key])
		}
	}
	return v
}
