// Package controls is the list of the built-in controls.
package controls

import (
	"path"
	"slices"

	"github.com/kumoban/kumoban/internal/control"
)

//go:generate go run ../internal/tool/controlsgen

// All returns the built-in controls, by service and number, with what AWS says of
// each. It reads the whole list of metadata at its first call.
func All() []*control.Control {
	all := built()
	for _, c := range all {
		c.Describe()
	}
	slices.SortFunc(all, func(a, b *control.Control) int { return control.Compare(a.ID, b.ID) })
	return all
}

// Folders returns the folder of each control of All, in the same order.
func Folders() []string {
	var folders []string
	for _, c := range All() {
		folders = append(folders, c.Folder)
	}
	return folders
}

// in puts the folders of a package's controls below the package's own.
func in(folder string, controls ...*control.Control) []*control.Control {
	for _, c := range controls {
		c.Folder = path.Join(folder, c.Folder)
	}
	return controls
}
