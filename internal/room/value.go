package room

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/fact"
)

// Step is one step of the name of a property: of `MethodSettings["*/*"].LoggingLevel`
// the first is MethodSettings with the key */*.
type Step struct {
	Name  string
	Key   string
	Keyed bool
}

// Steps takes the name of a property apart; nil where it is none.
func Steps(name string) []Step {
	var steps []Step
	for name != "" {
		i := strings.IndexAny(name, ".[")
		if i < 0 {
			return append(steps, Step{Name: name})
		}
		step := Step{Name: name[:i]}
		if name[i] == '[' {
			quoted, err := strconv.QuotedPrefix(name[i+1:])
			if err != nil || !strings.HasPrefix(name[i+1+len(quoted):], "]") {
				return nil
			}
			step.Key, _ = strconv.Unquote(quoted) // QuotedPrefix gave it
			step.Keyed = true
			i += len(quoted) + 2
		}
		steps = append(steps, step)
		name = strings.TrimPrefix(name[i:], ".")
	}
	return steps
}

// Pattern is a property's name with "*" in place of keys.
func Pattern(name string) string {
	var b strings.Builder
	for i, s := range Steps(name) {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.Name)
		if s.Keyed {
			b.WriteString(`["*"]`)
		}
	}
	return b.String()
}

// Value is what a tree says of a property, as plans have values: bool, float64,
// string, []string or nil for absent. known is false where there is no such
// property; an object is given whole.
func (f Filler) Value(properties []Property, tree Tree, name string) (v any, known bool) {
	return f.valueAt(properties, tree, Steps(name))
}

func (f Filler) valueAt(properties []Property, tree Tree, steps []Step) (any, bool) {
	if len(steps) == 0 {
		return nil, false
	}
	p := Find(properties, steps[0].Name)
	if p == nil || p.Path(f.Form) == None {
		return nil, false
	}
	raw, there := Get(tree, p.Path(f.Form))
	if steps[0].Keyed {
		raw, there = f.element(p, raw, steps[0].Key)
	}
	switch nested := len(steps) > 1; {
	case nested && p.Of == "":
		return nil, false
	case nested:
		inner, _ := raw.(Tree)
		if inner == nil && p.Silence(f.Form) == Empty {
			inner = Tree{}
		}
		if inner == nil {
			_, known := f.valueAt(f.Service.Object(p.Of).Properties, Tree{}, steps[1:])
			return nil, known
		}
		return f.valueAt(f.Service.Object(p.Of).Properties, inner, steps[1:])
	case steps[0].Keyed, p.Kind == One:
		return raw, true
	}
	return f.plain(p, raw, there)
}

// element is the one of a map or list that goes by a key.
func (f Filler) element(p *Property, raw any, key string) (any, bool) {
	if m, ok := raw.(Tree); ok {
		v, there := m[key]
		return v, there
	}
	by := Find(f.Service.Object(p.Of).Properties, f.Service.Object(p.Of).Key)
	list, _ := raw.([]any)
	for _, item := range list {
		if by != nil && TextOf(item, by.Path(f.Form)) == key {
			return item, true
		}
	}
	return nil, false
}

// plain is a value as plans have it.
func (f Filler) plain(p *Property, raw any, there bool) (any, bool) {
	if there && p.unset(raw) {
		there = false
	}
	if !there {
		if means := p.Silence(f.Form); means != Depends {
			return number(means), true
		}
		return nil, true
	}
	if word, ok := p.Words[fmt.Sprint(raw)]; ok {
		raw = word
	}
	switch p.Kind {
	case Bool, Int, Float:
		v, ok := scalar(p.Kind, raw)
		return number(v), ok
	case Strings:
		return texts(raw)
	case String, Document:
		s, ok := raw.(string)
		return strings.TrimSuffix(s, p.Trim), ok
	case Tags:
		return tags(raw)
	case Time:
		t, ok := raw.(fact.Time)
		return t.Text(), ok
	}
	return raw, true
}

func number(v any) any {
	if n, ok := v.(int); ok {
		return float64(n)
	}
	return v
}

// Edit puts values of properties, as plans have them, into a copy of a tree; nil
// takes a property away.
func (f Filler) Edit(properties []Property, tree Tree, values map[string]any) (Tree, error) {
	for name, v := range values {
		out, ok := f.edit(properties, tree, Steps(name), v)
		if !ok {
			return nil, fmt.Errorf("there is no property %s", name)
		}
		tree = out
	}
	return tree, nil
}

func (f Filler) edit(properties []Property, tree Tree, steps []Step, v any) (Tree, bool) {
	p := Find(properties, steps[0].Name)
	if p == nil || p.Path(f.Form) == None {
		return nil, false
	}
	path := p.Path(f.Form)
	if len(steps) == 1 && !steps[0].Keyed {
		return Put(tree, path, Native(p, v)), true
	}
	object := f.Service.Object(p.Of)
	if object == nil {
		return nil, false
	}
	raw, there := Get(tree, path)
	inner := func(old any) (any, bool) {
		m, _ := old.(Tree)
		if len(steps) == 1 {
			return v, true
		}
		return f.edit(object.Properties, m, steps[1:], v)
	}
	if !steps[0].Keyed {
		out, ok := inner(raw)
		return Put(tree, path, out), ok
	}
	list, isList := raw.([]any)
	if isList || !there && p.Kind == List {
		out, ok := f.editList(list, object, steps, v, inner)
		return Put(tree, path, out), ok
	}
	m, _ := raw.(Tree)
	out, ok := inner(m[steps[0].Key])
	m = With(m, steps[0].Key, out)
	if out == nil {
		delete(m, steps[0].Key)
	}
	return Put(tree, path, m), ok
}

// editList edits the element that goes by a key. A whole one is put in its place, or
// at the end where there is none; nil takes it out. One that is not there is an
// error, but of an object that [Object.Begins]; that goes again with its last part.
func (f Filler) editList(list []any, of *Object, steps []Step, v any, inner func(any) (any, bool)) ([]any, bool) {
	by := Find(of.Properties, of.Key)
	out, found, whole := make([]any, 0, len(list)+1), false, len(steps) == 1
	for _, item := range list {
		if by == nil || TextOf(item, by.Path(f.Form)) != steps[0].Key {
			out = append(out, item)
			continue
		}
		found = true
		edited, ok := inner(item)
		if !ok {
			return nil, false
		}
		if edited != nil && !(of.Begins && bare(edited, by.Path(f.Form))) {
			out = append(out, edited)
		}
	}
	if !whole && !found && of.Begins {
		edited, ok := inner(Put(nil, by.Path(f.Form), steps[0].Key))
		if !ok {
			return nil, false
		}
		if !bare(edited, by.Path(f.Form)) {
			out = append(out, edited)
		}
		found = true
	}
	if whole && !found && v != nil {
		out = append(out, v)
	}
	return out, found || whole
}

// bare tells whether nothing is left of an element but its key.
func bare(element any, key string) bool {
	m, isTree := element.(Tree)
	if !isTree {
		return false
	}
	return hollow(Put(m, key, nil))
}

func hollow(v any) bool {
	m, isTree := v.(Tree)
	if !isTree {
		return false
	}
	for _, inner := range m {
		if !hollow(inner) {
			return false
		}
	}
	return true
}

// Native is a value of a plan as calls take it.
func Native(p *Property, v any) any {
	switch v := v.(type) {
	case float64:
		if p.Kind == Int {
			return int64(v)
		}
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	case nil:
		if p.EmptyIsAbsent && p.Kind == String {
			means, _ := p.Default.(string)
			return means
		}
	}
	return v
}
