package rooms

import (
	"strings"

	"github.com/kumoban/kumoban/internal/room"
)

// put sets what a path of an answer leads to, and makes what is missing on the way:
// objects, and elements of lists, "Attributes[Key=a.b].Value". Nil takes it away. The
// objects that it changes are copied.
func put(from any, path string, v any) any {
	if path == "" || path == room.Here {
		return v
	}
	step, rest := cut(path)
	if selector, ok := strings.CutPrefix(step, "["); ok {
		key, want, _ := strings.Cut(strings.TrimSuffix(selector, "]"), "=")
		return element(from, key, want, rest, v)
	}
	m, _ := from.(room.Tree)
	for name := range m {
		if m[step] == nil && strings.EqualFold(name, step) {
			step = name
		}
	}
	out := room.With(m, step, put(m[step], rest, v))
	if out[step] == nil {
		delete(out, step)
	}
	return out
}

// element sets something in that element of a list whose key has a value.
func element(from any, key, want, rest string, v any) any {
	list, _ := from.([]any)
	out := make([]any, 0, len(list)+1)
	found := false
	for _, item := range list {
		if room.TextOf(item, key) == want {
			item, found = put(item, rest, v), true
		}
		out = append(out, item)
	}
	if !found && v != nil {
		out = append(out, put(room.Tree{key: want}, rest, v))
	}
	return out
}

func cut(path string) (step, rest string) {
	if strings.HasPrefix(path, "[") {
		if i := strings.IndexByte(path, ']'); i > 0 {
			return path[:i+1], strings.TrimPrefix(path[i+1:], ".")
		}
	}
	if i := strings.IndexAny(path, ".["); i >= 0 {
		return path[:i], strings.TrimPrefix(path[i:], ".")
	}
	return path, ""
}

// tree is put of a whole tree.
func tree(from room.Tree, path string, v any) room.Tree {
	out, _ := put(from, path, v).(room.Tree)
	return out
}

// copied is a deep copy: what is kept is no caller's.
func copied(v any) any {
	switch v := v.(type) {
	case room.Tree:
		out := make(room.Tree, len(v))
		for name, x := range v {
			out[name] = copied(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = copied(x)
		}
		return out
	}
	return v
}
