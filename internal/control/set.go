package control

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/glob"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

// Params are the parameter values that a control is judged with.
type Params []Param

// Param is one parameter with its value.
type Param struct {
	Name   string
	Value  string
	Custom bool // set by the user, or by the account in its Security Hub
	Hub    bool `json:",omitempty"` // by the latter
}

// Get returns a parameter's value, or "" where the control has no default and
// the user set none.
func (p Params) Get(name string) string {
	for i := range p {
		if p[i].Name == name {
			return p[i].Value
		}
	}
	return ""
}

// Int returns the value of a parameter that is a whole number; false: it has none.
func (p Params) Int(name string) (int, bool) {
	n, err := strconv.Atoi(p.Get(name))
	return n, err == nil
}

// Selected is a control chosen for a run, with its parameters.
type Selected struct {
	*Control
	Params Params
}

// Set is the controls of a run, in the order of the built-in list.
type Set []Selected

// Selection says which controls to run, and how.
type Selection struct {
	Services []string // as ids spell them, in any case; none: all
	Patterns []string // anchored, case-insensitive globs over the id; none: all
	Severity Severity // the least severity; 0: all
	Params   []string // "APIGateway.1.loggingLevel=ERROR"
	Off      []string // ids of controls that are switched off: they run only where a pattern is their very id
}

// Select chooses from all what fits in every respect. A service that none is for, a
// pattern that matches nothing, an unknown parameter or a value that it cannot have
// is an error.
func Select(all []*Control, s Selection) (Set, error) {
	custom, err := customParams(all, s.Params)
	if err != nil {
		return nil, err
	}
	if err := s.check(all); err != nil {
		return nil, err
	}
	var set Set
	for _, c := range all {
		if s.named(c) && c.Severity >= s.Severity && !s.off(c) {
			set = append(set, Selected{c, c.params(custom)})
		}
	}
	if len(set) == 0 {
		return nil, s.nothing(all)
	}
	return set, nil
}

// check refuses services and patterns that no control has.
func (s *Selection) check(all []*Control) error {
	for _, service := range s.Services {
		if !slices.ContainsFunc(all, func(c *Control) bool { return strings.EqualFold(Service(c.ID), service) }) {
			return noSuchService(all, service)
		}
	}
	for _, pattern := range s.Patterns {
		if !slices.ContainsFunc(all, func(c *Control) bool { return Match(pattern, c.ID) }) {
			return NoSuch(IDs(all), pattern)
		}
	}
	return nil
}

// named tells whether a control is for one of the services and matches one of the
// patterns.
func (s *Selection) named(c *Control) bool {
	of := len(s.Services) == 0 || slices.ContainsFunc(s.Services, func(name string) bool { return strings.EqualFold(name, Service(c.ID)) })
	return of && (len(s.Patterns) == 0 || slices.ContainsFunc(s.Patterns, func(p string) bool { return Match(p, c.ID) }))
}

// nothing says why no control is left.
func (s *Selection) nothing(all []*Control) error {
	switch {
	case !slices.ContainsFunc(all, s.named):
		return locale.Errorf("cli.noneOfBoth", locale.A("services", s.Services), locale.A("patterns", s.Patterns))
	case len(s.Off) > 0:
		return locale.Errorf("cli.allOff", locale.A("controls", s.Off))
	}
	return locale.Errorf("cli.noneSoSevere", locale.A("severity", s.Severity.String()))
}

func (s *Selection) off(c *Control) bool {
	is := func(id string) bool { return strings.EqualFold(id, c.ID) }
	return slices.ContainsFunc(s.Off, is) && !slices.ContainsFunc(s.Patterns, is)
}

// Match tells whether an anchored, case-insensitive glob matches a control id.
func Match(pattern, id string) bool { return glob.MatchFold(pattern, id) }

func customParams(all []*Control, settings []string) (map[string]string, error) {
	custom := map[string]string{}
	for _, s := range settings {
		name, value, ok := strings.Cut(s, "=")
		dot := strings.LastIndex(name, ".")
		if !ok || dot < 0 {
			return nil, locale.Errorf("cli.badParameter", locale.A("parameter", s))
		}
		i := slices.IndexFunc(all, func(c *Control) bool { return strings.EqualFold(c.ID, name[:dot]) })
		if i < 0 {
			return nil, NoSuch(IDs(all), name[:dot])
		}
		p, err := all[i].parameter(name[dot+1:])
		if err != nil {
			return nil, err
		}
		if value, err = p.check(all[i].ID, value); err != nil {
			return nil, err
		}
		custom[all[i].ID+"."+p.Name] = value
	}
	return custom, nil
}

