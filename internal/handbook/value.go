package handbook

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// value is what a sample says of a property, as plans have values, of an element of
// a list as well: SecurityGroupIngress["tcp 22 22 0.0.0.0/0"]. there is false where
// it is absent.
func value(res resource.Resource, name string) (v any, there bool) {
	steps := room.Steps(name)
	if !slices.ContainsFunc(steps, func(s room.Step) bool { return s.Keyed }) {
		if is, ok := resource.Property(res, name); ok {
			if v, known := is.Any(); known == fact.True {
				return v, true
			}
		}
		return nil, false
	}
	at := reflect.ValueOf(res).Elem()
	for _, s := range steps {
		field := at.FieldByName(s.Name)
		if !field.IsValid() {
			return nil, false
		}
		is, ok := field.Interface().(fact.Any)
		if !ok {
			return nil, false
		}
		inner, known := is.Any()
		if known != fact.True {
			return nil, false
		}
		at = reflect.ValueOf(inner)
		if s.Keyed {
			if at = keyed(at, s.Key); !at.IsValid() {
				return nil, false
			}
		}
	}
	return plain(at), true
}

// keyed is the element of a list that goes by a key; no other member of an element
// is the same text.
func keyed(list reflect.Value, key string) reflect.Value {
	for i := 0; list.Kind() == reflect.Slice && i < list.Len(); i++ {
		for _, v := range members(list.Index(i)) {
			if fmt.Sprint(v) == key {
				return list.Index(i)
			}
		}
	}
	return reflect.Value{}
}

// members are what is known of an object, by their names.
func members(of reflect.Value) map[string]any {
	all := map[string]any{}
	for i := 0; of.Kind() == reflect.Struct && i < of.NumField(); i++ {
		if is, ok := of.Field(i).Interface().(fact.Any); ok {
			if v, known := is.Any(); known == fact.True {
				all[of.Type().Field(i).Name] = plain(reflect.ValueOf(v))
			}
		}
	}
	return all
}

// plain is a value as plans have it: objects are maps, numbers float64.
func plain(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.Struct:
		return members(v)
	case v.CanInt():
		return float64(v.Int())
	}
	return v.Interface()
}
