package sqlstore

import (
	"encoding/json"
	"fmt"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// detail is what of a record nobody filters or sorts by. Nil and empty lists
// stay apart.
type detail struct {
	Reason  string         `json:"r,omitzero"`
	Message message        `json:"m,omitzero"`
	Notes   []message      `json:"n,omitzero"`
	Params  control.Params `json:"p,omitzero"`
	Origin  *fact.Origin   `json:"o,omitzero"`
	Closed  int64          `json:"c,omitzero"` // microseconds; 0 for the zero time
	Archive int64          `json:"z,omitzero"` // likewise
}

type message struct {
	Key  string     `json:"k"`
	Args []argument `json:"a,omitzero"`
}

// argument is a name and a value: a text, a number, a list of texts, or an
// object where it is an error for users.
type argument struct {
	Name  string `json:"n"`
	Value any    `json:"v"`
}

func writeDetail(r *lifecycle.Record) (string, error) {
	d := detail{Reason: r.Reason, Message: writeMessage(r.Message), Params: r.Params, Origin: r.Origin}
	if !r.ArchivedAt.IsZero() {
		d.Archive = micros(r.ArchivedAt)
	}
	if !r.Closed.IsZero() {
		d.Closed = micros(r.Closed)
	}
	if r.Notes != nil {
		d.Notes = make([]message, len(r.Notes))
		for i, note := range r.Notes {
			d.Notes[i] = writeMessage(note)
		}
	}
	data, err := json.Marshal(&d)
	return string(data), err
}

func readDetail(data string, r *lifecycle.Record) error {
	var d detail
	if err := json.Unmarshal([]byte(data), &d); err != nil {
		return err
	}
	r.Reason, r.Params, r.Origin = d.Reason, d.Params, d.Origin
	if d.Archive != 0 {
		r.ArchivedAt = moment(d.Archive)
	}
	if d.Closed != 0 {
		r.Closed = moment(d.Closed)
	}
	var err error
	if r.Message, err = readMessage(d.Message); err != nil || d.Notes == nil {
		return err
	}
	r.Notes = make([]locale.Message, len(d.Notes))
	for i, note := range d.Notes {
		if r.Notes[i], err = readMessage(note); err != nil {
			return err
		}
	}
	return nil
}

func writeMessage(m locale.Message) message {
	out := message{Key: m.Key}
	if m.Args == nil {
		return out
	}
	out.Args = make([]argument, len(m.Args))
	for i, a := range m.Args {
		out.Args[i] = argument{a.Name, a.Value}
		switch v := a.Value.(type) {
		case string, int, []string:
		case *locale.Error:
			out.Args[i].Value = writeMessage(v.Message)
		default:
			out.Args[i].Value = fmt.Sprint(v) // as it would be shown
		}
	}
	return out
}

func readMessage(m message) (locale.Message, error) {
	out := locale.Message{Key: m.Key}
	if m.Args == nil {
		return out, nil
	}
	out.Args = make([]locale.Arg, len(m.Args))
	for i, a := range m.Args {
		value, err := readValue(a.Value)
		if err != nil {
			return out, err
		}
		out.Args[i] = locale.Arg{Name: a.Name, Value: value}
	}
	return out, nil
}

func readValue(v any) (any, error) {
	switch v := v.(type) {
	case float64:
		return int(v), nil
	case []any:
		list := make([]string, len(v))
		for i, item := range v {
			list[i] = fmt.Sprint(item)
		}
		return list, nil
	case map[string]any:
		data, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		var m message
		if err := json.Unmarshal(data, &m); err != nil {
			return nil, err
		}
		inner, err := readMessage(m)
		return &locale.Error{Message: inner}, err
	}
	return v, nil
}

// writeTags makes an object of texts; nil stays NULL.
func writeTags(tags map[string]string) (any, error) {
	if tags == nil {
		return nil, nil
	}
	clean := make(map[string]string, len(tags))
	for name, value := range tags {
		clean[text(name)] = text(value)
	}
	data, err := json.Marshal(clean)
	return string(data), err
}

func readTags(data *string) (map[string]string, error) {
	if data == nil {
		return nil, nil
	}
	tags := map[string]string{}
	err := json.Unmarshal([]byte(*data), &tags)
	return tags, err
}
