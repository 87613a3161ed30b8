package control

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/locale"
)

// Parameter is a control parameter that a user may set. Of AWS's own a literal
// says the name alone: [Control.Describe] knows the rest.
type Parameter struct {
	Name     string
	Type     ParameterType
	Values   []string // of an enumeration: the values it may have, or its items
	Min, Max float64  // of a number, or of each in a list
	Most     int      // items of a list; 0: any number
	Default  string   // "" where the control has no default; of a list with commas
	Ours     bool     // kumoban's own, for a case that AWS leaves open; Security Hub does not know it
}

// ParameterType is what values a parameter has.
type ParameterType uint8

// The types.
const (
	Enum ParameterType = iota
	Integer
	Double
	EnumList
	StringList
	IntegerList
)

func parameterTypes() map[string]ParameterType {
	return map[string]ParameterType{
		"Enum": Enum, "Boolean": Enum, "Integer": Integer, "Double": Double,
		"EnumList": EnumList, "StringList": StringList, "IntegerList": IntegerList,
	}
}

// describe takes over what AWS documents of the parameter's values.
func (p *Parameter) describe(m *metadata.Parameter) {
	p.Type, p.Values, p.Most, p.Default = parameterTypes()[m.Type], m.Values, m.Most, m.Default
	p.Min, p.Max = math.Inf(-1), math.Inf(1)
	if m.Min != nil {
		p.Min = *m.Min
	}
	if m.Max != nil {
		p.Max = *m.Max
	}
}

// List tells whether the parameter takes several values, with commas.
func (p *Parameter) List() bool {
	return p.Type == EnumList || p.Type == StringList || p.Type == IntegerList
}

// Split parts a value into those that it holds.
func (p *Parameter) Split(value string) []string {
	if !p.List() {
		return []string{value}
	}
	items := strings.Split(value, ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items
}

// Bound is one bound of a parameter, as people write it.
func Bound(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// check refuses a value that AWS does not document, in one sentence. What it
// returns is the value as it is kept: a list without spaces.
func (p *Parameter) check(control, value string) (string, error) {
	items := p.Split(value)
	if slices.ContainsFunc(items, func(item string) bool { return !p.holds(item) }) {
		return "", p.refuse("", control, value)
	}
	if p.Most > 0 && len(items) > p.Most {
		return "", p.refuse("Many", control, value)
	}
	return strings.Join(items, ","), nil
}

// holds tells whether the parameter may have a value, or an item of it.
func (p *Parameter) holds(item string) bool {
	switch p.Type {
	case Integer, IntegerList:
		n, err := strconv.ParseInt(item, 10, 64)
		return err == nil && strconv.FormatInt(n, 10) == item && p.within(float64(n))
	case Double:
		v, err := strconv.ParseFloat(item, 64)
		return err == nil && !math.IsNaN(v) && p.within(v)
	case StringList:
		return item != ""
	}
	return slices.Contains(p.Values, item)
}

func (p *Parameter) within(v float64) bool { return v >= p.Min && v <= p.Max }

func (p *Parameter) refuse(how, control, value string) error {
	key := "cli.badParameterValue"
	switch {
	case how != "":
		key = "cli.badParameterMany"
	case p.Type == Integer || p.Type == Double:
		key = "cli.badParameterNumber"
	case p.Type == IntegerList:
		key = "cli.badParameterNumbers"
	case p.Type == EnumList:
		key = "cli.badParameterItems"
	case p.Type == StringList:
		key = "cli.badParameterTexts"
	}
	return locale.Errorf(key, locale.A("parameter", control+"."+p.Name), locale.A("value", locale.Clean(value)), locale.A("values", p.Values),
		locale.A("min", Bound(p.Min)), locale.A("max", Bound(p.Max)), locale.A("most", p.Most))
}
