package postgres

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// Numbers of types, of PostgreSQL's pg_type.
const (
	boolean = 16
	bytea   = 17
)

// What is sent and received has the form of text, which the server reads as the
// type that it expects.

// appendText writes a value; there is a value, unless it is NULL.
func appendText(b []byte, value any) (text []byte, there bool, err error) {
	switch v := value.(type) {
	case nil:
		return b, false, nil
	case string:
		return append(b, v...), true, nil
	case int64:
		return strconv.AppendInt(b, v, 10), true, nil
	case []byte:
		return hex.AppendEncode(append(b, `\x`...), v), v != nil, nil
	case []int64:
		return appendList(b, v, func(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }), true, nil
	case []string:
		return appendList(b, v, func(b []byte, s string) []byte {
			return append(append(append(b, '"'), quoted.Replace(s)...), '"')
		}), true, nil
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String:
		return append(b, v.String()...), true, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10), true, nil
	}
	return nil, false, fmt.Errorf("no text for a %T", value)
}

var quoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func appendList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	b = append(b, '{')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, '}')
}

// parameters are the arguments of a statement; a nil one is NULL.
func parameters(args []any) ([][]byte, error) {
	texts := make([][]byte, len(args))
	for i, arg := range args {
		text, there, err := appendText([]byte{}, arg)
		if err != nil {
			return nil, err
		}
		if there {
			texts[i] = text
		}
	}
	return texts, nil
}

// row is one row of an answer, with the types of its columns.
type row struct {
	texts [][]byte
	types []uint32
}

// Scan implements [sqlstore.Row].
func (r row) Scan(into ...any) error {
	if len(into) != len(r.texts) {
		return fmt.Errorf("%d columns into %d variables", len(r.texts), len(into))
	}
	for i, text := range r.texts {
		if err := r.assign(into[i], text, r.types[i]); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

var errNull = errors.New("NULL, where there must be a value")

func (r row) assign(into any, text []byte, kind uint32) (err error) {
	switch into := into.(type) {
	case *[]byte:
		*into, err = bytesOf(text, kind)
		return err
	case *string:
		if *into = string(text); text == nil {
			return errNull
		}
		return nil
	}
	v := reflect.ValueOf(into).Elem()
	if v.Kind() == reflect.Pointer {
		v.SetZero()
		if text == nil {
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if text == nil {
		return errNull
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(string(text))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(string(text), 10, v.Type().Bits())
		v.SetInt(n)
		return err
	case reflect.Bool:
		if kind != boolean {
			return errors.New("no boolean")
		}
		v.SetBool(string(text) == "t")
	default:
		return fmt.Errorf("nothing is read into a %s", v.Type())
	}
	return nil
}

func bytesOf(text []byte, kind uint32) ([]byte, error) {
	switch {
	case text == nil:
		return nil, nil
	case kind != bytea:
		return append([]byte{}, text...), nil
	case len(text) < 2 || string(text[:2]) != `\x`:
		return nil, errors.New("no bytes in hexadecimal")
	}
	return hex.AppendDecode([]byte{}, text[2:])
}

// copied is rows as COPY reads them: a line each, tabs between the values.
type copied struct {
	row    func(int, []any) error
	values []any
	n      int

	mu      sync.Mutex // COPY reads beside the caller, and may have failed before it notices
	stopped bool
	err     error // of row
	i       int
	ready   []byte
	sent    int
	text    []byte
}

// Read implements [io.Reader].
func (c *copied) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sent == len(c.ready) {
		c.sent, c.ready = 0, c.ready[:0]
		for ; c.i < c.n && len(c.ready) < len(p) && !c.stopped; c.i++ {
			if c.err = c.line(); c.err != nil {
				return 0, c.err
			}
		}
	}
	if len(c.ready) == 0 || c.stopped {
		return 0, io.EOF
	}
	n := copy(p, c.ready[c.sent:])
	c.sent += n
	return n, nil
}

// stop says what failed here; after it no row is asked for.
func (c *copied) stop() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	return c.err
}

func (c *copied) line() error {
	if err := c.row(c.i, c.values); err != nil {
		return err
	}
	for i, value := range c.values {
		if i > 0 {
			c.ready = append(c.ready, '\t')
		}
		text, there, err := appendText(c.text[:0], value)
		if err != nil {
			return err
		}
		if c.text = text; there {
			c.ready = appendEscaped(c.ready, text)
		} else {
			c.ready = append(c.ready, `\N`...)
		}
	}
	c.ready = append(c.ready, '\n')
	return nil
}

func appendEscaped(b, text []byte) []byte {
	for {
		i := bytes.IndexAny(text, "\\\t\n\r")
		if i < 0 {
			return append(b, text...)
		}
		b = append(append(b, text[:i]...), '\\', escapes[text[i]])
		text = text[i+1:]
	}
}

// escapes are the letters of what would end a value or a line of COPY.
var escapes = [...]byte{'\\': '\\', '\t': 't', '\n': 'n', '\r': 'r'}
