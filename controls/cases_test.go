package controls_test

import (
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/kumoban/kumoban/internal/casefile"
	"github.com/kumoban/kumoban/internal/controltest"
)

// TestCaseFiles runs the cases of controls in all four forms, and against the double.
func TestCaseFiles(t *testing.T) {
	for service, list := range services() {
		for _, c := range list {
			if _, err := fs.Stat(c.Files, casefile.Name); err == nil {
				c.Describe()
				t.Run(c.ID, func(t *testing.T) { controltest.Cases(t, c, filepath.Join(service, c.Folder)) })
				t.Run(c.ID+" over the wire", func(t *testing.T) { controltest.Wire(t, c, filepath.Join(service, c.Folder)) })
			}
		}
	}
}
