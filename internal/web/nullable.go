package web

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// nullable lets the document say of each member that is an object or null that it may
// be null: the framework says so of plain values alone.
func nullable(names huma.Registry) {
	for name, schema := range names.Map() {
		t := names.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, f := range reflect.VisibleFields(t) {
			member, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			is := schema.Properties[member]
			if f.Type.Kind() != reflect.Pointer || is == nil || is.Ref == "" || strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero") {
				continue
			}
			schema.Properties[member] = &huma.Schema{OneOf: []*huma.Schema{{Ref: is.Ref}, {Type: "null"}}}
		}
	}
}
