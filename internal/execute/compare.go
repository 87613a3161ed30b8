package execute

import (
	"github.com/kumoban/kumoban/internal/execute/drive"
	"github.com/kumoban/kumoban/internal/plan"
)

type found int

const (
	asPlanned found = iota // as it was when the plan was made, or on the way
	asWanted
	drifted
	gone
)

// comparison is what a step expects of its thing.
type comparison struct {
	drive.Meaning
	step *plan.Step
	will map[string]any // what the changes make, as far as it is known
	with map[string]any // what stays, likewise
}

// look lists what must be read of the thing: what is changed, sent along or
// guarded, and the objects that come into being with what is changed.
func (c *comparison) look() []string {
	list := append(asked(c.step), c.Along(c.values())...)
	for _, change := range c.step.Changes {
		if whole := c.Whole(change.Property); whole != "" {
			list = append(list, whole)
		}
	}
	return sorted(list)
}

// values are the properties that the step changes.
func (c *comparison) values() map[string]any {
	values := make(map[string]any, len(c.step.Changes))
	for _, change := range c.step.Changes {
		values[change.Property] = change.Will
	}
	return values
}

// found holds what is there against the plan, and names the property that
// drifted. Only a step that has begun may find some properties changed and
// others not.
func (c *comparison) found(state drive.State, began bool) (is found, property string) {
	if !state.Exists {
		if c.step.Make {
			return asPlanned, ""
		}
		return gone, ""
	}
	if c.fulfilled(state) {
		return asWanted, ""
	}
	for _, change := range c.step.Changes {
		value := state.Values[change.Property]
		if !drive.Same(c, change.Property, value, change.Was) && !(began && drive.Same(c, change.Property, value, c.will[change.Property])) {
			return drifted, change.Property
		}
	}
	if property := c.alongDrifted(state); property != "" {
		return drifted, property
	}
	if c.step.Make && !began {
		return drifted, "" // it was not there when the plan was made
	}
	return asPlanned, ""
}

// alongDrifted names a property that would be sent along and is not what the
// plan says of it; "" where there is none.
func (c *comparison) alongDrifted(state drive.State) string {
	for _, property := range c.Along(c.values()) {
		if _, _, later := output(c.with[property]); !later && !drive.Same(c, property, state.Values[property], c.with[property]) {
			return property
		}
	}
	return ""
}

// fulfilled tells whether everything is as it shall be. A value that will misses is
// not known yet: if the known ones are as they shall be, and it is no more what
// it was, somebody else may have mended the thing, which shows when it is known.
func (c *comparison) fulfilled(state drive.State) bool {
	if !holds(c, state, c.will) || len(c.will) == 0 && len(c.step.Changes) > 0 {
		return false
	}
	for _, change := range c.step.Changes {
		if _, known := c.will[change.Property]; !known && drive.Same(c, change.Property, state.Values[change.Property], change.Was) {
			return false
		}
	}
	return true
}

// untouched tells whether everything is as the plan found it.
func (c *comparison) untouched(state drive.State) bool {
	if c.step.Make {
		return !state.Exists
	}
	for _, change := range c.step.Changes {
		if !drive.Same(c, change.Property, state.Values[change.Property], change.Was) {
			return false
		}
	}
	return state.Exists
}

// shows is holds where AWS may have put some of it off.
func shows(m drive.Meaning, state drive.State, want map[string]any, putOff bool) bool {
	for name, v := range want {
		later, waits := state.Waits[name]
		switch {
		case waits && !drive.Same(m, name, later, v):
			return false
		case !drive.Same(m, name, state.Values[name], v) && (!putOff || !waits):
			return false
		}
	}
	return true
}

func holds(m drive.Meaning, state drive.State, want map[string]any) bool {
	for name, v := range want {
		if !drive.Same(m, name, state.Values[name], v) {
			return false
		}
	}
	return true
}
