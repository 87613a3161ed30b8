// Package handbook completes the guides of controls: what is written by hand says
// why, what is looked at and what to mind; the steps in the console, the commands
// and the sources are derived from the control's remedy on a sample, the first case
// of the control that fails.
package handbook

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"

	"github.com/kumoban/kumoban/internal/casefile"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/planner"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Load reads a control's guide in the language of the catalogue, whole.
func Load(c *control.Control, cat *locale.Catalog) (*guide.Guide, error) {
	g, err := guide.Load(c, cat.Lang)
	if err != nil {
		return nil, err
	}
	var sample *plan.Plan
	for _, key := range guide.WayKeys() {
		if !g.Lacks(key) {
			continue
		}
		if sample == nil {
			if sample, err = Sample(c); err != nil {
				return nil, err
			}
		}
		g.Add(guide.Section{Key: key, Blocks: blocks(sample, key, cat)})
	}
	return g, nil
}

// blocks derive one section. What cannot be shown is said.
func blocks(sample *plan.Plan, key string, cat *locale.Catalog) []guide.Block {
	none := []guide.Block{{Prose: cat.Text("guide.derived.none")}}
	var b bytes.Buffer
	if len(sample.Steps) == 0 || render.Outline(&b, sample, key, cat, silent{}) != nil {
		return none
	}
	prose, code := apart(b.String(), key)
	list := []guide.Block{{Prose: cat.Text("guide.derived.sample", locale.A("medium", key))}}
	if prose != "" {
		list = append(list, guide.Block{Prose: prose})
	}
	if code != "" {
		name, language := map[string]string{"cli": "fix.sh", "terraform": "fix.tf", "cloudformation": "fix.yaml"}[key], map[string]string{"cli": "sh", "terraform": "hcl", "cloudformation": "yaml"}[key]
		list = append(list, guide.Block{Snippet: &guide.Snippet{Name: name, Language: language, Text: code}})
	}
	return list
}

// apart parts what is said from what is to be used: steps in the console are said,
// and so is a source that consists of remarks alone.
func apart(text, key string) (prose, code string) {
	text = strings.Trim(text, "\n")
	if key == "console" {
		return text, ""
	}
	lines := strings.Split(text, "\n")
	for len(lines) > 0 && strings.HasPrefix(lines[0], "# ") {
		prose += strings.TrimPrefix(lines[0], "# ") + "\n"
		lines = lines[1:]
	}
	return strings.TrimSpace(prose), strings.Trim(strings.Join(lines, "\n"), "\n")
}

// silent has no words of controls: an outline quotes none.
type silent struct{}

func (silent) Title(string) string                   { return "" }
func (silent) Message(string, locale.Message) string { return "" }

// Sample is the plan that mends the first case of a control that fails, by the first
// remedy that has one; a plan without steps where none has.
func Sample(c *control.Control) (*plan.Plan, error) {
	empty := &plan.Plan{}
	cases, err := casefile.Read(c.Files)
	if errors.Is(err, fs.ErrNotExist) {
		return empty, nil
	}
	if err != nil {
		return nil, err
	}
	for i := range cases {
		fails := false
		for _, w := range cases[i].Want {
			fails = fails || strings.HasPrefix(w.By[room.Answer], control.Failed.String())
		}
		if !fails || !cases[i].Runs(room.Answer) {
			continue
		}
		built, err := cases[i].Build(c, room.Answer)
		if err != nil {
			return nil, err
		}
		for j := range c.Remedies {
			if p := mend(c, &c.Remedies[j], built); p != nil {
				return p, nil
			}
		}
	}
	return empty, nil
}

// mend plans a remedy on the first resource that it mends; nil where it mends none.
func mend(c *control.Control, r *remedy.Remedy, built *casefile.Built) *plan.Plan {
	inputs := map[string]string{}
	for _, p := range c.Parameters {
		if p.Default != "" {
			inputs[p.Name] = p.Default
		}
	}
	for _, in := range r.Inputs {
		switch {
		case in.Default != "":
			inputs[in.Name] = in.Default
		case len(in.Values) > 0:
			inputs[in.Name] = in.Values[0]
		case in.Required:
			inputs[in.Name] = "<" + in.Name + ">"
		}
	}
	for _, u := range built.Units {
		for _, res := range u.Resources {
			if res.ResourceType() != r.On {
				continue
			}
			ensures, err := r.Ensure(remedy.Case{Resource: res, Inputs: inputs})
			if err != nil || len(ensures) == 0 {
				continue
			}
			if p := planned(c, r, res, ensures); p != nil {
				return p
			}
		}
	}
	return nil
}

// planned makes the plan from what the sample says is there.
func planned(c *control.Control, r *remedy.Remedy, res resource.Resource, ensures []remedy.Ensure) *plan.Plan {
	scope := casefile.Scope()
	states := map[string]planner.State{}
	for i := range ensures {
		e := &ensures[i]
		state := planner.State{Exists: !e.Make, Values: map[string]any{}}
		for _, p := range append(append([]remedy.Property{}, e.Set...), e.Other...) {
			if was, there := value(res, p.Name); there {
				state.Values[p.Name] = was
			}
		}
		states[planner.Key(planner.Thing(&e.Thing))] = state
	}
	p, err := planner.Make(plan.Plan{Partition: scope.Partition, Account: scope.Account, Region: scope.Region},
		[]planner.Wanted{{Fix: plan.Fix{Control: c.ID, Remedy: r.Name, Resource: planner.Thing(&res.GetMeta().Ref)}, Ensures: ensures}}, states)
	if err != nil || len(p.Steps) == 0 {
		return nil
	}
	return p
}
