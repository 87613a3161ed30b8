package room

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/fact"
)

// Filler reads what a source says of resources of one service into their
// structs.
type Filler struct {
	Service *Service
	Form    Form
}

// Fill reads the properties that has names, all where it is nil, out of a tree
// into a struct that embeds or is made of [fact.Value]. A value of a kind that a
// property cannot have is unknown, and fault says so.
func (f Filler) Fill(out any, properties []Property, tree Tree, o *fact.Origin, has func(*Property) bool) {
	f.fill(reflect.ValueOf(out).Elem(), properties, tree, o, has)
}

// garbled is the fault of a value that makes no sense.
const garbled = "Garbled"

func (f Filler) fill(out reflect.Value, properties []Property, tree Tree, o *fact.Origin, has func(*Property) bool) {
	for i := range properties {
		p := &properties[i]
		path := p.Path(f.Form)
		if path == None && p.own(f.Form) == nil || has != nil && !has(p) {
			continue
		}
		slot := out.FieldByName(p.Name).Addr().Interface().(fact.Slot) //nolint:forcetypeassert // generated so
		v, there := f.get(tree, path)
		if there && (p.unset(v) || f.noBlock(p, v)) {
			there = false
		}
		if word, ok := p.Words[fmt.Sprint(v)]; ok && p.Words != nil {
			v = word
		}
		if u, is := v.(Unknown); is {
			slot.SetUnread(&fact.Origin{Call: call(o), File: file(o), Fault: u.Why})
			continue
		}
		if !there {
			if f.follows(properties, p, tree) {
				slot.SetUnread(o)
				continue
			}
			if f.instead(properties, p, tree) {
				slot.SetAbsent(o)
				continue
			}
			f.silent(slot, p, o)
			continue
		}
		if value, ok := f.value(slot, p, v, o); !ok || !slot.SetAny(value, o) {
			slot.SetUnread(&fact.Origin{Call: call(o), Fault: garbled})
		}
	}
}

func call(o *fact.Origin) string {
	if o == nil {
		return ""
	}
	return o.Call
}

func file(o *fact.Origin) string {
	if o == nil {
		return ""
	}
	return o.File
}

// noBlock tells whether Terraform has a list of the blocks of an object, and none in
// it.
func (f Filler) noBlock(p *Property, v any) bool {
	list, ok := v.([]any)
	return f.Form == Terraform && p.Kind == One && ok && len(list) == 0
}

// follows tells whether a property that is left out goes by another resource.
func (f Filler) follows(properties []Property, p *Property, tree Tree) bool {
	return (f.Form == Template || f.Form == Terraform) && f.any(properties, p.Follows, tree)
}

// instead tells whether another property stands in the place of one.
func (f Filler) instead(properties []Property, p *Property, tree Tree) bool {
	return f.any(properties, p.Instead, tree)
}

// any tells whether any of some properties is set.
func (f Filler) any(properties []Property, names []string, tree Tree) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		by := Find(properties, name)
		if by == nil || by.Path(f.Form) == None {
			return false
		}
		v, there := f.get(tree, by.Path(f.Form))
		return there && !f.noBlock(by, v)
	})
}

// get follows a path. Terraform's blocks are lists, of which one that may be there
// once has one element, or none.
func (f Filler) get(tree Tree, path string) (any, bool) {
	if f.Form != Terraform || path == Here {
		return Get(tree, path)
	}
	for {
		head, rest, nested := strings.Cut(path, ".")
		v, there := Get(tree, head)
		if _, unknown := v.(Unknown); !there || !nested || unknown {
			return v, there
		}
		if list, ok := v.([]any); ok && len(list) > 1 {
			return Unknown{garbled}, true // nobody knows which counts
		} else if ok && len(list) == 1 {
			v = list[0]
		}
		inner, ok := v.(Tree)
		if !ok {
			return nil, false
		}
		tree, path = inner, rest
	}
}

