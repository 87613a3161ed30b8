package remedy

import (
	"reflect"

	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Set makes a remedy that gives properties of a resource their values. What it
// touches follows, and that there is nothing to do where all have them already.
func Set(name string, on resource.Type, does []Effect, set ...Property) Remedy {
	names := make([]string, len(set))
	for i, p := range set {
		names[i] = p.Name
	}
	return Remedy{
		Name: name, On: on, Does: does, Touches: []Touch{{Type: on, Properties: names}},
		Ensure: func(c Case) ([]Ensure, error) {
			if err := plannable(c.Resource, on); err != nil {
				return nil, err
			}
			already := true
			for _, p := range set {
				has, err := has(c.Resource, p)
				if err != nil {
					return nil, err
				}
				already = already && has
			}
			if already {
				return nil, locale.Errorf("fix.nothing", locale.A("resource", c.Resource.GetMeta().Name))
			}
			thing := c.Resource.GetMeta().Ref
			thing.Type = on
			return []Ensure{{ID: "resource", Thing: thing, Set: set}}, nil
		},
	}
}

// plannable tells why nothing can be planned on a resource: it has another type,
// is not live, or its account, Region or partition is not known.
func plannable(r resource.Resource, on resource.Type) error {
	if r == nil || r.ResourceType() != on {
		got := "none"
		if r != nil {
			got = string(r.ResourceType())
		}
		return locale.Errorf("fix.wrongType", locale.A("want", string(on)), locale.A("got", got))
	}
	m := r.GetMeta()
	switch {
	case m.ARN == "":
		return locale.Errorf("fix.notLive", locale.A("resource", m.Name))
	case m.Partition == "" || m.Account == "" || m.Region == "":
		return locale.Errorf("fix.noPlace", locale.A("resource", m.Name))
	}
	return nil
}

// has tells whether a property has its value already.
func has(r resource.Resource, p Property) (bool, error) {
	v, ok := resource.Property(r, p.Name)
	if !ok {
		return false, locale.Errorf("fix.unknown", locale.A("property", p.Name))
	}
	got, truth := v.Any()
	if err := read(r, p.Name); err != nil {
		return false, err
	}
	if p.Value == nil {
		return truth == fact.False, nil
	}
	return truth == fact.True && reflect.DeepEqual(got, p.Value), nil
}
