package remedy

import (
	"strings"

	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Wish is what a remedy wants of a resource: properties with their values, and what
// must be true before.
type Wish struct {
	Set    []Property
	Guards []Guard
	On     *resource.Ref // another thing than the resource; nil: the resource
}

// Sets completes a remedy whose values follow from the resource and from what a
// person decided; touches are the properties that it may change, with * for the
// keys of lists. It wants nothing where the resource is as it shall be.
func Sets[T resource.Resource](r Remedy, touches []string, wish func(T, Case) (Wish, error)) Remedy {
	var none T
	r.On = none.ResourceType()
	if r.Touches == nil {
		r.Touches = []Touch{{Type: r.On, Properties: touches}}
	}
	r.Ensure = func(c Case) ([]Ensure, error) {
		if err := plannable(c.Resource, r.On); err != nil {
			return nil, err
		}
		for _, name := range touches {
			if err := read(c.Resource, name); err != nil {
				return nil, err
			}
		}
		typed, _ := c.Resource.(T)
		w, err := wish(typed, c)
		if err != nil {
			return nil, err
		}
		if len(w.Set) == 0 {
			return nil, locale.Errorf("fix.nothing", locale.A("resource", c.Resource.GetMeta().Name))
		}
		thing := c.Resource.GetMeta().Ref
		thing.Type = r.On
		if w.On != nil {
			thing = *w.On
		}
		return []Ensure{{ID: "resource", Thing: thing, Set: w.Set, Guards: w.Guards}}, nil
	}
	return r
}

// Makes is a thing that is made if it is not there, and that may hold data: undo
// leaves it.
func Makes(id string, thing resource.Ref, set []Property) Ensure {
	return Ensure{ID: id, Thing: thing, Set: set, Make: true, Data: true}
}

// read tells why nothing can be planned on what a property is now.
func read(r resource.Resource, name string) error {
	name, _, _ = strings.Cut(name, "[")
	v, ok := resource.Property(r, name)
	if !ok {
		return nil // it can only be written
	}
	if _, truth := v.Any(); truth != fact.Unknown {
		return nil
	}
	if o := v.Origin(); o != nil && o.Fault != "" {
		return locale.Errorf("fix.unread", locale.A("property", name), locale.A("fault", o.Fault))
	}
	return locale.Errorf("fix.unknown", locale.A("property", name))
}

// ByHand makes a remedy that only a person can do, or should.
func ByHand(name string, on resource.Type, does ...Effect) Remedy {
	return Remedy{
		Name: name, On: on, Does: append([]Effect{}, does...), Manual: true,
		Ensure: func(c Case) ([]Ensure, error) {
			if err := plannable(c.Resource, on); err != nil {
				return nil, err
			}
			return nil, locale.Errorf("fix.byHand", locale.A("resource", c.Resource.GetMeta().Name), locale.A("control", c.Control))
		},
	}
}