func (f Filler) silent(slot fact.Slot, p *Property, o *fact.Origin) {
	switch means := p.Silence(f.Form); {
	case means == Depends:
		slot.SetUnread(o)
	case means == Empty:
		value, _ := f.value(slot, p, Tree{}, o)
		slot.SetAny(value, o)
	case f.Form == Item && p.Kind == Map:
		slot.SetUnread(o) // what AWS publishes of items has no maps: nobody knows what silence means
	case means != nil:
		slot.SetAny(means, o)
	case f.Form == Answer && (p.Kind == List || p.Kind == Map || p.Kind == Strings):
		slot.SetAny(reflect.Zero(slot.Holds()).Interface(), o) // an empty list may be left out
	case f.Form == Answer && p.Kind == Tags:
		slot.SetAny(map[string]string(nil), o)
	default:
		slot.SetAbsent(o)
	}
}

// value brings what a source says into the kind of a property.
func (f Filler) value(slot fact.Slot, p *Property, v any, o *fact.Origin) (any, bool) {
	switch p.Kind {
	case One:
		return f.object(slot.Holds(), p, v, o)
	case List, Map:
		return f.list(slot.Holds(), p, v, o)
	case Tags:
		return tags(v)
	case Strings:
		return texts(v)
	case String, Document:
		s, ok := v.(string)
		return strings.TrimSuffix(s, p.Trim), ok
	case Time:
		t, ok := v.(fact.Time)
		return t, ok
	}
	return scalar(p.Kind, v)
}

func scalar(kind Kind, v any) (any, bool) {
	text, isText := v.(string)
	switch kind {
	case Bool:
		if isText { // attributes are all texts
			b, err := strconv.ParseBool(text)
			return b, err == nil
		}
		b, ok := v.(bool)
		return b, ok
	case Int:
		switch v := v.(type) {
		case int64:
			return int(v), true
		case int:
			return v, true
		case float64:
			return int(v), v == float64(int(v))
		}
		n, err := strconv.Atoi(text)
		return n, err == nil && isText
	case Float:
		switch v := v.(type) {
		case float64:
			return v, true
		case int64:
			return float64(v), true
		}
	}
	return nil, false
}

// object reads one. Of a block that is there more than once nobody can say which
// counts.
func (f Filler) object(t reflect.Type, p *Property, v any, o *fact.Origin) (any, bool) {
	if list, ok := v.([]any); ok && f.Form == Terraform && len(list) == 1 { // a block
		v = list[0]
	}
	m, ok := v.(Tree)
	if !ok {
		return nil, false
	}
	out := reflect.New(t).Elem()
	f.fill(out, f.Service.Object(p.Of).Properties, m, o, nil)
	return out.Interface(), true
}

func (f Filler) list(t reflect.Type, p *Property, v any, o *fact.Origin) (any, bool) {
	properties := f.Service.Object(p.Of).Properties
	items, isList := v.([]any)
	if m, ok := v.(Tree); ok && p.Kind == Map {
		isList = true
		keys := make([]string, 0, len(m))
		for key := range m {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			item, _ := m[key].(Tree)
			items = append(items, With(item, properties[0].Name, key))
		}
	}
	if !isList {
		return nil, false
	}
	out := reflect.MakeSlice(t, len(items), len(items))
	for i, item := range items {
		m, ok := item.(Tree)
		if !ok {
			return nil, false
		}
		f.fill(out.Index(i), properties, m, o, nil)
	}
	return out.Interface(), true
}

func texts(v any) ([]string, bool) {
	items, ok := v.([]any)
	out := make([]string, len(items))
	for i, item := range items {
		if out[i], ok = item.(string); !ok {
			return nil, false
		}
	}
	return out, ok
}

// tags reads tags in each way that AWS writes them: a map, or a list of pairs.
func tags(v any) (map[string]string, bool) {
	out := map[string]string{}
	switch v := v.(type) {
	case Tree:
		for key, value := range v {
			out[key] = fmt.Sprint(value)
		}
		return out, true
	case []any:
		for _, item := range v {
			pair, ok := item.(Tree)
			if !ok {
				return nil, false
			}
			var key, value string
			for name, text := range pair {
				s, _ := text.(string)
				switch name = strings.ToLower(name); {
				case strings.HasSuffix(name, "key"):
					key = s
				case strings.HasSuffix(name, "value"):
					value = s
				}
			}
			out[key] = value
		}
		return out, true
	}
	return nil, false
}
