package casefile

import (
	"fmt"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Sample is what a control's guide shows the remedies on: the first resource that
// fails in its cases, as AWS's API answers, with the unit in which it lies.
func Sample(of *control.Control) (resource.Resource, *resource.Unit, error) {
	var first resource.Resource
	var unit *resource.Unit
	err := Failing(of, func(res resource.Resource, u *resource.Unit) bool {
		first, unit = res, u
		return false
	})
	if err == nil && first == nil {
		err = fmt.Errorf("%s: no case fails", of.ID)
	}
	return first, unit, err
}

// Failing hands on each resource that fails in a control's cases, as AWS's API
// answers, until nobody wants another; and the account as a whole, where that fails.
func Failing(of *control.Control, more func(resource.Resource, *resource.Unit) bool) error {
	cases, err := Read(of.Files)
	if err != nil {
		return err
	}
	for i := range cases {
		c := &cases[i]
		if strings.HasPrefix(c.Wants(Account, room.Answer), control.Failed.String()) {
			whole := resource.NewWhole(Scope())
			if !more(whole, &resource.Unit{Resources: []resource.Resource{whole}}) {
				return nil
			}
		}
		for _, r := range c.Resources {
			if !strings.HasPrefix(c.Wants(r.ID, room.Answer), control.Failed.String()) {
				continue
			}
			built, err := c.Build(of, room.Answer)
			if err != nil {
				return err
			}
			res, unit, err := built.find(r.ID)
			if err != nil || !more(res, unit) {
				return err
			}
		}
	}
	return nil
}

// find finds a resource by its id in the case.
func (b *Built) find(id string) (resource.Resource, *resource.Unit, error) {
	for i := range b.Units {
		for _, res := range b.Units[i].Resources {
			if b.IDs[res.GetMeta().ID()] == id {
				return res, &b.Units[i], nil
			}
		}
	}
	return nil, nil, fmt.Errorf("there is no resource %s", id)
}
