package report_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
)

const schemas = "../../docs/schemas/"

// strictSchema compiles a published schema in a form that allows no property
// beside those it names, which the published one must, to be able to grow.
func strictSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	var id string
	for _, file := range []string{"scan.schema.json", "scan-line.schema.json"} {
		data, err := os.ReadFile(schemas + file)
		check(t, err)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		check(t, err)
		root := doc.(map[string]any)
		forbidMore(root, true)
		check(t, c.AddResource(root["$id"].(string), doc))
		if file == name {
			id = root["$id"].(string)
		}
	}
	s, err := c.Compile(id)
	check(t, err)
	return s
}

func forbidMore(node any, alone bool) {
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			forbidMore(n, false) // parts of one object
		}
	case map[string]any:
		if _, ok := node["properties"]; ok && alone {
			node["unevaluatedProperties"] = false
		}
		for key, n := range node {
			switch key {
			case "$defs":
				for name, def := range n.(map[string]any) {
					forbidMore(def, name != "scan" && name != "finding" && name != "gap")
				}
			case "properties":
				for _, p := range n.(map[string]any) {
					forbidMore(p, true)
				}
			case "items":
				forbidMore(n, true)
				if _, isRef := n.(map[string]any)["$ref"]; isRef {
					n.(map[string]any)["unevaluatedProperties"] = false
				}
			case "allOf", "oneOf":
				forbidMore(n, false)
			}
		}
	}
}

func validate(t *testing.T, s *jsonschema.Schema, data string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(data))
	check(t, err)
	if err := s.Validate(doc); err != nil {
		t.Errorf("%v\n%s", err, data)
	}
}

func TestOutputFollowsSchema(t *testing.T) {
	whole, line := strictSchema(t, "scan.schema.json"), strictSchema(t, "scan-line.schema.json")
	stopped := sample(t)
	stopped.Incomplete = "timeout"
	empty := newScan(t)
	for _, s := range []*scan{sample(t), stopped, empty, everyMessage(t), abroad(t), exported(t)} {
		validate(t, whole, render(t, s, "json", locale.Japanese, report.Options{}))
		for _, l := range strings.Split(strings.TrimSpace(render(t, s, "jsonl", locale.Japanese, report.Options{})), "\n") {
			validate(t, line, l)
		}
	}
}

// The schemas themselves notice what is wrong, so that the test above proves
// something.
func TestSchemaRefuses(t *testing.T) {
	whole, line := strictSchema(t, "scan.schema.json"), strictSchema(t, "scan-line.schema.json")
	good := render(t, sample(t), "json", locale.English, report.Options{})
	for _, change := range [][2]string{
		{`"status":"FAILED"`, `"status":"BAD"`}, {`"findings":[`, `"stray":[`}, {`"key":"none"`, `"clef":"none"`}, {`"reason":`, `"raison":`},
		{`"gaps":3`, `"gaps":-3`}, {`"call":`, `"called":`},
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(good, change[0], change[1], 1)))
		check(t, err)
		if whole.Validate(doc) == nil {
			t.Errorf("%s passes", change[1])
		}
	}
	for _, bad := range []string{`{"type":"finding","schemaVersion":1}`, `{"type":"other","schemaVersion":1}`, `[]`} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		check(t, err)
		if line.Validate(doc) == nil {
			t.Errorf("%s passes", bad)
		}
	}
}
