package finding_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/finding"
)

// TestOneShape holds every published schema that has a finding in it to the one shape.
func TestOneShape(t *testing.T) {
	t.Parallel()
	type object struct {
		Properties map[string]any
		Required   []string
	}
	for name, at := range map[string][]string{
		"scan": {"$defs", "finding"}, "kept": {"$defs", "record"},
		"evidence": {"properties", "finding"}, "question": {"$defs", "finding"},
	} {
		data, err := os.ReadFile("../../docs/schemas/" + name + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, member := range at {
			var members map[string]json.RawMessage
			if err := json.Unmarshal(data, &members); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			data = members[member]
		}
		var schema object
		if err := json.Unmarshal(data, &schema); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for field := range reflect.TypeFor[finding.JSON]().Fields() {
			key, option, _ := strings.Cut(field.Tag.Get("json"), ",")
			if _, there := schema.Properties[key]; !there && (name != "question" || key != "tags") { // owners need no tags to answer
				t.Errorf("%s: a finding has no %s", name, key)
			}
			if required := slices.Contains(schema.Required, key); required != (option == "") {
				t.Errorf("%s: %s required: %t", name, key, required)
			}
		}
	}
}
