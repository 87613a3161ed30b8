// Package words says in the reader's language what a plan is about. All that
// it returns is safe for a terminal and fits into one line.
package words

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/resource"
)

// Texts renders what controls say, by their own messages.
type Texts interface {
	Title(control string) string
	Message(control string, m locale.Message) string
}

// Words renders texts of the catalogue's group "render".
type Words struct {
	Catalog *locale.Catalog
	Texts   Texts
	Spoken  part.Spoken
	Carries map[resource.Type]Carried
}

// Say renders render.<key>. String arguments are cleaned.
func (w *Words) Say(key string, args ...locale.Arg) string {
	args = slices.Clone(args)
	for i := range args {
		switch v := args[i].Value.(type) {
		case string:
			args[i].Value = locale.Clean(v)
		case []string:
			list := slices.Clone(v)
			for j := range list {
				list[j] = locale.Clean(list[j])
			}
			args[i].Value = list
		}
	}
	return w.Catalog.Text("render."+key, args...)
}

// Of renders a message of a control.
func (w *Words) Of(control, key string) string {
	return locale.Clean(w.Texts.Message(control, locale.M(key)))
}

// Title names a control.
func (w *Words) Title(control string) string { return locale.Clean(w.Texts.Title(control)) }

// Why tells what a guard is for, in the words of the control that a step is
// made for.
func (w *Words) Why(p *plan.Plan, s *plan.Step, g *plan.Guard) string {
	control := ""
	for i := range p.Fixes {
		if slices.Contains(p.Fixes[i].Steps, s.ID) {
			control = p.Fixes[i].Control
			break
		}
	}
	return locale.Clean(w.Texts.Message(control, g.Message()))
}

// Thing names a thing for people: "stage prod of REST API a1b2c3d4e5".
func (w *Words) Thing(t plan.Thing) string {
	key, names := "thing."+string(t.Type), part.Names(t)
	if !w.Catalog.Has("render."+key) || t.ARN != "" && names == nil || t.ARN == "" && part.Below(t.Type) {
		return w.Say("thing.other", locale.A("type", string(t.Type)), locale.A("name", cmp.Or(t.Name, t.ARN)))
	}
	if t.ARN == "" {
		return w.Say(key, locale.A("name", t.Name))
	}
	name := part.Last(t)
	args := []locale.Arg{locale.A("name", name)}
	for _, path := range slices.Sorted(maps.Keys(names)) {
		args = append(args, locale.A(path, names[path]))
	}
	text := w.Say(key, args...)
	if t.Name != "" && t.Name != name {
		text = w.Say("thing.named", locale.A("thing", text), locale.A("name", t.Name))
	}
	return text
}

// Value shows the value of a property.
func (w *Words) Value(v any) string {
	if _, ok := part.Output(v); ok || plan.Normal(v) == nil {
		return "(" + w.Inline(v) + ")"
	}
	switch v := plan.Normal(v).(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return part.Number(v)
	case string:
		if v == "" {
			return `""`
		}
		return locale.Clean(v)
	case []any:
		return w.list(v)
	case map[string]any:
		return w.object(v)
	}
	return "?"
}

// Inline shows a value within a sentence: what is no value has no parentheses.
func (w *Words) Inline(v any) string {
	if out, ok := part.Output(v); ok {
		return w.Say("output", locale.A("name", out.Spoken()), locale.A("step", out.Of))
	}
	if plan.Normal(v) == nil {
		return w.Say("absent")
	}
	return w.Value(v)
}

func (w *Words) list(items []any) string {
	shown := []string{}
	for _, item := range items {
		shown = append(shown, w.Value(item))
	}
	return "[" + strings.Join(shown, ", ") + "]"
}

// object shows an element of a list whole.
func (w *Words) object(fields map[string]any) string {
	shown := []string{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		shown = append(shown, locale.Clean(name)+": "+w.Value(fields[name]))
	}
	return "{" + strings.Join(shown, ", ") + "}"
}

