package catalog

import (
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

// WideControl tells whether a control judges what is [Wide]. None judges both,
// for its findings on the account as a whole would be two with one identity.
func WideControl(c *control.Control) bool {
	for _, check := range c.Checks {
		if Wide(check.Type) {
			return true
		}
	}
	return false
}
