package control

import (
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Given is what a check is handed beside a resource.
type Given struct {
	Params
	Now  fact.Time // when the run began; 0: nobody said
	Seen *Seen     // resources of the types that it joins; nil: none were looked for
}

// Join is a type whose resources a check sees beside the one that it judges: those
// of the same scope. A source reads them also where nobody judges them.
type Join struct {
	Type  resource.Type
	Looks []string // the properties that it goes by; nil: all may be
}

// Beside makes a join of a Go type.
func Beside[O resource.Resource](looks ...string) Join {
	var none O
	return Join{none.ResourceType(), looks}
}

// OnGiven makes a check of a function that goes by more than the resource and the
// parameters: by the time, or by resources of other types. Those are whole when it
// is called.
func OnGiven[T resource.Resource](judge func(T, Given) Verdict, joins ...Join) Check {
	var none T
	c := Check{Type: none.ResourceType(), Model: none, Joins: joins, Run: func(r resource.Resource, g Given) Verdict {
		typed, ok := r.(T)
		if !ok {
			// Two Go types claim one resource type: what cannot be judged is unknown.
			return Unread(string(r.ResourceType()), nil)
		}
		return judge(typed, g)
	}}
	if c.Type == resource.AccountType {
		c.Model = nil // it has no properties
	}
	return c
}

// Some makes a check that passes where some resource of another type fits, with the
// messages "pass", which may name the {value}, and "fail". The check may be of the
// account as a whole ([resource.Whole]). One that fits decides, whatever could not
// be read beside it.
func Some[T, O resource.Resource](fits func(T, O) fact.Truth, looks ...string) Check {
	return OnGiven(func(r T, g Given) Verdict {
		others, rest := Others[O](g)
		truth, unread := fact.False, rest
		if rest != nil {
			truth = fact.Unknown
		}
		for _, o := range others {
			switch fits(r, o) {
			case fact.True:
				return Pass("pass", locale.A("value", o.GetMeta().Name))
			case fact.Unknown:
				truth = fact.Unknown
				if unread == nil {
					unread = unreadOf(o, looks)
				}
			}
		}
		if truth == fact.Unknown {
			var none O
			return Unread(string(none.ResourceType()), unread)
		}
		return Fail("fail", locale.A("n", len(others)))
	}, Beside[O](looks...))
}

// unreadOf is where the first of some properties comes from that is unknown.
func unreadOf(r resource.Resource, names []string) *fact.Origin {
	for _, name := range names {
		if v, ok := resource.Property(r, name); ok {
			if _, truth := v.Any(); truth == fact.Unknown {
				return v.Origin()
			}
		}
	}
	return nil
}

// Seen are resources of one scope by type, with what hides others. The zero value
// has none, and nothing hides any.
type Seen struct {
	all    map[resource.Type][]resource.Resource
	hidden map[resource.Type]*fact.Origin
}

// Add takes a resource in.
func (s *Seen) Add(r resource.Resource) {
	if s.all == nil {
		s.all = map[resource.Type][]resource.Resource{}
	}
	s.all[r.ResourceType()] = append(s.all[r.ResourceType()], r)
}

// Hide says why there may be more of a type; the first reason counts.
func (s *Seen) Hide(t resource.Type, why *fact.Origin) {
	if s.hidden == nil {
		s.hidden = map[resource.Type]*fact.Origin{}
	}
	if s.hidden[t] == nil {
		s.hidden[t] = why
	}
}

// Others are the resources of a type that a check joins, in the order in which they
// were read; rest is why there may be more of them, nil where there are not.
func Others[O resource.Resource](g Given) (list []O, rest *fact.Origin) {
	var none O
	t := none.ResourceType()
	if g.Seen == nil {
		return nil, &fact.Origin{}
	}
	for _, r := range g.Seen.all[t] {
		if typed, ok := r.(O); ok {
			list = append(list, typed)
		}
	}
	return list, g.Seen.hidden[t]
}
