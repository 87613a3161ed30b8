package app

import (
	"maps"
	"slices"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/planner"
	"github.com/kumoban/kumoban/internal/remedy"
)

// checkDefaults refuses what no remedy lets kumoban.yaml decide.
func (m *planMaker) checkDefaults() error {
	var may []string
	for _, c := range m.env.Controls {
		for i := range c.Remedies {
			for _, in := range c.Remedies[i].Inputs {
				if in.Setting && !slices.Contains(may, in.Name) {
					may = append(may, in.Name)
				}
			}
		}
	}
	slices.Sort(may)
	for _, name := range slices.Sorted(maps.Keys(m.options.Defaults)) {
		if !slices.Contains(may, name) {
			return locale.Errorf("cli.fix.noSetting", locale.A("input", name), locale.A("inputs", may))
		}
	}
	return nil
}

// unneeded takes away what kumoban.yaml says of a thing where none is made, for it is
// no decision that the plan carries out.
func (m *planMaker) unneeded(r *remedy.Remedy, inputs map[string]string, ensures []remedy.Ensure) {
	for i := range r.Inputs {
		in := &r.Inputs[i]
		_, given := m.options.Inputs[in.Name]
		_, settled := m.options.Defaults[in.Name]
		made := slices.ContainsFunc(ensures, func(e remedy.Ensure) bool { return planner.Thing(&e.Thing).Type == in.Makes })
		if settled && !given && in.Makes != "" && !made {
			delete(inputs, in.Name)
		}
	}
}
