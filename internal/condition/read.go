package condition

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/spell"
)

// Models are nil pointers of the Go types of resources: what can be asked of a
// type is what its model has.
type Models []resource.Resource

// of is the model of a type; nil: none.
func (m Models) of(t resource.Type) resource.Resource {
	for _, r := range m {
		if r.ResourceType() == t {
			return r
		}
	}
	return nil
}

// Check refuses, with a [locale.Error], a condition that nothing can read for a
// type, and says what can be asked instead.
func (m Models) Check(c Condition, t resource.Type) error {
	r := m.of(t)
	args := []locale.Arg{locale.A("condition", locale.Clean(c.String())), locale.A("type", string(t))}
	if r == nil {
		return locale.Errorf("keep.while.nothing", args...)
	}
	model := reflect.TypeOf(r).Elem()
	names := properties(model, "")
	args = append(args, locale.A("properties", strings.Join(names, ", ")))
	_, mapped := r.(resource.Mapped)
	domains := map[bool]string{true: "keep.while.ask", false: "keep.while.askNoDomain"}[mapped]
	args = append(args, locale.A("ask", locale.Errorf(domains, args...)))
	switch {
	case c.Kind == NoDomain && !mapped:
		return locale.Errorf("keep.while.noDomains", args...)
	case c.Kind != Property:
		return nil // its own tags, or those of its API
	}
	kind := leaf(model, c.Name)
	if kind == nil {
		return locale.Errorf("keep.while.noProperty", append(args, locale.A("name", locale.Clean(c.Name)))...)
	}
	return fits(c, kind)
}

// Anything refuses a condition that nothing can read for any type. Of the types
// that is told which comes next to it: one with the property, or with one of almost
// the same name.
func (m Models) Anything(c Condition) error {
	var first, nearest error
	var all []string
	for _, r := range m {
		all = append(all, properties(reflect.TypeOf(r).Elem(), "")...)
	}
	like := spell.Nearest(c.Name, all)
	for _, r := range m {
		err := m.Check(c, r.ResourceType())
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
		model := reflect.TypeOf(r).Elem()
		if nearest == nil && (leaf(model, c.Name) != nil || like != "" && leaf(model, like) != nil) {
			nearest = err
		}
	}
	return cmp.Or(nearest, first)
}

// fits refuses a value that a property cannot have.
func fits(c Condition, kind reflect.Type) error {
	var err error
	want := ""
	switch kind.Kind() {
	case reflect.Bool:
		want = "keep.while.bool"
		if c.Value != "true" && c.Value != "false" {
			err = strconv.ErrSyntax
		}
	case reflect.Int, reflect.Float64:
		want = "keep.while.number"
		if _, err = strconv.ParseFloat(c.Value, 64); err == nil && !plain(c.Value) {
			err = strconv.ErrSyntax
		}
	}
	if err == nil || c.Value == "" {
		return nil
	}
	return locale.Errorf(want, locale.A("condition", locale.Clean(c.String())), locale.A("name", c.Name), locale.A("value", locale.Clean(c.Value)))
}

// valueOf is the type that a field holds a [fact.Value] of; nil: it holds none.
func valueOf(f *reflect.StructField) reflect.Type {
	if !f.IsExported() || f.Anonymous {
		return nil
	}
	v, ok := reflect.Zero(f.Type).Interface().(fact.Any)
	if !ok {
		return nil
	}
	zero, _ := v.Any()
	if zero == nil {
		return nil
	}
	return reflect.TypeOf(zero)
}

// properties are the names of what can be asked, nested ones with dots. Lists of
// objects and tags are not among them.
func properties(t reflect.Type, prefix string) (names []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		switch kind := valueOf(&f); {
		case kind == nil:
		case kind.Kind() == reflect.Struct:
			names = append(names, properties(kind, prefix+f.Name+".")...)
		case single(kind):
			names = append(names, prefix+f.Name)
		}
	}
	return names
}

// single tells whether a value can be written as one text.
func single(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Float64, reflect.String:
		return true
	case reflect.Slice:
		return t.Elem().Kind() == reflect.String
	}
	return false
}

// leaf is the type of a property; nil: there is none.
func leaf(t reflect.Type, name string) reflect.Type {
	first, rest, nested := strings.Cut(name, ".")
	f, ok := t.FieldByName(first)
	if !ok {
		return nil
	}
	switch kind := valueOf(&f); {
	case kind == nil:
		return nil
	case nested && kind.Kind() == reflect.Struct:
		return leaf(kind, rest)
	case !nested && single(kind):
		return kind
	}
	return nil
}

