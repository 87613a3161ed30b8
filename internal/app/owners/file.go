package owners

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/locale"
)

// columns are what a line of an owner directory may hold; YAML has tags, an
// object, in place of tag.
func columns() []string {
	return []string{"account", "stack", "tag", "resource", "team", "address", "channel", "language", "deputy"}
}

// Parse reads an owner directory: YAML by its name or its key, else CSV.
func Parse(name string, data []byte) ([]ask.Line, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // of spreadsheets
	lower := strings.ToLower(name)
	isYAML := strings.HasSuffix(lower, ".yaml") || strings.HasSuffix(lower, ".yml")
	if isYAML || !strings.HasSuffix(lower, ".csv") && bytes.HasPrefix(bytes.TrimSpace(data), []byte("owners:")) {
		return readYAML(data)
	}
	return readCSV(data)
}

func readCSV(data []byte) (lines []ask.Line, err error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.TrimLeadingSpace = true
	head, err := r.Read()
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(head[i]))
	}
	if errors.Is(err, io.EOF) || err == nil && !slices.Contains(head, "team") {
		return nil, locale.Errorf("ask.directory.noHead", locale.A("fields", columns()))
	}
	for i, name := range head {
		switch {
		case !slices.Contains(columns(), name):
			return nil, unknownField(1, name, columns())
		case slices.Contains(head[:i], name):
			return nil, locale.Errorf("ask.directory.oftenHead", locale.A("line", 1), locale.A("value", name))
		}
	}
	for err == nil {
		var row []string
		if row, err = r.Read(); err != nil {
			break
		}
		number, _ := r.FieldPos(0)
		l := ask.Line{Number: number}
		for i, name := range head {
			if err := set(&l, name, row[i]); err != nil {
				return nil, err
			}
		}
		lines = append(lines, l)
	}
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		return nil, locale.Errorf("ask.directory.notCSV", locale.A("line", bad.Line), locale.A("error", bad.Err.Error()))
	}
	return lines, nil
}

func unknownField(line int, name string, fields []string) error {
	if len(name) > ask.MostName {
		name = name[:ask.MostName]
	}
	return locale.Errorf("ask.directory.unknown", locale.A("line", line), locale.A("value", locale.Clean(name)), locale.A("fields", fields))
}

// setOwner puts the text of a field into a line.
func set(l *ask.Line, name, text string) error {
	text = strings.TrimSpace(text)
	switch name {
	case "account":
		l.Account = text
	case "stack":
		l.Stack = text
	case "resource":
		l.Resource = text
	case "team":
		l.Team = text
	case "address":
		l.Address = text
	case "channel":
		l.Channel = strings.ToLower(text)
	case "language":
		l.Lang = locale.Lang(strings.ToLower(text))
	case "deputy":
		l.Deputy = text
	case "tag":
		for one := range strings.SplitSeq(text, ";") {
			if one = strings.TrimSpace(one); one == "" {
				continue
			}
			key, value, ok := strings.Cut(one, "=")
			if !ok {
				return locale.Errorf("ask.directory.line", locale.A("line", l.Number), locale.A("error", locale.Errorf("ask.directory.badTag", locale.A("value", locale.Clean(one)))))
			}
			l.Tag(strings.TrimSpace(key), strings.TrimSpace(value))
		}
	}
	return nil
}

func readYAML(data []byte) ([]ask.Line, error) {
	var file struct {
		Owners yaml.Node `yaml:"owners"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, locale.Errorf("ask.directory.notYAML", locale.A("error", locale.Clean(first)))
	}
	if file.Owners.Kind != yaml.SequenceNode {
		return nil, locale.Errorf("ask.directory.noList")
	}
	fields := columns()
	fields[slices.Index(fields, "tag")] = "tags"
	var lines []ask.Line
	for _, n := range file.Owners.Content {
		l := ask.Line{Number: n.Line}
		err := pairs(n, "owners", func(name string, key, value *yaml.Node) error {
			switch {
			case !slices.Contains(fields, name):
				return unknownField(key.Line, name, fields)
			case name == "tags":
				return pairs(value, name, func(tag string, _, value *yaml.Node) error {
					if value.Kind != yaml.ScalarNode {
						return locale.Errorf("ask.directory.notText", locale.A("line", value.Line), locale.A("field", name))
					}
					l.Tag(tag, value.Value)
					return nil
				})
			case value.Kind != yaml.ScalarNode:
				return locale.Errorf("ask.directory.notText", locale.A("line", value.Line), locale.A("field", name))
			case value.ShortTag() == "!!null":
				return nil
			}
			return set(&l, name, value.Value)
		})
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// pairs hands on the keys and values of an object, each key once.
func pairs(n *yaml.Node, name string, do func(name string, key, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return locale.Errorf("ask.directory.notObject", locale.A("line", n.Line), locale.A("field", name))
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if seen[key.Value] {
			return locale.Errorf("ask.directory.oftenHead", locale.A("line", key.Line), locale.A("value", locale.Clean(key.Value)))
		}
		seen[key.Value] = true
		if err := do(key.Value, key, value); err != nil {
			return err
		}
	}
	return nil
}