func (c *Control) parameter(name string) (Parameter, error) {
	var names []string
	for _, p := range c.Parameters {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	if names == nil {
		return Parameter{}, locale.Errorf("cli.noParameters", locale.A("control", c.ID))
	}
	return Parameter{}, locale.Errorf("cli.noParameter", locale.A("control", c.ID), locale.A("parameter", name), locale.A("parameters", names))
}

func (c *Control) params(custom map[string]string) Params {
	var params Params
	for _, p := range c.Parameters {
		value, set := custom[c.ID+"."+p.Name]
		if !set {
			value = p.Default
		}
		params = append(params, Param{Name: p.Name, Value: value, Custom: set})
	}
	return params
}

// Judges tells whether any control of the set judges resources of a type.
func (s Set) Judges(t resource.Type) bool {
	return slices.ContainsFunc(s, func(c Selected) bool { return c.Control.Judges(t) })
}

// Reads tells whether any control of the set needs resources of a type beside
// those that it judges, for this unit as far as it is read.
func (s Set) Reads(t resource.Type, u resource.Unit) bool {
	return slices.ContainsFunc(s, func(c Selected) bool {
		return slices.ContainsFunc(c.Control.Reads, func(r Read) bool { return r.Type == t && r.When(u) })
	})
}

// MayRead tells whether any control of the set could need resources of a type.
func (s Set) MayRead(t resource.Type) bool {
	return slices.ContainsFunc(s, func(c Selected) bool {
		return slices.ContainsFunc(c.Control.Reads, func(r Read) bool { return r.Type == t })
	})
}

// Controls are those of the set, without their parameters.
func (s Set) Controls() []*Control {
	all := make([]*Control, len(s))
	for i, c := range s {
		all[i] = c.Control
	}
	return all
}

// Looks tells whether any control of the set judges resources of a type by a
// property.
func (s Set) Looks(t resource.Type, property string) bool {
	return slices.ContainsFunc(s, func(c Selected) bool {
		return slices.ContainsFunc(c.Checks, func(k Check) bool {
			return k.Type == t && (k.Looks == nil || slices.Contains(k.Looks, property)) ||
				slices.ContainsFunc(k.Joins, func(j Join) bool { return j.Type == t && (j.Looks == nil || slices.Contains(j.Looks, property)) })
		})
	})
}

// Joins tells whether a check of the set joins a type.
func (s Set) Joins(t resource.Type) bool {
	return slices.ContainsFunc(s, func(c Selected) bool {
		return slices.ContainsFunc(c.Checks, func(k Check) bool { return slices.ContainsFunc(k.Joins, func(j Join) bool { return j.Type == t }) })
	})
}

// Joined lists the types that checks of the set join, each once.
func (s Set) Joined() (types []resource.Type) {
	for _, c := range s {
		for _, k := range c.Checks {
			for _, j := range k.Joins {
				if !slices.Contains(types, j.Type) {
					types = append(types, j.Type)
				}
			}
		}
	}
	return types
}

// Find returns the control with this id, in any case, or nil.
func (s Set) Find(id string) *Control {
	for _, c := range s {
		if strings.EqualFold(c.ID, id) {
			return c.Control
		}
	}
	return nil
}

// Types lists the resource types that the set judges, each once.
func (s Set) Types() []resource.Type {
	var types []resource.Type
	for _, c := range s {
		for _, check := range c.Checks {
			if !slices.Contains(types, check.Type) {
				types = append(types, check.Type)
			}
		}
	}
	return types
}

// Models are what the set judges, as nil pointers of the Go types, each once.
func (s Set) Models() []resource.Resource {
	var models []resource.Resource
	for _, c := range s {
		for _, check := range c.Checks {
			if check.Model != nil && !slices.Contains(models, check.Model) {
				models = append(models, check.Model)
			}
		}
	}
	return models
}

// Mends tells whether a remedy of any control of the set goes by a property of a
// type: whoever plans a fix reads it, too.
func (s Set) Mends(t resource.Type, property string) bool {
	return slices.ContainsFunc(s, func(c Selected) bool {
		return slices.ContainsFunc(c.Remedies, func(r remedy.Remedy) bool {
			return slices.ContainsFunc(r.Touches, func(touch remedy.Touch) bool {
				return touch.Type == t && slices.ContainsFunc(slices.Concat(touch.Properties, touch.Guards), func(name string) bool { return top(name) == property })
			})
		})
	})
}
