package words

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Carried says what steps about things of one type carry beside their changes.
type Carried struct {
	// About tells a property that some medium must name: it is neither changed nor sent
	// along.
	About func(property string) bool
	// Declared tells one that a declaration of the changes repeats, for what it is part of
	// is declared whole.
	Declared func(property string) bool
}

// About tells whether a step carries a property because some medium must name it.
func (w *Words) About(t resource.Type, property string) bool {
	k := w.Carries[t]
	return k.About != nil && k.About(property)
}

// Along warns of what a declaration carries beside the changes: whole objects,
// as the plan found them. A template cannot look before it is deployed, so the
// commands that show what is there now are named.
func (w *Words) Along(p *plan.Plan) []string {
	var commands []string
	for i := range p.Steps {
		s := &p.Steps[i]
		declared := w.Carries[s.Thing.Type].Declared
		if declared == nil || !slices.ContainsFunc(s.With, func(c plan.Change) bool { return declared(c.Property) }) {
			continue
		}
		if command := looking(s.Thing); command != "" && !slices.Contains(commands, command) {
			commands = append(commands, command)
		}
	}
	if commands == nil {
		return nil
	}
	lines := []string{w.Say("along", locale.A("time", p.MadeAt.UTC().Format("2006-01-02 15:04:05 UTC")))}
	for _, c := range commands {
		lines = append(lines, "  "+locale.Clean(c))
	}
	return lines
}

// looking is the AWS CLI command that shows a thing of a room; "": there is none.
func looking(t plan.Thing) string {
	e, names := catalog.Find(t.Type), part.Names(t)
	if e == nil || names == nil || e.Room.Alone == nil {
		return ""
	}
	read := &e.Room.Alone[0]
	service, operation := e.Service.Operation(read.Call)
	command := []string{"aws", cmp.Or(e.Service.CLI, service), part.Kebab(operation)}
	for _, name := range slices.Sorted(maps.Keys(read.In)) {
		pattern, _ := read.In[name].(string)
		value, known := room.Expand(pattern, func(path string) string { return names[path] })
		if member, optional := strings.CutSuffix(name, "?"); known && value != "" {
			command = append(command, "--"+part.Kebab(member), part.Word(value))
		} else if !optional {
			return ""
		}
	}
	return strings.Join(command, " ")
}
