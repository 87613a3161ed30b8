package cloudformation

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/room"
)

// raw is YAML that is written already, in lines that begin at the left.
type raw string

// ofRoom writes what changes of a thing by the room of its type.
func (t *Template) ofRoom(m *part.Merged) error {
	e := catalog.Find(m.Thing.Type)
	d, err := part.Declare(e, room.Template, m.Changes)
	if err != nil {
		return err
	}
	heading := t.Heading(m)
	if len(d.Lacks) > 0 {
		heading = append(heading, t.Words.Say("cloudformation.lacks", locale.A("properties", t.Words.Properties(d.Lacks))))
	}
	if len(d.Values) == 0 && len(d.Gone) == 0 {
		t.notes = append(t.notes, heading...)
		return nil
	}
	if !m.Make {
		heading = append(heading, t.Words.Say("cloudformation.existing"))
	}
	if d.Keyed && !m.Make {
		heading = append(heading, t.Words.Say("cloudformation.elements"))
	}
	if len(d.Gone) > 0 {
		heading = append(heading, t.Words.Say("cloudformation.remove", locale.A("properties", t.Words.Properties(d.Gone))))
	}
	body := Mapping{{Name: "Type", Value: string(m.Thing.Type)}}
	if m.Data {
		body.Set("DeletionPolicy", "Retain")
		body.Set("UpdateReplacePolicy", "Retain")
	}
	if len(d.Values) > 0 {
		properties, err := t.node(d.Values)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		encoder := yaml.NewEncoder(&text)
		encoder.SetIndent(2)
		if err := encoder.Encode(properties); err != nil {
			return err
		}
		body.Set("Properties", raw(text.String()))
	}
	t.resources = append(t.resources, Entry{Name: t.ids[m], Value: body, Comments: heading})
	return nil
}

// node is a value as YAML, with intrinsic functions in place of outputs.
func (t *Template) node(v any) (*yaml.Node, error) {
	if _, ok := part.Output(v); ok {
		value, err := t.Value(v)
		if err != nil {
			return nil, err
		}
		function, _ := value.(Intrinsic)
		tag, text, _ := strings.Cut(string(function), " ")
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}, nil
	}
	switch v := v.(type) {
	case room.Tree:
		n := &yaml.Node{Kind: yaml.MappingNode}
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			below, err := t.node(v[name])
			if err != nil {
				return nil, err
			}
			key := &yaml.Node{}
			key.SetString(name)
			n.Content = append(n.Content, key, below)
		}
		return n, nil
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v {
			below, err := t.node(item)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, below)
		}
		return n, nil
	}
	n := &yaml.Node{}
	return n, n.Encode(v)
}
