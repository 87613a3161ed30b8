package room

import (
	"slices"
	"strings"
)

// Patches stand in the input of a [Write] for the operations of a PATCH, by property,
// with "*" for keys.
type Patches map[string]Patch

// Patch is how one property is patched. "{key}" is the key of an element.
type Patch struct {
	At   string // the path of its value; an empty text takes that away
	Gone string // the path that is removed where all goes that lies beside it; of an element, where that goes
	Trim string // an ending that AWS does not take
}

// Operation is one operation of a PATCH.
type Operation struct {
	Op, Path, Property string // Op is replace or remove
	Value              any    // nil: none
}

// Operations are those that give properties values, in the order of their names; nil
// takes away.
func (p Patches) Operations(names []string, values map[string]any) (operations []Operation) {
	var removed []string
	for _, name := range names {
		in := within(name)
		stays := func(other string) bool { return strings.HasPrefix(other, in) && values[other] != nil }
		if p[Pattern(name)].Gone != "" && values[name] == nil && !slices.ContainsFunc(names, stays) {
			removed = append(removed, in)
		}
	}
	for _, name := range names {
		patch, gone := p[Pattern(name)], slices.ContainsFunc(removed, func(in string) bool { return strings.HasPrefix(name+".", in) })
		switch v := values[name].(type) {
		case nil:
			if gone && patch.Gone != "" {
				operations = append(operations, Operation{"remove", keyed(patch.Gone, name), name, nil})
			} else if !gone {
				operations = append(operations, Operation{"replace", keyed(patch.At, name), name, nil})
			}
		case string:
			operations = append(operations, Operation{"replace", keyed(patch.At, name), name, strings.TrimSuffix(v, patch.Trim)})
		default:
			operations = append(operations, Operation{"replace", keyed(patch.At, name), name, v})
		}
	}
	return operations
}

// within is how the names begin of what lies in the element, or beside the property.
func within(name string) string {
	if strings.HasSuffix(name, "]") {
		return name + "."
	}
	return name[:strings.LastIndexByte(name, '.')+1]
}

func keyed(path, name string) string {
	for _, s := range Steps(name) {
		path = strings.ReplaceAll(path, "{key}", s.Key)
	}
	return path
}
