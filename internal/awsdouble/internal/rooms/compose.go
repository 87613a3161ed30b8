package rooms

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/room"
)

// composer writes properties, by CloudFormation's names, into trees of answers.
type composer struct {
	service *room.Service
	now     time.Time
	whole   bool // what is left out gets what its silence means in a template
}

func (c composer) compose(properties []room.Property, values, into room.Tree) (room.Tree, error) {
	for name := range values {
		if room.Find(properties, name) == nil {
			return nil, fmt.Errorf("there is no property %s", name)
		}
	}
	for i := range properties {
		p := &properties[i]
		path := p.Path(room.Answer)
		v, given := values[p.Name]
		_, there := room.Get(into, path)
		if !given && c.whole && !there {
			v = plain(p.Silence(room.Template))
		}
		if path == room.None || v == nil {
			continue
		}
		v, err := c.spell(p, v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		into = tree(into, path, v)
	}
	return into, nil
}

// plain is what silence means where that is a value.
func plain(means any) any {
	if means == room.Depends || means == room.Empty {
		return nil
	}
	return means
}

// spell is a value of a property as answers have it.
func (c composer) spell(p *room.Property, v any) (any, error) {
	switch p.Kind {
	case room.One:
		return c.object(p, v)
	case room.List, room.Map:
		return c.list(p, v)
	case room.Time:
		return c.moment(v)
	}
	return word(p, v), nil
}

func (c composer) object(p *room.Property, v any) (any, error) {
	m, ok := v.(room.Tree)
	if !ok {
		return nil, fmt.Errorf("a %T, where an object should be", v)
	}
	return c.compose(c.service.Object(p.Of).Properties, m, room.Tree{})
}

func (c composer) list(p *room.Property, v any) (any, error) {
	items, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("a %T, where a list should be", v)
	}
	properties := c.service.Object(p.Of).Properties
	byKey, list := room.Tree{}, make([]any, 0, len(items))
	for _, item := range items {
		m, err := c.object(p, item)
		if err != nil {
			return nil, err
		}
		if p.Kind == room.List {
			list = append(list, m)
			continue
		}
		key := properties[0].Path(room.Answer)
		byKey[room.TextOf(m, key)] = put(m, key, nil)
	}
	if p.Kind == room.Map {
		return byKey, nil
	}
	return list, nil
}

// moment is a time, or one before now: "-100d", "-2h".
func (c composer) moment(v any) (any, error) {
	s, ok := v.(string)
	if !ok || !strings.HasPrefix(s, "-") {
		return v, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		if _, err := fmt.Sscan(days, &n); err != nil {
			return nil, fmt.Errorf("%q is no number of days", s)
		}
		return c.now.AddDate(0, 0, n), nil
	}
	d, err := time.ParseDuration(s)
	return c.now.Add(d), err
}

// word is what answers say for a value; of several the shortest.
func word(p *room.Property, v any) any {
	words := slices.Sorted(maps.Keys(p.Words))
	slices.SortStableFunc(words, func(a, b string) int { return len(a) - len(b) })
	for _, w := range words {
		if p.Words[w] == v {
			return w
		}
	}
	return v
}
