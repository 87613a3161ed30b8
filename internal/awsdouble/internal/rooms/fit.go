package rooms

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/room"
)

// made is the moment that stands for those that nobody gave.
func made() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }

// fit brings what is kept into the shape that the service model gives an answer:
// members that the shape does not have are left out, those that an answer always
// has are filled in. Nil: there is nothing that fits.
func fit(r *protocol.Ref, v any) any {
	switch r.Kind {
	case protocol.Structure:
		if m, ok := v.(room.Tree); ok {
			return structure(r, m)
		}
		return nil
	case protocol.List:
		return list(r, v)
	case protocol.Map:
		m, ok := v.(room.Tree)
		if !ok {
			return nil
		}
		out := make(room.Tree, len(m))
		for key, x := range m {
			if x = fit(r.Value, x); x != nil {
				out[key] = x
			}
		}
		return out
	}
	return scalar(r.Kind, v)
}

func structure(r *protocol.Ref, tree room.Tree) room.Tree {
	out := room.Tree{}
	for i := range r.Members {
		m := &r.Members[i]
		if v, there := room.Get(tree, m.Name); there {
			if v = fit(m.Ref, v); v != nil {
				out[m.Name] = v
			}
		}
	}
	for i := range r.Members {
		m := &r.Members[i]
		if m.Required && out[m.Name] == nil && !r.Union {
			out[m.Name] = zero(m, out)
		}
	}
	return out
}

// zero is the least that a member can be. A count is that of the items beside it.
func zero(m *protocol.Member, beside room.Tree) any {
	switch m.Kind {
	case protocol.Structure:
		return structure(m.Ref, room.Tree{})
	case protocol.List:
		return []any{}
	case protocol.Map:
		return room.Tree{}
	case protocol.Bool:
		return false
	case protocol.Long:
		items, _ := beside["Items"].([]any)
		return int64(len(items))
	case protocol.Double:
		return 0.0
	case protocol.Timestamp:
		return made()
	case protocol.Blob:
		return []byte{}
	case protocol.String, protocol.Document:
	}
	return ""
}

func list(r *protocol.Ref, v any) any {
	var items []any
	switch v := v.(type) {
	case []any:
		items = v
	case []string:
		for _, s := range v {
			items = append(items, s)
		}
	case room.Tree: // tags, as templates may have them
		if len(r.Item.Members) != 2 {
			return nil
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			items = append(items, room.Tree{r.Item.Members[0].Name: key, r.Item.Members[1].Name: v[key]})
		}
	default:
		return nil
	}
	out := make([]any, 0, len(items))
	for _, item := range items {
		if item = fit(r.Item, item); item != nil {
			out = append(out, item)
		}
	}
	return out
}

func scalar(kind protocol.Kind, v any) any {
	switch v.(type) {
	case nil, room.Tree, []any, room.Unknown:
		return nil
	}
	switch kind {
	case protocol.String:
		return text(v)
	case protocol.Bool:
		b, err := strconv.ParseBool(text(v))
		return orNothing(b, err == nil)
	case protocol.Long:
		f, err := strconv.ParseFloat(text(v), 64)
		return orNothing(int64(f), err == nil)
	case protocol.Double:
		f, err := strconv.ParseFloat(text(v), 64)
		return orNothing(f, err == nil)
	case protocol.Timestamp:
		return moment(v)
	case protocol.Blob:
		if b, ok := v.([]byte); ok {
			return b
		}
		return []byte(text(v))
	}
	return v
}

func orNothing[T any](v T, ok bool) any {
	if !ok {
		return nil
	}
	return v
}

// moment is a time in any way in which a tree may have it.
func moment(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v
	case fact.Time:
		return time.Unix(int64(v), 0).UTC()
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return t
		}
	}
	return nil
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case fact.Time:
		return time.Unix(int64(v), 0).UTC().Format(time.RFC3339)
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case []byte:
		return string(v)
	}
	return fmt.Sprint(v)
}

// check refuses input that lacks what the service model requires.
func check(r *protocol.Ref, v any, path string) error {
	switch r.Kind {
	case protocol.Structure:
		m, _ := v.(room.Tree)
		for i := range r.Members {
			member := &r.Members[i]
			at := strings.TrimPrefix(path+"."+member.Name, ".")
			x, there := m[member.Name]
			if !there && member.Required {
				return &service.Error{Status: 400, Code: "ValidationException", Message: "1 validation error detected: Value null at '" + at + "' failed to satisfy constraint: Member must not be null"}
			}
			if there {
				if err := check(member.Ref, x, at); err != nil {
					return err
				}
			}
		}
	case protocol.List:
		items, _ := v.([]any)
		for i, x := range items {
			if err := check(r.Item, x, fmt.Sprintf("%s.%d", path, i+1)); err != nil {
				return err
			}
		}
	}
	return nil
}
