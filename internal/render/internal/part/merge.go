package part

import (
	"slices"

	"github.com/kumoban/kumoban/internal/plan"
)

// Merged is a thing with all that a plan says of it. Source has one declaration
// for one thing, however many steps change it.
type Merged struct {
	plan.Step          // of the first; its changes are those of all
	IDs       []string // of the steps
}

// Merge puts the steps about one thing together, in the order of each thing's
// first step.
func Merge(steps []plan.Step) []*Merged {
	var merged []*Merged
	byThing := map[plan.Thing]*Merged{}
	for i := range steps {
		s := &steps[i]
		m := byThing[identity(s.Thing)]
		if m == nil {
			m = &Merged{Step: *s, IDs: []string{s.ID}}
			m.Changes, m.With = slices.Clone(s.Changes), slices.Clone(s.With)
			m.Guards, m.After = slices.Clone(s.Guards), slices.Clone(s.After)
			byThing[identity(s.Thing)] = m
			merged = append(merged, m)
			continue
		}
		m.IDs = append(m.IDs, s.ID)
		m.Make, m.Shared, m.Data = m.Make || s.Make, m.Shared || s.Shared, m.Data || s.Data
		m.Changes = append(m.Changes, s.Changes...)
		m.With = append(m.With, s.With...)
		m.Guards = append(m.Guards, s.Guards...)
		m.After = append(m.After, s.After...)
	}
	for _, m := range merged {
		m.Changes, m.With = once(m.Changes), once(m.With)
		m.With = slices.DeleteFunc(m.With, func(c plan.Change) bool { _, ok := Find(m.Changes, c.Property); return ok })
	}
	return merged
}

// identity leaves out the name of a thing that has an ARN: it is for people.
func identity(t plan.Thing) plan.Thing {
	if t.ARN != "" {
		t.Name = ""
	}
	return t
}

// once keeps one change of each property: from what it was first to what it
// will be last.
func once(list []plan.Change) []plan.Change {
	var kept []plan.Change
	at := map[string]int{}
	for _, c := range list {
		if i, twice := at[c.Property]; twice {
			kept[i].Will = c.Will
			continue
		}
		at[c.Property] = len(kept)
		kept = append(kept, c)
	}
	return kept
}

// Made finds the thing that a step is about among merged things.
func Made(merged []*Merged, step string) *Merged {
	for _, m := range merged {
		if slices.Contains(m.IDs, step) {
			return m
		}
	}
	return nil
}
