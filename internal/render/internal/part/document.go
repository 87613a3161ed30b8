package part

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// Field is one member of an Object.
type Field struct {
	Name  string
	Value any
}

// Object is a JSON object in its own order.
type Object []Field

// Document reads JSON such as a policy: Object, []any, string, float64, bool or
// nil.
func Document(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	v, err := value(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return v, nil
}

func value(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return object(d)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := value(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

func object(d *json.Decoder) (any, error) {
	fields := Object{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := value(d)
		if err != nil {
			return nil, err
		}
		fields = append(fields, Field{Text(name), v})
	}
	_, err := d.Token()
	return fields, err
}
