package awsclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

// misfit names the field of an answer that does not fit where it is decoded to,
// for people who look for what sent it: the SDK says only of which kind it is.
// Where none can be told it is the decoder's error.
func misfit[Out any](x *exchange, err error) string {
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) {
		kind, _, _ := strings.Cut(typed.Value, " ") // a number's is followed by it
		return typed.Field + ": " + kind
	}
	var answer any
	d := json.NewDecoder(bytes.NewReader(x.body))
	d.UseNumber()
	if d.Decode(&answer) == nil {
		if field := unfit(reflect.TypeFor[Out](), answer, ""); field != "" {
			return field
		}
	}
	return scrub(err.Error())
}

func undecoded(err error) bool {
	var broken *smithy.DeserializationError
	return errors.As(err, &broken)
}

// unfit returns the path of the first value that its type cannot take, and what
// it is; "" where all fit. Members go by the SDK's names, in any case.
func unfit(t reflect.Type, v any, path string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if v == nil {
		return ""
	}
	fits := true
	switch k := t.Kind(); {
	case t == reflect.TypeFor[time.Time]():
	case k == reflect.String:
		_, fits = v.(string)
	case k == reflect.Bool:
		_, fits = v.(bool)
	case k >= reflect.Int && k <= reflect.Int64:
		n, ok := v.(json.Number)
		_, err := n.Int64()
		fits = ok && err == nil
	case k == reflect.Float32, k == reflect.Float64:
		_, fits = v.(json.Number)
	case k == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		var list []any
		list, fits = v.([]any)
		for i, x := range list {
			if field := unfit(t.Elem(), x, fmt.Sprintf("%s[%d]", path, i)); field != "" {
				return field
			}
		}
	case k == reflect.Map, k == reflect.Struct:
		var object map[string]any
		object, fits = v.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(object)) {
			if of := member(t, key); of != nil {
				if field := unfit(of, object[key], strings.TrimPrefix(path+"."+key, ".")); field != "" {
					return field
				}
			}
		}
	}
	if fits {
		return ""
	}
	return path + ": " + kindOf(v)
}

// member is the type of an object's member; nil where nobody reads it.
func member(t reflect.Type, key string) reflect.Type {
	if t.Kind() == reflect.Map {
		return t.Elem()
	}
	f, ok := t.FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, key) || strings.EqualFold(name, key+"s") })
	if !ok {
		return nil
	}
	return f.Type
}

// kindOf says what a value is, not which: it may be a secret.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "bool"
	case json.Number:
		return "number"
	case []any:
		return "array"
	}
	return "object"
}
