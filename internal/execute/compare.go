package execute

import "github.com/kumoban/kumoban/internal/plan"

type found int

const (
	asPlanned found = iota // as it was when the plan was made, or on the way
	asWanted
	drifted
	gone
)

// compare holds what is there against the plan. Only a step that has begun may
// find some properties changed and others not.
func compare(step *plan.Step, state State, will map[string]any, began bool) found {
	if !state.Exists {
		if step.Make {
			return asPlanned
		}
		return gone
	}
	if fulfilled(step, state, will) {
		return asWanted
	}
	for _, c := range step.Changes {
		value := plan.Normal(state.Values[c.Property])
		if !plan.Equal(value, c.Was) && !(began && plan.Equal(value, will[c.Property])) {
			return drifted
		}
	}
	if step.Make && !began {
		return drifted // it was not there when the plan was made
	}
	return asPlanned
}

// fulfilled tells whether everything is as it shall be. A value that will misses is
// not known yet: if the known ones are as they shall be, and it is no more what
// it was, somebody else may have mended the thing, which shows when it is known.
func fulfilled(step *plan.Step, state State, will map[string]any) bool {
	if !holds(state, will) || len(will) == 0 && len(step.Changes) > 0 {
		return false
	}
	for _, c := range step.Changes {
		if _, known := will[c.Property]; !known && plan.Equal(state.Values[c.Property], c.Was) {
			return false
		}
	}
	return true
}

func holds(state State, want map[string]any) bool {
	for name, v := range want {
		if !plan.Equal(state.Values[name], v) {
			return false
		}
	}
	return true
}
