// Package planner makes plans: what remedies ensure, less what is there
// already, in an order in which it can be done. It is pure and deterministic:
// the states of things are handed in.
package planner

import (
	"slices"
	"strconv"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

// Wanted is one finding and what its remedy ensures.
type Wanted struct {
	Fix     plan.Fix // without Steps
	Ensures []remedy.Ensure
}

// State is what is there of a thing.
type State struct {
	Exists  bool
	Values  map[string]any // a property that is not set is missing
	Outputs map[string]any // of a thing that exists
}

// Thing names what an ensure is about.
func Thing(r *resource.Ref) plan.Thing { return plan.Thing{Type: r.Type, ARN: r.ARN, Name: r.Name} }

// Key tells things apart: the ARN, or type and name where there is none.
func Key(t plan.Thing) string {
	if t.ARN != "" {
		return string(t.Type) + " " + t.ARN
	}
	return string(t.Type) + " " + t.Name
}

// Properties lists what must be read of an ensure's thing.
func Properties(e *remedy.Ensure) []string {
	var names []string
	for _, list := range [][]remedy.Property{e.Set, e.Other} {
		for _, p := range list {
			names = append(names, p.Name)
		}
	}
	for _, g := range e.Guards {
		names = append(names, g.Property)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Make fills the steps of a plan whose head is given. The states are by [Key].
// Two findings that want the same of one thing share a step; what contradicts
// itself is an error, and so is a thing that is gone.
func Make(head plan.Plan, wanted []Wanted, states map[string]State) (*plan.Plan, error) {
	m := maker{plan: head, states: states, shared: map[string]int{}, will: map[string]any{}}
	m.plan.SchemaVersion = plan.SchemaVersion
	m.plan.Fixes, m.plan.Steps = []plan.Fix{}, []plan.Step{}
	for i := range wanted {
		if err := m.fix(&wanted[i]); err != nil {
			return nil, err
		}
	}
	digest, err := m.plan.Sum()
	m.plan.Digest = digest
	return &m.plan, err
}

type maker struct {
	plan   plan.Plan
	states map[string]State
	shared map[string]int // by thing: the index of a step that later findings can share
	will   map[string]any // by thing and property: what a step makes of it
}

func (m *maker) fix(w *Wanted) error {
	fix := w.Fix
	fix.Steps = []string{}
	steps := map[string]string{} // by ensure: the step that does it; missing where nothing is to be done
	known := map[string]State{}
	for i := range w.Ensures {
		e := &w.Ensures[i]
		thing := Thing(&e.Thing)
		state := m.states[Key(thing)]
		if !state.Exists && !e.Make {
			return locale.Errorf("run.gone", locale.A("thing", name(thing)))
		}
		known[e.ID] = state
		id, err := m.step(e, thing, state, steps, known)
		if err != nil {
			return err
		}
		if id != "" {
			steps[e.ID] = id
			fix.Steps = append(fix.Steps, id)
		}
	}
	m.plan.Fixes = append(m.plan.Fixes, fix)
	return nil
}

// step adds what an ensure still needs and returns the step's id, or "" where
// everything is as it shall be.
func (m *maker) step(e *remedy.Ensure, thing plan.Thing, state State, steps map[string]string, known map[string]State) (string, error) {
	s := plan.Step{Thing: thing, Make: !state.Exists, Shared: e.Shared, Data: e.Data, Changes: []plan.Change{}, Wait: e.Wait, Hurries: e.Hurries, PutOff: e.PutOff}
	for _, p := range e.Set {
		will := resolve(p.Value, steps, known)
		was := plan.Normal(state.Values[p.Name])
		at := Key(thing) + " " + p.Name
		if planned, twice := m.will[at]; twice {
			if !plan.Equal(planned, will) {
				return "", locale.Errorf("run.contradiction", locale.A("thing", name(thing)), locale.A("property", p.Name))
			}
			continue // another finding's step does it
		}
		if !s.Make && plan.Equal(was, will) {
			continue
		}
		m.will[at] = will
		s.Changes = append(s.Changes, plan.Change{Property: p.Name, Was: was, Will: will})
	}
	if i, ok := m.shared[Key(thing)]; ok && len(s.Changes) == 0 {
		return m.plan.Steps[i].ID, nil
	}
	if len(s.Changes) == 0 && !s.Make {
		return "", nil
	}
	for _, p := range e.Other {
		v := resolve(p.Value, steps, known)
		s.With = append(s.With, plan.Change{Property: p.Name, Was: v, Will: v})
	}
	for _, g := range e.Guards {
		s.Guards = append(s.Guards, guard(g))
	}
	for _, before := range e.After {
		if id, ok := steps[before]; ok {
			s.After = append(s.After, id)
		}
	}
	s.ID = strconv.Itoa(len(m.plan.Steps) + 1)
	m.plan.Steps = append(m.plan.Steps, s)
	m.shared[Key(thing)] = len(m.plan.Steps) - 1
	return s.ID, nil
}

// resolve puts a step's id, or the value itself, in place of an output.
func resolve(v any, steps map[string]string, known map[string]State) any {
	out, ok := v.(remedy.Output)
	if !ok {
		return plan.Normal(v)
	}
	if state := known[out.Of]; state.Exists {
		if value, there := state.Outputs[out.Name]; there {
			return plan.Normal(value)
		}
	}
	return plan.Normal(remedy.Output{Of: steps[out.Of], Name: out.Name})
}

func guard(g remedy.Guard) plan.Guard {
	saved := plan.Guard{Property: g.Property, Why: g.Why.Key}
	for _, v := range g.OneOf {
		saved.OneOf = append(saved.OneOf, plan.Normal(v))
	}
	for _, a := range g.Why.Args {
		if text, ok := a.Value.(string); ok {
			saved.WhyArgs = append(saved.WhyArgs, plan.Arg{Name: a.Name, Value: text})
		}
	}
	return saved
}

func name(t plan.Thing) string {
	if t.ARN != "" {
		return t.ARN
	}
	return t.Name
}
