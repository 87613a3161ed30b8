package room

import (
	"strconv"
	"strings"
)

// Tree is what a source says of something, by names: bool, string, int64,
// float64, [fact.Time], []any and Tree's own kind, map[string]any. What is not
// there has no key.
type Tree = map[string]any

// Unknown stands in a tree for what is there, but cannot be told yet; why is for
// people.
type Unknown struct{ Why string }

// Get follows a path, "A.B": names go by their case where one fits, else in any.
// In a list "[Key=name]" is the first element whose Key is name. ok is false
// where there is nothing. [Here] leads nowhere else.
func Get(from any, path string) (v any, ok bool) {
	v = from
	if path == Here {
		return v, v != nil
	}
	for path != "" {
		if u, is := v.(Unknown); is {
			return u, true
		}
		var step string
		step, path = cutStep(path)
		if v, ok = follow(v, step); !ok {
			return nil, false
		}
	}
	return v, v != nil
}

// cutStep takes the first step off a path; names of attributes have dots in
// brackets.
func cutStep(path string) (step, rest string) {
	if strings.HasPrefix(path, "[") {
		if i := strings.IndexByte(path, ']'); i > 0 {
			return path[:i+1], strings.TrimPrefix(path[i+1:], ".")
		}
	}
	i := strings.IndexAny(path, ".[")
	switch {
	case i < 0:
		return path, ""
	case path[i] == '.':
		return path[:i], path[i+1:]
	}
	return path[:i], path[i:]
}

func follow(v any, step string) (any, bool) {
	selector, ok := strings.CutPrefix(step, "[")
	if !ok {
		m, _ := v.(Tree)
		return member(m, step)
	}
	list, _ := v.([]any)
	key, want, keyed := strings.Cut(strings.TrimSuffix(selector, "]"), "=")
	if n, err := strconv.Atoi(key); !keyed && err == nil && n < len(list) {
		return list[n], true
	}
	for _, item := range list {
		if m, ok := item.(Tree); ok && keyed {
			if got, there := member(m, key); there && got == want {
				return item, true
			}
		}
	}
	return nil, false
}

// member is a member by its name.
func member(m Tree, name string) (any, bool) {
	if v, ok := m[name]; ok {
		return v, v != nil
	}
	for key, v := range m {
		if strings.EqualFold(key, name) {
			return v, v != nil
		}
	}
	return nil, false
}

// TextOf is what a path leads to, as text; "" where there is none.
func TextOf(from any, path string) string {
	v, _ := Get(from, path)
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// Items are what a path with lists leads to: "Reservations[].Instances[]" are
// the instances of all. "{}" after a map are its values, to each of which its key
// is given as the member named within.
func Items(from any, path string) []any {
	if path == "" {
		return []any{from}
	}
	at := strings.IndexAny(path, "[{")
	if at < 0 || strings.HasPrefix(path[at:], "[") && !strings.HasPrefix(path[at:], "[]") {
		v, ok := Get(from, path)
		if list, is := v.([]any); is {
			return list
		}
		if !ok {
			return nil
		}
		return []any{v}
	}
	head, tail := path[:at], path[at:]
	end := strings.IndexAny(tail, "]}")
	rest := strings.TrimPrefix(tail[end+1:], ".")
	v := from
	if head != "" {
		v, _ = Get(from, strings.TrimSuffix(head, "."))
	}
	var all []any
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			all = append(all, Items(item, rest)...)
		}
	case Tree:
		for key, item := range v {
			if m, ok := item.(Tree); ok {
				item = With(m, tail[1:end], key)
			}
			all = append(all, Items(item, rest)...)
		}
	}
	return all
}

// With is a copy of a tree with a member.
func With(m Tree, name string, v any) Tree {
	out := make(Tree, len(m)+1)
	for k, x := range m {
		out[k] = x
	}
	out[name] = v
	return out
}

// Put sets what a path of plain names leads to, and makes the objects on the way.
// The objects that it changes are copied, never the caller's.
func Put(m Tree, path string, v any) Tree {
	name, rest, nested := strings.Cut(path, ".")
	for key := range m {
		if key != name && strings.EqualFold(key, name) {
			name = key
		}
	}
	if nested {
		below, _ := m[name].(Tree)
		v = Put(below, rest, v)
	}
	if v == nil {
		out := With(m, name, nil)
		delete(out, name)
		return out
	}
	return With(m, name, v)
}

// Merge lays a tree over another.
func Merge(under, over Tree) Tree {
	out := make(Tree, len(under)+len(over))
	for k, v := range under {
		out[k] = v
	}
	for k, v := range over {
		out[k] = v
	}
	return out
}

// Expand replaces each "{path}" of a pattern with what look says; "{a|b}" is the
// first that is not empty. ok is false where one has none.
func Expand(pattern string, look func(path string) string) (text string, ok bool) {
	var b strings.Builder
	ok = true
	for {
		before, rest, found := strings.Cut(pattern, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return b.String() + pattern, ok
		}
		b.WriteString(before)
		value := ""
		for _, path := range strings.Split(name, "|") {
			if value = look(strings.TrimSuffix(path, "+")); value != "" {
				break
			}
		}
		ok = ok && value != ""
		b.WriteString(value)
		pattern = after
	}
}

// Fits takes an ARN, or another text, apart by a pattern: what stands in place of
// each "{name}". The last takes what is left, the others end where the text after
// them begins first, a "{name+}" where it begins last. Only a "{name+}" may have slashes, and none is a step of a
// path.
func Fits(pattern, text string) (map[string]string, bool) {
	parts := map[string]string{}
	for {
		before, rest, found := strings.Cut(pattern, "{")
		after, ok := strings.CutPrefix(text, before)
		if !ok || !found {
			return parts, ok && after == ""
		}
		name, tail, _ := strings.Cut(rest, "}")
		end := len(after)
		if next, _, _ := strings.Cut(tail, "{"); next != "" {
			if end = strings.Index(after, next); end < 0 {
				return nil, false
			}
			if strings.HasSuffix(name, "+") || !strings.Contains(tail, "{") {
				end = strings.LastIndex(after, next)
			}
		}
		value, slashes := after[:end], strings.HasSuffix(name, "+")
		name = strings.TrimSuffix(name, "+")
		if value == "." || value == ".." || !slashes && strings.Contains(value, "/") {
			return nil, false
		}
		if was, twice := parts[name]; value == "" && name != "account" && name != "region" || twice && was != value {
			return nil, false
		}
		parts[name], pattern, text = value, tail, after[end:]
	}
}
