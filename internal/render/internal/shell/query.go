package shell

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// Field says where a property stands in what a command returns.
type Field struct {
	Path  string // JMESPath, as it may stand between single quotes
	Empty string // what a missing string means: "OFF"
}

// is makes the condition that the field has a value.
func (f Field) is(v any) string {
	v = plain(v)
	switch {
	case f.Empty != "" && (v == nil || v == f.Empty):
		return "(" + f.Path + " || " + Literal(f.Empty) + ") == " + Literal(f.Empty)
	case v == nil, v == false, v == "":
		return "!(" + f.Path + ")" // without the parentheses, ! would take the first name only
	}
	if items, ok := v.([]any); ok {
		sorted := part.Strings(items)
		slices.Sort(sorted)
		return "sort(" + f.Path + " || `[]`) == " + Literal(plan.Normal(sorted))
	}
	return f.Path + " == " + Literal(v)
}

// plain is plan.Normal, but for variables.
func plain(v any) any {
	if name, ok := v.(Variable); ok {
		return name
	}
	return plan.Normal(v)
}

// oneOf makes the condition that the field has one of several values.
func (f Field) oneOf(values []any) string {
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

// All joins conditions into one that prints True or False.
func All(conditions []string) string {
	if len(conditions) < 2 {
		return strings.Join(conditions, "")
	}
	return "\n  " + strings.Join(conditions, " &&\n  ") + "\n"
}

// Reader is how the things of one type are read.
type Reader struct {
	Command func(t plan.Thing) (Command, error)
	Field   func(property string) (Field, bool)
	Wrap    func(t plan.Thing, condition string) string // nil: the command returns the thing itself
}

// Look is the command that prints True where all conditions hold.
func (r Reader) Look(t plan.Thing, conditions []string) (Command, error) {
	c, err := r.Command(t)
	if err != nil {
		return Command{}, err
	}
	condition := All(conditions)
	if r.Wrap != nil {
		condition = r.Wrap(t, condition)
	}
	return c.With(condition), nil
}

// Conditions say that changes are as they were, or as they will be.
func (r Reader) Conditions(s *Script, changes []plan.Change, will bool) ([]string, error) {
	var conditions []string
	for i := range changes {
		c := &changes[i]
		f, ok := r.Field(c.Property)
		if !ok {
			return nil, UnknownProperty(c.Property)
		}
		v := c.Was
		if will {
			v = c.Will
		}
		v, err := s.Value(v)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, f.is(v))
	}
	return conditions, nil
}

// UnknownProperty is the error for a property that has no form here.
func UnknownProperty(name string) error {
	return locale.Errorf("render.error.unknownProperty", locale.A("property", name))
}

// Named makes a field function of a table.
func Named(fields map[string]Field) func(string) (Field, bool) {
	return func(property string) (Field, bool) {
		f, ok := fields[property]
		return f, ok
	}
}
