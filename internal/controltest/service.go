package controltest

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
)

// Of are the built-in controls for a service, for a test that is about them and
// stays as it is where others are added.
func Of(service string) []*control.Control {
	return slices.DeleteFunc(controls.All(), func(c *control.Control) bool { return !strings.EqualFold(control.Service(c.ID), service) })
}
