package protocol

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// toForm writes a value of a Query request below a prefix.
func toForm(form url.Values, r *Ref, v any, prefix, path string, ec2 bool) error {
	switch r.Kind {
	case Structure:
		in, err := object(r, v, path)
		if err != nil {
			return err
		}
		for i := range r.Members {
			m := &r.Members[i]
			if in[m.Name] == nil {
				continue
			}
			if err := toForm(form, m.Ref, in[m.Name], dotted(prefix, m.inForm(ec2)), below(path, m.Name), ec2); err != nil {
				return err
			}
		}
		return nil
	case List:
		items, err := list(v, path)
		if err != nil {
			return err
		}
		if len(items) == 0 && !ec2 {
			form.Set(prefix, "")
		}
		prefix = listPrefix(r, prefix, ec2)
		for i, item := range items {
			if err := toForm(form, r.Item, item, dotted(prefix, strconv.Itoa(i+1)), nth(path, i), ec2); err != nil {
				return err
			}
		}
		return nil
	case Map:
		in, err := object(r, v, path)
		if err != nil {
			return err
		}
		prefix = mapPrefix(r, prefix)
		for i, key := range slices.Sorted(maps.Keys(in)) {
			at := dotted(prefix, strconv.Itoa(i+1))
			form.Set(dotted(at, or(r.Key.Wire, "key")), key)
			if err := toForm(form, r.Value, in[key], dotted(at, or(r.Value.Wire, "value")), below(path, key), ec2); err != nil {
				return err
			}
		}
		return nil
	}
	s, err := text(r, v, iso8601, path)
	form.Set(prefix, s)
	return err
}

func dotted(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// inForm is a member's name in a request; EC2's begin with a capital.
func (m *Member) inForm(ec2 bool) string {
	switch {
	case ec2 && m.Query != "":
		return m.Query
	case ec2 && m.Wire != "":
		return strings.ToUpper(m.Wire[:1]) + m.Wire[1:]
	}
	return m.wire()
}

func listPrefix(r *Ref, prefix string, ec2 bool) string {
	switch {
	case ec2, r.Flat && r.Item.Wire == "":
		return prefix
	case r.Flat:
		return dotted(strings.TrimSuffix(prefix[:strings.LastIndexByte(prefix, '.')+1], "."), r.Item.Wire)
	}
	return dotted(prefix, or(r.Item.Wire, "member"))
}

func mapPrefix(r *Ref, prefix string) string {
	if r.Flat {
		return prefix
	}
	return dotted(prefix, "entry")
}

// fromForm reads what toForm writes; nil: nothing.
func fromForm(form url.Values, r *Ref, prefix, path string, ec2 bool) (any, error) {
	switch r.Kind {
	case Structure:
		out := map[string]any{}
		for i := range r.Members {
			m := &r.Members[i]
			at := dotted(prefix, m.inForm(ec2))
			if !within(form, at) && !(m.Flat && m.Kind == List && within(form, listPrefix(m.Ref, at, ec2))) {
				continue
			}
			v, err := fromForm(form, m.Ref, at, below(path, m.Name), ec2)
			if err != nil {
				return nil, err
			}
			if v != nil {
				out[m.Name] = v
			}
		}
		return out, nil
	case List:
		out := []any{}
		for i := 1; ; i++ {
			at := dotted(listPrefix(r, prefix, ec2), strconv.Itoa(i))
			if !within(form, at) {
				return out, nil
			}
			v, err := fromForm(form, r.Item, at, nth(path, i-1), ec2)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
	case Map:
		out := map[string]any{}
		for i := 1; ; i++ {
			at := dotted(mapPrefix(r, prefix), strconv.Itoa(i))
			if !within(form, at) {
				return out, nil
			}
			key := form.Get(dotted(at, or(r.Key.Wire, "key")))
			v, err := fromForm(form, r.Value, dotted(at, or(r.Value.Wire, "value")), below(path, key), ec2)
			if err != nil {
				return nil, err
			}
			out[key] = v
		}
	}
	return untext(r, form.Get(prefix), path)
}

// within tells whether a form has a key or one below it.
func within(form url.Values, prefix string) bool {
	if form.Has(prefix) {
		return true
	}
	for key := range form {
		if strings.HasPrefix(key, prefix) && key[len(prefix)] == '.' {
			return true
		}
	}
	return false
}
