package asff

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
)

// mostNested is how many envelopes may lie in each other: an event in an SNS
// notification in an SQS message in the output of receive-message takes five.
const mostNested = 12

// value is a JSON value of the input: a finding, or what findings come in.
type value struct {
	text []byte
	line int    // of the input, from 1, where the outermost value begins
	path string // from there, "Messages[0].Body."
}

// envelope is what findings come in, by any of its names.
type envelope struct {
	holder
	Detail   *holder            `json:"detail"`   // of an EventBridge event
	Messages *[]json.RawMessage `json:"Messages"` // what SQS receive-message prints
	Records  *[]json.RawMessage `json:"Records"`  // what SQS and SNS hand to Lambda
	Body     json.RawMessage    `json:"Body"`     // of an SQS message
	SNS      *notification      `json:"Sns"`      // in a record
	notification
}

type holder struct {
	Findings *[]json.RawMessage `json:"Findings"` // in any case: "findings" in an event
}

type notification struct {
	Type    string          `json:"Type"`
	Message json.RawMessage `json:"Message"`
}

// findings takes the findings out of what they came in. several tells whether
// the input has more than one value.
func findings(data []byte) (list []value, several bool, err error) {
	outer, err := split(data)
	if err != nil {
		return nil, false, err
	}
	several = len(outer) > 1
	for i := range outer {
		inner, err := outer[i].open(mostNested)
		if err != nil {
			return nil, several, outer[i].locate(several, err)
		}
		list = append(list, inner...)
	}
	return list, several, nil
}

// locate says on which line of the input an error is, where it has several
// values.
func (v *value) locate(several bool, err error) error {
	if !several {
		return err
	}
	return locale.Errorf("fix.finding.line", locale.A("line", v.line), locale.A("error", err))
}

// inside says where in an envelope an error is.
func (v *value) inside(err error) error {
	if v.path == "" {
		return err
	}
	return locale.Errorf("fix.finding.inside", locale.A("path", strings.TrimSuffix(v.path, ".")), locale.A("error", err))
}

// split takes apart the values that stand one after the other, on lines of their
// own or not.
func split(data []byte) ([]value, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if len(data) == 0 {
		return nil, locale.Errorf("fix.finding.empty")
	}
	var list []value
	line, counted := 1, 0
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		var text json.RawMessage
		switch err := d.Decode(&text); {
		case errors.Is(err, io.EOF) && list != nil:
			return list, nil
		case err != nil:
			return nil, notJSON(data, err)
		}
		at := int(d.InputOffset()) - len(text)
		line += bytes.Count(data[counted:at], []byte("\n"))
		counted = at
		list = append(list, value{text: text, line: line})
	}
}

// open takes the findings out of a value, through as many envelopes as may still
// lie in each other.
func (v *value) open(most int) ([]value, error) {
	if most == 0 {
		return nil, locale.Errorf("fix.finding.deep", locale.A("most", mostNested))
	}
	var list []json.RawMessage
	if v.text[0] == '[' && json.Unmarshal(v.text, &list) == nil {
		return v.each("", list, most)
	}
	var e envelope
	if err := json.Unmarshal(v.text, &e); err != nil {
		return nil, v.inside(locale.Errorf("fix.finding.garbled"))
	}
	switch {
	case e.Findings != nil:
		return v.these(*e.Findings), nil
	case e.Detail != nil && e.Detail.Findings != nil:
		return v.these(*e.Detail.Findings), nil
	case e.Messages != nil:
		return v.each("Messages", *e.Messages, most)
	case e.Records != nil:
		return v.each("Records", *e.Records, most)
	case e.Body != nil:
		return v.message("Body", e.Body, most)
	case e.SNS != nil && e.SNS.Message != nil:
		return v.message("Sns.Message", e.SNS.Message, most)
	case e.Type == "Notification" && e.Message != nil:
		return v.message("Message", e.Message, most)
	case e.Detail != nil, e.Type == "SubscriptionConfirmation", e.Type == "UnsubscribeConfirmation":
		return nil, nil // about something else
	}
	return []value{*v}, nil
}

// these are findings themselves.
func (v *value) these(list []json.RawMessage) []value {
	values := make([]value, len(list))
	for i := range list {
		values[i] = value{list[i], v.line, v.path}
	}
	return values
}

// each opens the values of a list.
func (v *value) each(name string, list []json.RawMessage, most int) (all []value, err error) {
	for i := range list {
		item := value{list[i], v.line, v.path + name + "[" + strconv.Itoa(i) + "]."}
		if name == "" {
			item.path = v.path
		}
		inner, err := item.open(most - 1)
		if err != nil {
			return nil, err
		}
		all = append(all, inner...)
	}
	return all, nil
}

// message opens what a message says: text, or what a pipe has made of it.
func (v *value) message(name string, raw json.RawMessage, most int) (all []value, err error) {
	in := value{raw, v.line, v.path + name}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return in.open(most - 1)
	}
	list, err := split([]byte(text))
	if err != nil {
		return nil, in.inside(err)
	}
	for i := range list {
		list[i].line, list[i].path = v.line, in.path+"."
		inner, err := list[i].open(most - 1)
		if err != nil {
			return nil, err
		}
		all = append(all, inner...)
	}
	return all, nil
}

// notJSON says where the input ceases to be JSON.
func notJSON(data []byte, err error) error {
	at := len(data)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = min(int(syntax.Offset), at)
	}
	return locale.Errorf("fix.finding.byte", locale.A("n", at), locale.A("line", 1+bytes.Count(data[:at], []byte("\n"))))
}
