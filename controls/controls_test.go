package controls_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/controltest"
)

// TestCases runs the cases of every control.
func TestCases(t *testing.T) {
	all, folders := controls.All(), controls.Folders()
	for i, c := range all {
		t.Run(c.ID, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(filepath.FromSlash(folders[i]), "testdata", "*.txtar"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no cases: %v", err)
			}
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { controltest.Run(t, all, c.ID, file) })
			}
		})
	}
}
