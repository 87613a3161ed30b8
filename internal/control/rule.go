package control

import (
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Property is one property of a resource that a rule looks at.
type Property[T resource.Resource, V any] struct {
	Name string // as people and conditions call it: "MetadataOptions.HttpTokens"
	Of   func(T) fact.Value[V]
}

// Is makes a check that passes where a property has one of some values, with the
// messages "pass" and "fail", which may name its {value}.
func Is[T resource.Resource, V comparable](p Property[T, V], wants ...V) Check {
	return Where(p, func(v fact.Value[V], _ Params) fact.Truth { return fact.In(v, wants...) })
}

// IsNot makes a check that fails where a property has one of some values; one
// that is absent has none.
func IsNot[T resource.Resource, V comparable](p Property[T, V], refused ...V) Check {
	return Where(p, func(v fact.Value[V], _ Params) fact.Truth { return fact.In(v, refused...).Not() })
}

// Filled makes a check that passes where a property is set to something.
func Filled[T resource.Resource, V comparable](p Property[T, V]) Check {
	return Where(p, func(v fact.Value[V], _ Params) fact.Truth { return fact.Filled(v) })
}

// Where makes a check that passes where a property fits.
func Where[T resource.Resource, V any](p Property[T, V], fits func(fact.Value[V], Params) fact.Truth) Check {
	c := On(func(r T, params Params) Verdict {
		v := p.Of(r)
		value := locale.A("value", shown(v))
		return Decide(fits(v, params), v, p.Name, Pass("pass", value), Fail("fail", value))
	})
	c.Looks = []string{top(p.Name)}
	return c
}

// shown is a value as sentences have it; one that is absent is a dash.
func shown[V any](v fact.Value[V]) any {
	if got, there := v.Get(); there == fact.True {
		return got
	}
	return "-"
}

// top is the property that a nested one is a part of.
func top(name string) string {
	for i, r := range name {
		if r == '.' || r == '[' {
			return name[:i]
		}
	}
	return name
}

// Unless makes the check say NOT_APPLICABLE with a message where something holds
// of the resource. What is not known of that matters only where the check would
// decide: then the verdict is UNKNOWN.
func Unless[T resource.Resource](c Check, key, property string, holds func(T) (fact.Truth, *fact.Origin)) Check {
	run := c.Run
	c.Run = func(r resource.Resource, g Given) Verdict {
		typed, ok := r.(T)
		if !ok {
			return run(r, g)
		}
		switch truth, o := holds(typed); truth {
		case fact.True:
			return Exempt(key)
		case fact.Unknown:
			return Unread(property, o)
		}
		return run(r, g)
	}
	if c.Looks != nil {
		c.Looks = append(c.Looks, top(property))
	}
	return c
}
