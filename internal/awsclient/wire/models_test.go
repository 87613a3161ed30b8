package wire

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPartsAreTheFile holds what is found line by line to the file.
func TestPartsAreTheFile(t *testing.T) {
	text, err := os.ReadFile("models.json")
	if err != nil {
		t.Fatal(err)
	}
	var whole struct{ Services map[string]json.RawMessage }
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	parts := services(text)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(whole.Services)), slices.Sorted(maps.Keys(parts))); diff != "" {
		t.Fatalf("services (-file +parts):\n%s", diff)
	}
	for name, part := range parts {
		if string(part) != string(whole.Services[name]) {
			t.Errorf("%s is %.60q … of %d bytes, the file has %d", name, part, len(part), len(whole.Services[name]))
		}
	}
}
