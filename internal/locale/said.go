package locale

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Said is a message as JSON: its key and arguments for machines and for readers that
// render it anew, and its text in the language of whoever asked.
type Said struct {
	Key  string `json:"key"`
	Args Args   `json:"args"`
	Text string `json:"text"`
}

// Message is what was said, without the text.
func (s *Said) Message() Message { return Message{s.Key, s.Args} }

// Say makes the JSON of a message whose text is known.
func Say(m Message, text string) Said { return Said{m.Key, m.Args, text} }

// Args are the arguments of a message. As JSON they are an object whose members keep
// their order; what is no text, whole number or list of texts is written as its text.
type Args []Arg

// MarshalJSON writes the object.
func (a Args) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, arg := range a {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := enc.Encode(arg.Name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		value := arg.Value
		switch value.(type) {
		case string, int, []string:
		default: // renders as it would have
			value = fmt.Sprint(value)
		}
		if err := enc.Encode(value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads the object; a value that no argument can have is an error.
func (a *Args) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return errors.New("args is not an object")
	}
	*a = nil
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		value, err := argValue(raw)
		if err != nil {
			return fmt.Errorf("argument %q: %w", name, err)
		}
		*a = append(*a, Arg{Name: fmt.Sprint(name), Value: value})
	}
	return nil
}

func argValue(raw json.RawMessage) (any, error) {
	switch raw[0] {
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case '[':
		list := []string{}
		err := json.Unmarshal(raw, &list)
		return list, err
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil {
		return nil, errors.New("neither a string, an integer nor a list of strings")
	}
	return n, nil
}
