package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls/metadata"
)

func pointer[T any](v T) *T { return &v }

// TestGenerate reads a page with what AWS's pages do here and there: a missing
// comma, a space in a label, an address for a name, escaped stars.
func TestGenerate(t *testing.T) {
	g := generator{file: filepath.Join(t.TempDir(), "metadata.json"), pages: "testdata"}
	before := `{"schemaVersion":1,"sources":[],"controls":[{"id":"Bell.2","title":"old","status":"active","source":"list"},{"id":"Bell.1","title":"old","status":"active","source":"list"},{"id":"Bell.10","title":"unread","status":"retired","source":"list"}]}`
	if err := os.WriteFile(g.file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := g.run(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(g.file)
	if err != nil {
		t.Fatal(err)
	}
	var got metadata.List
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := []metadata.Control{
		{
			ID: "Bell.1", Title: `Bells should ring when "*" is struck`, Status: "active", Severity: "MEDIUM",
			Category:     "Protect > Data protection > Encryption of data in transit",
			Requirements: []string{"NIST.800-53.r5 AU-2", "NIST.800-53.r5 SI-2(5)", "PCI DSS v4.0.1/6.3.3", "PCI DSS v3.2.1/2.1"},
			Rule:         "bell-rings", Custom: pointer(false), Schedule: metadata.OnChangePeriodic,
			Types: []string{"AWS::Bell::Bell", "AWS::Bell::Tower"}, NotOffered: []string{"ap-southeast-6", "us-gov-east-1"},
			Parameters: []metadata.Parameter{
				{Name: "strokes", Type: "Integer", Min: pointer(1.0), Max: pointer(36500.0), Default: "7"},
				{Name: "hours", Type: "IntegerList", Min: pointer(0.0), Max: pointer(23.0), Most: 24, Default: "8,12"},
				{Name: "tone", Type: "Enum", Values: []string{"A", "B"}},
				{Name: "loud", Type: "Boolean", Values: []string{"true", "false"}, Default: "true"},
			},
			Source: "pages", Page: "0123abc", RegionsFrom: "pages",
		},
		{
			ID: "Bell.2", Title: "Bells should hang", Status: "active", Severity: "LOW", Category: "Identify > Logging",
			Requirements: []string{}, Rule: "bell-hangs", Custom: pointer(true), Schedule: metadata.Periodic,
			Types: []string{"AWS::::Account"}, Parameters: []metadata.Parameter{}, NotOffered: []string{}, Source: "pages", Page: "0123abc", RegionsFrom: "pages",
		},
		{ID: "Bell.10", Title: "unread", Status: "retired", Source: "list"},
	}
	if diff := cmp.Diff(want, got.Controls); diff != "" {
		t.Error(diff)
	}
	if err := g.run(); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(g.file); err != nil || string(again) != string(text) {
		t.Error("a second run writes something else")
	}
}