// property reads one property of a resource; not ok: its type has none.
func property(v reflect.Value, name string) (text string, present fact.Truth, from *fact.Origin, ok bool) {
	first, rest, nested := strings.Cut(name, ".")
	field := v.FieldByName(first)
	if !field.IsValid() || !field.CanInterface() {
		return "", fact.Unknown, nil, false
	}
	value, ok := field.Interface().(fact.Any)
	if !ok {
		return "", fact.Unknown, nil, false
	}
	is, present := value.Any()
	switch {
	case nested && present == fact.True:
		return property(reflect.ValueOf(is), rest)
	case present != fact.True:
		return "", present, value.Origin(), true
	}
	return written(is), present, value.Origin(), true
}

// written is a value as conditions write it.
func written(v any) string {
	if list, ok := v.([]string); ok {
		return strings.Join(slices.Sorted(slices.Values(list)), ",")
	}
	return fmt.Sprint(v)
}

// Asked are the facts that somebody wants to know.
type Asked struct {
	Conditions []Condition
	// Domains are the accounts and Regions where custom domain names matter.
	Domains    map[resource.Scope]bool
	Everywhere bool // they matter everywhere
}

// Maps tells whether custom domain names matter in an account and Region.
func (a *Asked) Maps(at resource.Scope) bool { return a != nil && (a.Everywhere || a.Domains[at]) }

// Add asks for what one more condition is about.
func (a *Asked) Add(c Condition) {
	if !slices.ContainsFunc(a.Conditions, func(o Condition) bool { return o.Asks() == c.Asks() }) {
		a.Conditions = append(a.Conditions, c)
	}
}

// Facts reads what is asked of a resource. tags are its own over those of its
// API, nil where they are not known, for a reason.
func (a *Asked) Facts(r resource.Resource, u *resource.Unit, tags map[string]string, fault *fact.Origin) []Fact {
	if a == nil {
		return nil
	}
	var list []Fact
	for _, c := range a.Conditions {
		f := Fact{Name: c.Asks()}
		switch c.Kind {
		case Tag, NoTag:
			f.tag(c.Name, tags, fault)
		case NoDomain:
			mapped, ok := r.(resource.Mapped)
			if !ok || u.Domains == nil {
				continue
			}
			f.domain(mapped.MappedStage(), u.Domains)
		default:
			text, present, from, ok := property(reflect.ValueOf(r).Elem(), c.Name)
			if !ok {
				continue
			}
			f.Value, f.Present = text, present
			if present == fact.Unknown {
				f.Fault = why(from)
			}
		}
		list = append(list, f)
	}
	return list
}

// OfTags are the facts of those conditions that tags alone answer; none where
// they are not known.
func OfTags(list []Condition, tags map[string]string) (facts []Fact) {
	if tags == nil {
		return nil
	}
	for _, c := range list {
		if c.Kind == Tag || c.Kind == NoTag {
			f := Fact{Name: c.Asks()}
			f.tag(c.Name, tags, nil)
			facts = append(facts, f)
		}
	}
	return facts
}

func (f *Fact) tag(key string, tags map[string]string, fault *fact.Origin) {
	if tags == nil {
		f.Fault = why(fault)
		return
	}
	value, has := tags[key]
	f.Value, f.Present = value, fact.Of(has)
}

// domain says which custom domain name leads to a stage, or to any where the
// stage is absent. One that is known decides, whatever else could not be read.
func (f *Fact) domain(stage fact.Value[string], all *resource.Domains) {
	name, staged := stage.Get()
	f.Present = fact.False
	for _, m := range all.Ways {
		switch {
		case staged == fact.False || m.Stage == "" || staged == fact.True && m.Stage == name:
			f.Present, f.Value, f.Fault = fact.True, m.Domain, ""
			return
		case staged == fact.Unknown:
			f.Present, f.Fault = fact.Unknown, why(stage.Origin())
		}
	}
	if f.Present == fact.False && all.Rest != nil {
		f.Present, f.Fault = fact.Unknown, why(all.Rest)
	}
}

// notKnown stands where nobody says why a value is not known.
const notKnown = "KUMOBAN_VALUE_UNKNOWN"

// why is the call and the code that hide a value.
func why(o *fact.Origin) string {
	if o == nil || o.Fault == "" {
		return notKnown
	}
	return strings.TrimSpace(o.Call + " " + o.Fault)
}
