package catalog

import (
	"slices"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Wide tells whether resources of a type are the account's, whatever the Region:
// they are looked at and judged once, under the partition's own Region. A type
// that is not known lies in Regions.
func Wide(t resource.Type) bool {
	e := Find(t)
	return e != nil && e.Room.Where != room.Regional
}

// WideControl tells whether a control judges what is [Wide], or by it. None goes by
// both, for its findings on the account as a whole would be two with one identity,
// and what it joins would lie in another scope.
func WideControl(c *control.Control) bool {
	for _, check := range c.Checks {
		if Wide(check.Type) || slices.ContainsFunc(check.Joins, func(j control.Join) bool { return Wide(j.Type) }) {
			return true
		}
	}
	return false
}
