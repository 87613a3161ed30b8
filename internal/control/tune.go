package control

import (
	"maps"
	"slices"
)

// Tunable lists the ids of the controls of the set whose parameters Security Hub
// may have otherwise than AWS does by default: those with a parameter of AWS's
// that the user did not set.
func (s Set) Tunable() []string {
	var ids []string
	for _, c := range s {
		if slices.ContainsFunc(c.Params, c.tunable) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// tunable tells whether a parameter is AWS's and not set by the user.
func (c *Selected) tunable(p Param) bool {
	known, err := c.parameter(p.Name)
	return err == nil && !known.Ours && !p.Custom
}

// Tune is the set with the values that a Security Hub has for parameters, by
// control and name. What the user set stays. Names that the control does not have
// are passed over, for AWS adds some. Values that AWS does not document are not
// judged by; they are odd.
func (s Set) Tune(hub map[string]map[string]string) (tuned Set, odd []string) {
	tuned = slices.Clone(s)
	for i := range tuned {
		c := &tuned[i]
		values := hub[c.ID]
		if len(values) == 0 {
			continue
		}
		c.Params = slices.Clone(c.Params)
		for _, name := range slices.Sorted(maps.Keys(values)) {
			at := slices.IndexFunc(c.Params, func(p Param) bool { return p.Name == name })
			if at < 0 || !c.tunable(c.Params[at]) {
				continue
			}
			p, _ := c.parameter(name) // it is one of its own
			value, err := p.check(c.ID, values[name])
			if err != nil {
				odd = append(odd, c.ID+"."+name+"="+values[name])
				continue
			}
			c.Params[at] = Param{Name: name, Value: value, Custom: true, Hub: true}
		}
	}
	return tuned, odd
}

// Hub tells whether any parameter is as a Security Hub has it.
func (p Params) Hub() bool { return slices.ContainsFunc(p, func(x Param) bool { return x.Hub }) }
