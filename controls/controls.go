// Package controls is the list of the built-in controls.
package controls

//go:generate go run ../internal/tool/controlsgen