// Values shows the values that a guard allows.
func (w *Words) Values(values []any) string {
	shown := []string{}
	unset := slices.Contains(values, nil)
	for _, v := range values {
		if unset && v == "" { // the same to people
			continue
		}
		shown = append(shown, w.Inline(v))
	}
	if len(shown) == 0 {
		return w.Say("absent")
	}
	all := shown[0]
	for _, v := range shown[1:] {
		all = w.Say("either", locale.A("one", all), locale.A("other", v))
	}
	return all
}

// Property names a property for people, that of an element by the element's label.
func (w *Words) Property(name string) string { return locale.Clean(w.Spoken.Property(name)) }

// Properties names several properties.
func (w *Words) Properties(names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = w.Property(name)
	}
	return list
}

// Change shows one property: "GET /orders CacheDataEncrypted: false → true".
func (w *Words) Change(c *plan.Change) string {
	return w.Say("change", locale.A("property", w.Property(c.Property)), locale.A("was", w.Value(c.Was)), locale.A("will", w.Value(c.Will)))
}

// Brief shows one property as Change does, but leaves out a long text that is
// shown below anyway.
func (w *Words) Brief(c *plan.Change) string {
	const long = 200
	if s, ok := c.Will.(string); ok && len(s) > long {
		return w.Say("brief", locale.A("property", w.Property(c.Property)), locale.A("was", w.Value(c.Was)))
	}
	return w.Change(c)
}

// Short shows one property as Change does, with the middle of a long text left
// out.
func (w *Words) Short(c *plan.Change) string {
	return w.Say("change", locale.A("property", w.Property(c.Property)), locale.A("was", Shorten(w.Value(c.Was))), locale.A("will", Shorten(w.Value(c.Will))))
}

// Shorten keeps both ends of a text: of an access log format, as of an ARN, the
// end tells as much as the beginning.
func Shorten(text string) string {
	const most, end = 120, 40
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	return string(r[:most-end]) + " … " + string(r[len(r)-end:])
}

// Head says in one line which plan this is, and in another for which account.
func (w *Words) Head(p *plan.Plan) []string {
	return []string{
		w.Say("head.plan", locale.A("digest", p.Digest), locale.A("version", p.Kumoban)),
		w.Say("head.account", locale.A("account", p.Account), locale.A("region", p.Region)),
	}
}

// Managed says of each resource who else owns it, for those that one kind of
// source manages, and for all where that is "".
func (w *Words) Managed(p *plan.Plan, by string) []string {
	var lines []string
	for i := range p.Fixes {
		f := &p.Fixes[i]
		if f.Managed == nil || by != "" && f.Managed.By != by {
			continue
		}
		if line := w.Owner(f); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// Owner says who else owns the resource of a fix, and why a live change would
// not last.
func (w *Words) Owner(f *plan.Fix) string {
	key := "managed." + f.Managed.By
	if !w.Catalog.Has("render." + key) {
		key = "managed"
	}
	switch {
	case f.Managed.In != "" && w.Catalog.Has("render."+key+".in"):
		key += ".in"
	case f.Managed.Logical != "" && w.Catalog.Has("render."+key+".logical"):
		key += ".logical"
	}
	owner := w.Say(key, locale.A("thing", w.Thing(f.Resource)), locale.A("name", f.Managed.Name), locale.A("logical", f.Managed.Logical),
		locale.A("in", f.Managed.In), locale.A("by", f.Managed.By))
	if len(f.Managed.Also) > 0 {
		owner = w.Say("managed.also", locale.A("owner", owner), locale.A("names", f.Managed.Also))
	}
	return owner
}

// Step heads a step: "Step 2: stage prod of REST API a1b2c3d4e5".
func (w *Words) Step(s *plan.Step) string {
	return w.Say("step", locale.A("step", s.ID), locale.A("thing", w.Thing(s.Thing)))
}

// Scans lists the commands that look again at the controls of a plan.
func Scans(p *plan.Plan) []string {
	var commands []string
	for i := range p.Fixes {
		if command := "kumoban scan --control " + p.Fixes[i].Control; !slices.Contains(commands, command) {
			commands = append(commands, command)
		}
	}
	return commands
}
