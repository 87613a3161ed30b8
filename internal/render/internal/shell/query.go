package shell

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// field says where a property stands in what a command returns.
type field struct {
	path  string // JMESPath, as it may stand between single quotes
	empty string // what a missing string means: "OFF"
	exact bool   // false and missing are different things
	whole string // the object that is missing where the field is, "" for none: without it, an empty object would do
}

// is makes the condition that the field has a value.
func (f field) is(v any) string {
	v = plain(v)
	switch {
	case f.empty != "" && (v == nil || v == f.empty):
		return "(" + f.path + " || " + literal(f.empty) + ") == " + literal(f.empty)
	case v == nil && f.whole != "":
		return f.whole + " == `null`"
	case v == nil && f.exact:
		return f.path + " == `null`"
	case v == nil, (v == false || v == "") && !f.exact:
		return "!(" + f.path + ")" // without the parentheses, ! would take the first name only
	}
	if items, ok := v.([]any); ok {
		sorted := part.Strings(items)
		slices.Sort(sorted)
		return "sort(" + f.path + " || `[]`) == " + literal(plan.Normal(sorted))
	}
	return f.path + " == " + literal(v)
}

// plain is plan.Normal, but for variables.
func plain(v any) any {
	if name, ok := v.(variable); ok {
		return name
	}
	return plan.Normal(v)
}

// oneOf makes the condition that the field has one of several values.
func (f field) oneOf(values []any) string {
	choices := []string{}
	for _, v := range values {
		if choice := f.is(v); !slices.Contains(choices, choice) {
			choices = append(choices, choice)
		}
	}
	if len(choices) == 1 {
		return choices[0]
	}
	return "(" + strings.Join(choices, " || ") + ")"
}

// all joins conditions into one that prints True or False.
func all(conditions []string) string {
	if len(conditions) < 2 {
		return strings.Join(conditions, "")
	}
	return "\n  " + strings.Join(conditions, " &&\n  ") + "\n"
}

// reader is how the things of one type are read.
type reader struct {
	command func(t plan.Thing) (command, error)
	field   func(property string) (field, bool)
	wrap    func(t plan.Thing, condition string) string // nil: the command returns the thing itself
	also    func(st *plan.Step) []string                // more that is as the plan found it; nil: nothing
}

// look is the command that prints True where all conditions hold.
func (r reader) look(t plan.Thing, conditions []string) (command, error) {
	c, err := r.command(t)
	if err != nil {
		return command{}, err
	}
	condition := all(conditions)
	if r.wrap != nil {
		condition = r.wrap(t, condition)
	}
	return c.with(condition), nil
}

// conditions say that changes are as they were, or as they will be.
func (r reader) conditions(s *script, changes []plan.Change, will bool) ([]string, error) {
	var conditions []string
	for i := range changes {
		c := &changes[i]
		f, ok := r.field(c.Property)
		if !ok {
			return nil, unknownProperty(c.Property)
		}
		v := c.Was
		if will {
			v = c.Will
		}
		v, err := s.value(v)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, f.is(v))
	}
	return conditions, nil
}

func unknownProperty(name string) error {
	return locale.Errorf("render.error.unknownProperty", locale.A("property", name))
}

// named makes a field function of a table.
func named(fields map[string]field) func(string) (field, bool) {
	return func(property string) (field, bool) {
		f, ok := fields[property]
		return f, ok
	}
}
