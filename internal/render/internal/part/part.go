// Package part takes a plan apart for those who show it: what an ARN names, what
// people call a property, which steps are about one thing.
package part

import (
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
)

// Output tells whether a value is one that another step makes.
func Output(v any) (remedy.Output, bool) {
	m, ok := plan.Normal(v).(map[string]any)
	if !ok {
		return remedy.Output{}, false
	}
	of, isOf := m["of"].(string)
	name, isName := m["name"].(string)
	return remedy.Output{Of: of, Name: name}, isOf && isName
}

// Text returns a value that is a string, and "" for any other.
func Text(v any) string {
	s, _ := v.(string)
	return s
}

// Strings returns a value that is a list of strings.
func Strings(v any) []string {
	items, _ := plan.Normal(v).([]any)
	list := []string{}
	for _, item := range items {
		list = append(list, Text(item))
	}
	return list
}

// Number writes a number without an exponent and without needless digits.
func Number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// Find returns what a property will be.
func Find(list []plan.Change, property string) (any, bool) {
	for i := range list {
		if list[i].Property == property {
			return plan.Normal(list[i].Will), true
		}
	}
	return nil, false
}

// Known returns what a step knows of a property: what it will be, or what is
// sent along.
func Known(s *plan.Step, property string) (any, bool) {
	if v, ok := Find(s.Changes, property); ok {
		return v, true
	}
	return Find(s.With, property)
}

// Under returns the changes of properties with this prefix, without it.
func Under(list []plan.Change, prefix string) []plan.Change {
	var under []plan.Change
	for _, c := range list {
		if rest, ok := strings.CutPrefix(c.Property, prefix); ok {
			c.Property = rest
			under = append(under, c)
		}
	}
	return under
}
