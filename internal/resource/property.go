package resource

import (
	"reflect"
	"strings"

	"github.com/kumoban/kumoban/internal/fact"
)

// Property is a property of a resource by its name, with dots for nested ones:
// "MetadataOptions.HttpTokens". What lies in an object that is absent is absent,
// and unknown where that is. ok is false where the type has no such property.
func Property(r Resource, name string) (v fact.Any, ok bool) {
	at := reflect.ValueOf(r)
	for at.Kind() == reflect.Pointer {
		at = at.Elem()
	}
	return property(at, name)
}

func property(at reflect.Value, name string) (fact.Any, bool) {
	first, rest, nested := strings.Cut(name, ".")
	field := at.FieldByName(first)
	if !field.IsValid() {
		return nil, false
	}
	v, ok := field.Interface().(fact.Any)
	if !ok || !nested {
		return v, ok
	}
	inner, truth := v.Any()
	of := reflect.TypeOf(inner)
	if of == nil || of.Kind() != reflect.Struct {
		return nil, false
	}
	found, ok := property(reflect.ValueOf(inner), rest)
	switch {
	case !ok || truth == fact.True:
		return found, ok
	case truth == fact.False:
		return fact.Absent[string](v.Origin()), true
	}
	return fact.Unread[string](v.Origin()), true
}
